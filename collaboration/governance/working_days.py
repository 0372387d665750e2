"""Reckoning with working days. No database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

SATURDAY: Final = 5


def is_working(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def clear_days_before(day: date, count: int, holidays: Collection[date]) -> date:
    """The last working day with ``count`` whole working days between it and ``day``.

    Neither that day nor ``day`` itself is counted: these are the "clear days" by which councils publish agendas
    (Local Government Act 1972, section 100B, as the courts read it).
    """
    found = day
    for _one in range(count + 1):
        found -= timedelta(days=1)
        while not is_working(found, holidays):
            found -= timedelta(days=1)
    return found
