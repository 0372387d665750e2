from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "groundwork.directory"
    label = "directory"

    def ready(self) -> None:
        from groundwork.accounts import registry
        from groundwork.directory import events, exports, queries, rules  # noqa: F401

        registry.words_to_avoid(queries.names_of_the_place)
