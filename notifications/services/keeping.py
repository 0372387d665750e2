"""Looking after what did not arrive, and letting go of what was sent long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit import services as audit
from groundwork.clock import now
from notifications.models import OutgoingMessage, RestingAddress
from notifications.services.queueing import wake_sender

Status = OutgoingMessage.Status


def resend(*, actor: Actor, message_id: UUID, at: datetime | None = None) -> OutgoingMessage:
    """Make a dead, uncertain or waiting message due at once, under the same Message-ID.

    Its conditions are asked again before it goes. Raises :class:`Conflict` for a message that was sent, is being sent
    or was held back on purpose, and for one whose one-time link or words are gone.
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
        if not message.text:
            raise Conflict(_("The words of this message are no longer kept, so it cannot be sent again."))
        before = message.status
        message.status = Status.DUE
        message.due_at = at
        message.attempts = 0
        message.lease_until = None
        message.save(update_fields=["status", "due_at", "attempts", "lease_until"])
        audit.keep(actor=actor, action="mail.resend", obj=message, changes={"status": [before, "due"]}, at=at)
        transaction.on_commit(wake_sender, robust=True)
    return message


def let_go(*, at: datetime | None = None, most: int = 20_000, batch: int = 1_000) -> tuple[int, int]:
    """Remove the words of messages that ended long ago, and the rows of those that ended longer ago still.

    ``MAIL_TEXT_KEPT_DAYS`` and ``MAIL_KEPT_DAYS`` say how long, counted from when they were written; what still has to
    go is left alone. An address whose rest is over is forgotten after as long. Takes ``most`` messages of each at a
    time, so that one night never takes longer than a task may live. Returns how many lost their words and how many
    were deleted.
    """
    at = at or now()
    ended = OutgoingMessage.objects.exclude(status__in=(Status.DUE, Status.SENDING)).order_by()
    old = ended.filter(created_at__lt=at - timedelta(days=settings.MAIL_KEPT_DAYS))
    deleted = 0
    while deleted < most and (ids := list(old.values_list("pk", flat=True)[:batch])):
        # Counted by messages: what else goes with a row, or is cut loose from it, is not mail.
        deleted += OutgoingMessage.objects.filter(pk__in=ids).delete()[1].get(OutgoingMessage._meta.label, 0)
    wordy = ended.filter(created_at__lt=at - timedelta(days=settings.MAIL_TEXT_KEPT_DAYS)).exclude(text="")
    emptied = 0
    while emptied < most and (ids := list(wordy.values_list("pk", flat=True)[:batch])):
        emptied += OutgoingMessage.objects.filter(pk__in=ids).update(text="", html="", calendar="")
    RestingAddress.objects.filter(ended_at__lt=at - timedelta(days=settings.MAIL_KEPT_DAYS)).delete()
    return emptied, deleted


def forget_about(conversation: str) -> int:
    """Delete the messages of a conversation (its root, as in References) that went to nobody with an account.

    What is being sent this moment is left to the next time. Returns how many were deleted.
    """
    deleted, _by_model = (
        OutgoingMessage.objects.filter(person=None, headers__References=conversation)
        .exclude(status=Status.SENDING)
        .delete()
    )
    return deleted
