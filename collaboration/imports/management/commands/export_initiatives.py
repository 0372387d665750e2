"""``goldenthread export-initiatives``: everything in the register as a file that an import understands."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collaboration.imports.acting import actor_of_command
from collaboration.initiatives.columns import COLUMNS
from collaboration.initiatives.finding.downloads import Row, find_all
from collaboration.initiatives.finding.filters import Filters
from groundwork.access.actors import Public
from groundwork.access.errors import DomainError
from groundwork.directory.queries import the_place
from groundwork.sheets.writing import csv_pieces, json_pieces, xlsx_file

FORMATS = ("csv", "xlsx", "json")


class Command(BaseCommand):
    help = "Write the initiatives of the register as CSV, XLSX or JSON, in the columns that an import understands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="Where to write; to the screen without it.")
        parser.add_argument(
            "--format", choices=FORMATS, help="Needed where the ending of FILE does not say it; csv on the screen."
        )
        parser.add_argument(
            "--as",
            metavar="EMAIL",
            dest="email",
            help="Everything this person may find, shared among partners too; what everyone may see without it.",
        )

    def handle(self, *args: Any, file: str | None, format: str | None, email: str | None, **options: Any) -> None:
        try:
            actor = actor_of_command("export_initiatives", email) if email else Public(via="command")
        except DomainError as error:
            raise CommandError(error.message) from error
        ending = Path(file).suffix.removeprefix(".").lower() if file else ""
        if ending and not format and ending not in FORMATS:
            raise CommandError(f"{file} ends with .{ending}. Call it .csv, .xlsx or .json, or say which with --format.")
        kind = format or ending or "csv"
        written = 0

        def counted() -> Iterator[Row]:
            nonlocal written
            for row in find_all(actor, Filters()):
                written += 1
                yield row

        rows = counted()
        if file is None:
            with_binary = getattr(self.stdout, "buffer", None) or sys.stdout.buffer
            self._write(kind, rows, with_binary, mark=False)
            return
        try:
            with open(file, "wb") as opened:
                self._write(kind, rows, opened, mark=True)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{written} initiative{'' if written == 1 else 's'} written to {file}")

    @staticmethod
    def _write(kind: str, rows: Iterator[Row], file: BinaryIO, *, mark: bool) -> None:
        place = the_place()
        licence, attribution = (place.data_licence, place.attribution) if place else ("", "")
        headers = [column.name for column in COLUMNS]
        lines = (row.cells(licence) for row in rows)
        if kind == "xlsx":
            about = {"title": "initiatives", "comments": " ".join(part for part in (licence, attribution) if part)}
            kinds = [column.kind for column in COLUMNS]
            with xlsx_file(headers, lines, sheet_name="initiatives", kinds=kinds, about=about) as made:
                shutil.copyfileobj(made, file)
        elif kind == "json":
            for piece in json_pieces((row.record for row in rows), licence=licence, attribution=attribution):
                file.write(piece.encode())
        else:
            if mark:
                # Spreadsheet programs take the file for UTF-8 only when it says so.
                file.write(b"\xef\xbb\xbf")
            for piece in csv_pieces(headers, lines):
                file.write(piece.encode())
