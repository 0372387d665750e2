"""Where mail goes: a mail server, a folder, or the mailbox pages of a demo."""

from __future__ import annotations

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from notifications.transports.contract import Answer, Outcome, Session, Transport
from notifications.transports.folder import Folder
from notifications.transports.mailbox import Mailbox
from notifications.transports.smtp import Smtp, read_url

__all__ = ["Answer", "Outcome", "Session", "Transport", "chosen"]


def chosen() -> Transport:
    """The transport that ``SMTP_URL`` names.

    ``smtp://`` and ``smtps://`` are a mail server, ``file:`` is the folder ``mail`` in the data directory. Without
    it, production keeps mail in that folder, and a demo shows it at ``/demo/mail/``.
    """
    environment = settings.ENVIRONMENT
    url = settings.SMTP_URL
    if url and not url.startswith("file:"):
        return Smtp(read_url(url))
    if url or environment.is_production:
        return Folder(environment.data_dir / "mail")
    return Mailbox()


@checks.register("notifications")
def address_of_server(app_configs: object = None, **_: object) -> list[checks.CheckMessage]:
    """An ``SMTP_URL`` that cannot be understood is told at the start, not at the first mail."""
    try:
        chosen()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="notifications.E001")]
    return []
