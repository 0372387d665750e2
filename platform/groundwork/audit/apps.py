from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "groundwork.audit"
    label = "audit"
