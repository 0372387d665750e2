"""Writing spreadsheets and JSON: the one writer for every page, the API and the commands.

All of them take rows as they come and keep a few of them at most, so that a file may be as long as it likes. Text that
a spreadsheet program could take for a formula is made harmless in cells and in headings (see ``cells``), in workbooks
too, because people save them as CSV.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from xlsxwriter import Workbook

from groundwork.sheets.cells import LONGEST_CELL, safe_cell

MOST_ROWS: Final = 1_000_000
"""Rows in one sheet of a workbook; Excel holds 1,048,576. What is more goes on in another sheet."""
_ROWS_AT_ONCE: Final = 200
_WIDTHS: Final = {"text": 40, "list": 40, "address": 40, "code": 14, "number": 12, "date": 12, "moment": 18}
_SAFE_INTEGER: Final = 10**15
"""Larger whole numbers lose digits in a spreadsheet program and are written as text."""


class _Echo:
    """A file that hands back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_pieces(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A CSV file in pieces of some rows each (RFC 4180: comma, double quote, CRLF)."""
    writer = csv.writer(_Echo())
    yield writer.writerow([safe_cell(header) for header in headers])
    remaining = iter(rows)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        yield "".join([writer.writerow([safe_cell(cell) for cell in row]) for row in some])


def json_pieces(records: Iterable[Mapping[str, Any]], **about: Any) -> Iterator[str]:
    """A JSON object in pieces: what is said ``about`` the whole, such as its licence, then ``results``, a list."""
    encoder = DjangoJSONEncoder(ensure_ascii=False, allow_nan=False)
    head = "".join(f"{encoder.encode(name)}: {encoder.encode(value)}, " for name, value in about.items())
    yield f'{{{head}"results": ['
    remaining = iter(records)
    between = "\n"
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        yield between + ",\n".join([encoder.encode(record) for record in some])
        between = ",\n"
    yield "\n]}\n"


def xlsx_file(
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    sheet_name: str,
    kinds: Sequence[str] = (),
    about: Mapping[str, str] | None = None,
) -> BinaryIO:
    """An Excel workbook in a temporary file that stands at its beginning; whoever gets it closes it.

    Numbers and days are numbers and days, so that they can be summed and sorted; all else is text, never a formula or
    a link. ``kinds`` says of each column what stands in it (see ``Column``): days in a ``date`` column may come as ISO
    text. ``about`` are properties of the document: title, comments. Text longer than a cell can hold is cut and ends
    with "…".
    """
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - handed on open
    try:
        # The library keeps rows in files of its own; a folder around them leaves none behind when something breaks.
        with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
            options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
            book = Workbook(file, options)
            try:
                book.set_properties(dict(about or {}))
                _fill(book, headers, rows, sheet_name, kinds)
            except BaseException:
                for sheet in book.worksheets():
                    sheet.row_data_fh.close()
                raise
            book.close()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _fill(
    book: Workbook, headers: Sequence[Any], rows: Iterable[Sequence[Any]], sheet_name: str, kinds: Sequence[str]
) -> None:
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    remaining = iter(rows)
    number = 0
    more: Sequence[Any] | None = next(remaining, None)
    while True:
        number += 1
        sheet = book.add_worksheet(sheet_name[:27] if number == 1 else f"{sheet_name[:27]} {number}")
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            kind = kinds[column] if column < len(kinds) else "text"
            sheet.set_column(column, column, _WIDTHS.get(kind, 12))
            sheet.write_string(0, column, _fitting(safe_cell(header)), bold)
        at = 0
        while more is not None and at < MOST_ROWS:
            at += 1
            for column, value in enumerate(more):
                kind = kinds[column] if column < len(kinds) else "text"
                _write(sheet, at, column, value, kind, day, moment)
            more = next(remaining, None)
        if more is None:
            return


def _write(sheet: Any, row: int, column: int, value: Any, kind: str, day: Any, moment: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # A spreadsheet has no infinity, and keeps fifteen digits.
        if -_SAFE_INTEGER < value < _SAFE_INTEGER:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, str(value))
        return
    if kind in ("date", "moment") and isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        if value.year >= 1900:
            sheet.write_datetime(row, column, value.replace(second=0, microsecond=0), moment)
            return
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, day)
        return
    sheet.write_string(row, column, _fitting(safe_cell(value)))


def _parsed(text: str) -> Any:
    """A day or a moment from ISO text, or the text as it is."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text


def _fitting(text: str) -> str:
    """Text as long as a cell can hold; Excel counts signs outside the basic plane twice."""
    if len(text) * 2 <= LONGEST_CELL or len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
