from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "groundwork.web"
    label = "web"

    def ready(self) -> None:
        from groundwork.web import tasks  # noqa: F401 - registers its job
