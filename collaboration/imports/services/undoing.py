"""Taking an import back: what is new goes, what was changed says again what it said, what others touched stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.queries import UNDO_FOR, summary
from collaboration.imports.services.confirming import acts_of
from collaboration.imports.services.stepping import (
    AT_ONCE,
    STEP,
    Outcome,
    Status,
    Step,
    ask_for_step,
    begin,
    end_undo,
    locked,
    save_lines,
)
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import lifecycle, stating
from collaboration.initiatives.services.stating import Statement
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, DomainError
from groundwork.access.rules import can
from groundwork.audit.models import AuditEntry
from groundwork.audit.services import keep
from groundwork.clock import now

__all__ = ["UNDO_FOR", "undo", "undo_some"]

Verdict = ImportedLine.Verdict


@transaction.atomic
def undo(*, actor: Actor, imported: Import, at: datetime | None = None) -> Import:
    """Take the import back. Undone twice it is once.

    New records go: drafts are removed, published ones withdrawn. Changed ones say again what they said before. What
    somebody has worked on since is left alone; :func:`collaboration.imports.queries.left_alone` names it. Up to
    :data:`AT_ONCE` lines are taken back when this returns, more by the worker.

    Raises :class:`Conflict` for what was not imported, and :data:`UNDO_FOR` after it was.
    """
    at = at or now()
    row = locked(imported, actor=actor, verb="import.undo")
    if row.status in (Status.UNDOING, Status.UNDONE):
        return row
    if row.status != Status.IMPORTED or row.imported_at is None:
        raise Conflict(_("There is nothing to undo: this file was not imported."))
    if row.forgotten_at is not None or at > row.imported_at + UNDO_FOR:
        raise Conflict(_("An import can be undone for 30 days. This one is older."))
    keep(actor=actor, action="import.undo", obj=row, changes={"lines": [str(summary(row)), None]}, at=at)
    begin(row, status=Status.UNDOING, step=Step.UNDO)
    counts = summary(row)
    if counts.new + counts.changed <= AT_ONCE:
        while undo_some(actor=actor, imported=row, limit=AT_ONCE, at=at):
            pass
        row.refresh_from_db()
    else:
        ask_for_step(row, actor=actor)
    return row


@transaction.atomic
def undo_some(*, actor: Actor, imported: Import, limit: int = STEP, at: datetime | None = None) -> bool:
    """Take back the next ``limit`` lines. Whether there are more."""
    at = at or now()
    row = locked(imported, actor=actor, verb="import.undo")
    if (row.status, row.step) != (Status.UNDOING, Step.UNDO):
        return False
    done = ImportedLine.objects.filter(imported=row, outcome=Outcome.DONE)
    lines = list(done.filter(number__gt=row.position).order_by("number")[:limit])
    records = stating.lock_many(line.initiative_id for line in lines if line.initiative_id)
    acts = acts_of(records)
    touched: list[ImportedLine] = []
    new: list[tuple[ImportedLine, Initiative]] = []
    changed: list[tuple[ImportedLine, Initiative]] = []
    for line in lines:
        initiative = records.get(line.initiative_id or 0)
        if initiative is None:
            # Somebody removed it: then there is nothing to take back.
            line.outcome, line.outcome_note = Outcome.UNDONE, _("It was gone already.")
        elif (initiative.version, acts.get(str(initiative.pk), 0)) != (line.version_after, line.acts_after):
            line.outcome = Outcome.KEPT
            touched.append(line)
        elif line.verdict == Verdict.NEW:
            new.append((line, initiative))
        else:
            changed.append((line, initiative))
    _say_who(touched)
    _take_back(actor, row, new, at=at)
    _say_again(actor, changed, at=at)
    for line in lines:
        if line.outcome == Outcome.DONE:
            line.outcome = Outcome.UNDONE
    save_lines(lines, "outcome", "outcome_note")
    row.position = lines[-1].number if lines else row.position
    row.save()
    if done.filter(number__gt=row.position).exists():
        return True
    end_undo(row, actor=actor, at=at)
    return False


def _keep(line: ImportedLine, why: str) -> None:
    line.outcome, line.outcome_note = Outcome.KEPT, why[:1000]


def _say_who(lines: list[ImportedLine]) -> None:
    """Who has worked on the records of these lines last (one query)."""
    last: dict[str, AuditEntry] = {}
    entries = AuditEntry.objects.filter(
        object_type=Initiative._meta.label_lower, object_id__in=[str(line.initiative_id) for line in lines]
    )
    for entry in entries.select_related("person", "organisation").order_by("at", "id"):
        last[entry.object_id] = entry
    for line in lines:
        act = last.get(str(line.initiative_id))
        who = ""
        if act is not None and act.person is not None:
            who = act.person.display_name + (f" ({act.organisation.name})" if act.organisation else "")
        _keep(
            line,
            _("%(who)s has worked on it since.") % {"who": who} if who else _("Somebody has worked on it since."),
        )


def _take_back(actor: Actor, row: Import, pairs: list[tuple[ImportedLine, Initiative]], *, at: datetime) -> None:
    """New records go again: drafts nobody saw are removed, what was published is withdrawn with the reason."""
    reason = _("The import of “%(file)s” was undone.") % {"file": row.file_name}
    drafts: list[Initiative] = []
    for line, initiative in pairs:
        # An import that failed takes back its own drafts even when whoever asked for it has left meanwhile.
        may = can(actor, "initiative.edit", initiative)
        if not may and not (row.failure and actor.is_system and not initiative.is_published):
            _keep(line, may.reason)
        elif initiative.is_published:
            try:
                with transaction.atomic():
                    lifecycle.withdraw(actor=actor, initiative=initiative, reason=reason[:500], at=at)
            except DomainError as error:
                _keep(line, error.message)
        else:
            keep(
                actor=actor,
                action="initiative.remove",
                obj=initiative,
                changes={"title": [initiative.title, None], "reason": [None, reason]},
                at=at,
            )
            drafts.append(initiative)
            line.initiative = None
    Initiative.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()


def _say_again(actor: Actor, pairs: list[tuple[ImportedLine, Initiative]], *, at: datetime) -> None:
    """Changed records say again what they said before."""
    items = [(initiative, Statement.from_json(line.inverse)) for line, initiative in pairs]
    plans = stating.plan(actor=actor, items=items)
    going = []
    for (line, _initiative), plan in zip(pairs, plans, strict=True):
        if plan.is_rejected:
            _keep(line, " ".join(str(sentence) for each in plan.errors.values() for sentence in each))
        elif not plan.is_unchanged:
            going.append(plan)
    stating.carry_out(actor=actor, plans=going, at=at, together=False)
