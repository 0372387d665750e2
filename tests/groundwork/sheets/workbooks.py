"""Workbooks for tests: made by two libraries, and taken apart and put together again where no library goes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from groundwork.access.errors import Invalid
from groundwork.sheets.reading import Sheet, read_sheet

SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: Iterable[Sequence[Any]], *, title: str = "List") -> bytes:
    """A workbook with one sheet, made by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, **parts: str | bytes | None) -> bytes:
    """A workbook with other parts: ``sheet=…`` is its first sheet, others are by path; None takes a part away."""
    named = {SHEET if name == "sheet" else name: part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, part in named.items():
            if part is not None:
                new.writestr(name, part)
    return file.getvalue()


def sheet_xml(rows: str) -> str:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def text_row(*cells: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def read(content: bytes | str, name: str = "", **options: Any) -> Sheet:
    """Read a file; its name follows from what is in it when none is given."""
    data = content.encode() if isinstance(content, str) else content
    return read_sheet(io.BytesIO(data), name=name or ("list.xlsx" if data[:2] == b"PK" else "list.csv"), **options)


def cells(content: bytes | str, name: str = "", **options: Any) -> list[list[str]]:
    """The headings and the lines of a file."""
    sheet = read(content, name, **options)
    return [sheet.headers, *(line.cells for line in sheet.lines)]


def read_or_refused(content: bytes, name: str) -> bool:
    """Whether a file is read with as many cells in each line as headings, or refused with a sentence."""
    try:
        sheet = read(content, name)
        return all(len(line.cells) == len(sheet.headers) for line in sheet.lines)
    except Invalid as refused:
        return refused.message.endswith(".")
