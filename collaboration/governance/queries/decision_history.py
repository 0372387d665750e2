"""What was done to decisions, as sentences for their page and for digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Access, Decision, SeatHolder
from collaboration.governance.queries.boards import present
from collaboration.governance.rules.decisions import SETTLED
from collaboration.governance.standing import KEEPING, standing_of
from collaboration.initiatives.queries import Act, Change
from groundwork.access.actors import Actor
from groundwork.audit.queries import acts_since, history_of
from groundwork.clock import today

LABELS: Final = {
    "decision.propose": gettext_lazy("Proposed"),
    "decision.change": gettext_lazy("Changed"),
    "decision.link": gettext_lazy("What it changes"),
    "decision.open": gettext_lazy("Opened for voices"),
    "decision.take_back": gettext_lazy("Taken back to a proposal"),
    "decision.voice": gettext_lazy("Voice given"),
    "decision.take_voice": gettext_lazy("Voice written down in the room"),
    "decision.strike_voice": gettext_lazy("Voice taken back because of an interest"),
    "decision.make": gettext_lazy("Decided"),
    "decision.not_agreed": gettext_lazy("Not agreed"),
    "decision.defer": gettext_lazy("Deferred"),
    "decision.withdraw": gettext_lazy("Withdrawn"),
    "decision.supersede": gettext_lazy("Superseded"),
    "decision.review": gettext_lazy("Reviewed"),
    "interest.declare": gettext_lazy("Interest declared"),
    "interest.withdraw": gettext_lazy("Declaration taken back"),
}
FIELDS: Final = IMPLICATIONS | {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("The decision in words"),
    "rationale": gettext_lazy("Why"),
    "options": gettext_lazy("Options considered"),
    "how": gettext_lazy("How it is agreed"),
    "visible to": gettext_lazy("Who can see it"),
    "review": gettext_lazy("Looked at again"),
    "accords": gettext_lazy("The strategy"),
    "accords_reason": gettext_lazy("Why it accords with the strategy, or not"),
    "elements": gettext_lazy("What it is about"),
    "status": gettext_lazy("Status"),
    "decided on": gettext_lazy("Decided on"),
    "voices": gettext_lazy("Voices"),
    "reason": gettext_lazy("Reason"),
    "reviewed": gettext_lazy("Reviewed"),
    "note": gettext_lazy("Note"),
    "changes": gettext_lazy("What it changes"),
    "superseded by": gettext_lazy("Superseded by"),
    "interest": gettext_lazy("Interest"),
}
"""What the history calls what was changed. A voice is kept under the name of its organisation."""
LONGEST: Final = 200
"""Characters of each side of a change: the page says all of what holds now."""
TOLD: Final = ("decision.make", "decision.not_agreed", "decision.supersede", "decision.review")
"""Acts that everybody who sees the decision is told of. What led to them is for the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history. ``words``: what changed, one after the other."""

    at: datetime
    label: str
    who: str
    words: tuple[str, ...]


def history(actor: Actor, decision: Decision) -> list[Entry]:
    """What was done to a decision, the newest first: all of it to its board, what came of it to others."""
    inside = standing_of(actor, decision.board).is_of_the_board or actor.is_system
    found = []
    for entry in history_of(decision).filter(action__in=LABELS if inside else TOLD):
        name = entry.organisation.name if entry.organisation else ""
        if inside and entry.person is not None:
            name = f"{entry.person.display_name}, {name}" if name else entry.person.display_name
        words = tuple(_words(field, pair) for field, pair in entry.changes.items()) if inside else ()
        found.append(Entry(at=entry.at, label=str(LABELS[entry.action]), who=name, words=words))
    return found


def _words(field: str, pair: Any) -> str:
    was, is_now = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    told = [", ".join(map(str, each)) if isinstance(each, list) else str(each or "—") for each in (was, is_now)]
    before, after = (Truncator(each).chars(LONGEST) for each in told)
    label = FIELDS.get(field, field)
    return f"{label}: {after}" if was in (None, "", "—") else f"{label}: {before} → {after}"


@dataclass(frozen=True, kw_only=True)
class ChangedDecision:
    """A decision that came to something, with who may be told of it. ``people``: who sits, with whose mandate."""

    decision: Decision
    terms: frozenset[tuple[str, str]]
    acts: tuple[Act, ...]
    people: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def is_seen_by(self, actors: Iterable[Actor]) -> bool:
        """Whether a reader sees it under any of their mandates, as :func:`visible.decisions` says. No query.

        What is for named people only, or was exempt, is never told by mail.
        """
        return any(self._is_seen_by(actor) for actor in actors)

    def acts_for(self, actors: Iterable[Actor]) -> tuple[Act, ...]:
        return self.acts

    def _is_seen_by(self, actor: Actor) -> bool:
        row = self.decision
        levels = [row.access, row.board.access]
        if row.item is not None:
            levels += [row.item.access or row.access, Access.BOARD if row.item.exempt else row.access]
        level = max(levels, key=list(Access.values).index)
        if level == Access.PUBLIC:
            return True
        if level == Access.PARTNERS:
            return actor.is_partner
        if level == Access.NAMED or (row.item is not None and row.item.exempt):
            return False
        return self._is_of_the_board(actor)

    def _is_of_the_board(self, actor: Actor) -> bool:
        board = self.decision.board
        if actor.acts_for(board.lead_id, *KEEPING) or (board.lead_id is None and actor.is_officer):
            return True
        return actor.person is not None and (actor.person.pk, actor.organisation_id or 0) in self.people


def changed_since(since: datetime) -> list[ChangedDecision]:
    """The decisions that came to something after ``since``: one query when there is none, else six."""
    acts: dict[int, list[Any]] = {}
    for entry in acts_since(since, Decision).filter(action__in=TOLD):
        acts.setdefault(int(entry.object_id), []).append(entry)
    if not acts:
        return []
    rows = (
        Decision.objects.select_related("board", "item")
        .prefetch_related(
            "elements__parent__parent", "changes__initiative", "changes__element__parent", "changes__organisation"
        )
        .filter(pk__in=acts, status__in=SETTLED)
    )
    people: dict[int, set[tuple[int, int]]] = {}
    boards = {row.board_id for row in rows}
    there = SeatHolder.objects.filter(present(today()), seat__board__in=boards).filter(seat__valid_to=None)
    for board_id, person_id, organisation_id in there.values_list(
        "seat__board_id", "person_id", "seat__organisation_id"
    ):
        people.setdefault(board_id, set()).add((person_id or 0, organisation_id))
    return [
        ChangedDecision(
            decision=row,
            terms=terms_of(row),
            acts=tuple(_act(entry, row) for entry in acts[row.pk]),
            people=frozenset(people.get(row.board_id, ())),
        )
        for row in rows
    ]


def decision_terms(pk: int) -> frozenset[tuple[str, str]]:
    """:func:`terms_of` the decision with this id; none when there is none."""
    row = Decision.objects.select_related("board").filter(pk=pk).first()
    return terms_of(row) if row is not None else frozenset()


def terms_of(row: Decision) -> frozenset[tuple[str, str]]:
    """Under what a decision is found by those who follow something: its board, what it is about, what it changes."""
    found = {("all", ""), ("partnership", row.board.slug)}
    elements = [*row.elements.all(), *(each.element for each in row.changes.all() if each.element is not None)]
    for element in elements:
        each: Any = element
        while each is not None:
            found |= {(kind, each.code) for kind in ("element", "ambition", "strand", "block")}
            each = each.parent
    for change in row.changes.all():
        if change.initiative is not None:
            found.add(("initiative", change.initiative.reference))
        if change.organisation is not None:
            found.add(("organisation", str(change.organisation.pk)))
    return frozenset(found)


def _act(entry: Any, row: Decision) -> Act:
    return Act(
        id=entry.pk,
        at=entry.at,
        action=entry.action,
        label=str(LABELS[entry.action]),
        organisation=row.board.name,
        person_id=entry.person_id,
        changes=tuple(
            Change(field=name, label="", before=None, after=entry.changes[name][1])
            for name in ("voices", "superseded by")
            if name in entry.changes
        ),
    )
