"""Taking actions from people who are not here any more: whoever asked them finds somebody else."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from collaboration.actions.events import ActionReleased
from collaboration.actions.models import Action
from collaboration.actions.services.asking import nobody
from collaboration.actions.services.records import changed, status_words
from groundwork.access.actors import Actor
from groundwork.accounts.models import Person
from groundwork.audit.services import forget_words
from groundwork.clock import now
from groundwork.events.services import record

Status = Action.Status


def release_all(actor: Actor, person: Person, at: datetime) -> None:
    """Within a transaction: nobody has what this person was asked to do or had taken on. Who asked is told."""
    theirs = Action.objects.filter(owner=person, status__in=(Status.ASKED, Status.ACCEPTED))
    for action in _locked(theirs):
        was, told = action.status, [action.asked_by_id, action.created_by_id]
        name = person.display_name
        nobody(action)
        changes = {"owner": [name, None], "status": [status_words(was), status_words(action.status)]}
        changed(actor=actor, action=action, changes=changes, at=at, act="action.release")
        record(
            ActionReleased(
                action_id=action.pk,
                reference=action.reference,
                version=action.version,
                owner_id=person.pk,
                told=sorted({each for each in told if each is not None and each != person.pk}),
            ),
            actor=actor,
        )


def forget_asked(*, actor: Actor, origin_kind: str, origin_id: str, emails: frozenset[str]) -> None:
    """Within a transaction: these addresses, and the names beside them, stand in no action that was agreed there.

    What is still to be done has nobody then. What was done stays done, by nobody who is named.
    """
    asked = Action.objects.filter(origin_kind=origin_kind, origin_id=origin_id, owner=None, owner_email__in=emails)
    for action in _locked(asked.exclude(owner_email="")):
        was = action.status
        if was in (Status.ASKED, Status.ACCEPTED):
            nobody(action)
        action.owner_email = action.owner_name = action.declined_reason = ""
        action.answer_digest = None
        changes = {"status": [status_words(was), status_words(action.status)]} if was != action.status else {}
        changed(actor=actor, action=action, changes=changes, at=now(), act="action.release")
        forget_words(action, "owner", "reason", actor=actor)


def _locked(rows: QuerySet[Action]) -> list[Action]:
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
