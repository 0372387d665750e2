from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "collaboration.initiatives"
    label = "initiatives"

    def ready(self) -> None:
        # Registers a system check, jobs, tables people can take away, and what moves in a succession.
        from collaboration.initiatives import exports, indexing, succeeding, tasks  # noqa: F401
