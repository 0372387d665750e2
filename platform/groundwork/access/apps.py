from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "groundwork.access"
    label = "access"
