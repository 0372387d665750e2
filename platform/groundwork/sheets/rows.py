"""What the readers of the file formats hand on: rows as they stand in the file, before anybody asks what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_BYTES: Final = 10 * 1024 * 1024
"""The largest file that is read."""
MOST_LINES: Final = 50_000
"""The most lines below the headings. Empty ones do not count."""
MOST_COLUMNS: Final = 200


@dataclass(slots=True)
class RawRow:
    """One row: its number as a spreadsheet program shows it, its cells as text, and what is wrong with some of them."""

    number: int
    cells: list[str]
    problems: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class RawSheet:
    """The rows of one sheet, read while they are asked for. ``notes`` may grow while they are."""

    rows: Iterator[RawRow]
    notes: list[str]
    shifts: bool
    """Whether a cell too many means that all after it stand under the wrong heading, as it does in a text file."""
    names: list[str] = field(default_factory=list)
    name: str = ""


def same_heading(heading: str) -> str:
    """What two headings that mean the same have in common: letters and digits in small letters."""
    return "".join(sign for sign in heading.casefold() if sign.isalnum())
