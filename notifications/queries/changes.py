"""What changed in what people follow, read once for any number of readers.

A source reads one sort of thing; sources are registered here, so that what a later room keeps is followed like the
rest. Cost follows what changed since the oldest reader was told, not how many follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from collaboration.governance.queries import board_changes as partnerships
from collaboration.governance.queries import decision_history as decisions
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from notifications.following import Followed


class Act(Protocol):
    """Something that somebody did to a thing."""

    @property
    def id(self) -> Any: ...
    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def organisation(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def changes(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that changed. ``subject`` is as :class:`notifications.models.Seen` keeps it: ``initiative:42``."""

    subject: str
    id: int
    title: str
    reference: str
    path: str
    terms: frozenset[tuple[str, str]]
    is_seen_by: Callable[[Iterable[Actor]], bool]
    acts_for: Callable[[Iterable[Actor]], tuple[Act, ...]]


Source = Callable[[datetime], list[Thing]]
_sources: dict[str, Source] = {}


def source(name: str) -> Callable[[Source], Source]:
    """Register what reads every thing of one sort that changed after a moment, in a constant number of queries."""

    def register(function: Source) -> Source:
        if _sources.get(name, function) is not function:
            raise LookupError(f"There are two sources of changes named {name}.")
        _sources[name] = function
        return function

    return register


@source("initiatives")
def changed_initiatives(since: datetime) -> list[Thing]:
    return [thing_of(changed) for changed in initiatives.changed_since(since).values()]


def thing_of(changed: initiatives.Changed) -> Thing:
    """An initiative that changed."""
    initiative = changed.initiative
    return Thing(
        subject=f"initiative:{initiative.pk}",
        id=initiative.pk,
        title=initiative.title,
        reference=initiative.reference,
        path=f"/initiatives/{initiative.reference}/",
        terms=changed.terms,
        is_seen_by=changed.is_seen_by,
        acts_for=changed.acts_for,
    )


@source("workshops")
def changed_workshops(since: datetime) -> list[Thing]:
    return [
        Thing(
            subject=f"workshop:{changed.workshop.pk}",
            id=changed.workshop.pk,
            title=changed.title,
            reference="",
            path=f"/workshops/{changed.workshop.code}/",
            terms=frozenset({("workshop", str(changed.workshop.pk))}),
            is_seen_by=changed.is_seen_by,
            acts_for=changed.acts_for,
        )
        for changed in workshops.changed_since(since)
    ]


@source("decisions")
def changed_decisions(since: datetime) -> list[Thing]:
    """What boards decided: digests tell it in a section of its own."""
    return [
        Thing(
            subject=f"decision:{changed.decision.pk}",
            id=changed.decision.pk,
            title=changed.decision.title,
            reference=changed.decision.reference,
            path=f"/decisions/{changed.decision.reference}/",
            terms=changed.terms,
            is_seen_by=changed.is_seen_by,
            acts_for=changed.acts_for,
        )
        for changed in decisions.changed_since(since)
    ]


@source("partnerships")
def changed_partnerships(since: datetime) -> list[Thing]:
    return [
        Thing(
            subject=f"partnership:{changed.board.pk}",
            id=changed.board.pk,
            title=changed.board.name,
            reference="",
            path=changed.board.get_absolute_url(),
            terms=frozenset({("partnership", changed.board.slug)}),
            is_seen_by=changed.is_seen_by,
            acts_for=changed.acts_for,
        )
        for changed in partnerships.changed_since(since)
    ]


@dataclass
class Changes:
    """Everything that changed after ``since``, and which followed view it is in: an inverted index by its terms."""

    since: datetime
    things: dict[str, Thing]
    _by_term: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _followed: dict[str, Followed | None] = field(default_factory=dict)
    _worded: dict[str, set[int]] = field(default_factory=dict)
    _found: dict[str, tuple[Thing, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, since: datetime) -> Changes:
        """Ask every source: a few queries in all."""
        things = {thing.subject: thing for read in _sources.values() for thing in read(since)}
        by_term: dict[tuple[str, str], set[str]] = {}
        for thing in things.values():
            for term in thing.terms:
                by_term.setdefault(term, set()).add(thing.subject)
        return cls(since, things, by_term)

    def may_concern(self, anchor: str) -> bool:
        """Whether anything that changed has the term a follow is kept under."""
        if anchor == "words:":
            return bool(self.things)
        kind, _colon, value = anchor.partition(":")
        return (kind, value) in self._by_term

    def look_up(self, lines: Collection[str]) -> None:
        """Find what changed in each of these followed lines that are new here: one query, if any of them has words."""
        new = [line for line in dict.fromkeys(lines) if line not in self._followed]
        for line in new:
            self._followed[line] = understood(line)
        words = {
            followed.words for line in new if (followed := self._followed[line]) is not None and followed.words
        } - self._worded.keys()
        if words:
            self._worded |= initiatives.with_words(words)
        for line in new:
            self._found[line] = self._in(self._followed[line])

    def found(self, line: str) -> tuple[Thing, ...]:
        """What changed in a followed line that was looked up. Whether somebody may see it is not asked."""
        return self._found.get(line, ())

    def _in(self, followed: Followed | None) -> tuple[Thing, ...]:
        if followed is None:
            return ()
        subjects: set[str] | None = None
        for term in followed.terms:
            having = self._by_term.get(term, set())
            subjects = set(having) if subjects is None else subjects & having
        if followed.words:
            named = {f"initiative:{pk}" for pk in self._worded.get(followed.words, ())}
            subjects = named & (self.things.keys() if subjects is None else subjects)
        return tuple(self.things[subject] for subject in sorted(subjects or ()))


def understood(line: str) -> Followed | None:
    """What a followed line means, or None when it no longer means anything: its area or organisation is gone."""
    try:
        return Followed.parse(line)
    except Invalid:
        return None
