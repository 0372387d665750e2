from django.apps import AppConfig


class ThreadConfig(AppConfig):
    name = "collaboration.thread"
    label = "thread"

    def ready(self) -> None:
        from collaboration.thread import exports  # noqa: F401 - registers its tables
