"""Carrying out what was checked: every line again, under lock, as the register is this moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from collaboration.imports import judging
from collaboration.imports.events import ImportConfirmed
from collaboration.imports.judging import Judged
from collaboration.imports.matching import Wanted
from collaboration.imports.models import Import, ImportedLine, KeptFile
from collaboration.imports.queries import summary
from collaboration.imports.services.stepping import (
    AT_ONCE,
    STEP,
    Outcome,
    Status,
    Step,
    begin,
    count_again,
    end_import,
    locked,
    save_lines,
)
from collaboration.initiatives.models import Initiative, Visibility
from collaboration.initiatives.services import stating
from collaboration.initiatives.services.records import lock_counter
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.audit.models import AuditEntry
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record

Verdict = ImportedLine.Verdict
OUTCOME_FIELDS = (
    "verdict",
    "problems",
    "changes",
    "initiative",
    "version_before",
    "version_after",
    "acts_after",
    "inverse",
    "outcome",
    "outcome_note",
)


@transaction.atomic
def confirm(
    *,
    actor: Actor,
    imported: Import,
    skip_bad: bool = False,
    publish: str = "",
    wait: bool = False,
    at: datetime | None = None,
) -> Import:
    """Import what was checked. Confirmed twice it is once.

    With ``publish`` (``partners`` or ``public``) what is new is shown at once; without, it becomes drafts. Up to
    :data:`AT_ONCE` lines are in the register when this returns; more are left to the worker unless ``wait`` is said. A
    line whose record has changed since the check in what the line is about is rejected, with why.

    Raises :class:`Invalid` while lines are rejected and ``skip_bad`` is not said, :class:`Conflict` when nothing is
    checked or nothing would be done, :class:`NotAllowed` when the actor may not publish.
    """
    at = at or now()
    row = locked(imported, actor=actor, verb="import.run")
    if row.status in (Status.IMPORTING, Status.IMPORTED):
        return row
    if row.status != Status.CHECKED:
        raise Conflict(_("This import is not checked. Match its columns and have a look at what it would do first."))
    if publish not in ("", Visibility.PARTNERS, Visibility.PUBLIC):
        raise Invalid({"publish": [_("Choose drafts, partners, or everyone.")]})
    if publish:
        require(actor, "import.publish", row)
    counts = summary(row)
    if counts.rejected and not skip_bad:
        raise Invalid({"skip_bad": [_("Some lines are rejected. Leave them out, or put them right in your file.")]})
    if not counts.new + counts.changed:
        raise Conflict(_("There is nothing to import: no line is new, and none changes anything."))
    row.skip_bad, row.publish, row.confirmed_at = skip_bad, publish, at
    KeptFile.objects.filter(imported=row).delete()
    keep(
        actor=actor,
        action="import.confirm",
        obj=row,
        changes={"lines": [None, str(counts)], "publish": [None, publish or Visibility.DRAFT.value]},
        at=at,
    )
    begin(row, status=Status.IMPORTING, step=Step.APPLY)
    if wait or counts.new + counts.changed <= AT_ONCE:
        while apply_some(actor=actor, imported=row, limit=AT_ONCE, at=at):
            pass
        while publish_some(actor=actor, imported=row, limit=AT_ONCE, at=at):
            pass
        row.refresh_from_db()
    else:
        record(ImportConfirmed(import_id=str(row.pk), step=row.step, round=row.round, position=0), actor=actor)
    return row


@transaction.atomic
def apply_some(*, actor: Actor, imported: Import, limit: int = STEP, at: datetime | None = None) -> bool:
    """Carry out the next ``limit`` lines that are new or change something. Whether there are more.

    What is new stays a draft until everything is in: only then is it published (:func:`publish_some`). Organisations
    that are named are marked as asked; who hears of ``import.finished`` tells each of them once.
    """
    at = at or now()
    row = locked(imported, actor=actor, verb="import.run")
    if (row.status, row.step) != (Status.IMPORTING, Step.APPLY):
        return False
    due = ImportedLine.objects.filter(imported=row, verdict__in=(Verdict.NEW, Verdict.CHANGED), outcome="")
    lines = list(due.filter(number__gt=row.position).order_by("number")[:limit])
    if any(line.verdict == Verdict.NEW for line in lines):
        # Whoever registers takes this lock: what another import has just registered is found now, or waits.
        lock_counter()
    records = stating.lock_many(line.initiative_id for line in lines if line.initiative_id)
    pairs: list[tuple[Wanted, Initiative | None]] = []
    asked: list[ImportedLine] = []
    for line in lines:
        if line.verdict == Verdict.CHANGED and line.initiative_id not in records:
            _reject(line, [["", _("The initiative is not there any more.")]])
            continue
        wanted = judging.wanted(row.mapping, line.number, line.cells, line.unreadable)
        pairs.append((wanted, records.get(line.initiative_id or 0)))
        asked.append(line)
    going: list[tuple[ImportedLine, Judged]] = []
    for line, again in zip(asked, judging.judge_again(actor, pairs), strict=True):
        if _settled(line, again):
            going.append((line, again))
    plans = [again.plan for _line, again in going if again.plan is not None]
    made = stating.carry_out(actor=actor, plans=plans, at=at, together=True)
    for (line, again), initiative in zip(going, made, strict=True):
        assert again.plan is not None  # noqa: S101 - a line without a plan is not settled
        line.version_before = None if line.verdict == Verdict.NEW else line.version_before
        line.initiative = initiative
        line.version_after = initiative.version
        line.inverse = {} if line.verdict == Verdict.NEW else again.plan.inverse.to_json()
        line.outcome = Outcome.DONE
    note_acts([line for line, _again in going])
    save_lines(lines, *OUTCOME_FIELDS)
    row.position = lines[-1].number if lines else row.position
    count_again(row)
    row.save()
    if due.filter(number__gt=row.position).exists():
        return True
    if row.publish and ImportedLine.objects.filter(imported=row, verdict=Verdict.NEW, outcome=Outcome.DONE).exists():
        begin(row, status=Status.IMPORTING, step=Step.PUBLISH)
    else:
        end_import(row, actor=actor, at=at)
    return False


def _settled(line: ImportedLine, again: Judged) -> bool:
    """Whether the line may go ahead: it would do what people saw it would do, or less of it. Else says why not."""
    if again.verdict == Verdict.REJECTED:
        _reject(line, [list(problem) for problem in again.problems])
        return False
    if again.verdict == Verdict.UNCHANGED:
        line.verdict, line.changes, line.initiative = Verdict.UNCHANGED, {}, again.initiative
        return False
    if line.verdict == Verdict.NEW and again.initiative is not None:
        _reject(
            line,
            [
                [
                    "title",
                    _("%(ref)s was registered with this title after the check. Upload the file again to compare.")
                    % {"ref": again.initiative.reference},
                ]
            ],
        )
        return False
    if line.verdict == Verdict.CHANGED:
        others = [name for name, pair in again.changes.items() if _plain(line.changes.get(name)) != _plain(pair)]
        if others:
            _reject(
                line,
                [
                    [name, _("Somebody changed this after the check. Upload the file again to compare.")]
                    for name in others
                ],
            )
            return False
        line.changes = again.changes
    return True


def _plain(pair: Any) -> Any:
    return judging.readable(pair)


def _reject(line: ImportedLine, problems: list[list[str]]) -> None:
    line.verdict, line.problems, line.changes = Verdict.REJECTED, problems, {}
    line.outcome = Outcome.LEFT_OUT
    line.outcome_note = " ".join(sentence for _column, sentence in problems)[:1000]


def note_acts(lines: list[ImportedLine]) -> None:
    """Remember how many acts the history of each line's record has now: if it has more later, somebody touched it."""
    acts = acts_of(line.initiative_id for line in lines)
    for line in lines:
        line.acts_after = acts.get(str(line.initiative_id), 0)


def acts_of(ids: Any) -> dict[str, int]:
    """How many acts the history of each of these initiatives has, by primary key as text (one query)."""
    found = AuditEntry.objects.filter(
        object_type=Initiative._meta.label_lower, object_id__in=[str(each) for each in ids if each]
    )
    return dict(found.order_by().values_list("object_id").annotate(number=Count("pk")))


@transaction.atomic
def publish_some(*, actor: Actor, imported: Import, limit: int = STEP, at: datetime | None = None) -> bool:
    """Publish the next ``limit`` of the new records. Whether there are more; when not, the import is done."""
    at = at or now()
    row = locked(imported, actor=actor, verb="import.run")
    if (row.status, row.step) != (Status.IMPORTING, Step.PUBLISH):
        return False
    due = ImportedLine.objects.filter(imported=row, verdict=Verdict.NEW, outcome=Outcome.DONE, number__gt=row.position)
    lines = list(due.select_related("initiative").order_by("number")[:limit])
    drafts = [line.initiative for line in lines if line.initiative is not None]
    published = {
        each.pk: each for each in stating.publish_many(actor=actor, initiatives=drafts, visibility=row.publish, at=at)
    }
    for line in lines:
        initiative = published.get(line.initiative_id or 0)
        if initiative is not None:
            line.version_after = initiative.version
    note_acts(lines)
    save_lines(lines, "version_after", "acts_after")
    row.position = lines[-1].number if lines else row.position
    row.save()
    if ImportedLine.objects.filter(
        imported=row, verdict=Verdict.NEW, outcome=Outcome.DONE, number__gt=row.position
    ).exists():
        return True
    end_import(row, actor=actor, at=at)
    return False


@transaction.atomic
def cancel(*, actor: Actor, imported: Import, at: datetime | None = None) -> Import:
    """Give it up before anything was imported; what stood in it is deleted. Given up twice it is once."""
    at = at or now()
    row = locked(imported, actor=actor, verb="import.run")
    if row.status == Status.CANCELLED:
        return row
    if row.confirmed_at is not None:
        raise Conflict(_("This import is confirmed already. When it is done you can undo it."))
    row.status, row.step, row.forgotten_at = Status.CANCELLED, "", at
    row.round += 1
    row.save()
    ImportedLine.objects.filter(imported=row).delete()
    KeptFile.objects.filter(imported=row).delete()
    keep(actor=actor, action="import.cancel", obj=row, at=at)
    return row
