from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "groundwork.audit"
    label = "audit"

    def ready(self) -> None:
        from groundwork.audit import tasks, triggers  # noqa: F401 - registers its job

        post_migrate.connect(triggers.put_back, sender=self, dispatch_uid="audit.triggers")
