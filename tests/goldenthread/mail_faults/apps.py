from django.apps import AppConfig


class MailFaultsConfig(AppConfig):
    """Only in the processes of the mail drill: a clock that runs faster, and named points at which a process dies."""

    name = "tests.goldenthread.mail_faults"
    label = "mail_faults"

    def ready(self) -> None:
        from tests.goldenthread.mail_faults import points

        points.install()
