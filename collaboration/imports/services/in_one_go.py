"""A whole file in one transaction, as a command does it: checked without a trace, then all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.imports import headings, judging
from collaboration.imports.cells import shown
from collaboration.imports.judging import Judged, Remembered
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.queries import Summary, summary, unmatched
from collaboration.imports.services.confirming import confirm
from collaboration.imports.services.stepping import STEP, Status, count_again
from collaboration.imports.services.uploading import ReadFile, keep_upload
from groundwork.access.actors import Actor
from groundwork.access.errors import DomainError, Invalid
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now


@dataclass(kw_only=True)
class CheckedFile:
    """What every line of a file would do. ``judged`` are the lines in order, without their plans."""

    read: ReadFile
    mapping: dict[str, str]
    judged: list[Judged] = field(default_factory=list)

    @property
    def summary(self) -> Summary:
        return Summary(**Counter(str(each.verdict) for each in self.judged))

    @property
    def left_out(self) -> list[str]:
        """Headings that no column was found for."""
        return unmatched(self.read.headers, self.mapping)[0]

    @property
    def only_told(self) -> list[str]:
        """Columns of an export that an import passes over."""
        return unmatched(self.read.headers, self.mapping)[1]

    @property
    def headings(self) -> dict[str, str]:
        """Under which heading each column stands."""
        return {column: self.read.headers[int(index)] for index, column in self.mapping.items()}


class Rejected(DomainError):
    """Some lines cannot be imported and nobody said to leave them out: nothing was. ``lines`` are those lines."""

    def __init__(self, lines: list[ImportedLine], counts: Summary) -> None:
        super().__init__(str(counts))
        self.lines = lines
        self.counts = counts


def check_file(*, actor: Actor, read: ReadFile, seen: Callable[[Judged], None] | None = None) -> CheckedFile:
    """Find out what every line would do, with the columns its headings mean. Nothing is written.

    ``seen`` is told of each line while its plan is at hand. Raises :class:`Invalid` when no heading says what a line is
    about, :class:`NotAllowed` for who may not import. Constant queries for every :data:`STEP` lines.
    """
    require(actor, "import.start")
    guessed = headings.guess(read.headers)
    if not {"title", "ref"} & {*guessed.values()}:
        named = "; ".join(shown(heading) for heading in read.headers[:12] if heading)
        raise Invalid(
            _("No heading means the title. Call one of them “title”. The file has: %(names)s.") % {"names": named}
        )
    checked = CheckedFile(read=read, mapping=headings.settle(guessed, read.headers))
    above = Remembered()
    for begin in range(0, len(read.lines), STEP):
        part = [
            judging.wanted(checked.mapping, line.number, line.cells, line.problems)
            for line in read.lines[begin : begin + STEP]
        ]
        judged = judging.judge(actor, part, above)
        above.note(judged)
        for each in judged:
            if seen is not None:
                seen(each)
            each.plan = None
            checked.judged.append(each)
    return checked


@transaction.atomic
def import_file(
    *,
    actor: Actor,
    checked: CheckedFile,
    name: str,
    skip_bad: bool = False,
    publish: str = "",
    at: datetime | None = None,
) -> Import:
    """Import a file that was checked, all of it in this transaction, every line looked at again under lock.

    Raises :class:`Rejected` when a line is rejected and ``skip_bad`` is not said, also one that was fine before.
    """
    at = at or now()
    imported = keep_upload(actor=actor, read=checked.read, name=name, judged=checked.judged, at=at)
    imported.mapping = checked.mapping
    imported.status, imported.checked_at = Status.CHECKED, at
    count_again(imported)
    imported.save()
    keep(actor=actor, action="import.match", obj=imported, changes={"columns": [None, checked.headings]}, at=at)
    imported = confirm(actor=actor, imported=imported, skip_bad=skip_bad, publish=publish, wait=True, at=at)
    counts = summary(imported)
    if counts.rejected and not skip_bad:
        bad = ImportedLine.objects.filter(imported=imported, verdict=ImportedLine.Verdict.REJECTED)
        raise Rejected(list(bad.order_by("number")), counts)
    return imported
