from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        from groundwork.accounts import registry
        from notifications import handlers, succeeding, tasks, transports  # noqa: F401 - these register what they hold
        from notifications.kinds.accounts import send_account_mail
        from notifications.services import ringing, subscribing

        registry.mailer(send_account_mail)
        registry.on_closed(subscribing.forget_person)
        registry.on_access_ended(ringing.access_ended)
