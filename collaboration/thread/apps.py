from django.apps import AppConfig


class ThreadConfig(AppConfig):
    name = "collaboration.thread"
    label = "thread"
