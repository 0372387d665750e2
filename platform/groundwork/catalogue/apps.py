from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "groundwork.catalogue"
    label = "catalogue"
