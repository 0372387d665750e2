"""What all digests of one moment share: the clock, what changed, what is coming. Read once for all of their readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from collaboration.governance.queries.waiting import MeetingAhead, meetings_ahead
from collaboration.workshops import queries as workshops
from notifications.queries.changes import Act, Changes, Thing
from notifications.queries.clocks import Clock, clock
from notifications.queries.telling import Line, key_of, line

SETTLING: Final = timedelta(minutes=2)
"""What happened within this time is left to the next digest: an act carries the time at which it began, and may be
committed a moment after what looked for it."""


@dataclass
class Reading:
    """What all drafts of one moment share: the clock, and what changed. Read once for any number of batches."""

    at: datetime
    clock: Clock
    _changes: Changes | None = None
    _coming: dict[int, workshops.Coming] | None = None
    _meetings: list[MeetingAhead] | None = None
    _news: dict[tuple[Any, ...], tuple[Act, ...]] = field(default_factory=dict)
    _authors: dict[int, frozenset[int | None]] = field(default_factory=dict)
    _lines: dict[tuple[Any, ...], Line | None] = field(default_factory=dict)
    _line_of: dict[tuple[str, int], Line | None] = field(default_factory=dict)

    @classmethod
    def begin(cls, at: datetime) -> Reading:
        return cls(at, clock(at))

    @property
    def until(self) -> datetime:
        return self.at - SETTLING

    def changes(self, since: datetime) -> Changes:
        """What changed since then; read again only when an older moment is asked for."""
        if self._changes is None or since < self._changes.since:
            self._changes = Changes.read(since)
            # These know acts by where they are in memory.
            self._news, self._authors, self._line_of = {}, {}, {}
        return self._changes

    def coming(self, until: datetime) -> dict[int, workshops.Coming]:
        if self._coming is None:
            self._coming = workshops.coming(self.at, until)
        return self._coming

    def meetings(self, until: datetime) -> list[MeetingAhead]:
        if self._meetings is None:
            self._meetings = meetings_ahead(self.at, until)
        return self._meetings

    def news(
        self,
        acts: tuple[Act, ...],
        windows: tuple[tuple[datetime, datetime], ...],
        *,
        own: int | None,
        seen: datetime | None,
    ) -> tuple[Act, ...]:
        """Of all ``acts`` on a thing that somebody may know of, those in ``windows``, the newest first.

        Without those of the person ``own``, and without what they saw until ``seen``. ``acts`` is as
        :attr:`Thing.acts_for` gives it; readers for whom it is the same share one answer.
        """
        if id(acts) not in self._authors:
            self._authors[id(acts)] = frozenset(act.person_id for act in acts)
        key = (id(acts), windows, own if own in self._authors[id(acts)] else None, seen)
        if key not in self._news:
            found = [
                act
                for act in acts
                if any(begin < act.at <= until for begin, until in windows)
                and (own is None or act.person_id != own)
                and (seen is None or act.at > seen)
            ]
            self._news[key] = tuple(sorted(found, key=lambda act: (act.at, act.id), reverse=True))
        return self._news[key]

    def line(self, thing: Thing, told: Sequence[tuple[Act, ...]]) -> Line | None:
        """One line of a thing, of what :meth:`news` gave once or more. Readers who are told the same share it."""
        first = told[0]
        if any(each is not first for each in told):
            by_id = {act.id: act for each in told for act in each}
            return self._line(thing, sorted(by_id.values(), key=lambda act: (act.at, act.id), reverse=True))
        key = (thing.subject, id(first))
        if key not in self._line_of:
            self._line_of[key] = self._line(thing, first)
        return self._line_of[key]

    def _line(self, thing: Thing, acts: Sequence[Act]) -> Line | None:
        key = key_of(thing, acts)
        if key not in self._lines:
            self._lines[key] = line(thing, acts)
        return self._lines[key]
