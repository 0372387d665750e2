"""Saying how an action goes, and that it is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.actions.events import ActionBlocked, ActionSettled
from collaboration.actions.models import Action, ActionUpdate
from collaboration.actions.rules import owns
from collaboration.actions.services.records import DOUBLE_CLICK, changed, locked, status_words
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.events.services import record

LONGEST_UPDATE = 1000
LONGEST_EVIDENCE = 1000
LONGEST_REASON = 500
MORE_TIME = timedelta(days=7)
Status = Action.Status


@transaction.atomic
def add_update(*, actor: Actor, action: Action, text: str, at: datetime | None = None) -> ActionUpdate:
    """How it is going, in a sentence or two. It does not make an open edit stale."""
    row = locked(action, actor=actor, verb="action.update")
    return update_locked(actor=actor, row=row, text=text, at=at or now())


def update_locked(*, actor: Actor, row: Action, text: str, at: datetime) -> ActionUpdate:
    problems = cleaning.Problems()
    said = cleaning.text(
        text,
        field="text",
        label=_("How it is going"),
        longest=LONGEST_UPDATE,
        problems=problems,
        required=True,
        lines=True,
    )
    problems.raise_if_any()
    twin = row.updates.filter(text=said, by=actor.person, at__gt=at - DOUBLE_CLICK, at__lte=at + DOUBLE_CLICK).first()
    if twin is not None:
        return twin
    made = row.updates.create(text=said, at=at, by=actor.person)
    keep(actor=actor, action="action.update", obj=row, changes={"update": [None, said]}, at=at)
    return made


def seven_days_later(day: date) -> date:
    """The day that seven more days give: counted from ``day``, or from today if that has passed."""
    return min(max(day, today()), date.max - MORE_TIME) + MORE_TIME


@transaction.atomic
def postpone(*, actor: Actor, action: Action, from_day: date, at: datetime | None = None) -> Action:
    """Give it seven more days than ``from_day``, the day its owner saw.

    Raises :class:`Conflict` when it is due on another day by now, so that two clicks are not two weeks.
    """
    at = at or now()
    row = locked(action, actor=actor, verb="action.postpone")
    if row.due_on != from_day:
        raise Conflict(_("The day this action is due was changed in the meantime."))
    row.due_on = seven_days_later(from_day)
    changes = {"due": [date_format(from_day, "j F Y"), date_format(row.due_on, "j F Y")]}
    changed(actor=actor, action=row, changes=changes, at=at, act="action.postpone")
    return row


@transaction.atomic
def block(*, actor: Actor, action: Action, reason: str, at: datetime | None = None) -> Action:
    """Something stands in the way, and what; who asked for it or made it is told. Raises :class:`Invalid`."""
    at = at or now()
    row = locked(action, actor=actor, verb="action.block")
    if not row.is_open:
        raise Conflict(_("This action has ended in the meantime."))
    problems = cleaning.Problems()
    label = _("What stands in the way")
    said = cleaning.text(reason, field="reason", label=label, longest=LONGEST_REASON, problems=problems, required=True)
    problems.raise_if_any()
    if row.blocked_at is not None and row.blocked_reason == said:
        return row
    before = row.blocked_reason or None
    row.blocked_at, row.blocked_reason = row.blocked_at or at, said
    row.updates.create(text=said, at=at, by=actor.person)
    changed(actor=actor, action=row, changes={"blocked": [before, said]}, at=at, act="action.block")
    record(ActionBlocked(action_id=row.pk, reference=row.reference, version=row.version), actor=actor)
    return row


@transaction.atomic
def unblock(*, actor: Actor, action: Action, at: datetime | None = None) -> Action:
    """Nothing stands in the way any more. A second click changes nothing."""
    row = locked(action, actor=actor, verb="action.block")
    if row.blocked_at is None:
        return row
    changes = {"blocked": [row.blocked_reason, None]}
    row.blocked_at, row.blocked_reason = None, ""
    changed(actor=actor, action=row, changes=changes, at=at or now(), act="action.unblock")
    return row


@transaction.atomic
def finish(*, actor: Actor, action: Action, text: str = "", evidence: str = "", at: datetime | None = None) -> Action:
    """It is done; ``text`` says what came of it, ``evidence`` what shows it. A second click changes nothing."""
    row = locked(action, actor=actor, verb="action.finish")
    return finish_locked(actor=actor, row=row, text=text, evidence=evidence, at=at or now())


def finish_locked(*, actor: Actor, row: Action, text: str, at: datetime, evidence: str = "") -> Action:
    if row.status == Status.DONE:
        return row
    if row.status == Status.DROPPED:
        raise Conflict(_("This action was dropped in the meantime. Take it up again first."))
    problems = cleaning.Problems()
    label = _("What shows it")
    shown = cleaning.text(
        evidence, field="evidence", label=label, longest=LONGEST_EVIDENCE, problems=problems, lines=True
    )
    problems.raise_if_any()
    if text.strip():
        update_locked(actor=actor, row=row, text=text, at=at)
    if row.status == Status.ASKED and (actor.person is None or owns(actor, row)):
        # Whoever does what they were asked to has taken it on.
        row.answered_at = at
    was = row.status
    row.status, row.done_at, row.evidence = Status.DONE, at, shown
    changes: dict[str, list[str | None]] = {"status": [status_words(was), status_words(Status.DONE)]}
    if shown:
        changes["evidence"] = [None, shown]
    changed(actor=actor, action=row, changes=changes, at=at, act="action.finish")
    record(ActionSettled(action_id=row.pk, reference=row.reference, version=row.version, done=True), actor=actor)
    return row
