from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "collaboration.imports"
    label = "imports"
