"""What every change of a workshop has in common: the lock, the version, the audit entry, the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.initiatives.services.records import spoken_time
from collaboration.workshops.events import WorkshopChanged
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.events.services import record

DOUBLE_CLICK: Final = timedelta(seconds=10)
"""The same thing done again by the same person within this time is the same act, not a second one."""

Status = Workshop.Status


def locked(workshop: Workshop, *, actor: Actor, verb: str) -> Workshop:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = locked_row(workshop.pk)
    require(actor, verb, row)
    return row


def locked_row(workshop_id: int) -> Workshop:
    """The row, locked. For acts whose rule is about something else: a code, an invitation, a participation."""
    row = Workshop.objects.select_for_update(of=("self",)).select_related("host").filter(pk=workshop_id).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    return row


def locked_participation(participation: Participation, *, actor: Actor, verb: str) -> Participation:
    """A participation with its workshop, both locked, the workshop first: everybody locks in this order."""
    workshop = locked_row(participation.workshop_id)
    row = (
        Participation.objects.select_for_update(of=("self",))
        .select_related("person", "organisation")
        .filter(pk=participation.pk, workshop=workshop)
        .first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.workshop = workshop
    require(actor, verb, row)
    return row


def same_version(workshop: Workshop, version: int | None, *, actor: Actor) -> None:
    """Raise :class:`Conflict`, saying who changed it and when, unless ``version`` is the present one."""
    if version is None or version == workshop.version:
        return
    last = history_of(workshop).first()
    who = _("somebody")
    if last is not None and last.person is not None:
        who = last.person.display_name
        if last.person == actor.person:
            who = _("you, in another window or by a second click,")
    raise Conflict(
        _("“%(title)s” was changed by %(who)s at %(when)s, after you opened it. Check what changed, then save again.")
        % {"title": workshop.title, "who": who, "when": spoken_time(last.at if last else workshop.created_at)}
    )


def must_be(workshop: Workshop, *statuses: str) -> None:
    """Raise :class:`Conflict` with a sentence about its status unless it is in one of ``statuses``."""
    if workshop.status in statuses:
        return
    raise Conflict(
        {
            Status.PLANNED: _("This workshop has not been opened yet. Open it first."),
            Status.OPEN: _("This workshop is open. Change its rules and columns on the board, in the lobby."),
            Status.REPORTED: _("This workshop is over. Open it again to change it."),
            Status.ARCHIVED: _("This workshop is archived. Nothing about it changes any more."),
            Status.CANCELLED: _("This workshop was cancelled. Copy it to plan it anew."),
        }[Status(workshop.status)]
    )


def changed(
    *,
    actor: Actor,
    workshop: Workshop,
    changes: Mapping[str, Any],
    at: datetime,
    action: str = "workshop.edit",
    tell: bool = False,
) -> None:
    """Save a change of the locked row as its next version, with its audit entry and ``workshop.changed``."""
    save(workshop)
    keep(actor=actor, action=action, obj=workshop, changes=changes, at=at)
    record(
        WorkshopChanged(workshop_id=workshop.pk, version=workshop.version, fields=sorted(changes), tell=tell),
        actor=actor,
    )


def save(workshop: Workshop) -> None:
    """Save the locked row as its next version."""
    workshop.version += 1
    workshop.save()


def spoken_moment(at: datetime | None) -> str | None:
    """A moment as the audit log shows it: ``2026-03-12 14:00`` on the place's clock."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else None
