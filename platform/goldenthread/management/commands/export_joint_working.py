"""Write the table of joint working as its source prints it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collaboration.initiatives.catalogue import PRINTED_COLUMNS, rows_as_printed
from groundwork.sheets.writing import csv_pieces


class Command(BaseCommand):
    help = "Write the joint work that came with the place as CSV, in the columns and words of its printed table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", metavar="FILE", help="Where to write; without it, to the screen.")

    def handle(self, *args: Any, output: str | None, **options: Any) -> None:
        lines = csv_pieces(PRINTED_COLUMNS, (row.cells() for row in rows_as_printed()))
        if output is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            # utf-8-sig: spreadsheet programs take the file for UTF-8 only when it says so.
            with open(output, "w", encoding="utf-8-sig", newline="") as file:
                file.writelines(lines)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
