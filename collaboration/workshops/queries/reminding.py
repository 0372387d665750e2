"""Workshops that people are to be reminded of: read by the clock, set-wise. Rehearsals are nobody's business."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, Prefetch, Q
from django.db.models.functions import Coalesce

from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import mandate_holds

Status = Workshop.Status


def coming(first: datetime, last: datetime, *, only: Collection[int] | None = None) -> Any:
    """Workshops that begin from ``first`` to ``last``, the soonest first.

    Each with ``expected``, the people with an account who take part, and ``invited``, the invitations that still stand
    and were not declined.
    """
    expected = _people().filter(status=Participation.Status.ADMITTED)
    invited = WorkshopInvitation.objects.filter(revoked_at=None, expires_at__gt=first).exclude(
        answer=WorkshopInvitation.Answer.NO
    )
    rows = _with(only).filter(status__in=(Status.PLANNED, Status.OPEN), starts_at__gt=first, starts_at__lte=last)
    return rows.order_by("starts_at", "pk").prefetch_related(
        Prefetch("participations", expected, to_attr="expected"), Prefetch("invitations", invited, to_attr="invited")
    )


def over_and_not_reported(*, before: datetime, only: Collection[int] | None = None) -> Any:
    """Workshops that took place, ended before then and have no report. Each with ``ended`` and ``run_by``."""
    ended = Coalesce("ends_at", "starts_at", output_field=DateTimeField())
    rows = _with(only).annotate(ended=ended).filter(status=Status.OPEN, ended__lt=before, forgotten_at=None)
    return rows.order_by("ended", "pk").prefetch_related(_run_by())


def next_to_write(day: date, *, only: Collection[int] | None = None) -> Any:
    """Reported workshops whose day to tell what happened next has come, with nothing written. With ``run_by``."""
    rows = _with(only).filter(status=Status.REPORTED, next_told_at=None, next_text="", next_on__lte=day)
    return rows.order_by("next_on", "pk").prefetch_related(_run_by())


def _with(only: Collection[int] | None) -> Any:
    rows = Workshop.objects.filter(rehearses=None).select_related("host")
    return rows if only is None else rows.filter(pk__in=only)


def _people() -> Any:
    return Participation.objects.filter(mandate_holds(), Q(person__is_active=True)).select_related("person")


def _run_by() -> Prefetch[Any]:
    rows = _people().filter(role=Participation.Role.FACILITATOR, status=Participation.Status.ADMITTED)
    return Prefetch("participations", rows, to_attr="run_by")
