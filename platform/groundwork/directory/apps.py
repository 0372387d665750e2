from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "groundwork.directory"
    label = "directory"
