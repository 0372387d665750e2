"""From the outbox to the handlers.

1. Claim: take a lease on a few events that are due (``SKIP LOCKED`` on PostgreSQL, a conditional UPDATE on SQLite).
2. For each event and each handler that has not had it: one transaction with the handler's effect and its ``Handled``
   row. A handler that fails does not hold up the others.
3. When every handler has had it, the event is done. Otherwise it waits, longer each time, and after
   :data:`MAX_ATTEMPTS` it is parked and shown to operators.

A process that dies leaves a lease that runs out; whoever looks next takes the event up again.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from groundwork.clock import now
from groundwork.events.models import Handled, OutboxEvent
from groundwork.events.registry import Envelope, Handler, handlers_of

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
BATCH = 20
MAX_ATTEMPTS = 5
BACK_OFF_SECONDS = (5, 30, 120, 600)
LONG_SECONDS = 0.5
LET_IN_SECONDS = 0.3
"""SQLite has one writer, and whoever waits looks again every tenth of a second. After a handler that took
:data:`LONG_SECONDS` the others get this long to come in: steps that follow each other at once would keep everybody out.
"""


def drain(*, limit: int = 10_000) -> int:
    """Relay what is due, in batches, until nothing is or ``limit`` events were tried. Returns how many were tried."""
    tried = 0
    while tried < limit:
        batch = claim(BATCH)
        if not batch:
            break
        for event in batch:
            relay(event)
        tried += len(batch)
    return tried


def claim(size: int) -> list[OutboxEvent]:
    """Lease up to ``size`` due events to this caller, oldest first."""
    at = now()
    free = Q(status=OutboxEvent.Status.WAITING, due_at__lte=at) & (Q(lease_until=None) | Q(lease_until__lt=at))
    if not OutboxEvent.objects.filter(free).exists():
        return []
    claimed: list[OutboxEvent] = []
    with transaction.atomic():
        rows = OutboxEvent.objects.filter(free).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        for event in rows[:size]:
            if OutboxEvent.objects.filter(free, pk=event.pk).update(lease_until=at + LEASE, attempts=F("attempts") + 1):
                event.attempts += 1
                claimed.append(event)
    return claimed


def relay(event: OutboxEvent) -> bool:
    """Give a claimed event to its handlers. Returns whether it is done."""
    had = set(event.handled.values_list("handler", flat=True))
    failures = []
    for name, handler in handlers_of(event.name).items():
        if name not in had:
            failure = _hand_over(event, name, handler)
            if failure:
                failures.append(f"{name}: {failure}")
    if not failures:
        OutboxEvent.objects.filter(pk=event.pk).update(status=OutboxEvent.Status.DONE, lease_until=None, last_error="")
        return True
    if event.attempts >= MAX_ATTEMPTS:
        log.error("event_parked", kind=event.name, id=str(event.pk), attempts=event.attempts)
        OutboxEvent.objects.filter(pk=event.pk).update(
            status=OutboxEvent.Status.PARKED, lease_until=None, last_error="\n\n".join(failures)
        )
    else:
        wait = BACK_OFF_SECONDS[min(event.attempts, len(BACK_OFF_SECONDS)) - 1]
        OutboxEvent.objects.filter(pk=event.pk).update(
            due_at=now() + timedelta(seconds=wait), lease_until=None, last_error="\n\n".join(failures)
        )
    return False


def _hand_over(event: OutboxEvent, name: str, handler: Handler) -> str:
    """Run one handler with its ``Handled`` row. Returns "" or what went wrong."""
    try:
        with _in_turn(), transaction.atomic():
            # First, so that two relays with the same event wait for each other here and the second one gives up.
            Handled.objects.create(event=event, handler=name)
            handler(_envelope(event))
    except IntegrityError:
        if Handled.objects.filter(event=event, handler=name).exists():
            return ""
        return traceback.format_exc(limit=-3)
    except Exception as error:
        log.warning("handler_failed", kind=event.name, handler=name, error=type(error).__name__)
        return traceback.format_exc(limit=-3)
    return ""


_turn = threading.RLock()
"""Who holds it hands over. One process is all there is on SQLite."""


@contextmanager
def _in_turn() -> Iterator[None]:
    """On SQLite: one relay of the process at a time, and after a long handler a while in which none begins.

    Several relays run in threads. If only the one that was at work paused, the next would come in just then, and
    whoever waits on a page would be kept out until the database gives up on them.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with _turn:
        began = time.monotonic()
        try:
            yield
        finally:
            if time.monotonic() - began >= LONG_SECONDS:
                time.sleep(LET_IN_SECONDS)


def _envelope(event: OutboxEvent) -> Envelope:
    return Envelope(
        id=event.pk,
        name=event.name,
        version=event.version,
        payload=event.payload,
        recorded_at=event.recorded_at,
        person_id=event.person_id,
        organisation_id=event.organisation_id,
        mandate_id=event.mandate_id,
        via=event.via,
        correlation_id=event.correlation_id,
    )


def unpark(event: OutboxEvent) -> None:
    """Give a parked event another round of attempts."""
    OutboxEvent.objects.filter(pk=event.pk, status=OutboxEvent.Status.PARKED).update(
        status=OutboxEvent.Status.WAITING, attempts=0, due_at=now(), lease_until=None
    )


def forget_leases() -> int:
    """Free what a relay held when it was killed, instead of waiting until its leases run out. Returns how many.

    Only for a process that knows that it is alone with the database: elsewhere another relay may be at work.
    """
    return (
        OutboxEvent.objects.filter(status=OutboxEvent.Status.WAITING).exclude(lease_until=None).update(lease_until=None)
    )
