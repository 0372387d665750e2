"""Asking somebody to take an action on, and their answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.actions.events import ActionAnswered, ActionAsked
from collaboration.actions.models import Action
from collaboration.actions.queries import digest
from collaboration.actions.rules import ENDED, owns
from collaboration.actions.services.records import changed, locked, same_version, status_words, token_of
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.events.services import record

Status = Action.Status
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom to ask: a person of this system, or an address, with the name they are spoken of by."""

    person: Person | None = None
    email: str = ""
    name: str = ""

    @property
    def is_somebody(self) -> bool:
        """Whether anybody can be asked. A name alone is noted, and asks nobody."""
        return self.person is not None or bool(self.email) or bool(self.name)


def somebody(*, email: Any = "", name: Any = "", person: Person | None = None) -> Who:
    """Cleaned. An address that has an account means that person. Raises :class:`Invalid`."""
    problems = cleaning.Problems()
    kept = cleaning.email(email, field="email", problems=problems).lower()
    said = cleaning.text(name, field="name", label=_("The name"), longest=120, problems=problems)
    problems.raise_if_any()
    if person is None and kept:
        person = Person.objects.filter(email=kept, is_active=True).first()
    return Who(person=person, email="" if person else kept, name=said)


@transaction.atomic
def ask(
    *,
    actor: Actor,
    action: Action,
    who: Who,
    version: int | None = None,
    at: datetime | None = None,
) -> Action:
    """Ask somebody to take it on, in the place of whoever had it. Asking the same again changes nothing.

    Raises :class:`Invalid` without a person or an address, :class:`Conflict` when it has ended.
    """
    at = at or now()
    row = locked(action, actor=actor, verb="action.ask")
    if not who.person and not who.email:
        raise Invalid({"email": [_("Enter the email address of the person to ask.")]})
    if row.status in ENDED:
        raise Conflict(_("This action has ended. Take it up again first."))
    if row.status == Status.ASKED and _is_same(row, who):
        return row
    if row.status == Status.ACCEPTED and _is_same(row, who):
        raise Conflict(_("This person has taken it on already."))
    same_version(row, version)
    ask_locked(actor=actor, action=row, who=who, at=at)
    return row


def _is_same(action: Action, who: Who) -> bool:
    if who.person is not None:
        return action.owner_id == who.person.pk
    return action.owner_id is None and action.owner_email == who.email != ""


def ask_locked(*, actor: Actor, action: Action, who: Who, at: datetime) -> None:
    """With the row locked or new: note who is meant; if they can be reached, ask them. One who asks oneself accepts."""
    before, was = _owner_words(action), action.status
    nobody(action)
    action.owner, action.owner_email = who.person, "" if who.person else who.email
    action.owner_name = who.name or (who.person.name if who.person else "")
    can_be_asked = who.person is not None or bool(who.email)
    is_self = who.person is not None and actor.person is not None and who.person.pk == actor.person.pk
    if can_be_asked:
        action.status = Status.ACCEPTED if is_self else Status.ASKED
        action.asked_at, action.asked_by = at, actor.person
    if is_self:
        action.answered_at, action.owner_mandate = at, actor.mandate
        action.organisation = action.organisation or actor.organisation
    if can_be_asked and not is_self and who.person is None:
        action.answer_digest = digest(token_of(action))
    changes = {"owner": [before, _owner_words(action)]}
    if was != action.status:
        changes["status"] = [status_words(was), status_words(action.status)]
    changed(actor=actor, action=action, changes=changes, at=at, act="action.ask")
    if action.status == Status.ASKED:
        record(ActionAsked(action_id=action.pk, reference=action.reference, version=action.version), actor=actor)


def nobody(action: Action) -> None:
    """Nobody has it yet; links sent for it do not work any more."""
    action.status = Status.UNOWNED
    action.owner = action.owner_mandate = None
    action.owner_email = action.owner_name = action.declined_reason = ""
    action.asked_at = action.answered_at = action.asked_by = action.answer_digest = None


def _owner_words(action: Action) -> str | None:
    """The owner as the audit log tells them: by name, never by address."""
    if action.owner is not None:
        return action.owner.display_name
    return action.owner_name or (str(_("somebody asked by mail")) if action.owner_email else None)


@transaction.atomic
def claim(*, actor: Actor, action: Action, at: datetime | None = None) -> Action:
    """Take on what nobody has taken on. Raises :class:`Conflict` when somebody has, or was asked."""
    at = at or now()
    row = locked(action, actor=actor, verb="action.claim")
    person = actor.person
    assert person is not None  # noqa: S101 - the rule says so
    if row.status == Status.ACCEPTED and row.owner_id == person.pk:
        return row
    if row.status == Status.ASKED and owns(actor, row):
        return accept_locked(actor=actor, row=row, at=at)
    if row.status not in (Status.UNOWNED, Status.DECLINED):
        raise Conflict(_("Somebody has taken this on, or was asked to."))
    ask_locked(actor=actor, action=row, who=Who(person=person), at=at)
    return row


@transaction.atomic
def accept(*, actor: Actor, action: Action, at: datetime | None = None) -> Action:
    """Take on what one was asked to. A second click changes nothing."""
    return accept_locked(actor=actor, row=locked(action, actor=actor, verb="action.answer"), at=at or now())


def accept_locked(*, actor: Actor, row: Action, at: datetime) -> Action:
    if row.status == Status.ACCEPTED:
        return row
    if row.status in ENDED:
        raise Conflict(_("This action has ended in the meantime."))
    was = row.status
    row.status, row.answered_at, row.declined_reason = Status.ACCEPTED, at, ""
    if actor.person is not None:
        row.owner, row.owner_mandate = actor.person, actor.mandate
        row.owner_email, row.answer_digest = "", None
        row.organisation = row.organisation or actor.organisation
    changes = {"status": [status_words(was), status_words(row.status)]}
    changed(actor=actor, action=row, changes=changes, at=at, act="action.accept")
    record(ActionAnswered(action_id=row.pk, reference=row.reference, version=row.version, accepted=True), actor=actor)
    return row


@transaction.atomic
def decline(*, actor: Actor, action: Action, reason: str = "", at: datetime | None = None) -> Action:
    """Say no, and why; also after having accepted. Whoever asked is told."""
    return decline_locked(
        actor=actor, row=locked(action, actor=actor, verb="action.answer"), reason=reason, at=at or now()
    )


def decline_locked(*, actor: Actor, row: Action, reason: str, at: datetime) -> Action:
    problems = cleaning.Problems()
    said = cleaning.text(reason, field="reason", label=_("The reason"), longest=LONGEST_REASON, problems=problems)
    problems.raise_if_any()
    if row.status == Status.DECLINED:
        return row
    if row.status in ENDED:
        raise Conflict(_("This action has ended in the meantime."))
    was = row.status
    row.status, row.answered_at, row.declined_reason = Status.DECLINED, at, said
    changes: dict[str, Any] = {"status": [status_words(was), status_words(row.status)]}
    if said:
        changes["reason"] = [None, said]
    changed(actor=actor, action=row, changes=changes, at=at, act="action.decline")
    record(ActionAnswered(action_id=row.pk, reference=row.reference, version=row.version, accepted=False), actor=actor)
    return row
