"""One pass over the lines of an import, in one go or step by step.

A pass has a kind (check, apply, publish, undo), a round and a position. A step works on the lines after the position,
moves it, and records the event for the next step, all in the transaction of the event that asked for it: killed in the
middle it has not happened, done twice it finds the position moved and does nothing. A new pass has a new round, so that
steps of an older one that are still waiting do nothing either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.db import OperationalError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from collaboration.imports.events import ImportChecked, ImportFailed, ImportFinished, ImportStepDue, ImportUndone
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.queries import summary
from groundwork.access.actors import Actor, PersonActor, SystemActor
from groundwork.access.errors import DomainError, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.queries import current_mandates
from groundwork.events.registry import Envelope
from groundwork.events.services import record

log = structlog.get_logger(__name__)

STEP: Final = 500
"""The most lines of one transaction of the worker."""

AT_ONCE: Final = 500
"""Imports of no more lines than this are worked on while one waits."""

Status = Import.Status
Step = Import.Step
Outcome = ImportedLine.Outcome


def locked(imported: Import, *, actor: Actor, verb: str) -> Import:
    """A fresh copy of the import, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``."""
    row = Import.objects.select_for_update().filter(pk=imported.pk).first()
    if row is None:
        raise NotFound(_("There is no such import, or you may not see it."))
    require(actor, verb, row)
    return row


def begin(row: Import, *, status: Import.Status, step: Import.Step) -> None:
    """Start a pass over the locked import, from its first line."""
    row.status, row.step = status, step
    row.round += 1
    row.position = 0
    row.save()


def ask_for_step(row: Import, *, actor: Actor) -> None:
    """Record that the lines after the present position wait for the worker."""
    record(
        ImportStepDue(import_id=str(row.pk), step=row.step, round=row.round, position=row.position),
        actor=actor,
    )


def end_check(row: Import, *, actor: Actor, at: datetime) -> None:
    """Every line has its verdict."""
    row.status, row.step, row.checked_at = Status.CHECKED, "", at
    row.save()
    record(ImportChecked(import_id=str(row.pk)), actor=actor)


def end_import(row: Import, *, actor: Actor, at: datetime) -> None:
    """Every line that could be imported is in the register."""
    row.status, row.step, row.imported_at = Status.IMPORTED, "", at
    row.save()
    counts = summary(row)
    keep(actor=actor, action="import.finish", obj=row, changes={"lines": [None, str(counts)]}, at=at)
    record(ImportFinished(import_id=str(row.pk), new=counts.new, changed=counts.changed), actor=actor)


def end_undo(row: Import, *, actor: Actor, at: datetime) -> None:
    """Everything that could be taken back is; an import that failed stays one that failed."""
    kept = ImportedLine.objects.filter(imported=row, outcome=Outcome.KEPT).count()
    row.step, row.undone_at = "", at
    row.status = Status.FAILED if row.failure else Status.UNDONE
    row.save()
    keep(actor=actor, action="import.taken_back", obj=row, changes={"left_alone": [None, kept]}, at=at)
    if row.failure:
        record(ImportFailed(import_id=str(row.pk)), actor=actor)
    else:
        record(ImportUndone(import_id=str(row.pk), kept=kept), actor=actor)


def fail(row: Import, error: Exception, *, actor: Actor, at: datetime) -> None:
    """A step went wrong for good: say why, and take back what earlier steps have done."""
    if isinstance(error, DomainError):
        row.failure = error.message[:500]
    else:
        log.error("import_failed", id=str(row.pk), step=row.step, error=type(error).__name__, exc_info=error)
        row.failure = _("Something went wrong on our side. It is written down for those who run this service.")
    keep(actor=actor, action="import.fail", obj=row, changes={"failure": [None, row.failure]}, at=at)
    if row.step == Step.CHECK:
        row.status, row.step = Status.FAILED, ""
        row.save()
        record(ImportFailed(import_id=str(row.pk)), actor=actor)
    else:
        begin(row, status=Status.UNDOING, step=Step.UNDO)
        ask_for_step(row, actor=actor)


Work = Callable[..., bool]
"""``(actor=…, imported=…, limit=…, at=…)``: work on the next lines; whether the pass goes on."""


def take_step(envelope: Envelope, works: dict[str, Work]) -> None:
    """Within the transaction of an event: the step it asks for, unless it has been taken or overtaken."""
    asked = envelope.payload
    row = Import.objects.select_for_update().filter(pk=asked["import_id"]).first()
    if row is None or not row.is_working:
        return
    if (row.step, row.round, row.position) != (asked["step"], asked["round"], asked["position"]):
        return
    at = now()
    system = SystemActor(name="imports")
    try:
        # Inside, so that what a failing step did is gone before the failure is written down.
        with transaction.atomic():
            actor = system if row.step == Step.UNDO and row.failure else actor_of(envelope, row)
            works[row.step](actor=actor, imported=row, limit=STEP, at=at)
    except OperationalError:
        # The database is busy or away: the relay comes back.
        raise
    except Exception as error:
        if row.step == Step.UNDO:
            raise
        row.refresh_from_db()
        fail(row, error, actor=system, at=at)
        return
    row.refresh_from_db()
    if row.is_working:
        ask_for_step(row, actor=actor)


def actor_of(envelope: Envelope, imported: Import) -> Actor:
    """Who asked for the step, under the mandate they had then. Raises :class:`NotAllowed` when they have it no more."""
    if envelope.person_id is None:
        return SystemActor(name=imported.acted_as or "imports", via=envelope.via)
    person = Person.objects.filter(pk=envelope.person_id, is_active=True).first()
    held = current_mandates(person) if person is not None and envelope.mandate_id is not None else None
    mandate = held.filter(pk__in=[envelope.mandate_id]).first() if held is not None else None
    if person is None or mandate is None:
        raise NotAllowed(_("Whoever asked for this import does not act for this organisation any more."))
    return PersonActor(who=person, under=mandate, via=envelope.via)


def save_lines(lines: list[ImportedLine], *fields: str) -> None:
    """Write these fields of lines that exist, in few statements however many lines there are."""
    ImportedLine.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["id"], update_fields=list(fields), batch_size=STEP
    )


def count_again(row: Import) -> None:
    """The counts of an import, from its lines."""
    found = ImportedLine.objects.filter(imported=row).exclude(verdict="").order_by().values_list("verdict")
    row.counts = dict.fromkeys(ImportedLine.Verdict.values, 0) | dict(found.annotate(number=Count("pk")))
