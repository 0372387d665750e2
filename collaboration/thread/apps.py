from django.apps import AppConfig


class ThreadConfig(AppConfig):
    name = "collaboration.thread"
    label = "thread"

    def ready(self) -> None:
        from collaboration.thread import exports, suggesting  # noqa: F401 - exports registers its tables

        suggesting.register()
