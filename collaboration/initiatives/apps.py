from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "collaboration.initiatives"
    label = "initiatives"

    def ready(self) -> None:
        from collaboration.initiatives import indexing, tasks  # noqa: F401 - registers a system check, and jobs
