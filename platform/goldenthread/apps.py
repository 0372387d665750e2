from importlib import import_module

from django.apps import AppConfig


class GoldenThreadConfig(AppConfig):
    name = "goldenthread"
    label = "goldenthread"

    def ready(self) -> None:
        # So that `current_app` is ours in every process, and the checks are known to `manage.py check`.
        import_module("goldenthread.celery")
        import_module("goldenthread.checks")
