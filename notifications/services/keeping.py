"""Looking after what did not arrive."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit import services as audit
from groundwork.clock import now
from notifications.models import OutgoingMessage
from notifications.services.queueing import wake_sender

Status = OutgoingMessage.Status


def resend(*, actor: Actor, message_id: UUID, at: datetime | None = None) -> OutgoingMessage:
    """Make a dead, uncertain or waiting message due at once, under the same Message-ID.

    Its conditions are asked again before it goes. Raises :class:`Conflict` for a message that was sent, is being sent
    or was held back on purpose, and for one whose one-time link is gone.
    """
    at = at or now()
    require(actor, "mail.manage")
    with transaction.atomic():
        message = OutgoingMessage.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            raise NotFound(_("There is no such message."))
        if message.status not in (Status.DEAD, Status.UNCERTAIN, Status.DUE):
            raise Conflict(_("Only a message that did not arrive, or waits, can be sent again."))
        if message.holds_secret and not message.text:
            raise Conflict(
                _("This message held a one-time link, which is not kept. Ask for a new link or invite again instead.")
            )
        before = message.status
        message.status = Status.DUE
        message.due_at = at
        message.attempts = 0
        message.lease_until = None
        message.save(update_fields=["status", "due_at", "attempts", "lease_until"])
        audit.keep(actor=actor, action="mail.resend", obj=message, changes={"status": [before, "due"]}, at=at)
        transaction.on_commit(wake_sender, robust=True)
    return message
