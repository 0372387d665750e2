"""Recording events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit import services as audit
from groundwork.clock import now
from groundwork.correlation import correlation_id
from groundwork.events import rules  # noqa: F401 - registers the rule asked for here
from groundwork.events.models import OutboxEvent
from groundwork.events.registry import Event
from groundwork.events.wake import wake


def record(event: Event, *, actor: Actor) -> OutboxEvent:
    """Keep ``event`` in the caller's transaction and wake the relay once that commits.

    Raises :class:`RuntimeError` outside a transaction: an event without its change, or a change without its event, is
    what the outbox exists to prevent.
    """
    return record_many([event], actor=actor)[0]


def record_many(events: Sequence[Event], *, actor: Actor) -> list[OutboxEvent]:
    """Keep several events at once, in their order, as :func:`record` keeps one."""
    if not events:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError(f"{events[0].event_name} was recorded outside a transaction.")
    at = now()
    rows = OutboxEvent.objects.bulk_create(
        [
            OutboxEvent(
                name=event.event_name,
                version=event.event_version,
                payload=event.payload(),
                person_id=actor.person.pk if actor.person else None,
                organisation_id=actor.organisation_id,
                mandate_id=actor.mandate.pk if actor.mandate else None,
                via=actor.via,
                correlation_id=correlation_id(),
                recorded_at=at,
                due_at=at,
            )
            for event in events
        ],
        batch_size=500,
    )
    transaction.on_commit(wake, robust=True)
    return rows


def retry(*, actor: Actor, event_id: UUID, at: datetime | None = None) -> OutboxEvent:
    """Give a parked event another round of attempts; handlers that had it already do not get it again.

    Raises :class:`Conflict` when the event is not parked (any more).
    """
    at = at or now()
    require(actor, "outbox.manage")
    with transaction.atomic():
        event = OutboxEvent.objects.select_for_update().filter(pk=event_id).first()
        if event is None:
            raise NotFound(_("There is no such event."))
        if event.status != OutboxEvent.Status.PARKED:
            raise Conflict(_("This event is not parked: somebody else has seen to it."))
        event.status = OutboxEvent.Status.WAITING
        event.attempts = 0
        event.due_at = at
        event.lease_until = None
        event.save(update_fields=["status", "attempts", "due_at", "lease_until"])
        audit.keep(actor=actor, action="outbox.retry", obj=event, changes={"status": ["parked", "waiting"]}, at=at)
        transaction.on_commit(wake, robust=True)
    return event


DONE_KEPT_FOR = timedelta(days=90)
"""How long an event that every handler has had is kept, to look up what happened."""


def forget_done(*, at: datetime, batch: int = 5_000) -> int:
    """Delete events that were done long before ``at``, the oldest first and at most ``batch``. Returns how many.

    What waits or is parked stays, however old it is.
    """
    done = OutboxEvent.objects.filter(status=OutboxEvent.Status.DONE, recorded_at__lt=at - DONE_KEPT_FOR)
    ids = list(done.order_by("recorded_at").values_list("pk", flat=True)[:batch])
    OutboxEvent.objects.filter(pk__in=ids).delete()
    return len(ids)
