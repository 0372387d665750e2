"""The report of a workshop: what was said, how it was weighed, and what came of it.

It is read from what everybody in the room may see, whoever reads it: nothing that was not revealed, no bin, nobody's
own. What a reader who was not there gets is the same without names and without votes by organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from collaboration.actions import queries as actions
from collaboration.actions.models import Action
from collaboration.boards import states
from collaboration.boards.afterwards import rules as rules
from collaboration.boards.afterwards.provenance import sentence_of
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.state import State
from collaboration.boards.engine.tallies import tally
from collaboration.boards.models import Board, Outcome
from collaboration.boards.outline import NOBODY, ActionItem, Column, Group, Item, Name, Note, Outline, Ranked, ranked
from collaboration.boards.outline import outline as read_out
from collaboration.initiatives import queries as register
from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.queries import FeedbackSummary, feedback_summary, participants
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Votes on one item by organisation or by sector. ``others`` are votes that must not be told apart."""

    by: tuple[tuple[str, int], ...]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One outcome as this reader may see it. ``reference`` is "" where they may not open what it became."""

    outcome: Outcome
    sentence: str
    reference: str
    path: str
    status: str
    """How the action stands, in words; "" for what is no action."""
    who: str
    due: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    workshop: Workshop
    board_id: str
    outline: Outline
    ranking: tuple[Ranked, ...]
    """Empty while votes are not told."""
    organisations: Mapping[str, Split]
    """By id of the item. Empty for readers who were not there."""
    sectors: Mapping[str, Split]
    outcomes: tuple[Came, ...]
    proposed: tuple[ActionItem, ...]
    """What was proposed on the board and was not made into anything yet."""
    unplaced: tuple[tuple[Column, Note], ...]
    """Notes in no group that nobody voted for, where there are groups."""
    feedback: FeedbackSummary
    people: int
    """How many took part."""
    sees_names: bool
    may_make: bool
    used: frozenset[str]
    """Ids of the notes and groups that something was made of."""

    @property
    def is_over(self) -> bool:
        return self.workshop.status in rules.REPORTED


def find(workshop: Workshop) -> Board:
    """The board of a workshop. Raises :class:`NotFound`."""
    board = Board.objects.filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    return board


def read(*, actor: Actor, workshop: Workshop) -> Report:
    """The report for this reader (at most a dozen queries, however much was said). Raises :class:`NotFound`."""
    require(actor, "report.view", workshop)
    board = find(workshop)
    there = bool(can(actor, "report.see_names", workshop))
    people = [p for p in participants(workshop) if p.status != Participation.Status.WAITING]
    outcomes = outcomes_of(actor, board, workshop)
    with states.held(board.pk) as held:
        outline = read_out(held.state, EVERYBODY, names_of(people) if there else NOBODY, nameless=not there)
        organisations, sectors = _splits(held.state, outline, people) if there else ({}, {})
    made = {came.outcome.proposal for came in outcomes}
    has_groups = any(column.groups for column in outline.columns)
    return Report(
        workshop=workshop,
        board_id=str(board.pk),
        outline=outline,
        ranking=tuple(ranked(outline)),
        organisations=organisations,
        sectors=sectors,
        outcomes=tuple(outcomes),
        proposed=tuple(item for item in outline.actions if item.id not in {str(id) for id in made}),
        unplaced=tuple(
            (column, note)
            for column in outline.columns
            for note in column.loose
            if has_groups and not note.votes and not note.room
        ),
        feedback=feedback_summary(workshop),
        people=sum(p.status != Participation.Status.REMOVED for p in people),
        sees_names=there,
        may_make=bool(can(actor, "report.make_outcome", workshop)) and not workshop.is_rehearsal,
        used=frozenset(id for came in outcomes for id in came.outcome.sources),
    )


def names_of(people: list[Participation]) -> dict[str, Name]:
    """What a room calls its people, by their key."""
    return {
        p.key: Name(p.name, p.organisation.name if p.organisation is not None else p.organisation_name) for p in people
    }


def outcomes_of(actor: Actor, board: Board, workshop: Workshop) -> list[Came]:
    """What was made of what was said, with what this reader may see of it (three queries)."""
    rows = list(
        Outcome.objects.filter(board=board)
        .select_related("action__owner", "action__organisation", "action__initiative", "initiative")
        .order_by("pk")
    )
    open_actions = actions.seen_ids(actor, {row.action_id for row in rows if row.action_id is not None})
    drafts = {row.initiative_id for row in rows if row.initiative_id is not None}
    shown = set(register.visible_to(actor).filter(pk__in=drafts).values_list("pk", flat=True)) if drafts else set()
    found: list[Came] = []
    for row in rows:
        target: Action | object | None = None
        reference = path = who = ""
        if row.action is not None and row.action_id in open_actions:
            target, reference, path = row.action, row.action.reference, row.action.get_absolute_url()
            if can(actor, "action.see_owner", row.action):
                who = row.action.owner.display_name if row.action.owner is not None else row.action.owner_name
        elif row.initiative is not None and row.initiative_id in shown:
            target, reference, path = row.initiative, row.initiative.reference, row.initiative.get_absolute_url()
        found.append(
            Came(
                outcome=row,
                sentence=sentence_of(row, workshop),
                reference=reference,
                path=path,
                status=str(row.action.get_status_display()) if row.action is not None else "",
                who=who,
                due=row.action.due_on if row.action is not None and target is not None else None,
            )
        )
    return found


def _splits(state: State, outline: Outline, people: list[Participation]) -> tuple[dict[str, Split], dict[str, Split]]:
    """Votes by organisation, and by sector, of each item.

    Where names are hidden one split is told, by sector, and not two: from two, what stands for one or two voters could
    be had by taking the numbers of one from those of the other.
    """
    sectors = {p.key: p.organisation.sector.title for p in people if p.organisation is not None}
    by_sector = _split(state, outline, sectors)
    if state.names_hidden:
        return {}, by_sector
    organisations = {p.key: p.organisation.name for p in people if p.organisation is not None}
    return _split(state, outline, organisations), by_sector


def _split(state: State, outline: Outline, labels: Mapping[str, str]) -> dict[str, Split]:
    told = tally(state, labels)
    found: dict[str, Split] = {}
    for item in outline.items():
        votes: dict[str, int] = {}
        others = 0
        for part in parts(item):
            if part in told:
                others += told[part].others
                for label, count in told[part].by.items():
                    votes[label] = votes.get(label, 0) + count
        if votes or others:
            found[item.id] = Split(by=tuple(sorted(votes.items(), key=lambda pair: (-pair[1], pair[0]))), others=others)
    return found


def parts(item: Item) -> list[str]:
    """Ids of an item and of the notes in it."""
    return [item.id, *(note.id for note in item.notes)] if isinstance(item, Group) else [item.id]
