"""Reading CSV files as they come: any usual encoding and separator, quotes that are never closed, stray bytes.

The file is decoded and parsed while it is read, so that its size does not matter. Which encoding and which separator
it has is found out first, because a file does not say.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from groundwork.access.errors import Invalid
from groundwork.sheets.rows import RawRow, RawSheet, same_heading

SEPARATORS: Final = (",", ";", "\t", "|")
_CHUNK: Final = 64 * 1024
_SAMPLED_ROWS: Final = 30

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_delimited(file: BinaryIO, *, known: Collection[str] = ()) -> RawSheet:
    """The rows of a CSV file, in which headings like those ``known`` (see ``same_heading``) are likely.

    Raises :class:`Invalid`, here or while rows are read, with what to do next.
    """
    notes: list[str] = []
    encoding = _encoding_of(file)
    if encoding == "cp1252":
        notes.append(
            _(
                "The file is not in UTF-8. It was read as Windows-1252, as Excel writes it. If letters with accents or "
                "the pound sign look wrong, save it as “CSV UTF-8” and use that file."
            )
        )
    elif encoding.startswith("utf-16"):
        notes.append(_("The file was read as UTF-16."))
    declared, separator = _separator_of(file, encoding, set(known))
    return RawSheet(rows=_rows(file, encoding, separator, skip_first=declared), notes=notes, shifts=True)


def _encoding_of(file: BinaryIO) -> str:
    """The encoding of the whole file: what it begins with, else UTF-8 where all of it is, else Windows-1252."""
    file.seek(0)
    sample = file.read(_CHUNK)
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            return encoding
    if nulls := sample.count(0):
        # Latin letters in UTF-16 have a zero in every second byte.
        odd = sample[1::2].count(0)
        if nulls > len(sample) // 4 and not nulls // 10 < odd < nulls - nulls // 10:
            return "utf-16-le" if odd > nulls // 2 else "utf-16-be"
    odd_signs = sum(sample.count(sign) for sign in range(32) if sign not in (9, 10, 12, 13, 26))
    if odd_signs > max(3, len(sample) // 50):
        raise Invalid(not_a_spreadsheet())
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def not_a_spreadsheet() -> str:
    return _(
        "This is not a spreadsheet that can be read here. Open it in a spreadsheet program, save it as an Excel "
        "workbook (.xlsx) or as CSV UTF-8, and use that file."
    )


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    r"""The lines of the file with ``\n`` at their ends, whatever their ends were."""
    # What cannot be decoded becomes U+FFFD, which people see; to stop here would tell them less.
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
    file.seek(0)
    rest: list[str] = []
    while chunk := file.read(_CHUNK):
        pieces = decoder.decode(chunk).replace("\x00", "").split("\n")
        if len(pieces) > 1:
            yield "".join((*rest, pieces[0], "\n"))
            for piece in pieces[1:-1]:
                yield piece + "\n"
            rest = []
        rest.append(pieces[-1])
    rest.append(decoder.decode(b"", final=True).replace("\x00", ""))
    # An old end-of-file sign (Ctrl-Z) is no cell.
    if last := "".join(rest).removesuffix("\x1a"):
        yield last


def _separator_of(file: BinaryIO, encoding: str, known: set[str]) -> tuple[bool, str]:
    """Whether the first line says the separator (``sep=;``), and the separator.

    It is the one that brings out most of the known headings, else the one that makes most rows of one width.
    """
    sample: list[str] = []
    size = 0
    for line in _lines(file, encoding):
        # A file may be one line of ten million separators.
        sample.append(line[:_CHUNK])
        size += len(line)
        if size > _CHUNK or len(sample) > 10 * _SAMPLED_ROWS:
            break
    first = sample[0].strip().lower() if sample else ""
    if len(first) == 5 and first.startswith("sep=") and not first[4].isalnum():
        return True, first[4]
    if sample and sample[0].lower() in ("sep=\t\n", "sep=\t"):
        return True, "\t"

    def fit(separator: str) -> tuple[int, float, int, int]:
        widths: Counter[int] = Counter()
        hits = 0
        try:
            for row in csv.reader(iter(sample), delimiter=separator):
                if any(row):
                    widths[len(row)] += 1
                    hits = max(hits, len({same_heading(cell) for cell in row} & known))
                if widths.total() >= _SAMPLED_ROWS:
                    break
        except csv.Error:
            return 0, 0, 0, 0
        several = [(rows, width) for width, rows in widths.items() if width > 1]
        rows, width = max(several, default=(0, 0))
        return hits if hits > 1 else 0, rows / max(widths.total(), 1), rows, width

    return False, max(SEPARATORS, key=fit)


class _Fed:
    """Hands lines to the parser and remembers how far it asked."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.ended = False

    def __iter__(self) -> _Fed:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            self.ended = True
            raise


def _rows(file: BinaryIO, encoding: str, separator: str, *, skip_first: bool) -> Iterator[RawRow]:
    lines = _lines(file, encoding)
    if skip_first:
        next(lines, None)
    fed = _Fed(lines)
    number = 0
    reader = csv.reader(fed, delimiter=separator)
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The parser gives up where one cell goes on for more than 131,072 characters.
            raise Invalid(_never_closed(number)) from error
        if fed.ended:
            # It asked for another line in the middle of a cell and there was none.
            raise Invalid(_never_closed(number))
        yield RawRow(number, row)


def _never_closed(number: int) -> str:
    return _(
        "In line %(number)d a cell begins with a quotation mark that is never closed, so that everything after it "
        "would be one cell. Close it or take it away, and use the file again."
    ) % {"number": number}
