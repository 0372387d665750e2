"""How long what was said, and whoever said it, is kept (UK GDPR Article 5(1)(e): storage limitation; promise U14).

Three clocks, all of the place. A reported workshop is archived by itself after :data:`settings.WORKSHOP_ARCHIVED_DAYS`.
What lets guests come back, and the addresses they left, go :data:`settings.WORKSHOP_GUESTS_DAYS` after that. What was
said goes ``WORKSHOP_KEPT_MONTHS`` after the report; what came out of it (actions, outcomes) stays where it was taken
to. A workshop that was never reported counts from its last day. A hold stops all of it.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from collaboration.workshops.models import Workshop

Status = Workshop.Status


def kept_until(at: datetime) -> date:
    """The first day, on the place's calendar, on which what was said in something that ended at ``at`` is removed."""
    return months_later(timezone.localtime(at).date(), settings.WORKSHOP_KEPT_MONTHS)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ended() -> Coalesce:
    """When a workshop that nobody reported was last alive, as far as its dates tell."""
    return Coalesce("ends_at", "starts_at", "opened_at", "created_at", output_field=DateTimeField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a night's work would do: ids of workshops."""

    archive: tuple[int, ...]
    forget_guests: tuple[int, ...]
    forget: tuple[int, ...]
    held: tuple[int, ...]
    """Whose time is over, and which are kept because of a hold."""


def due(at: datetime) -> Due:
    """What is over at ``at``: the exact set that the nightly job works on, and that the command shows beforehand."""
    return Due(
        archive=_ids(to_archive(at).filter(on_hold=False)),
        forget_guests=_ids(to_forget_guests(at).filter(on_hold=False)),
        forget=_ids(to_forget(at).filter(on_hold=False)),
        held=_ids(Workshop.objects.filter(on_hold=True, pk__in=[*_ids(to_forget(at)), *_ids(to_forget_guests(at))])),
    )


def to_archive(at: datetime) -> QuerySet[Workshop]:
    """Reported long ago, and nobody waits to be told what happened next."""
    day = timezone.localtime(at).date()
    return Workshop.objects.filter(
        Q(next_on=None) | Q(next_told_at__isnull=False) | Q(next_on__lt=day) | Q(next_text=""),
        status=Status.REPORTED,
        reported_at__lte=at - timedelta(days=settings.WORKSHOP_ARCHIVED_DAYS),
    )


def to_forget_guests(at: datetime) -> QuerySet[Workshop]:
    """Archived or cancelled a while ago, or never reported and over for long."""
    since = at - timedelta(days=settings.WORKSHOP_GUESTS_DAYS)
    return Workshop.objects.alias(ended=_ended()).filter(
        Q(status=Status.ARCHIVED, archived_at__lte=since)
        | Q(status=Status.CANCELLED, cancelled_at__lte=since)
        | Q(
            status__in=(Status.PLANNED, Status.OPEN),
            ended__lte=since - timedelta(days=settings.WORKSHOP_ARCHIVED_DAYS),
        )
        | _said_is_over(at),
        guests_forgotten_at=None,
    )


def to_forget(at: datetime) -> QuerySet[Workshop]:
    """The time for which what was said is kept is over."""
    return Workshop.objects.alias(ended=_ended()).filter(_said_is_over(at), forgotten_at=None)


def _said_is_over(at: datetime) -> Q:
    """Needs the alias ``ended``."""
    day = timezone.localtime(at).date()
    # Of those without a day of their own: over for as many months, counted back from today.
    earliest = months_later(day, -settings.WORKSHOP_KEPT_MONTHS)
    begin = timezone.make_aware(datetime(earliest.year, earliest.month, earliest.day))
    return Q(keep_until__lte=day) | Q(
        keep_until=None, status__in=(Status.PLANNED, Status.OPEN), ended__lt=begin + timedelta(days=1)
    )


def _ids(rows: QuerySet[Workshop]) -> tuple[int, ...]:
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def asked_to_tell_next(at: datetime) -> QuerySet[Workshop]:
    """Reported workshops whose day to tell what happened next has come, with something to tell, and not told yet."""
    return Workshop.objects.filter(
        status=Status.REPORTED,
        next_told_at=None,
        next_on__lte=timezone.localtime(at).date(),
    ).exclude(next_text="")
