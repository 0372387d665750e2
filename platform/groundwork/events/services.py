"""Recording events."""

from __future__ import annotations

from django.db import connection, transaction

from groundwork.access.actors import Actor
from groundwork.clock import now
from groundwork.correlation import correlation_id
from groundwork.events.models import OutboxEvent
from groundwork.events.registry import Event
from groundwork.events.wake import wake


def record(event: Event, *, actor: Actor) -> OutboxEvent:
    """Keep ``event`` in the caller's transaction and wake the relay once that commits.

    Raises :class:`RuntimeError` outside a transaction: an event without its change, or a change without its event, is
    what the outbox exists to prevent.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event.event_name} was recorded outside a transaction.")
    at = now()
    row = OutboxEvent.objects.create(
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
    transaction.on_commit(wake, robust=True)
    return row
