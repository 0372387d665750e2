"""What the cells of an Excel workbook stand for: shared texts, numbers, days counted from 1900 or 1904, errors."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from groundwork.access.errors import Invalid

MOST_SHARED: Final = 64 * 1024 * 1024
"""Bytes of text (UTF-8) that the cells of a workbook may share."""

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_EAST_ASIAN_DATES: Final = frozenset((*range(27, 37), *range(50, 59)))
_LAST_DAY: Final = 2_958_465
"""9999-12-31 as Excel counts days from 1900."""


class Texts:
    """Texts by number, kept as one run of bytes: a million small ones would otherwise take most of the memory."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "replace")
        self._ends.append(len(self._bytes))
        if len(self._bytes) + 8 * len(self._ends) > MOST_SHARED:
            raise Invalid(
                _("There is far more text in the workbook than in a list. Copy the lines you need into a new one.")
            )

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            raise LookupError(number)
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].decode()


class Styles:
    """Which styles of cells show a number as a day or a time."""

    def __init__(self, described: Iterable[tuple[str, dict[str, str]]]) -> None:
        formats: dict[str, str] = {}
        self._dates: set[str] = set()
        number, in_cells = 0, False
        for element, attributes in described:
            if element == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif element in ("cellXfs", "cellStyleXfs"):
                in_cells = element == "cellXfs"
            elif in_cells:
                if self._shows_a_day(attributes.get("numFmtId", "0"), formats):
                    self._dates.add(str(number))
                number += 1

    @staticmethod
    def _shows_a_day(identifier: str, formats: dict[str, str]) -> bool:
        if identifier in formats:
            return bool(is_date_format(formats[identifier][:255]))
        if not identifier.isdigit() or len(identifier) > 6:
            return False
        return int(identifier) in _EAST_ASIAN_DATES or bool(is_date_format(BUILTIN_FORMATS.get(int(identifier), "")))

    def is_date(self, style: str) -> bool:
        return style in self._dates


def decoded(text: str) -> str:
    """Text as it was typed: signs that XML cannot hold are written ``_x000D_``, and ``_x005F_`` is the sign ``_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: _sign(int(found[1], 16)), text)


def _sign(number: int) -> str:
    # Half of a sign of UTF-16 is no sign.
    return "�" if 0xD800 <= number <= 0xDFFF else chr(number)


def value_of(raw: str, kind: str, texts: Texts, *, is_date: bool, is_1904: bool) -> tuple[str, str]:
    """The text of a cell, and a sentence about it or "". ``kind`` is the type the cell states."""
    if kind == "s":
        return texts[int(raw)], ""
    if kind in ("str", "inlineStr"):
        return decoded(raw), ""
    if kind == "b":
        return ("yes" if raw.strip() in ("1", "true") else "no"), ""
    if kind == "e":
        return raw, _("This cell shows the error %(error)s. Put it right in the spreadsheet, or leave it empty.") % {
            "error": raw[:20]
        }
    if kind == "d":
        return _iso(raw), ""
    try:
        number = float(raw)
    except ValueError:
        return raw, ""
    if is_date:
        return _day(number, is_1904=is_1904)
    return plain_number(number), ""


def plain_number(number: float) -> str:
    """A number as people write it: no ``.0``, no exponent, the 15 digits a spreadsheet program keeps."""
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15g}"
    # Numbers of hundreds of digits stay in short form: nobody wrote them out.
    return f"{Decimal(text):f}" if "e" in text and abs(number) < 1e30 and abs(number) > 1e-15 else text


def _day(number: float, *, is_1904: bool) -> tuple[str, str]:
    """A day, a moment or a time from the number that a spreadsheet program keeps of it."""
    if not 0 <= number <= _LAST_DAY:
        return plain_number(number), _("This number is shown as a date, but there is no such day. Write 2026-04-01.")
    days, seconds = divmod(round(number * 86_400), 86_400)
    time = (datetime.min + timedelta(seconds=seconds)).time().isoformat("seconds" if seconds % 60 else "minutes")
    if days == 0 and not is_1904:
        # No day: a time, or nothing.
        return time, ""
    # Counting from 1900, Excel has a 29 February 1900 that never was.
    from_1900 = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    first = date(1904, 1, 1) if is_1904 else from_1900
    if (day := first.toordinal() + days) > date.max.toordinal():
        return plain_number(number), _("This number is shown as a date, but there is no such day. Write 2026-04-01.")
    return date.fromordinal(day).isoformat() + (f"T{time}" if seconds else ""), ""


def _iso(raw: str) -> str:
    """A day or moment that stands in the workbook as text."""
    text = raw.strip().removesuffix("Z")
    return text.removesuffix("T00:00:00").removesuffix("T00:00:00.000")
