from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "groundwork.schedule"
    label = "schedule"

    def ready(self) -> None:
        from groundwork.schedule import housekeeping  # noqa: F401 - registers its jobs
