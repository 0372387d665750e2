"""When digests come and when mail rests: reckoning with days and hours on the place's clock, and no database.

Mail comes on days that are not quiet and at hours that are not. A digest of a day that is quiet comes on the next day
that is not; on a day on which several frequencies fall due they are one digest, so there is one a day at most. The
hours of a clock change are those of :func:`groundwork.schedule.registry.first_instant`: a digest comes once on each
local day, at its hour or at the next minute that the clock shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from groundwork.schedule.registry import first_instant

AT_ONCE: Final = "at_once"
DAILY: Final = "daily"
WEEKLY: Final = "weekly"
MONTHLY: Final = "monthly"
NEVER: Final = "never"

IN_DIGESTS: Final = frozenset({DAILY, WEEKLY, MONTHLY})
"""The frequencies that fall due on days. What is wanted at once falls due when it happens; never, never."""

_DAY: Final = timedelta(days=1)
_LONGEST_MONTH: Final = 31
_LOOK_AHEAD: Final = 400
"""Days within which every frequency falls due, unless a place holds its mail for a year."""


class Chosen(Protocol):
    """What somebody chose about their hours, as :class:`notifications.models.Subscriber` keeps it."""

    weekday: int
    hour: int
    quiet_from: int
    quiet_until: int
    quiet_weekends: bool
    quiet_holidays: bool
    paused_until: date | None


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When mail may come to one subscriber. Days and hours are those of ``zone``.

    ``weekday`` is the day of weekly digests (Monday is 0), ``hour`` that of every digest. ``quiet_from`` to
    ``quiet_until`` are the hours without mail, over midnight when the first is the later; the same hour twice means
    none. ``holidays`` are days that are quiet for who wants quiet holidays, ``held`` those on which nothing comes
    whatever was chosen (public mail before an election). ``paused_until`` is the first day on which mail comes again.
    """

    zone: ZoneInfo
    weekday: int = 1
    hour: int = 8
    quiet_from: int = 18
    quiet_until: int = 8
    quiet_weekends: bool = True
    quiet_holidays: bool = True
    holidays: frozenset[date] = frozenset()
    held: frozenset[date] = frozenset()
    paused_until: date | None = None

    @classmethod
    def of(
        cls,
        chosen: Chosen,
        *,
        zone: ZoneInfo,
        holidays: frozenset[date] = frozenset(),
        held: frozenset[date] = frozenset(),
    ) -> Rhythm:
        """The rhythm that somebody chose, in the place's zone and with its days."""
        return cls(
            zone=zone,
            weekday=chosen.weekday,
            hour=chosen.hour,
            quiet_from=chosen.quiet_from,
            quiet_until=chosen.quiet_until,
            quiet_weekends=chosen.quiet_weekends,
            quiet_holidays=chosen.quiet_holidays,
            holidays=holidays,
            held=held,
            paused_until=chosen.paused_until,
        )

    @property
    def digest_hour(self) -> int:
        """The hour at which digests come: the one that was chosen, or the end of the quiet hours it lies in."""
        return self.quiet_until if self.is_quiet_hour(self.hour) else self.hour

    def is_quiet_hour(self, hour: int) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def is_quiet_day(self, day: date) -> bool:
        """Whether no mail comes on ``day`` at all."""
        return (
            (self.paused_until is not None and day < self.paused_until)
            or (self.quiet_weekends and day.weekday() > 4)
            or (self.quiet_holidays and day in self.holidays)
            or day in self.held
        )

    def day_of(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()


def due(rhythm: Rhythm, frequencies: Iterable[str], day: date) -> set[str]:
    """Which of ``frequencies`` the digest of a local ``day`` tells of; none on a day that is quiet.

    Daily is every day that is not quiet. Weekly and monthly are their own day, the chosen weekday and the first of the
    month, or the first day after it that is not quiet.
    """
    wanted = IN_DIGESTS.intersection(frequencies)
    if not wanted or rhythm.is_quiet_day(day):
        return set()
    found = set(wanted & {DAILY})
    # The days this digest stands for: its own, and the quiet ones that lead up to it.
    stands_for = day
    for _back in range(_LONGEST_MONTH):
        if stands_for.weekday() == rhythm.weekday:
            found |= wanted & {WEEKLY}
        if stands_for.day == 1:
            found |= wanted & {MONTHLY}
        stands_for -= _DAY
        if found == wanted or not rhythm.is_quiet_day(stands_for):
            break
    return found


def next_at(rhythm: Rhythm, frequencies: Iterable[str], after: datetime) -> datetime | None:
    """The first instant (UTC) later than ``after`` at which a digest falls due, or None when none ever will."""
    wanted = IN_DIGESTS.intersection(frequencies)
    if not wanted:
        return None
    first = rhythm.day_of(after)
    if rhythm.paused_until is not None and rhythm.paused_until > first:
        first = rhythm.paused_until
    for ahead in range(_LOOK_AHEAD):
        try:
            day = first + timedelta(days=ahead)
        except OverflowError:
            return None
        if due(rhythm, wanted, day):
            instant = first_instant(day, time(rhythm.digest_hour), rhythm.zone)
            if instant > after:
                return instant
    return None


def due_since(rhythm: Rhythm, frequency: str, told: datetime, at: datetime) -> bool:
    """Whether a digest of ``frequency`` fell due after ``told`` and not later than ``at``, however late it is now."""
    instant = next_at(rhythm, (frequency,), told)
    return instant is not None and instant <= at


def first_allowed(rhythm: Rhythm, at: datetime) -> datetime:
    """The first instant, ``at`` or later, at which mail may come."""
    while True:
        day = rhythm.day_of(at)
        if rhythm.is_quiet_day(day):
            first = max(day + _DAY, rhythm.paused_until or day)
            at = first_instant(first, time(0), rhythm.zone)
            continue
        hour = at.astimezone(rhythm.zone).hour
        if not rhythm.is_quiet_hour(hour):
            return at
        over = day if hour < rhythm.quiet_until else day + _DAY
        at = first_instant(over, time(rhythm.quiet_until), rhythm.zone)
