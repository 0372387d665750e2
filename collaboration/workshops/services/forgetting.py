"""Letting go, by the clock: of those who took part, and in the end of what was said (promise U14)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from collaboration.workshops.events import WorkshopForgotten, WorkshopGuestsForgotten
from collaboration.workshops.models import Feedback, Participation, Workshop
from collaboration.workshops.queries import retention
from collaboration.workshops.queries.retention import Due
from collaboration.workshops.registry import tell_access_changed, tell_forgotten
from collaboration.workshops.services.lifecycle import archived, next_told
from collaboration.workshops.services.records import Status, locked_row
from groundwork.access.actors import Actor, SystemActor
from groundwork.access.rules import require
from groundwork.audit.services import forget_words, keep
from groundwork.events.services import record

CLOCK = SystemActor(name="retention clock")


def let_go(*, at: datetime, actor: Actor = CLOCK) -> Due:
    """Do what is due at ``at``, each workshop in a transaction of its own. Returns what was done.

    A workshop that somebody put on hold meanwhile, or opened again, is left alone: each is looked at once more behind
    its lock.
    """
    due = retention.due(at)
    for workshop_id in due.archive:
        _archive(workshop_id, actor=actor, at=at)
    for workshop_id in due.forget_guests:
        forget_guests(workshop_id=workshop_id, actor=actor, at=at)
    for workshop_id in due.forget:
        forget(workshop_id=workshop_id, actor=actor, at=at)
    return due


@transaction.atomic
def _archive(workshop_id: int, *, actor: Actor, at: datetime) -> None:
    row = locked_row(workshop_id)
    require(actor, "workshop.forget", row)
    if not row.on_hold and retention.to_archive(at).filter(pk=row.pk).exists():
        archived(actor=actor, workshop=row, at=at)


@transaction.atomic
def forget_guests(*, workshop_id: int, actor: Actor, at: datetime) -> None:
    """Remove what lets guests come back, the addresses they left, and the invitations with theirs."""
    row = locked_row(workshop_id)
    require(actor, "workshop.forget", row)
    if row.on_hold or not retention.to_forget_guests(at).filter(pk=row.pk).exists():
        return
    row.participations.update(email="", return_digest=None)
    row.participations.filter(person=None).update(guest_digest=None)
    row.invitations.all().delete()
    row.guests_forgotten_at = at
    row.save(update_fields=["guests_forgotten_at"])
    keep(actor=actor, action="workshop.forget_guests", obj=row, at=at)
    record(WorkshopGuestsForgotten(workshop_id=row.pk), actor=actor)
    tell_access_changed([row.pk])


@transaction.atomic
def forget(*, workshop_id: int, actor: Actor, at: datetime) -> None:
    """Remove what was said, and the names of those who said it. That it took place stays, and what came out of it."""
    row: Workshop = locked_row(workshop_id)
    require(actor, "workshop.forget", row)
    if row.on_hold or not retention.to_forget(at).filter(pk=row.pk).exists():
        return
    if row.status in (Status.PLANNED, Status.OPEN, Status.REPORTED):
        archived(actor=actor, workshop=row, at=at)
    tell_forgotten(row)
    Feedback.objects.filter(workshop=row).delete()
    Participation.objects.filter(workshop=row).update(name="", organisation_name="")
    row.next_text = ""
    forget_words(row, "next_text", actor=actor, at=at)
    row.plan.exclude(note="").update(note="")
    row.forgotten_at = at
    row.save(update_fields=["next_text", "forgotten_at"])
    keep(actor=actor, action="workshop.forget", obj=row, at=at)
    record(WorkshopForgotten(workshop_id=row.pk), actor=actor)


def tell_next_due(*, at: datetime, actor: Actor = CLOCK) -> int:
    """Tell what happened next where its day has come and there is something to tell. Returns in how many workshops."""
    told = 0
    for pk in list(retention.asked_to_tell_next(at).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = locked_row(pk)
            if retention.asked_to_tell_next(at).filter(pk=pk).exists():
                next_told(actor=actor, workshop=row, at=at)
                told += 1
    return told
