"""Making something of what was said: an action, the draft of an initiative, a learning note, and so on.

What is made keeps from which notes and groups it came and how many votes these had, so that it can be read from both
ends. One proposal of the board becomes one outcome, however often somebody clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import making as actions
from collaboration.actions.services.asking import Who
from collaboration.actions.services.records import DOUBLE_CLICK
from collaboration.boards.afterwards import rules as rules
from collaboration.boards.afterwards.events import OutcomeMade
from collaboration.boards.afterwards.provenance import KIND, day_of, report_path, sentence
from collaboration.boards.afterwards.whom import offered, usual, whom
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.texts import is_id
from collaboration.boards.founding import folded
from collaboration.boards.models import Board, Outcome
from collaboration.boards.outline import NOBODY, ActionItem, Group, Item, Outline, outline
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import cleaning, keeping
from collaboration.initiatives.services.drafting import new_draft
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

Kind = Outcome.Kind
MOST_SOURCES: Final = 50
TITLES: Final = {Kind.INITIATIVE: 200}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What an outcome can be made of: the chosen groups and notes, or a proposal with what it names."""

    board: Board
    items: tuple[Item, ...]
    proposal: ActionItem | None
    votes: int
    title: str
    """What the sources say, for the sentence about where it came from."""
    suggestion: str
    """What the outcome might be called."""
    claimant: Participation | None
    """Who claimed the proposal on the board."""


def material(*, actor: Actor, workshop: Workshop, sources: Sequence[str] = (), proposal: str = "") -> Material:
    """What the facilitator points at. Raises :class:`Invalid` when it is not on the board (any more)."""
    require(actor, "report.make_outcome", workshop)
    board = Board.objects.filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    return _material(board, sources, proposal)


def _material(board: Board, sources: Sequence[str], proposal: str) -> Material:
    # Folded for this act alone: it may stand inside of a transaction that fails.
    whole = outline(folded(board.pk), EVERYBODY, NOBODY)
    proposed = None
    if proposal:
        proposed = whole.action(proposal)
        if proposed is None or proposed.erased:
            raise Invalid(_("This proposal is not on the board any more."))
        sources = [*sources, *(id for id in proposed.sources if whole.find(id) is not None)]
    ids = list(dict.fromkeys(sources))
    if not ids and proposed is None:
        raise Invalid(_("Choose at least one group or note."))
    if len(ids) > MOST_SOURCES:
        raise Invalid(_("Choose no more than %(most)s groups and notes at once.") % {"most": MOST_SOURCES})
    items = tuple(_found(whole, id) for id in ids)
    title = _title(items)
    claimant = None
    if proposed is not None and proposed.claimed_by:
        claimant = Participation.objects.filter(workshop_id=board.workshop_id, key=proposed.claimed_by).first()
    return Material(
        board=board,
        items=items,
        proposal=proposed,
        votes=_votes(items),
        title=title,
        suggestion=proposed.what if proposed is not None else title,
        claimant=claimant,
    )


def _found(whole: Outline, id: str) -> Item:
    item = whole.find(id) if is_id(id) else None
    if item is None or item.erased:
        raise Invalid(_("Something that you chose is not on the board any more. Go back to the report."))
    return item


def _votes(items: Sequence[Item]) -> int:
    """Votes on all of them, with the tally for the room; a note that is in a chosen group counts once."""
    inside = {note.id for item in items if isinstance(item, Group) for note in item.notes}
    return sum(item.votes + item.room for item in items if item.id not in inside)


def _title(items: Sequence[Item]) -> str:
    said = [" ".join(item.title.split()) for item in items if item.title]
    return _short("; ".join(said), 300)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


@transaction.atomic
def make_outcome(
    *,
    actor: Actor,
    workshop: Workshop,
    kind: str,
    sources: Sequence[str] = (),
    proposal: str = "",
    title: str = "",
    text: str = "",
    due_on: date | str | None = None,
    ask_claimant: bool = False,
    participant: str = "",
    email: str = "",
    name: str = "",
    visibility: str = "",
    initiative: Initiative | None = None,
    at: datetime | None = None,
) -> Outcome:
    """Make ``kind`` of groups and notes (ids), or of a proposal of the board.

    An action asks whoever is named: the person who claimed it (``ask_claimant``), somebody who took part (the key of
    their participation), or an address; see :mod:`.whom`. ``initiative`` is the one an action belongs to or something
    was learned in. The draft of an initiative is the actor's organisation's.
    A proposal that was made into something before gives that again. Raises :class:`Invalid` with sentences by field,
    :class:`Conflict` in a rehearsal and where the workshop's status forbids it.
    """
    at = at or now()
    board = Board.objects.select_for_update(of=("self",)).select_related("workshop").filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    room = board.workshop
    require(actor, "report.make_outcome", room)
    if room.is_rehearsal:
        raise Conflict(_("This is a rehearsal: nothing is made of what is said in it."))
    if room.status not in (Workshop.Status.OPEN, Workshop.Status.REPORTED):
        raise Conflict(_("This can be done while a workshop is open, and until it is archived."))
    if proposal and is_id(proposal):
        before = Outcome.objects.filter(board=board, proposal=UUID(proposal)).first()
        if before is not None:
            return before
    made_of = _material(board, sources, proposal)
    said = _said(kind, title or made_of.suggestion, text)
    twin = _twin(actor, board, said, made_of, at)
    if twin is not None:
        return twin
    outcome = Outcome(
        board=board,
        kind=said.kind,
        title=said.title,
        text=said.text,
        sources=[item.id for item in made_of.items],
        source_title=made_of.title,
        votes=made_of.votes,
        proposal=UUID(made_of.proposal.id) if made_of.proposal is not None else None,
        created_by=actor.person,
        created_at=at,
    )
    if said.kind == Kind.ACTION:
        who = whom(
            actor=actor,
            workshop=room,
            claimant=made_of.claimant,
            ask_claimant=ask_claimant,
            participant=participant,
            email=email,
            name=name,
        )
        outcome.action = _action(actor, room, made_of, said, who, due_on, visibility, initiative, at)
    elif said.kind == Kind.INITIATIVE:
        outcome.initiative = _draft(actor, said, at)
    elif said.kind == Kind.LEARNING and initiative is not None:
        keeping.add_learning(actor=actor, initiative=initiative, body=said.text or said.title, at=at)
        outcome.initiative = initiative
    outcome.save()
    changes = {"kind": [None, str(Kind(said.kind).label)], "title": [None, said.title]}
    keep(actor=actor, action="outcome.make", obj=outcome, changes=changes, at=at)
    record(
        OutcomeMade(
            outcome_id=outcome.pk,
            workshop_id=room.pk,
            kind=outcome.kind,
            action_id=outcome.action_id,
            initiative_id=outcome.initiative_id,
        ),
        actor=actor,
    )
    return outcome


@dataclass(frozen=True, slots=True)
class _Said:
    kind: str
    title: str
    text: str


def _said(kind: Any, title: Any, text: Any) -> _Said:
    problems = cleaning.Problems()
    kept = cleaning.choice(kind, Kind, field="kind", label=_("What it becomes"), problems=problems)
    if not kept:
        problems.add("kind", _("Choose what it becomes."))
    longest = TITLES.get(Kind(kept), 500) if kept else 500
    said = _Said(
        kept,
        cleaning.text(title, field="title", label=_("What it says"), longest=longest, problems=problems, required=True),
        cleaning.text(text, field="text", label=_("The details"), longest=4000, problems=problems, lines=True),
    )
    if kept == Kind.LEARNING and len(said.text) > 2000:
        problems.add("text", _("A learning note must be 2,000 characters or fewer."))
    problems.raise_if_any()
    return said


def _twin(actor: Actor, board: Board, said: _Said, made_of: Material, at: datetime) -> Outcome | None:
    if made_of.proposal is not None:
        return None
    rows = Outcome.objects.filter(
        board=board,
        kind=said.kind,
        title=said.title,
        text=said.text,
        created_by=actor.person,
        created_at__gt=at - DOUBLE_CLICK,
        created_at__lte=at + DOUBLE_CLICK,
    )
    ids = [item.id for item in made_of.items]
    return next((row for row in rows if row.sources == ids), None)


def _action(
    actor: Actor,
    room: Workshop,
    made_of: Material,
    said: _Said,
    who: Who,
    due_on: date | str | None,
    visibility: str,
    initiative: Initiative | None,
    at: datetime,
) -> Action:
    if initiative is not None:
        require(actor, "initiative.update", initiative)
    seen_by = visibility or usual(actor, room)
    cleaned = actions.clean(
        what=said.title, details=said.text, due_on=due_on, visibility=seen_by, allowed=offered(actor)
    )
    label = sentence(votes=made_of.votes, title=made_of.title, day=day_of(room))
    origin = Origin(kind=KIND, id=str(room.uuid), label=_short(label, 300), path=report_path(room))
    organisation = made_of.claimant.organisation if made_of.claimant is not None else None
    return actions.new_action(
        actor=actor,
        said=cleaned,
        who=who,
        organisation=organisation,
        initiative=initiative,
        origin=origin,
        at=at,
    )


def _draft(actor: Actor, said: _Said, at: datetime) -> Initiative:
    require(actor, "initiative.register")
    assert actor.organisation is not None, "A mandate is for an organisation."  # noqa: S101
    return new_draft(actor=actor, owner=actor.organisation, title=said.title, summary=said.text, at=at)
