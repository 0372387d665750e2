from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "collaboration.actions"
    label = "actions"

    def ready(self) -> None:
        from collaboration.actions import succeeding  # noqa: F401 - registers what moves in a succession
        from collaboration.actions.services import releasing
        from groundwork.accounts import registry as accounts

        accounts.on_closed(releasing.release_all)
