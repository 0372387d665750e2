"""Where a thing stands in its row: keys that sort as text, with room between any two.

A key is six digits of base 36, and behind them a fraction where two neighbours left no whole number free. Appending
takes the next whole number with a gap, so keys of rows that are only appended to never grow. A key that would become
longer than :data:`LONGEST_ORDER` tells the caller to number the row anew.
"""

from __future__ import annotations

import re
from typing import Final

from collaboration.boards.engine.limits import LONGEST_ORDER

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH: Final = 6
_GAP: Final = 8
_MIDDLE: Final = 36**_WIDTH // 2
_LAST: Final = 36**_WIDTH - 1
_KEY: Final = re.compile(f"[0-9a-z]{{{_WIDTH}}}([0-9a-z]*[1-9a-z])?")


def is_order(value: object) -> bool:
    """Whether this is a key as made here."""
    return isinstance(value, str) and len(value) <= LONGEST_ORDER and _KEY.fullmatch(value) is not None


def _whole(number: int) -> str:
    digits = ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _fraction(low: str, high: str | None) -> str:
    """The shortest digits between two fractions; ``None`` is one. Neither ends in 0, and ``low`` < ``high``."""
    if high is not None:
        same = 0
        while same < len(high) and (low[same] if same < len(low) else "0") == high[same]:
            same += 1
        if same:
            return high[:same] + _fraction(low[same:], high[same:])
    first = _DIGITS.index(low[0]) if low else 0
    last = _DIGITS.index(high[0]) if high else 36
    if last - first > 1:
        return _DIGITS[(first + last) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return _DIGITS[first] + _fraction(low[1:], None)


def between(low: str | None, high: str | None) -> str | None:
    """A key after ``low`` and before ``high`` (``None``: the end of the row on that side).

    ``None`` when there is no room, or none that is short enough: number the row anew with :func:`fresh`.
    """
    if low is None:
        number = _MIDDLE if high is None else int(high[:_WIDTH], 36) - _GAP
        return _whole(number) if number >= 0 else None
    if high is None:
        number = int(low[:_WIDTH], 36) + _GAP
        return _whole(number) if number <= _LAST else None
    if low >= high:
        return None
    start, end = int(low[:_WIDTH], 36), int(high[:_WIDTH], 36)
    if end - start > 1:
        return _whole((start + end) // 2)
    fraction = _fraction(low[_WIDTH:], high[_WIDTH:] if start == end else None)
    key = low[:_WIDTH] + fraction
    return key if len(key) <= LONGEST_ORDER else None


def fresh(count: int) -> list[str]:
    """``count`` keys in order, evenly spread, for a row that is numbered anew."""
    start = _MIDDLE - count * _GAP // 2
    return [_whole(start + place * _GAP) for place in range(count)]
