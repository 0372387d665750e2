"""The mailbox of a demo: everything it would have sent. Exists in a demo only, because it shows everybody's mail."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from groundwork.access.errors import NotFound
from notifications.models import OutgoingMessage
from notifications.queries.composing import compose


def mailbox(limit: int = 100, *, recipient: str = "") -> QuerySet[OutgoingMessage]:
    """The newest messages, of one recipient when one is given. Raises :class:`NotFound` outside a demo."""
    _only_in_a_demo()
    found = OutgoingMessage.objects.select_related("person")
    if recipient:
        found = found.filter(recipient__iexact=recipient)
    return found.order_by("-created_at", "-pk")[:limit]


def recipients() -> list[str]:
    """Every address something was written to. Raises :class:`NotFound` outside a demo."""
    _only_in_a_demo()
    return list(OutgoingMessage.objects.order_by("recipient").values_list("recipient", flat=True).distinct()[:200])


def message_in_mailbox(message_id: UUID) -> OutgoingMessage:
    """One message, whole. Raises :class:`NotFound` when there is none, and outside a demo."""
    _only_in_a_demo()
    message = OutgoingMessage.objects.select_related("person").filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def header_lines(message: OutgoingMessage) -> list[tuple[str, str]]:
    """The headers as they are sent, in order: names and values."""
    return [(name, str(value)) for name, value in compose(message).items()]


def _only_in_a_demo() -> None:
    if not settings.ENVIRONMENT.is_demo:
        raise NotFound(_("There is no mailbox here: it exists in a demo only."))
