from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "collaboration.initiatives"
    label = "initiatives"
