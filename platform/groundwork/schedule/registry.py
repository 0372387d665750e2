"""Jobs that run by the place's clock.

A job says when it is due and what it does, and is registered where its app becomes ready::

    @job("initiatives.ask_if_still_accurate", when=daily(time(7, 30)))
    def ask(slot: Slot) -> None: ...

It runs once for each period, whatever happens to the beat: two beats, a late one, a stepped clock, a day with 23 or 25
hours. Its effects are rows (events, mails to send), because they are committed with the claim of the period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One period of one job for one subject. ``due_at`` is the aware UTC instant from which it was due."""

    period: str
    due_at: datetime
    subject: str = ""


class Timetable:
    """When a job is due. ``slots`` yields those whose moment has come and has not been missed for good."""

    def slots(self, at: datetime, zone: ZoneInfo) -> Iterator[Slot]:
        raise NotImplementedError


@dataclass(frozen=True)
class daily(Timetable):
    """Once on each day of the place's calendar that ``weekdays`` names (Monday is 0), from ``moment`` on its clock.

    A moment that the clock skips in spring counts from the next minute that exists; one that it shows twice in autumn
    counts once, the first time. A slot that nobody ran stays due for ``late_by``, then is given up.
    """

    moment: time
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    late_by: timedelta = timedelta(hours=12)

    def slots(self, at: datetime, zone: ZoneInfo) -> Iterator[Slot]:
        today = at.astimezone(zone).date()
        days_back = self.late_by.days + 1
        for day in (today - timedelta(days=back) for back in range(days_back, -1, -1)):
            if day.weekday() not in self.weekdays:
                continue
            due_at = first_instant(day, self.moment, zone)
            if due_at <= at < due_at + self.late_by:
                yield Slot(period=day.isoformat(), due_at=due_at)


@dataclass(frozen=True)
class every(Timetable):
    """Once in each stretch of ``minutes`` of UTC, which the place's clock changes do not touch."""

    minutes: int

    def slots(self, at: datetime, zone: ZoneInfo) -> Iterator[Slot]:
        length = self.minutes * 60
        begin = datetime.fromtimestamp(int(at.timestamp()) // length * length, UTC)
        yield Slot(period=begin.strftime("%Y-%m-%dT%H:%MZ"), due_at=begin)


def first_instant(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock of ``zone`` shows ``moment`` or later on ``day``."""
    wall = datetime.combine(day, moment)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # The clock jumps over this moment. Go back to where it jumps from; transitions lie on whole minutes.
    while (earlier := instant - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None) >= wall:
        instant = earlier
    return instant


Run = Callable[[Slot], None]
Subjects = Callable[[Slot], Iterable[str]]


def _once(_slot: Slot) -> Iterable[str]:
    return ("",)


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    when: Timetable
    run: Run
    subjects: Subjects = _once


_jobs: dict[str, Job] = {}


def job(name: str, *, when: Timetable, subjects: Subjects = _once) -> Callable[[Run], Run]:
    """Register the decorated function as the job called ``name``; the name is kept in the database for good.

    ``subjects`` lists for whom it runs in a slot (ids as text), each claimed by itself; without it the job runs once.
    """

    def add(run: Run) -> Run:
        known = _jobs.get(name)
        if known is not None and known.run is not run:
            raise LookupError(f"There are two jobs named {name}.")
        _jobs[name] = Job(name=name, when=when, run=run, subjects=subjects)
        return run

    return add


def jobs() -> tuple[Job, ...]:
    return tuple(_jobs[name] for name in sorted(_jobs))


def forget(name: str) -> None:
    """Take a job out again; for tests that register their own."""
    _jobs.pop(name, None)
