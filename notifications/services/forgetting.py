"""Removing mail before its time, because whom or what it was about is not to be known any more."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from groundwork.access.errors import Conflict
from notifications.models import OutgoingMessage

Status = OutgoingMessage.Status


def forget_conversations(conversations: Collection[str]) -> int:
    """Delete all mail of these conversations (their roots, as in References). Returns how many were deleted.

    What is being sent this moment is left: its words go with its age.
    """
    return _deleted(OutgoingMessage.objects.filter(headers__References__in=list(conversations)))


def forget_reader(conversations: Collection[str], *, emails: Collection[str], person_id: int | None) -> int:
    """Delete the mail of these conversations that went, or waits to go, to one person. Returns how many were deleted.

    Raises :class:`Conflict` while one of them is being sent, because its row cannot be taken away from under it.
    """
    theirs = Q(recipient__in=list(emails))
    if person_id is not None:
        theirs |= Q(person_id=person_id)
    rows = OutgoingMessage.objects.filter(theirs, headers__References__in=list(conversations))
    if rows.filter(status=Status.SENDING).exists():
        raise Conflict(_("A mail to them is being sent this moment. Try again in a minute."))
    return _deleted(rows)


def _deleted(rows: object) -> int:
    found = rows.exclude(status=Status.SENDING)  # type: ignore[attr-defined]
    return int(found.delete()[1].get(OutgoingMessage._meta.label, 0))
