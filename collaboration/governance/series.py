"""The days of a series of meetings. No database."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class Every(StrEnum):
    """How far the meetings of a series lie apart. Months keep the weekday: a second Tuesday stays a second Tuesday."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"
    QUARTER = "quarter"


_DAYS: Final = {Every.WEEK: 7, Every.FORTNIGHT: 14}
_MONTHS: Final = {Every.MONTH: 1, Every.TWO_MONTHS: 2, Every.QUARTER: 3}


def days_of(first: date, every: Every, count: int) -> list[date]:
    """``count`` days from ``first`` on."""
    if every in _DAYS:
        return [first + timedelta(days=_DAYS[every] * number) for number in range(count)]
    return [_same_weekday(first, _MONTHS[every] * number) for number in range(count)]


def _same_weekday(first: date, months: int) -> date:
    """The day with the weekday and the place in the month of ``first``, so many months later.

    What lies in the fifth week of its month is the last of its weekday in every other month.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    nth = (first.day - 1) // 7
    opening = date(year, month + 1, 1)
    day = 1 + (first.weekday() - opening.weekday()) % 7 + 7 * nth
    if day > calendar.monthrange(year, month + 1)[1]:
        day -= 7
    return date(year, month + 1, day)
