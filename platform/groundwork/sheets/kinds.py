"""What kind of file somebody brought: told by what is in it, because names lie, and refused with what to do instead."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, Final
from zipfile import BadZipFile, LargeZipFile, ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.access.errors import Invalid

_SAVE_AS: Final = gettext_lazy(
    "Open it in a spreadsheet program, save it as an Excel workbook (.xlsx), and use that file."
)
_BEGINNINGS: Final = (
    (b"%PDF", gettext_lazy("This is a PDF. Ask for the spreadsheet it was made from.")),
    (b"{\\rtf", gettext_lazy("This is a text document. Copy its table into a spreadsheet and use that file.")),
    (b"\x89PNG", gettext_lazy("This is a picture. Ask for the spreadsheet it was made from.")),
    (b"\xff\xd8\xff", gettext_lazy("This is a picture. Ask for the spreadsheet it was made from.")),
    (b"GIF8", gettext_lazy("This is a picture. Ask for the spreadsheet it was made from.")),
    (b"\x1f\x8b", gettext_lazy("This is a compressed file. Unpack it and use the spreadsheet inside.")),
    (b"7z\xbc\xaf", gettext_lazy("This is a compressed file. Unpack it and use the spreadsheet inside.")),
    (b"Rar!", gettext_lazy("This is a compressed file. Unpack it and use the spreadsheet inside.")),
    (b"SQLite format 3", gettext_lazy("This is a database. Save the table you need as CSV UTF-8 and use that file.")),
)
MOST_DIRECTORY: Final = 1024 * 1024
"""Bytes of the directory of an archive: some thousand parts."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MARKUP: Final = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta", b"<workbook")
_REFUSED_NAMES: Final = {
    ".xlsm": gettext_lazy(
        "A workbook with macros (.xlsm) is not read. Save it as an Excel workbook without macros (.xlsx), and use that "
        "file."
    ),
    ".xltm": gettext_lazy("A template with macros is not read. Save it as an Excel workbook (.xlsx)."),
    ".json": gettext_lazy("This is JSON. A spreadsheet is needed here: CSV or an Excel workbook (.xlsx)."),
}


def is_workbook(file: BinaryIO, name: str) -> bool:
    """Whether the file is an Excel workbook; otherwise it is text. Raises :class:`Invalid` for everything else."""
    ending = PurePath(name.lower()).suffix
    if ending in _REFUSED_NAMES:
        raise Invalid(str(_REFUSED_NAMES[ending]))
    file.seek(0)
    beginning = file.read(1024)
    if beginning.startswith(b"PK"):
        _refuse_other_archives(file)
        return True
    if beginning.startswith(_OLE):
        file.seek(0)
        if _ENCRYPTED in file.read():
            raise Invalid(
                _(
                    "The workbook is protected by a password. Open it in Excel, take the password away under “File, "
                    "Info, Protect Workbook, Encrypt with Password”, save it, and use that file."
                )
            )
        raise Invalid(_("This is an old Excel file (.xls) or another Office document. %s") % _SAVE_AS)
    for start, sentence in _BEGINNINGS:
        if beginning.startswith(start):
            raise Invalid(str(sentence))
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_MARKUP):
        raise Invalid(_("This is a web page or XML, whatever its name says. %s") % _SAVE_AS)
    if ending in (".xlsx", ".xlsb", ".ods", ".numbers", ".zip"):
        raise Invalid(_("The file is damaged: it is not what its name says. %s") % _SAVE_AS)
    return False


def _refuse_other_archives(file: BinaryIO) -> None:
    """Workbooks are archives, and so are many other files."""
    if _directory_size(file) > MOST_DIRECTORY:
        raise Invalid(too_large_unpacked())
    try:
        with ZipFile(file) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
    except (BadZipFile, LargeZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Invalid(damaged()) from error
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Invalid(str(_REFUSED_NAMES[".xlsm"]))
    if "xl/workbook.bin" in names:
        raise Invalid(_("This is a binary Excel workbook (.xlsb). %s") % _SAVE_AS)
    if "[Content_Types].xml" in names and any(name.startswith(("xl/", "/xl/")) for name in names):
        return
    if "content.xml" in names:
        raise Invalid(_("This is an OpenDocument file (.ods). %s") % _SAVE_AS)
    if any(name.startswith("Index/") or name.endswith(".iwa") for name in names):
        raise Invalid(_("This is a Numbers file. Export it from Numbers as Excel or CSV, and use that file."))
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Invalid(_("This is a document, no spreadsheet. Copy its table into a spreadsheet and use that file."))
    if "[Content_Types].xml" not in names:
        raise Invalid(_("This is an archive. Unpack it and use the spreadsheet inside."))


def _directory_size(file: BinaryIO) -> int:
    """The size of an archive's directory as its last record states it, in bytes; 0 when there is none.

    Asked before the directory is read, because every entry of it becomes an object.
    """
    end = file.seek(0, 2)
    start = max(end - 65_536 - 200, 0)
    file.seek(start)
    tail = file.read()
    at = len(tail) - 22
    if at < 0 or tail[at : at + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        # A remark stands behind the record. Looked for as ZipFile does, and only then: else a number within the record
        # that looks like its beginning would be taken for it, and a directory of any size be let through.
        at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07" and tail[at - 76 : at - 72] == b"PK\x06\x06":
        return int.from_bytes(tail[at - 36 : at - 28], "little")
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def too_large_unpacked() -> str:
    return _(
        "Unpacked, the workbook would be far larger than a list of this kind needs. Copy the lines you need into a new "
        "workbook, without empty rows below them, and use that file."
    )


def damaged() -> str:
    return _("The workbook is damaged. %s") % _SAVE_AS
