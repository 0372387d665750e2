"""Reading Excel workbooks (XLSX): sizes first, then one sheet, row by row, with the values as last calculated.

A workbook is an archive of XML files. Its directory is checked before anything is unpacked, so that a small file cannot
become a large one; the XML is read as a stream of signs, so that no tree is built of it, by a parser that knows no
document types and no entities. Only the sheet that is asked for is opened: links to other workbooks, pictures and
macros stay where they are.

openpyxl reads a workbook too, but it cannot tell a formula that was never calculated from an empty cell in one pass,
nor ``_x000D_`` as a person typed it from the sign it stands for, and its memory grows with the file.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO, Final
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile
from zlib import error as ZlibError

from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

from groundwork.access.errors import Invalid
from groundwork.sheets.cells import LONGEST_CELL
from groundwork.sheets.kinds import damaged, too_large_unpacked
from groundwork.sheets.rows import MOST_COLUMNS, RawRow, RawSheet
from groundwork.sheets.values import Styles, Texts, decoded, value_of

MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 160 * 1024 * 1024
"""All parts of a workbook together, unpacked."""
MOST_TIMES: Final = 200
"""How many times larger a part may be unpacked than packed, if it is large: text comes to 10 or 20."""
LARGE: Final = 8 * 1024 * 1024
MOST_DESCRIBED: Final = 100_000
"""Sheets, relations, styles: how many elements are read of the parts that describe a workbook."""
MOST_PIECES: Final = 12_000_000
"""Elements and runs of text that are read of a workbook, all its parts together. Fifty thousand lines of eighty cells
come to as many; each takes about a microsecond, and whoever sent them waits."""
LONGEST_PIECE: Final = 1024 * 1024
"""Bytes between one of them and the next. The parser begins a tag that has not ended anew with whatever it is fed, so
one tag of a hundred megabytes would keep it busy for minutes."""
LONGEST_NAME: Final = 100
"""Characters that are kept of the name of a sheet; Excel allows 31. All of them are told on pages."""
_TOO_LONG: Final = 8 * LONGEST_CELL
"""Characters of one cell that are kept: signs may stand for others, so a few more than a cell can have."""
_CHUNK: Final = 64 * 1024
_BROKEN: Final = (SAXException, BadZipFile, LargeZipFile, ZlibError, EOFError, OSError, ValueError, LookupError)
"""What a damaged or hostile archive, or XML inside it, raises. defusedxml's refusals are ValueErrors."""


def read_workbook(file: BinaryIO, *, sheet: str | None) -> RawSheet:
    """One sheet of a workbook: the one named, else the first that is shown and in which something stands.

    Raises :class:`Invalid`, here or while rows are read.
    """
    file.seek(0)
    try:
        book = _Book(file)
    except _BROKEN as error:
        raise Invalid(damaged()) from error
    names = [name for name, _part, _shown in book.sheets]
    if not names:
        raise Invalid(_("There is no sheet in the workbook. Save your spreadsheet again and use that file."))
    if sheet is not None:
        if sheet not in names:
            raise Invalid(
                _("There is no sheet called “%(sheet)s” in the workbook. It has: %(names)s.")
                % {"sheet": sheet[:100], "names": ", ".join(names[:50])}
            )
        candidates = [each for each in book.sheets if each[0] == sheet][:1]
    else:
        candidates = [each for each in book.sheets if each[2]] or book.sheets
    notes: list[str] = []
    for name, part, _shown in candidates:
        notes = []
        rows = book.rows(part, notes)
        first = next(rows, None)
        if first is not None:
            return RawSheet(rows=_again(first, rows), notes=notes, shifts=False, names=names, name=name)
    return RawSheet(rows=iter(()), notes=notes, shifts=False, names=names, name=candidates[0][0])


def _again(first: RawRow, rest: Iterator[RawRow]) -> Iterator[RawRow]:
    yield first
    yield from rest


class _Book:
    """An archive whose directory has been found harmless, and what describes its sheets."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipFile(file)
        self._read = 0
        self._parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        self._check()
        main = self._related("", "officeDocument") or "xl/workbook.xml"
        relations = self._relations(main)
        self.is_1904 = False
        self.sheets: list[tuple[str, str, bool]] = []
        """Name, part, and whether it is shown. Sheets that are charts have no cells and are left out."""
        named: set[str] = set()
        for element, attributes in self._described(main, {"workbookPr", "sheet"}):
            if element == "workbookPr":
                self.is_1904 = attributes.get("date1904", "") in ("1", "true", "on")
                continue
            kind, part = relations.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet" and part in self._parts and part not in named:
                # A thousand sheets that are all the same part would be read a thousand times.
                named.add(part)
                self.sheets.append(
                    (attributes.get("name", "")[:LONGEST_NAME], part, attributes.get("state", "visible") == "visible")
                )
        styles = next((part for kind, part in relations.values() if kind == "styles"), "")
        wanted = {"numFmt", "cellXfs", "cellStyleXfs", "xf"}
        self.styles = Styles(self._described(styles, wanted) if styles in self._parts else ())
        strings = next((part for kind, part in relations.values() if kind == "sharedStrings"), "")
        self._strings = strings if strings in self._parts else ""
        self._texts: Texts | None = None

    def _check(self) -> None:
        infos = self._zip.infolist()
        whole = sum(info.file_size for info in infos)
        swollen = any(
            info.file_size > LARGE and info.file_size > MOST_TIMES * max(info.compress_size, 1) for info in infos
        )
        if len(infos) > MOST_ENTRIES or whole > MOST_UNPACKED or swollen:
            raise Invalid(too_large_unpacked())
        if any(info.flag_bits & 0x1 for info in infos):
            raise Invalid(_("The workbook is protected by a password. Save it without one, and use that file."))
        if any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in infos):
            raise Invalid(damaged())

    def _relations(self, of: str) -> dict[str, tuple[str, str]]:
        """What a part is related to inside the archive, by the relation's id: its kind and its part."""
        folder, name = posixpath.split(of)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        if where not in self._parts:
            return found
        for _element, attributes in self._described(where, {"Relationship"}):
            if attributes.get("TargetMode", "").lower() == "external":
                continue
            target = attributes.get("Target", "")
            part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], part)
        return found

    def _related(self, of: str, kind: str) -> str:
        return next((part for each, part in self._relations(of).values() if each == kind and part in self._parts), "")

    def _described(self, part: str, wanted: set[str]) -> list[tuple[str, dict[str, str]]]:
        """The elements with these names in a part, in order, with their attributes, both without name spaces."""
        listed = _Listed(wanted)
        for _nothing in self._parse(part, listed):
            pass
        return listed.found

    def rows(self, part: str, notes: list[str]) -> Iterator[RawRow]:
        """The rows of a sheet in which something stands."""
        try:
            if self._texts is None:
                self._texts = Texts()
                if self._strings:
                    for _nothing in self._parse(self._strings, _Strings(self._texts)):
                        pass
            sheet = _Cells(self._texts, self.styles, notes, is_1904=self.is_1904)
            for _more in self._parse(part, sheet):
                while sheet.rows:
                    yield sheet.rows.popleft()
        except _BROKEN as error:
            raise Invalid(damaged()) from error

    def _parse(self, part: str, handler: _Reader) -> Iterator[None]:
        """Parse XML by and by: after each piece whoever iterates can take what the handler has gathered."""
        # In these files there are never document types, with which entities would come.
        parser: Any = DefusedExpatParser(forbid_dtd=True)
        parser.setContentHandler(handler)
        seen, silent = 0, 0
        with self._zip.open(self._parts[part]) as stream:
            while chunk := stream.read(_CHUNK):
                parser.feed(chunk)
                self._read += handler.pieces - seen
                if self._read > MOST_PIECES:
                    raise Invalid(too_large_unpacked())
                silent = 0 if handler.pieces > seen else silent + len(chunk)
                if silent > LONGEST_PIECE:
                    raise Invalid(damaged())
                seen = handler.pieces
                yield
            parser.close()
        yield


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Reader(ContentHandler):
    """What reads a part of a workbook. ``pieces`` counts what it was told of, so that there is an end to it."""

    pieces = 0


class _Listed(_Reader):
    """Gathers elements by name."""

    def __init__(self, wanted: set[str]) -> None:
        super().__init__()
        self._wanted = wanted
        self.found: list[tuple[str, dict[str, str]]] = []

    def startElement(self, name: str, attrs: Any) -> None:
        self.pieces += 1
        name = _local(name)
        if name in self._wanted:
            if len(self.found) == MOST_DESCRIBED:
                raise Invalid(damaged())
            self.found.append((name, {_local(key): value for key, value in attrs.items()}))


class _Strings(_Reader):
    """Gathers the texts that cells of a workbook share."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._pieces: list[str] = []
        self._size = 0
        self._takes = False
        self._aside = 0

    def startElement(self, name: str, attrs: Any) -> None:
        self.pieces += 1
        name = _local(name)
        if name == "t":
            # How something is pronounced (rPh) is no part of the text.
            self._takes = not self._aside
        elif name == "rPh":
            self._aside += 1
        elif name == "si":
            self._pieces = []
            self._size = 0

    def endElement(self, name: str) -> None:
        name = _local(name)
        if name == "t":
            self._takes = False
        elif name == "rPh":
            self._aside -= 1
        elif name == "si":
            # One more than a cell can hold, so that too long can be told: a million cells may name one text.
            self._texts.append(decoded("".join(self._pieces))[: LONGEST_CELL + 1])

    def characters(self, content: str) -> None:
        self.pieces += 1
        if self._takes and self._size < _TOO_LONG:
            self._pieces.append(content)
            self._size += len(content)


class _Cells(_Reader):
    """Gathers the rows of a sheet. Called for every cell of a sheet, so it does little and keeps less."""

    def __init__(self, texts: Texts, styles: Styles, notes: list[str], *, is_1904: bool) -> None:
        super().__init__()
        self.rows: deque[RawRow] = deque()
        self._texts, self._styles, self._notes, self._is_1904 = texts, styles, notes, is_1904
        self._columns: dict[str, int] = {}
        self._row: RawRow | None = None
        self._number = 0
        self._is_hidden = self._said_hidden = self._said_formulas = False
        self._column = -1
        self._type = self._style = ""
        self._pieces: list[str] = []
        self._size = 0
        self._takes = self._has_formula = False
        self._aside = 0

    def startElement(self, name: str, attrs: Any) -> None:
        self.pieces += 1
        name = _local(name)
        if name == "c":
            self._column = self._column_of(attrs.get("r", ""))
            self._type, self._style = attrs.get("t", "n"), attrs.get("s", "")
            self._has_formula = False
            self._pieces = []
            self._size = 0
        elif name == "v":
            self._takes = True
        elif name == "t":
            self._takes = not self._aside
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            said = attrs.get("r", "")
            number = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0
            self._number = max(self._number + 1, number)
            self._is_hidden = attrs.get("hidden", "") in ("1", "true")
            self._row = None
            self._column = -1
        elif name == "rPh":
            self._aside += 1

    def characters(self, content: str) -> None:
        self.pieces += 1
        if self._takes and self._size < _TOO_LONG:
            self._pieces.append(content)
            self._size += len(content)

    def endElement(self, name: str) -> None:
        name = _local(name)
        if name in ("v", "t"):
            self._takes = False
        elif name == "c":
            if self._pieces or self._has_formula:
                self._keep()
        elif name == "row":
            if self._row is not None:
                self.rows.append(self._row)
                if self._is_hidden and not self._said_hidden:
                    self._said_hidden = True
                    self._notes.append(
                        _("There are hidden rows, or rows left out by a filter. They were read like all others.")
                    )
                self._row = None
        elif name == "rPh":
            self._aside -= 1

    def _keep(self) -> None:
        text, problem = "".join(self._pieces), ""
        if self._has_formula:
            if not self._said_formulas:
                self._said_formulas = True
                self._notes.append(_("There are formulas. What they last came to was taken."))
            if not text and self._type != "str":
                problem = _(
                    "The formula in this cell was never calculated. Open the file in a spreadsheet program, save it "
                    "there, and use that file."
                )
        # One more than are allowed, so that too many can be told.
        if self._column > MOST_COLUMNS:
            return
        if text:
            text, problem = value_of(
                text, self._type, self._texts, is_date=self._styles.is_date(self._style), is_1904=self._is_1904
            )
        if not text and not problem:
            return
        if self._row is None:
            self._row = RawRow(self._number, [])
        cells = self._row.cells
        if self._column >= len(cells):
            cells.extend([""] * (self._column + 1 - len(cells)))
        cells[self._column] = text
        if problem:
            self._row.problems[self._column] = problem

    def _column_of(self, reference: str) -> int:
        """The index of a cell's column; the one after the last where the cell does not say."""
        letters = reference.rstrip("0123456789")
        if not letters:
            return self._column + 1
        index = self._columns.get(letters)
        if index is None:
            index = 0
            for letter in letters[:4].upper():
                index = index * 26 + (ord(letter) - 64)
            index = max(index - 1, 0)
            if len(self._columns) < 20_000:
                self._columns[letters] = index
        return index
