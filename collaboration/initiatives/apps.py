from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "collaboration.initiatives"
    label = "initiatives"

    def ready(self) -> None:
        # Registers a system check, jobs, and tables people can take away.
        from collaboration.initiatives import exports, indexing, tasks  # noqa: F401
