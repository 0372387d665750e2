"""``goldenthread import-initiatives FILE``: bring a spreadsheet in, all of it or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from collaboration.imports import judging
from collaboration.imports.acting import actor_of_command
from collaboration.imports.judging import Judged, Verdict
from collaboration.imports.queries import summary
from collaboration.imports.services.in_one_go import Rejected, check_file, import_file
from collaboration.imports.services.uploading import read_file
from groundwork.access.errors import DomainError


class Command(BaseCommand):
    help = "Import initiatives from a CSV or XLSX file: all of it or nothing; --dry-run only says what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="A .csv or .xlsx file with headings; see docs/how-to/import-a-spreadsheet.md.")
        parser.add_argument("--dry-run", action="store_true", help="Say what it would do, and write nothing.")
        parser.add_argument(
            "--as",
            metavar="EMAIL",
            dest="email",
            help="Whose import it is: the records become their organisation's. Without it nobody owns them, and "
            "partnership officers keep them.",
        )
        parser.add_argument("--skip-bad", action="store_true", help="Leave out lines that cannot be imported.")
        parser.add_argument(
            "--publish",
            choices=["partners", "public"],
            default="",
            help="Show new initiatives to partners or to everyone at once; without it they are drafts.",
        )
        parser.add_argument("--sheet", metavar="NAME", help="Which sheet of a workbook; the first one without it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(**options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _import(
        self,
        *,
        file: str,
        dry_run: bool,
        email: str | None,
        skip_bad: bool,
        publish: str,
        sheet: str | None,
        verbosity: int = 1,
        **_options: Any,
    ) -> None:
        actor = actor_of_command("import_initiatives", email)
        try:
            with open(file, "rb") as opened:
                read = read_file(opened, name=Path(file).name, sheet=sheet)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        checked = check_file(actor=actor, read=read, seen=self._tell_change if verbosity > 1 else None)
        for note in read.notes:
            self.stdout.write(note)
        if checked.left_out:
            self.stdout.write(f"Left out, because no column is called so: {', '.join(checked.left_out)}.")
        if checked.only_told:
            self.stdout.write(f"Only told by an export, never imported: {', '.join(checked.only_told)}.")
        for judged in checked.judged:
            for sentence in judging.sentences(judged.problems, judged.number, checked.headings):
                self.stderr.write(sentence)
        counts = checked.summary
        if counts.rejected and not skip_bad:
            self._refuse(counts)
        if not dry_run and counts.new + counts.changed:
            try:
                imported = import_file(
                    actor=actor, checked=checked, name=Path(file).name, skip_bad=skip_bad, publish=publish
                )
            except Rejected as rejected:
                # The register changed between the two looks.
                for line in rejected.lines:
                    for sentence in judging.sentences(line.problems, line.number, checked.headings):
                        self.stderr.write(sentence)
                self._refuse(rejected.counts)
            where = settings.BASE_URL + imported.get_absolute_url()
            self.stdout.write(f"Import {imported.pk}. It can be undone for 30 days at {where}")
            counts = summary(imported)
        self.stdout.write(str(counts))

    def _refuse(self, counts: object) -> None:
        self.stderr.write("Nothing was imported. Put these lines right, or leave them out with --skip-bad.")
        self.stdout.write(str(counts))
        sys.exit(1)

    def _tell_change(self, judged: Judged) -> None:
        """One sentence for each difference, as ``--verbosity 2`` shows them."""
        if judged.verdict == Verdict.NEW:
            self.stdout.write(f"Line {judged.number}: new: {judged.wanted.title}")
        if judged.verdict == Verdict.CHANGED and judged.initiative is not None:
            for column, (before, after) in judged.changes.items():
                self.stdout.write(
                    f"Line {judged.number}: {judged.initiative.reference}: {column}: {_said(before)} → {_said(after)}"
                )


def _said(value: Any) -> str:
    """One side of a difference, as people write it."""
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value) or "not stated"
    return "not stated" if value in (None, "") else str(value)
