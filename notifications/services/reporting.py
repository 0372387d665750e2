"""Taking in what became of a message after it was handed over."""

from __future__ import annotations

import structlog
from django.db import transaction

from groundwork.clock import now
from notifications.models import OutgoingMessage, RestingAddress
from notifications.reports import Report, What
from notifications.services.resting import rest
from notifications.services.sending import forgotten

log = structlog.get_logger(__name__)

Status = OutgoingMessage.Status
Reason = RestingAddress.Reason


def take_report(report: Report) -> str:
    """Write down what a report says and let the address rest where that follows. Returns a sentence for a log.

    A message that came back counts as not delivered, and one in doubt that arrived counts as sent. The same report
    twice is the same as once. One about a message that we do not know changes nothing.
    """
    at = now()
    with transaction.atomic():
        message = OutgoingMessage.objects.select_for_update().filter(pk=report.message_id).first()
        if message is None:
            return "It is about a message that is not ours, or is no longer kept."
        log.info("mail_report", what=str(report.what), kind=message.kind, id=str(message.pk))
        if report.what == What.ARRIVED:
            if message.status in (Status.UNCERTAIN, Status.SENDING):
                _end(message, Status.SENT, report.detail or "It arrived.", sent_at=message.sent_at or at)
            return "The message arrived."
        if report.what == What.DELAYED:
            return "The message is still on its way."
        if report.what == What.UNWANTED:
            rest(message.recipient, reason=Reason.COMPLAINT, detail=report.detail, at=at)
            return "Mail to this address rests now, because its reader reported it as unwanted."
        if message.status in (Status.SENT, Status.UNCERTAIN, Status.SENDING):
            _end(message, Status.DEAD, f"It came back: {report.detail}")
        if not report.about_address:
            return "The message came back. Its address goes on getting mail."
        rest(message.recipient, reason=Reason.BOUNCE, detail=report.detail, at=at)
        return "The message came back. Mail to this address rests now."


def _end(message: OutgoingMessage, status: OutgoingMessage.Status, answer: str, **fields: object) -> None:
    OutgoingMessage.objects.filter(pk=message.pk).update(
        status=status, lease_until=None, last_answer=answer[:500], **fields, **forgotten(message)
    )
