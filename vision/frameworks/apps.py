from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "vision.frameworks"
    label = "frameworks"
