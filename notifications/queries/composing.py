"""From a row to the bytes that go out: the same bytes for every attempt."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from groundwork.directory.queries import the_place
from notifications.models import OutgoingMessage, mail_host

_OWN = frozenset({"from", "to", "cc", "bcc", "subject", "date", "message-id", "sender", "list-id", "auto-submitted"})
"""Headers that a kind cannot set: they say who wrote to whom, and that is decided here."""


def compose(message: OutgoingMessage) -> EmailMessage:
    """The message as it is sent.

    Raises :class:`ValueError` when the row holds something that cannot stand in a header.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=_sender(message), addr_spec=settings.DEFAULT_FROM_EMAIL)
    # One address and never a second one: a copy to somebody else would give this address away (ICO on CC and BCC).
    mail["To"] = Address(addr_spec=wire_address(message.recipient))
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.message_id
    mail["Reply-To"] = Address(addr_spec=message.headers.get("Reply-To") or settings.DEFAULT_FROM_EMAIL)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    label = re.sub(r"[^a-z0-9]+", "-", message.kind.lower()).strip("-")
    place = the_place()
    if message.mail_class != OutgoingMessage.Class.SERVICE:
        mail["List-Id"] = f"<{label}.{place.key if place else 'place'}.{mail_host()}>"
    mail["Feedback-ID"] = f"{label}:{message.mail_class}:{place.key if place else 'place'}:goldenthread"
    for name, value in message.headers.items():
        if name.lower() not in _OWN and name not in mail:
            mail[name] = value
    mail.set_content(message.text, subtype="plain", charset="utf-8", cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", charset="utf-8", cte="quoted-printable")
    # Python makes up a boundary at random; a repeat must be the same message.
    mail.set_boundary(f"=_{message.pk.hex}")
    return mail


def wire_address(address: str) -> str:
    """The address as mail servers spell it: a domain such as ``bücher.example`` in its ASCII form (RFC 5891).

    Raises :class:`ValueError` for a domain that has none. (What stands before the @ is ASCII: forms see to that.)
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _sender(message: OutgoingMessage) -> str:
    """``Priya via Golden Thread``. The address stays ours: another domain's would break its DMARC policy."""
    return f"{message.sender} via Golden Thread" if message.sender else "Golden Thread"
