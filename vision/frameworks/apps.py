from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "vision.frameworks"
    label = "frameworks"

    def ready(self) -> None:
        from vision.frameworks import exports, succeeding  # noqa: F401 - these register its tables, and what moves
