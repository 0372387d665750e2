"""Matching the columns, and finding out what every line would do."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.imports import headings, judging
from collaboration.imports.judging import Judged, Stored
from collaboration.imports.models import Import, ImportedLine, KeptFile
from collaboration.imports.services.stepping import (
    AT_ONCE,
    STEP,
    Status,
    Step,
    ask_for_step,
    begin,
    count_again,
    end_check,
    locked,
    save_lines,
)
from collaboration.imports.services.uploading import ReadFile, fill, read_file
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now

VERDICT_FIELDS = (
    "verdict",
    "title",
    "likeness",
    "problems",
    "changes",
    "initiative",
    "version_before",
)


def open_to_matching(imported: Import) -> bool:
    """Whether its columns can (still) be matched: nothing has been imported of it."""
    never_confirmed = imported.status == Status.FAILED and imported.confirmed_at is None
    return never_confirmed or imported.status in (Status.UPLOADED, Status.CHECKING, Status.CHECKED)


def choose_columns(
    *,
    actor: Actor,
    imported: Import,
    mapping: Mapping[str, str] | Mapping[int, str],
    sheet: str | None = None,
    at: datetime | None = None,
) -> Import:
    """Say which column of the file is which of ours (``{index: column}``, "" to leave it out), and have it checked.

    Up to :data:`AT_ONCE` lines are checked when this returns; of more, the worker checks them. With another ``sheet``
    of the workbook that one is read instead and its columns are guessed: then they are to be matched again, and
    ``mapping`` is not looked at. Raises :class:`Invalid` by index, :class:`Conflict` once it was confirmed.
    """
    read = None
    if sheet and sheet != imported.sheet_name:
        require(actor, "import.run", imported)
        _refuse_what_went_on(Import.objects.get(pk=imported.pk))
        # Before the transaction: a large workbook takes seconds, in which others write too.
        read = _other_sheet(imported, sheet)
    return _match(actor=actor, imported=imported, mapping=mapping, read=read, at=at or now())


@transaction.atomic
def _match(
    *,
    actor: Actor,
    imported: Import,
    mapping: Mapping[str, str] | Mapping[int, str],
    read: ReadFile | None,
    at: datetime,
) -> Import:
    row = locked(imported, actor=actor, verb="import.run")
    _refuse_what_went_on(row)
    if read is not None:
        row.failure = ""
        fill(row, read)
        return row
    row.mapping = headings.settle(mapping, row.headers)
    row.failure = ""
    keep(actor=actor, action="import.match", obj=row, changes={"columns": [None, _spoken(row)]}, at=at)
    begin(row, status=Status.CHECKING, step=Step.CHECK)
    if row.lines <= AT_ONCE:
        while check_some(actor=actor, imported=row, at=at):
            pass
        row.refresh_from_db()
    else:
        ask_for_step(row, actor=actor)
    return row


def _refuse_what_went_on(row: Import) -> None:
    if not open_to_matching(row):
        raise Conflict(_("This import is past matching its columns. Upload the file again to start over."))


def _other_sheet(imported: Import, sheet: str) -> ReadFile:
    kept = KeptFile.objects.filter(imported=imported).first()
    if kept is None or sheet not in imported.sheet_names:
        raise Invalid({"sheet": [_("There is no such sheet in this file.")]})
    return read_file(io.BytesIO(bytes(kept.content)), name=imported.file_name, sheet=sheet)


def _spoken(row: Import) -> dict[str, str]:
    return {row.headers[int(index)] or str(int(index) + 1): column for index, column in row.mapping.items()}


@transaction.atomic
def check_some(*, actor: Actor, imported: Import, limit: int = STEP, at: datetime | None = None) -> bool:
    """Find out what the next ``limit`` lines would do. Whether there are more; when not, the import is checked."""
    row = locked(imported, actor=actor, verb="import.run")
    if (row.status, row.step) != (Status.CHECKING, Step.CHECK):
        return False
    lines = list(ImportedLine.objects.filter(imported=row, number__gt=row.position).order_by("number")[:limit])
    wanted = [judging.wanted(row.mapping, line.number, line.cells, line.unreadable) for line in lines]
    write_verdicts(lines, judging.judge(actor, wanted, Stored(row, row.position)))
    row.position = lines[-1].number if lines else row.position
    count_again(row)
    row.save()
    if ImportedLine.objects.filter(imported=row, number__gt=row.position).exists():
        return True
    end_check(row, actor=actor, at=at or now())
    return False


def write_verdicts(lines: list[ImportedLine], judged: Iterable[Judged]) -> None:
    """Put verdicts on lines, in the same order."""
    for line, result in zip(lines, judged, strict=True):
        judging.put_verdict(line, result)
    save_lines(lines, *VERDICT_FIELDS)
