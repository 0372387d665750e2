"""What those who look after the mail need to see. Never the text of a message: it was written to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.clock import now
from groundwork.directory.queries import mandates_in_force, organisations
from notifications.models import OutgoingMessage
from notifications.rules import ANSWERING_ROLES

Status = OutgoingMessage.Status


@dataclass(frozen=True, kw_only=True)
class Health:
    """How the mail is doing. Counts of messages, as of ``at``."""

    at: datetime
    due: int
    """Could go now."""
    later: int
    """Waiting for their time, or for another try."""
    put_off: int
    """Of all that wait: those that were tried and put off at least once."""
    sending: int
    uncertain: int
    dead: int
    sent_today: int
    """Sent in the last 24 hours."""
    held_back_today: int
    """Written in the last 24 hours and not sent, because by then it was no longer wanted."""
    oldest_due_at: datetime | None

    @property
    def age(self) -> timedelta:
        """How long the message that could have gone first has been waiting."""
        return self.at - self.oldest_due_at if self.oldest_due_at else timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """An organisation that is asked to confirm something, and for which nobody may answer yet."""

    name: str
    slug: str
    asks: int


@dataclass(frozen=True, kw_only=True)
class OfKind:
    """What became of the messages of one kind in the last days."""

    kind: str
    sent: int
    waiting: int
    held_back: int
    uncertain: int
    dead: int
    last_answer: str
    """What was said of the newest one that did not arrive."""

    @property
    def failed(self) -> int:
        return self.uncertain + self.dead


def health(*, actor: Actor) -> Health:
    """How the mail is doing. Raises :class:`NotAllowed` for anybody but officers and operators."""
    require(actor, "mail.manage")
    at = now()
    day = at - timedelta(days=1)
    is_due = Q(status=Status.DUE, due_at__lte=at)
    counts = OutgoingMessage.objects.aggregate(
        due=Count("pk", filter=is_due),
        later=Count("pk", filter=Q(status=Status.DUE, due_at__gt=at)),
        put_off=Count("pk", filter=Q(status=Status.DUE, attempts__gt=0)),
        sending=Count("pk", filter=Q(status=Status.SENDING)),
        uncertain=Count("pk", filter=Q(status=Status.UNCERTAIN)),
        dead=Count("pk", filter=Q(status=Status.DEAD)),
        sent_today=Count("pk", filter=Q(status=Status.SENT, sent_at__gt=day)),
        held_back_today=Count("pk", filter=Q(status=Status.SUPPRESSED, created_at__gt=day)),
        oldest_due_at=Min("due_at", filter=is_due),
    )
    return Health(at=at, **counts)


def by_kind(*, actor: Actor, days: int = 7) -> list[OfKind]:
    """How each kind of mail of the last ``days`` fared, those that fail most first. Two queries."""
    require(actor, "mail.manage")
    recent = OutgoingMessage.objects.filter(created_at__gt=now() - timedelta(days=days)).order_by()
    failed = recent.filter(status__in=(Status.UNCERTAIN, Status.DEAD)).order_by("created_at", "pk")
    said = dict(failed.values_list("kind", "last_answer"))
    rows = recent.values("kind").annotate(
        sent=Count("pk", filter=Q(status=Status.SENT)),
        waiting=Count("pk", filter=Q(status__in=(Status.DUE, Status.SENDING))),
        held_back=Count("pk", filter=Q(status=Status.SUPPRESSED)),
        uncertain=Count("pk", filter=Q(status=Status.UNCERTAIN)),
        dead=Count("pk", filter=Q(status=Status.DEAD)),
    )
    found = [OfKind(**row, last_answer=said.get(row["kind"], "")) for row in rows]
    return sorted(found, key=lambda each: (-each.failed, each.kind))


def needing_attention(*, actor: Actor, limit: int = 100) -> QuerySet[OutgoingMessage]:
    """Messages that did not arrive, or may not have: dead and uncertain ones, newest first."""
    require(actor, "mail.manage")
    return _without_text().filter(status__in=(Status.UNCERTAIN, Status.DEAD)).order_by("-created_at")[:limit]


def waiting(*, actor: Actor, limit: int = 100) -> QuerySet[OutgoingMessage]:
    """Messages that still have to go, those first that were tried most often."""
    require(actor, "mail.manage")
    return _without_text().filter(status__in=(Status.DUE, Status.SENDING)).order_by("-attempts", "due_at", "pk")[:limit]


def with_nobody_to_ask(*, actor: Actor) -> list[Unreached]:
    """Organisations that are asked to confirm a part and have nobody who may answer: no mail could go to them."""
    require(actor, "mail.manage")
    asked = list(
        organisations()
        .filter(
            partnerships__confirmation="asked",
            partnerships__valid_to=None,
            partnerships__initiative__withdrawn_at=None,
            partnerships__initiative__merged_into=None,
        )
        .annotate(asks=Count("partnerships", distinct=True))
    )
    reached = set(mandates_in_force(asked, *ANSWERING_ROLES).values_list("organisation_id", flat=True))
    return [Unreached(name=each.name, slug=each.slug, asks=each.asks) for each in asked if each.pk not in reached]


def _without_text() -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.select_related("person").defer("text", "html")
