"""Where mail goes: a mail server, a folder, or the mailbox pages of a demo."""

from __future__ import annotations

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from notifications.models import OutgoingMessage
from notifications.transports.contract import Answer, Outcome, Queryable, Session, Transport
from notifications.transports.folder import Folder
from notifications.transports.mailbox import Mailbox
from notifications.transports.notify import Notify, read_settings
from notifications.transports.smtp import Smtp, read_url

__all__ = ["Answer", "Outcome", "Queryable", "Session", "Transport", "carrier", "carriers", "chosen"]


def chosen() -> Transport:
    """The transport that ``SMTP_URL`` names, or GOV.UK Notify where ``NOTIFY_API_KEY`` is set.

    ``smtp://`` and ``smtps://`` are a mail server, ``file:`` is the folder ``mail`` in the data directory. Without
    it, production keeps mail in that folder, and a demo shows it at ``/demo/mail/``. What Notify cannot carry, a mail
    with a calendar entry, goes the way that ``SMTP_URL`` names.
    """
    notify = read_settings(
        api_key=settings.NOTIFY_API_KEY, template_id=settings.NOTIFY_TEMPLATE_ID, address=settings.NOTIFY_API_URL
    )
    if notify is None:
        return _by_smtp()
    if not settings.SMTP_URL:
        raise ImproperlyConfigured("Set SMTP_URL too: GOV.UK Notify carries no calendar entries, and these go by SMTP.")
    return Notify(notify, for_the_rest=_by_smtp())


def carriers(transport: Transport) -> tuple[Transport, ...]:
    """Every way that mail may go when ``transport`` is the chosen one."""
    return (transport, transport.for_the_rest) if isinstance(transport, Notify) else (transport,)


def carrier(transport: Transport, message: OutgoingMessage) -> Transport:
    """Which of :func:`carriers` carries a message."""
    return transport.for_the_rest if isinstance(transport, Notify) and message.calendar else transport


def _by_smtp() -> Transport:
    environment = settings.ENVIRONMENT
    url = settings.SMTP_URL
    if url and not url.startswith("file:"):
        return Smtp(read_url(url))
    if url or environment.is_production:
        return Folder(environment.data_dir / "mail")
    return Mailbox()


@checks.register("notifications")
def address_of_server(app_configs: object = None, **_: object) -> list[checks.CheckMessage]:
    """Settings of mail that cannot be understood are told at the start, not at the first mail."""
    try:
        chosen()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="notifications.E001")]
    return []
