"""What every change of a meeting has in common: the lock, the version, the audit entry, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.governance.events.meetings import MeetingChanged
from collaboration.governance.models import Access, AgendaItem, Meeting, Paper, PartnershipBoard
from collaboration.governance.models.levels import is_wider
from collaboration.initiatives.services.cleaning import Problems
from collaboration.initiatives.services.records import spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.events.services import record

DOUBLE_CLICK: Final = timedelta(seconds=10)
"""The same thing done again by the same person within this time is the same act, not a second one."""

KEEPS_VERSION: Final = ("meeting.order", "meeting.invite", "meeting.set_aside")
"""Acts beside the meeting itself: they do not make an open edit of it stale."""

Status = Meeting.Status


def locked(meeting: Meeting, *, actor: Actor, verb: str) -> Meeting:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = Meeting.objects.select_for_update(of=("self",)).select_related("board").filter(pk=meeting.pk).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, verb, row)
    return row


def locked_item(item: AgendaItem, *, actor: Actor, verb: str) -> AgendaItem:
    """An item with its meeting, both locked, the meeting first: everybody locks in this order."""
    meeting = locked(item.meeting, actor=actor, verb=verb)
    row = AgendaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk, meeting=meeting).first()
    if row is None:
        raise NotFound(_("There is no such item on this agenda."))
    row.meeting = meeting
    require(actor, "item.view", row)
    return row


def same_version(thing: Meeting | AgendaItem | Paper, version: int | None, *, actor: Actor) -> None:
    """Raise :class:`Conflict`, saying who changed it and when, unless ``version`` is the present one."""
    if version is None or version == thing.version:
        return
    last = history_of(thing).exclude(action__in=KEEPS_VERSION).first()
    who = _("somebody")
    when = ""
    if last is not None:
        when = spoken_time(last.at)
        if last.person is not None and last.person == actor.person:
            who = _("you, in another window or by a second click,")
        elif last.person is not None:
            who = last.person.display_name
    raise Conflict(
        _("“%(title)s” was changed by %(who)s at %(when)s, after you opened it. Check what changed, then save again.")
        % {"title": thing, "who": who, "when": when}
    )


def must_be(meeting: Meeting, *statuses: str) -> None:
    """Raise :class:`Conflict` with a sentence about its status unless it is in one of ``statuses``."""
    if meeting.status in statuses:
        return
    raise Conflict(
        {
            Status.PLANNED: _("This meeting has not been called yet. Call it first."),
            Status.CALLED: _("People have been invited to this meeting already."),
            Status.RUNNING: _("This meeting has begun. Close it first."),
            Status.HELD: _("This meeting is over."),
            Status.CANCELLED: _("This meeting was cancelled. Plan another one."),
        }[Status(meeting.status)]
    )


def within(level: str, *, of: str, outer: str, problems: Problems) -> None:
    """Refuse a level of access that is wider than that of what the thing is in (``outer``, called ``of``)."""
    if level in Access.values and is_wider(level, outer):
        problems.add(
            "access",
            _("It cannot be shown to more people than the %(of)s, which is for: %(level)s.")
            % {"of": of, "level": Access(outer).label},
        )


def must_go_on(board: PartnershipBoard) -> None:
    if board.status == PartnershipBoard.Status.CLOSED:
        raise Conflict(_("This board is closed. It holds no more meetings."))


def changed(
    *,
    actor: Actor,
    meeting: Meeting,
    changes: Mapping[str, Any],
    at: datetime,
    action: str = "meeting.edit",
    tell: bool = False,
) -> None:
    """Save a change of the locked row as its next version, with its audit entry and ``meeting.changed``."""
    meeting.version += 1
    meeting.save()
    keep(actor=actor, action=action, obj=meeting, changes=changes, at=at)
    record(
        MeetingChanged(
            meeting_id=meeting.pk,
            version=meeting.version,
            sequence=meeting.sequence,
            fields=sorted(changes),
            tell=tell,
        ),
        actor=actor,
    )


def spoken_moment(at: datetime | None) -> str | None:
    """A moment as the audit log shows it: ``2026-03-12 14:00`` on the place's clock."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else None
