from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "groundwork.access"
    label = "access"

    def ready(self) -> None:
        from groundwork import among  # noqa: F401 - importing registers the lookup

        # A verb has its rule wherever it is asked from, not only where the app happened to be imported before.
        autodiscover_modules("rules")
