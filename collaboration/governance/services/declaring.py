"""Declaring an interest in an item of an agenda or in a decision, and taking a mistaken declaration back.

A declaration locks what it is about for that person, under every mandate. Others of their organisation may still speak.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.events.decisions import InterestDeclared
from collaboration.governance.interests import is_locked
from collaboration.governance.models import AgendaItem, Decision, Declaration
from collaboration.governance.rules.decisions import board_of
from collaboration.governance.services.decision_rows import found_and_locked
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.models import Organisation
from groundwork.events.services import record

__all__ = ["declare", "is_locked", "withdraw"]


@transaction.atomic
def declare(
    *,
    actor: Actor,
    item: AgendaItem | None = None,
    decision: Decision | None = None,
    person: Any = None,
    name: str = "",
    organisation: Organisation | None = None,
    kind: str,
    text: str,
    leaves: bool = True,
    at: datetime | None = None,
) -> Declaration:
    """An interest of the actor's own; or of ``person`` (or ``name``) of ``organisation``, written down in the room.

    The same person declares once; again, it is the same declaration in new words. A voice that they gave on the
    decision is taken back, because it was given with the interest. Raises :class:`Invalid` by field.
    """
    at = at or now()
    about = decision or item
    if about is None:
        raise Invalid(_("Say what the interest is in."))
    require(actor, "decision.view" if isinstance(about, Decision) else "item.view", about)
    own = person is None and not name
    require(actor, "interest.declare" if own else "interest.write_down", about)
    if own:
        person, organisation = actor.person, actor.organisation
    said, label, words = _clean(kind, text, name or (person.display_name if person else ""), organisation)
    assert organisation is not None  # noqa: S101 - just asked
    row = _about(about)
    found = _declared(row, person, label, organisation)
    made = found or Declaration(person=person, at=at, by=actor.person)
    made.decision, made.item = (row, row.item) if isinstance(row, Decision) else (None, row)
    made.meeting = row.meeting
    made.name, made.organisation, made.kind, made.text, made.leaves = label, organisation, said, words, leaves
    made.save()
    _strike_voices(actor, made, at)
    changes = {"interest": [None, f"{label} ({organisation.name}): {made.get_kind_display()}"]}
    keep(actor=actor, action="interest.declare", obj=row, changes=changes, at=at)
    record(InterestDeclared(declaration_id=made.pk, board_id=board_of(row).pk), actor=actor)
    return made


@transaction.atomic
def withdraw(*, actor: Actor, declaration: Declaration, at: datetime | None = None) -> Declaration:
    """It was declared by mistake. Its row stays; what it locked is open again."""
    at = at or now()
    row = (
        Declaration.objects.select_for_update(of=("self",))
        .select_related("decision__board", "item__meeting__board")
        .get(pk=declaration.pk)
    )
    require(actor, "interest.withdraw", row)
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        about = row.decision or row.item
        assert about is not None  # noqa: S101 - a constraint of the table
        keep(actor=actor, action="interest.withdraw", obj=about, changes={"interest": [row.name, None]}, at=at)
    return row


def _about(thing: AgendaItem | Decision) -> Any:
    """The decision or the item, locked: a voice is given, or an interest declared, but not both at once."""
    if isinstance(thing, Decision):
        return found_and_locked(thing.pk)
    list(Decision.objects.select_for_update().filter(item=thing).order_by("pk"))
    return AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__board").get(pk=thing.pk)


def _declared(thing: AgendaItem | Decision, person: Any, name: str, organisation: Organisation) -> Declaration | None:
    about = {"decision": thing} if isinstance(thing, Decision) else {"item": thing, "decision": None}
    # Who has no account is the same by name and organisation.
    who = {"person": person} if person is not None else {"person": None, "name": name, "organisation": organisation}
    return Declaration.objects.filter(withdrawn_at=None, **about, **who).first()


def _strike_voices(actor: Actor, made: Declaration, at: datetime) -> None:
    if made.person is None:
        return
    locked = Decision.objects.filter(pk=made.decision_id) if made.decision_id else Decision.objects.none()
    if made.item_id is not None:
        locked = locked | Decision.objects.filter(item=made.item_id)
    for decision in locked.filter(status=Decision.Status.OPEN):
        for voice in decision.voices.filter(person=made.person).select_related("organisation"):
            changes = {voice.organisation.name: [str(voice.get_choice_display()), None]}
            keep(actor=actor, action="decision.strike_voice", obj=decision, changes=changes, at=at)
            voice.delete()


def _clean(kind: str, text: str, name: str, organisation: Organisation | None) -> tuple[str, str, str]:
    problems = cleaning.Problems()
    said = cleaning.choice(kind, Declaration.Kind, field="kind", label=_("The kind of interest"), problems=problems)
    if not said and not problems:
        problems.add("kind", _("Choose what kind of interest it is."))
    words = cleaning.text(
        text,
        field="text",
        label=_("The interest in words"),
        longest=1000,
        problems=problems,
        required=True,
        lines=True,
    )
    label = cleaning.text(name, field="name", label=_("The name"), longest=120, problems=problems, required=True)
    if organisation is None:
        problems.add("organisation", _("Say for which organisation they sit on the board."))
    problems.raise_if_any()
    return said, label, words
