"""When something was last written about, so that ten changes in an hour are not ten mails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from groundwork.clock import now
from notifications.models import OutgoingMessage

Status = OutgoingMessage.Status
GONE = (Status.SENDING, Status.SENT, Status.UNCERTAIN)


def not_before(*, kind: str, about: Mapping[str, str], every: timedelta) -> datetime | None:
    """When the next mail of this kind about one thing may go, or None for at once.

    ``about`` are the headers that gather mail about that thing (:func:`root_of`). Only what went counts: a mail that
    was replaced by a later one before it was sent told nobody anything.
    """
    since = now() - every
    went = OutgoingMessage.objects.filter(
        kind=kind, status__in=GONE, created_at__gt=since - every, headers__References=about["References"]
    ).values_list("sent_at", "due_at")
    moments = [sent or due for sent, due in went]
    last = max((moment for moment in moments if moment > since), default=None)
    return last + every if last is not None else None
