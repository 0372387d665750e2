from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "vision.frameworks"
    label = "frameworks"

    def ready(self) -> None:
        from vision.frameworks import exports  # noqa: F401 - registers its tables
