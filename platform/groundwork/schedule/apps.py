from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "groundwork.schedule"
    label = "schedule"
