"""Making an action, changing what it says, and ending it unneeded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.actions.events import ActionMade, ActionSettled
from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services.asking import Who, ask_locked, nobody
from collaboration.actions.services.records import (
    DOUBLE_CLICK,
    changed,
    locked,
    next_number,
    same_version,
    status_words,
)
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict
from groundwork.access.rules import require
from groundwork.audit.services import differences, keep
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.events.services import record

LONGEST_WHAT = 500
LONGEST_DETAILS = 4000
Status = Action.Status
WITHOUT_A_ROOM = tuple(each for each in Action.Visibility.values if each != Action.Visibility.ROOM)
"""Who may see an action that was not agreed in a standing room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an action says, cleaned."""

    what: str
    details: str = ""
    due_on: date | None = None
    visibility: str = Action.Visibility.PARTNERS


def clean(
    *,
    what: Any,
    details: Any = "",
    due_on: Any = None,
    visibility: Any = "",
    allowed: Collection[str] = WITHOUT_A_ROOM,
) -> Said:
    """Raises :class:`Invalid` with sentences by field."""
    problems = cleaning.Problems()
    kept = Said(
        what=cleaning.text(
            what,
            field="what",
            label=_("What is to be done"),
            longest=LONGEST_WHAT,
            problems=problems,
            required=True,
        ),
        details=cleaning.text(
            details, field="details", label=_("The details"), longest=LONGEST_DETAILS, problems=problems, lines=True
        ),
        due_on=cleaning.day(due_on, field="due_on", label=_("The day it is due"), problems=problems),
        visibility=str(visibility or Action.Visibility.PARTNERS),
    )
    if kept.visibility not in allowed:
        problems.add("visibility", _("Choose who can see it from those offered."))
    problems.raise_if_any()
    return kept


@transaction.atomic
def make(
    *,
    actor: Actor,
    what: str,
    details: str = "",
    due_on: date | str | None = None,
    visibility: str = "",
    who: Who | None = None,
    initiative: Initiative | None = None,
    at: datetime | None = None,
) -> Action:
    """Something that somebody is to do; if ``who`` is given they are asked. It is of the actor's organisation.

    The same from the same person within ten seconds is a double click and gives the same action.
    """
    at = at or now()
    require(actor, "action.make")
    if initiative is not None:
        require(actor, "initiative.update", initiative)
    said = clean(what=what, details=details, due_on=due_on, visibility=visibility)
    return new_action(
        actor=actor, said=said, who=who, organisation=actor.organisation, initiative=initiative, origin=None, at=at
    )


def new_action(
    *,
    actor: Actor,
    said: Said,
    who: Who | None,
    organisation: Organisation | None,
    initiative: Initiative | None,
    origin: Origin | None,
    at: datetime,
) -> Action:
    """Within a transaction and with everything checked: the action, or the one a first click has just made."""
    number, reference = next_number()
    twin = _twin(actor, said, origin, at)
    if twin is not None:
        return twin
    action = Action.objects.create(
        number=number,
        reference=reference,
        what=said.what,
        details=said.details,
        due_on=said.due_on,
        visibility=said.visibility,
        organisation=organisation,
        initiative=initiative,
        origin_kind=origin.kind if origin else "",
        origin_id=origin.id if origin else "",
        origin_label=origin.label[:300] if origin else "",
        origin_path=origin.path if origin else "",
        room=origin.room if origin else "",
        created_by=actor.person,
        created_at=at,
        changed_at=at,
    )
    keep(actor=actor, action="action.make", obj=action, changes={"what": [None, said.what]}, at=at)
    record(ActionMade(action_id=action.pk, reference=reference), actor=actor)
    if who is not None and who.is_somebody:
        ask_locked(actor=actor, action=action, who=who, at=at)
    return action


def _twin(actor: Actor, said: Said, origin: Origin | None, at: datetime) -> Action | None:
    # Looked for behind the lock of the counter, so that two clicks at once cannot both miss it.
    if actor.person is None:
        return None
    return (
        Action.objects.filter(
            created_by=actor.person,
            what=said.what,
            details=said.details,
            due_on=said.due_on,
            origin_id=origin.id if origin else "",
            created_at__gt=at - DOUBLE_CLICK,
            created_at__lte=at + DOUBLE_CLICK,
        )
        .order_by("-pk")
        .first()
    )


@transaction.atomic
def change(
    *,
    actor: Actor,
    action: Action,
    version: int | None,
    what: str,
    details: str = "",
    due_on: date | str | None = None,
    visibility: str = "",
    at: datetime | None = None,
) -> Action:
    """Other words, another day. Raises :class:`Conflict` when ``version`` is not the present one."""
    at = at or now()
    row = locked(action, actor=actor, verb="action.change")
    allowed = Action.Visibility.values if row.room else WITHOUT_A_ROOM
    said = clean(what=what, details=details, due_on=due_on, visibility=visibility or row.visibility, allowed=allowed)
    before = _readable(row)
    row.what, row.details, row.due_on, row.visibility = said.what, said.details, said.due_on, said.visibility
    changes = differences(before, _readable(row))
    if changes:
        same_version(row, version)
        changed(actor=actor, action=row, changes=changes, at=at)
    return row


def _readable(action: Action) -> dict[str, Any]:
    return {
        "what": action.what,
        "details": action.details or None,
        "due": date_format(action.due_on, "j F Y") if action.due_on else None,
        "visible to": str(Action.Visibility(action.visibility).label),
    }


@transaction.atomic
def drop(*, actor: Actor, action: Action, reason: str = "", at: datetime | None = None) -> Action:
    """No longer needed. Whoever had taken it on, or was asked, is told."""
    at = at or now()
    row = locked(action, actor=actor, verb="action.drop")
    if row.status == Status.DROPPED:
        return row
    if row.status == Status.DONE:
        raise Conflict(_("This is done already."))
    problems = cleaning.Problems()
    said = cleaning.text(reason, field="reason", label=_("The reason"), longest=500, problems=problems)
    problems.raise_if_any()
    changes: dict[str, Any] = {"status": [status_words(row.status), status_words(Status.DROPPED)]}
    if said:
        changes["reason"] = [None, said]
        row.updates.create(text=said, at=at, by=actor.person)
    row.status = Status.DROPPED
    changed(actor=actor, action=row, changes=changes, at=at, act="action.drop")
    record(ActionSettled(action_id=row.pk, reference=row.reference, version=row.version, done=False), actor=actor)
    return row


@transaction.atomic
def reopen(*, actor: Actor, action: Action, at: datetime | None = None) -> Action:
    """Taken up again after it was done or dropped: by its owner, or by nobody yet."""
    at = at or now()
    row = locked(action, actor=actor, verb="action.reopen")
    if row.is_open:
        return row
    if row.status == Status.DECLINED:
        raise Conflict(_("Whoever was asked has declined. Ask somebody else."))
    was = row.status
    taken_on = row.answered_at is not None and (row.owner_id is not None or row.owner_email)
    if taken_on:
        row.status = Status.ACCEPTED
    else:
        nobody(row)
    row.done_at, row.evidence = None, ""
    changes = {"status": [status_words(was), status_words(row.status)]}
    changed(actor=actor, action=row, changes=changes, at=at, act="action.reopen")
    return row
