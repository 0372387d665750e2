from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "collaboration.imports"
    label = "imports"

    def ready(self) -> None:
        from collaboration.imports import tasks  # noqa: F401 - registers its jobs
