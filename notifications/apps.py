from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        from groundwork.accounts import registry
        from notifications import handlers, tasks, transports  # noqa: F401 - these register what they hold
        from notifications.kinds.accounts import send_account_mail

        registry.mailer(send_account_mail)
