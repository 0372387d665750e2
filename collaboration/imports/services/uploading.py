"""Taking a file in: what stands in it is kept as it was read, before anybody asks what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.imports import headings
from collaboration.imports.judging import Judged, put_verdict
from collaboration.imports.models import Import, ImportedLine, KeptFile
from collaboration.imports.queries import UNDERSTOOD
from groundwork.access.actors import Actor, SystemActor
from groundwork.access.errors import Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.sheets.cells import clean
from groundwork.sheets.reading import Line, Sheet, read_sheet

MOST_TEXT: Final = 40_000_000
"""Characters in all cells together. A workbook of 10 MB can name one long text a million times."""

LOOKED_BACK: Final = 20
"""Among how many imports one with the same headings is looked for."""

MOST_CELLS: Final = 2_500_000
"""Cells in which something stands: fifty for each of the most lines. Each takes some sixty bytes while it is read."""


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """A sheet that was read to its end."""

    sheet: Sheet
    lines: list[Line]

    @property
    def headers(self) -> list[str]:
        return self.sheet.headers

    @property
    def notes(self) -> list[str]:
        # Some are made while the lines are read.
        return [str(note) for note in self.sheet.notes]


def read_file(file: BinaryIO, *, name: str, sheet: str | None = None) -> ReadFile:
    """Read a whole sheet. Raises :class:`Invalid`, under ``file``, with what to do when it cannot be read."""
    try:
        found = read_sheet(file, name=name, sheet=sheet, known_headers=headings.known_headings())
        lines: list[Line] = []
        size = filled = 0
        for line in found.lines:
            size += sum(map(len, line.cells))
            filled += len(line.cells) - line.cells.count("")
            if size > MOST_TEXT or filled > MOST_CELLS:
                raise Invalid(_("There is too much text in this file. Split it, and use its parts one after another."))
            lines.append(line)
    except Invalid as invalid:
        raise Invalid({"file": [each for sentences in invalid.errors.values() for each in sentences]}) from None
    if not lines:
        raise Invalid({"file": [_("There are headings but nothing below them.")]})
    return ReadFile(sheet=found, lines=lines)


def upload(*, actor: Actor, file: BinaryIO, name: str, sheet: str | None = None, at: datetime | None = None) -> Import:
    """Keep a spreadsheet and guess which column is which. Nothing is checked yet.

    ``name`` is the name of the file. Raises :class:`NotAllowed` for who may not import, and :class:`Invalid` when the
    file cannot be read.
    """
    require(actor, "import.start")
    # Read before the transaction: a large workbook takes seconds, in which others write too.
    read = read_file(file, name=name, sheet=sheet)
    content = b""
    if len(read.sheet.names) > 1:
        file.seek(0)
        content = file.read()
    return keep_upload(actor=actor, read=read, name=name, content=content, at=at or now())


@transaction.atomic
def keep_upload(
    *,
    actor: Actor,
    read: ReadFile,
    name: str,
    content: bytes = b"",
    judged: Iterable[Judged] | None = None,
    at: datetime,
) -> Import:
    """Write down a file that was read. ``content`` is kept for choosing another sheet of it.

    ``judged`` are the verdicts on its lines, in order, where they are known already.
    """
    require(actor, "import.start")
    imported = Import(
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        acted_as=actor.name if isinstance(actor, SystemActor) else "",
        via=actor.via,
        file_name=clean(PurePath(name.replace("\\", "/")).name)[-200:] or _("a file without a name"),
        created_at=at,
    )
    fill(imported, read, judged)
    if content:
        KeptFile.objects.create(imported=imported, content=content)
    keep(
        actor=actor,
        action="import.upload",
        obj=imported,
        changes={"file": [None, imported.file_name], "lines": [None, imported.lines]},
        at=at,
    )
    return imported


def fill(imported: Import, read: ReadFile, judged: Iterable[Judged] | None = None) -> None:
    """Put what was read into an import, in place of whatever it held; its columns are guessed anew."""
    imported.headers = read.headers
    imported.header_line = read.sheet.header_line
    imported.sheet_name = read.sheet.name[:100]
    imported.sheet_names = list(read.sheet.names)
    imported.mapping = matched_before(imported, read.headers) or headings.guess(read.headers)
    imported.notes = read.notes
    imported.lines = len(read.lines)
    imported.status, imported.step = Import.Status.UPLOADED, ""
    imported.round += 1
    imported.position = 0
    imported.counts = {}
    imported.save()
    ImportedLine.objects.filter(imported=imported).delete()
    lines = [_kept(imported, line) for line in read.lines]
    for line, each in zip(lines, judged or (), strict=judged is not None):
        put_verdict(line, each)
    ImportedLine.objects.bulk_create(lines, batch_size=2_000)


def matched_before(imported: Import, headers: list[str]) -> dict[str, str]:
    """How the organisation last matched these very headings: a file that was put right is not matched a second time.

    Empty when it never did; and for what a command or the system imports, where nobody is asked.
    """
    if imported.organisation_id is None or imported.person_id is None:
        return {}
    earlier = Import.objects.filter(organisation=imported.organisation_id).exclude(pk=imported.pk)
    matched = earlier.exclude(status=Import.Status.UPLOADED).order_by("-created_at", "-id")
    for before, mapping in matched.values_list("headers", "mapping")[:LOOKED_BACK]:
        if before == headers and mapping and set(mapping.values()) <= {*UNDERSTOOD}:
            return dict(mapping)
    return {}


def _kept(imported: Import, line: Line) -> ImportedLine:
    problems: dict[str, Any] = {str(index): sentence for index, sentence in line.problems.items()}
    return ImportedLine(imported=imported, number=line.number, cells=line.cells, unreadable=problems)
