"""The life of a workshop: planned, open, reported, archived; or cancelled. And what happened next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import spoken_day, spoken_time
from collaboration.workshops.events import (
    WorkshopArchived,
    WorkshopCancelled,
    WorkshopNextTold,
    WorkshopOpened,
    WorkshopReopened,
    WorkshopReported,
)
from collaboration.workshops.models import Workshop
from collaboration.workshops.queries.retention import kept_until
from collaboration.workshops.registry import tell_access_changed
from collaboration.workshops.services.records import Status, locked, must_be, same_version, save
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.events.registry import Event
from groundwork.events.services import record


@transaction.atomic
def open_workshop(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """People may join from now on, and the board can be written on. Done twice it is done once."""
    row = locked(workshop, actor=actor, verb="workshop.open")
    if row.status == Status.OPEN:
        return row
    must_be(row, Status.PLANNED)
    at = at or now()
    row.opened_at = at
    return _moved(actor, row, Status.OPEN, "workshop.open", [WorkshopOpened(workshop_id=row.pk)], at)


@transaction.atomic
def report_workshop(*, actor: Actor, workshop: Workshop, tell: bool = True, at: datetime | None = None) -> Workshop:
    """It is over: nobody joins or writes any more, and the report can be read.

    ``tell``: those who left an address are sent a link to it. From now on the retention clock runs.
    """
    row = locked(workshop, actor=actor, verb="workshop.open")
    if row.status == Status.REPORTED:
        return row
    must_be(row, Status.OPEN)
    at = at or now()
    row.reported_at = at
    row.keep_until = kept_until(at)
    told = WorkshopReported(workshop_id=row.pk, tell=tell and not row.is_rehearsal)
    return _moved(actor, row, Status.REPORTED, "workshop.report", [told], at)


@transaction.atomic
def reopen(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """Open a reported workshop again: what was left out is added, then it is reported anew. The clock stops."""
    row = locked(workshop, actor=actor, verb="workshop.open")
    if row.status == Status.OPEN:
        return row
    if row.status in (Status.PLANNED, Status.CANCELLED, Status.ARCHIVED):
        must_be(row, Status.REPORTED)
    row.reported_at = None
    row.keep_until = None
    return _moved(actor, row, Status.OPEN, "workshop.reopen", [WorkshopReopened(workshop_id=row.pk)], at or now())


@transaction.atomic
def archive_workshop(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """Put a reported workshop away: its report can still be read, and nothing about it changes any more."""
    row = locked(workshop, actor=actor, verb="workshop.open")
    if row.status == Status.ARCHIVED:
        return row
    if row.status == Status.OPEN:
        raise Conflict(_("This workshop is open. Report it first, then archive it."))
    must_be(row, Status.REPORTED)
    return archived(actor=actor, workshop=row, at=at or now())


def archived(*, actor: Actor, workshop: Workshop, at: datetime) -> Workshop:
    """Within a transaction, of a locked row: archive it."""
    workshop.archived_at = at
    workshop.keep_until = workshop.keep_until or kept_until(at)
    told = [WorkshopArchived(workshop_id=workshop.pk)]
    return _moved(actor, workshop, Status.ARCHIVED, "workshop.archive", told, at)


@transaction.atomic
def cancel_workshop(*, actor: Actor, workshop: Workshop, reason: str = "", at: datetime | None = None) -> Workshop:
    """It does not take place. Whoever was invited is told, with the reason. An open one is reported instead."""
    row = locked(workshop, actor=actor, verb="workshop.open")
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems)
    problems.raise_if_any()
    if row.status == Status.CANCELLED:
        return row
    if row.status == Status.OPEN:
        raise Conflict(_("This workshop is open. Close it with a report instead of cancelling it."))
    must_be(row, Status.PLANNED)
    at = at or now()
    row.cancelled_at = at
    row.cancelled_reason = reason
    row.keep_until = kept_until(at)
    row.sequence += 1
    changes = {"reason": [None, reason]} if reason else {}
    told = [WorkshopCancelled(workshop_id=row.pk)]
    return _moved(actor, row, Status.CANCELLED, "workshop.cancel", told, at, also=changes)


def _moved(
    actor: Actor,
    row: Workshop,
    status: str,
    action: str,
    told: Sequence[Event],
    at: datetime,
    also: dict[str, Any] | None = None,
) -> Workshop:
    before = str(row.get_status_display())
    row.status = status
    save(row)
    changes = {"status": [before, str(row.get_status_display())], **(also or {})}
    keep(actor=actor, action=action, obj=row, changes=changes, at=at)
    for event in told:
        record(event, actor=actor)
    # Whether anybody may write hangs on the status.
    tell_access_changed([row.pk])
    return row


@transaction.atomic
def lock(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """Nobody new may join. Whoever is in stays in and may come back."""
    return _lock(actor, workshop, True, at)


close_joining = lock


@transaction.atomic
def unlock(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """People may join again."""
    return _lock(actor, workshop, False, at)


def _lock(actor: Actor, workshop: Workshop, locked_now: bool, at: datetime | None) -> Workshop:
    row = locked(workshop, actor=actor, verb="workshop.run")
    if row.locked == locked_now:
        return row
    must_be(row, Status.PLANNED, Status.OPEN)
    row.locked = locked_now
    save(row)
    action = "workshop.lock" if locked_now else "workshop.unlock"
    keep(actor=actor, action=action, obj=row, changes={"locked": [not locked_now, locked_now]}, at=at or now())
    return row


@transaction.atomic
def renew_link(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """Make every link and QR code given out invalid. Whoever is in stays in; code and invitations work on."""
    row = locked(workshop, actor=actor, verb="workshop.run")
    must_be(row, Status.PLANNED, Status.OPEN)
    before = row.link_version
    row.link_version += 1
    save(row)
    keep(
        actor=actor,
        action="workshop.renew_link",
        obj=row,
        changes={"link": [before, row.link_version]},
        at=at or now(),
    )
    return row


@transaction.atomic
def hold(*, actor: Actor, workshop: Workshop, reason: str, at: datetime | None = None) -> Workshop:
    """Keep what was said, whatever the clock says, because somebody asked for it or a duty demands it."""
    row = locked(workshop, actor=actor, verb="workshop.hold")
    problems = cleaning.Problems()
    reason = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=True)
    problems.raise_if_any()
    if row.on_hold:
        return row
    if row.forgotten_at is not None:
        raise Conflict(_("What was said was removed already, at %(when)s.") % {"when": spoken_time(row.forgotten_at)})
    row.on_hold = True
    save(row)
    keep(actor=actor, action="workshop.hold", obj=row, changes={"reason": [None, reason]}, at=at or now())
    return row


@transaction.atomic
def release_hold(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """The retention clock counts again."""
    row = locked(workshop, actor=actor, verb="workshop.hold")
    if row.on_hold:
        row.on_hold = False
        save(row)
        keep(actor=actor, action="workshop.release_hold", obj=row, at=at or now())
    return row


@transaction.atomic
def set_next(
    *,
    actor: Actor,
    workshop: Workshop,
    on: date | None,
    text: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Workshop:
    """When people are to be told what happened next, and what (it may be written later)."""
    row = locked(workshop, actor=actor, verb="workshop.edit")
    problems = cleaning.Problems()
    text = cleaning.text(text, field="text", label=_("What happened next"), longest=4000, problems=problems, lines=True)
    day = cleaning.day(on, field="on", label=_("The date"), problems=problems)
    problems.raise_if_any()
    if row.next_on == day and row.next_text == text:
        return row
    if row.status not in (Status.OPEN, Status.REPORTED):
        must_be(row, Status.OPEN)
    same_version(row, version, actor=actor)
    changes: dict[str, Any] = {}
    if row.next_on != day:
        changes["next_on"] = [spoken_day(row.next_on), spoken_day(day)]
        if day is not None and day < today():
            raise Invalid({"on": [_("Choose today or a later day.")]})
    if row.next_text != text:
        # Not the words: they are let go of with what was said, and the audit log keeps what it is told.
        changes["next_text"] = [_("written") if each else None for each in (row.next_text, text)]
    row.next_on, row.next_text = day, text
    save(row)
    keep(actor=actor, action="workshop.set_next", obj=row, changes=changes, at=at or now())
    return row


@transaction.atomic
def tell_next(*, actor: Actor, workshop: Workshop, at: datetime | None = None) -> Workshop:
    """Tell those who left an address what happened next. Told once; a second click tells nobody again."""
    row = locked(workshop, actor=actor, verb="workshop.edit")
    if not row.next_text:
        raise Invalid({"text": [_("Write what happened next first.")]})
    if row.next_told_at is not None:
        return row
    if row.status == Status.OPEN:
        raise Conflict(_("This workshop is open. Send its report first."))
    must_be(row, Status.REPORTED)
    return next_told(actor=actor, workshop=row, at=at or now())


def next_told(*, actor: Actor, workshop: Workshop, at: datetime) -> Workshop:
    """Within a transaction, of a locked row: mark it as told and have the mail written."""
    workshop.next_told_at = at
    save(workshop)
    keep(actor=actor, action="workshop.tell_next", obj=workshop, at=at)
    if not workshop.is_rehearsal:
        record(WorkshopNextTold(workshop_id=workshop.pk), actor=actor)
    return workshop
