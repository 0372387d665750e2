"""Reading a spreadsheet that somebody brings: CSV or XLSX, whatever wrote it, with a sentence for whatever is wrong.

Every way in uses this: the pages, the command, the checks of a round trip. Nothing is read into memory as a whole, and
nothing is unpacked before its size is known. What cannot be read raises :class:`groundwork.access.errors.Invalid` with
a sentence that says what to do next; what is wrong with one cell is a problem of its line, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.access.errors import Invalid
from groundwork.sheets.cells import LONGEST_CELL, read_cell
from groundwork.sheets.delimited import read_delimited
from groundwork.sheets.kinds import is_workbook
from groundwork.sheets.rows import MOST_BYTES, MOST_COLUMNS, MOST_LINES, RawRow, RawSheet, same_heading
from groundwork.sheets.workbook import read_workbook

__all__ = ["LONGEST_CELL", "MOST_BYTES", "MOST_COLUMNS", "MOST_LINES", "Line", "Sheet", "read_sheet", "same_heading"]

_LOOKED_THROUGH: Final = 30
"""Filled lines from the top among which the headings must stand."""

_LONGEST_HEADING: Final = 200
"""Characters that are kept of a heading: what is longer is no heading, and pages show it."""


@dataclass(slots=True)
class Line:
    """One line below the headings. There are as many ``cells`` as headings; ``problems`` is by index of the cell.

    ``number`` is the number of the row as a spreadsheet program shows it.
    """

    number: int
    cells: list[str]
    problems: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """One sheet of a file. ``lines`` reads on in the file, which must stay open, and may raise :class:`Invalid`.

    ``names`` are all sheets of a workbook, empty for CSV; ``notes`` say what was done to read it, and may grow while
    lines are read.
    """

    headers: list[str]
    header_line: int
    lines: Iterator[Line]
    names: list[str]
    name: str
    notes: list[str]


def read_sheet(file: BinaryIO, *, name: str, sheet: str | None = None, known_headers: Collection[str] = ()) -> Sheet:
    """Read one sheet of a spreadsheet: the one named ``sheet``, else the first that is shown and not empty.

    ``name`` is the name of the file; ``known_headers`` help to find the headings below titles and merged rows. Cells
    come as text: stripped, line ends ``\\n``, days as ISO 8601, whole numbers without ``.0``, booleans as yes and no,
    formulas as their last value. Lines that are wholly empty are left out. Raises :class:`Invalid`.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise Invalid(_("The file is empty. Save your spreadsheet again and use that file."))
    if size > MOST_BYTES:
        raise Invalid(
            _("The file is larger than %(most)d MB. Split it, or take pictures and other sheets out of it.")
            % {"most": MOST_BYTES // (1024 * 1024)}
        )
    known = {same_heading(header) for header in known_headers}
    raw = read_workbook(file, sheet=sheet) if is_workbook(file, name) else read_delimited(file, known=known)
    filled = (row for row in raw.rows if _tidy(row))
    headers, header_line, following = _below_headings(raw, filled, known)
    lines = _lines(raw, following, len(headers))
    first = next(lines, None)
    if first is None:
        raise Invalid(_("There are headings in line %(line)d but nothing below them.") % {"line": header_line})
    return Sheet(
        headers=headers,
        header_line=header_line,
        lines=chain((first,), lines),
        names=raw.names,
        name=raw.name,
        notes=raw.notes,
    )


def _tidy(row: RawRow) -> bool:
    """Make the cells of a row what a person means by them; whether anything stands in it."""
    row.cells = [read_cell(cell) for cell in row.cells]
    return any(row.cells) or bool(row.problems)


def _below_headings(
    raw: RawSheet, filled: Iterator[RawRow], known: set[str]
) -> tuple[list[str], int, Iterator[RawRow]]:
    """The headings, the number of their line, and the rows below them."""
    top: list[RawRow] = []
    for row in filled:
        top.append(row)
        if len(top) == _LOOKED_THROUGH:
            break
    if not top:
        raise Invalid(
            _("There is nothing in the sheet “%(name)s”. Choose another one of: %(names)s.")
            % {"name": raw.name, "names": ", ".join(raw.names)}
            if len(raw.names) > 1
            else _("There is nothing in the file but empty lines.")
        )
    at = _headings_at(top, known)
    row = top[at]
    headers = list(row.cells)
    if not raw.shifts:
        while headers and not headers[-1]:
            headers.pop()
    if at:
        headers = _with_those_above(headers, top[at - 1])
    if len(headers) > MOST_COLUMNS:
        raise Invalid(
            _(
                "Line %(line)d has more than %(most)d columns. Take away those that are not needed, and use the file "
                "again."
            )
            % {"line": row.number, "most": MOST_COLUMNS}
        )
    headers = [text[:_LONGEST_HEADING] for text in headers]
    if at:
        raw.notes.append(
            ngettext(
                "The line above the headings was left out.",
                "The %(number)d lines above the headings were left out.",
                at,
            )
            % {"number": at}
        )
    return headers, row.number, chain(top[at + 1 :], filled)


def _headings_at(top: list[RawRow], known: set[str]) -> int:
    """Which of the first rows has the headings: most of the known ones, else the first with more than one cell."""
    if known:

        def hits(n: int) -> int:
            alone = len({same_heading(cell) for cell in top[n].cells} & known)
            if not alone or not n:
                return alone
            return len({same_heading(cell) for cell in _with_those_above(top[n].cells, top[n - 1])} & known)

        best = max(range(len(top)), key=hits)
        if hits(best) >= min(2, len(known)):
            return best
    return next((n for n, row in enumerate(top) if _filled(row) > 1), 0)


def _with_those_above(headers: list[str], above: RawRow) -> list[str]:
    """Headings with those of the row above where there is none: one merged over two rows stands in the upper one."""
    if _filled(above) < 2:
        return headers
    upper = above.cells
    return [text or (upper[n] if n < len(upper) else "") for n, text in enumerate(headers)]


def _filled(row: RawRow) -> int:
    return sum(1 for cell in row.cells if cell)


def _lines(raw: RawSheet, rows: Iterator[RawRow], width: int) -> Iterator[Line]:
    """The lines below the headings, each as wide as they are."""
    outside = False
    count = 0
    for row in rows:
        if count >= MOST_LINES:
            raise Invalid(
                _("There are more than %(most)s lines. Split the file, and use its parts one after another.")
                % {"most": f"{MOST_LINES:,}"}
            )
        cells, problems = row.cells, row.problems
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        elif len(cells) > width:
            if any(cells[width:]):
                if raw.shifts:
                    problems[width - 1] = _(
                        "From here on the line has more cells than there are headings. Where a text has the separator "
                        "in it, the text must stand in quotation marks."
                    )
                elif not outside:
                    outside = True
                    raw.notes.append(
                        _("What stands to the right of the last heading was left out, first in line %(line)d.")
                        % {"line": row.number}
                    )
            del cells[width:]
        for index, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                cells[index] = cell[:LONGEST_CELL]
                problems[index] = _("This text is longer than a cell can be: %(most)s characters.") % {
                    "most": f"{LONGEST_CELL:,}"
                }
        line = Line(row.number, cells, {index: why for index, why in problems.items() if index < width})
        if any(line.cells) or line.problems:
            count += 1
            yield line
