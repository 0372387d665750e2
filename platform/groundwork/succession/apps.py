from django.apps import AppConfig


class SuccessionConfig(AppConfig):
    name = "groundwork.succession"
    label = "succession"

    def ready(self) -> None:
        from groundwork.succession import events, movers, rules, tasks  # noqa: F401
