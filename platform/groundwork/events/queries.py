"""Reading the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.clock import now
from groundwork.events import rules  # noqa: F401 - registers the rule asked for here
from groundwork.events.models import OutboxEvent

Status = OutboxEvent.Status


@dataclass(frozen=True, kw_only=True)
class Health:
    """How the outbox is doing. Counts of events, as of ``at``."""

    at: datetime
    due: int
    """Could be handled now."""
    later: int
    """Failed, and wait for another try."""
    parked: int
    done_today: int
    """Recorded in the last 24 hours, and handled."""
    oldest_due_at: datetime | None

    @property
    def age(self) -> timedelta:
        """How long the event that could have been handled first has been waiting."""
        return self.at - self.oldest_due_at if self.oldest_due_at else timedelta(0)


def health(*, actor: Actor) -> Health:
    """How the outbox is doing. Raises :class:`NotAllowed` for anybody but operators."""
    require(actor, "outbox.manage")
    at = now()
    is_due = Q(status=Status.WAITING, due_at__lte=at)
    counts = OutboxEvent.objects.aggregate(
        due=Count("pk", filter=is_due),
        later=Count("pk", filter=Q(status=Status.WAITING, due_at__gt=at)),
        parked=Count("pk", filter=Q(status=Status.PARKED)),
        done_today=Count("pk", filter=Q(status=Status.DONE, recorded_at__gt=at - timedelta(days=1))),
        oldest_due_at=Min("due_at", filter=is_due),
    )
    return Health(at=at, **counts)


def parked(*, actor: Actor, limit: int = 100) -> QuerySet[OutboxEvent]:
    """Events that a handler failed on again and again, oldest first."""
    require(actor, "outbox.manage")
    return OutboxEvent.objects.filter(status=Status.PARKED).order_by("recorded_at", "pk")[:limit]


def failing(*, actor: Actor, limit: int = 100) -> QuerySet[OutboxEvent]:
    """Events that failed and will be tried again, those first that come first."""
    require(actor, "outbox.manage")
    waiting = OutboxEvent.objects.filter(status=Status.WAITING, attempts__gt=0).exclude(last_error="")
    return waiting.order_by("due_at", "pk")[:limit]
