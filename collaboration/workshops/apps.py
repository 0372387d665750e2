from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "collaboration.workshops"
    label = "workshops"

    def ready(self) -> None:
        from collaboration.workshops import exports, succeeding, tasks  # noqa: F401 - these register tables, jobs and what moves
        from collaboration.workshops.services import ending
        from collaboration.workshops.suggestions import register
        from groundwork.accounts import registry as accounts

        register()
        accounts.on_closed(ending.account_closed)
