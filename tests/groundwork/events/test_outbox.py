"""The outbox: an event lives and dies with its transaction, and each effect happens once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.access.actors import Public, SystemActor
from groundwork.clock import now
from groundwork.correlation import correlated
from groundwork.events import registry, relay
from groundwork.events.models import Handled, OutboxEvent
from groundwork.events.registry import Envelope, Event, handles
from groundwork.events.services import record


class KettleBoiled(Event, name="test.kettle_boiled"):
    cups: int


had: list[tuple[str, int, UUID]] = []
broken: set[str] = set()


@handles("test.kettle_boiled", name="test.pour")
def pour(envelope: Envelope) -> None:
    had.append(("pour", envelope.payload["cups"], envelope.id))
    if "pour" in broken:
        raise ValueError("no cup")


@handles("test.kettle_boiled", name="test.sing")
def sing(envelope: Envelope) -> None:
    had.append(("sing", envelope.payload["cups"], envelope.id))
    if "sing" in broken:
        raise ValueError("no voice")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    had.clear()
    broken.clear()
    yield
    had.clear()
    broken.clear()


def boil(cups: int = 2) -> OutboxEvent:
    with transaction.atomic():
        return record(KettleBoiled(cups=cups), actor=SystemActor(name="test"))


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"test\.kettle_boiled was recorded outside a transaction"):
        record(KettleBoiled(cups=1), actor=Public())
    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_undone_with_its_transaction() -> None:
    with transaction.atomic():
        record(KettleBoiled(cups=1), actor=Public())
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
    assert relay.drain() == 0


@pytest.mark.django_db
def test_every_handler_has_an_event_once() -> None:
    event = boil(3)
    assert relay.drain() == 1
    assert sorted(had) == [("pour", 3, event.pk), ("sing", 3, event.pk)]
    assert relay.drain() == 0
    assert len(had) == 2
    event.refresh_from_db()
    assert event.status == OutboxEvent.Status.DONE


@pytest.mark.django_db
def test_an_event_carries_who_and_the_request_it_came_from() -> None:
    with correlated("request-7"):
        event = boil()
    assert (event.correlation_id, event.via) == ("request-7", "system")
    assert event.payload == {"cups": 2}


@pytest.mark.django_db
def test_a_failing_handler_holds_up_no_other_and_is_tried_again(clock: time_machine.Coordinates) -> None:
    broken.add("pour")
    event = boil()
    relay.drain()
    assert [who for who, _, _ in had] == ["pour", "sing"]
    event.refresh_from_db()
    assert event.status == OutboxEvent.Status.WAITING
    assert "no cup" in event.last_error
    assert relay.drain() == 0, "it waits before the next attempt"
    broken.clear()
    had.clear()
    clock.shift(timedelta(seconds=6))
    assert relay.drain() == 1
    assert [who for who, _, _ in had] == ["pour"], "the handler that succeeded is not asked again"
    event.refresh_from_db()
    assert event.status == OutboxEvent.Status.DONE


@pytest.mark.django_db
def test_after_five_attempts_an_event_is_parked_and_can_be_taken_up_again(clock: time_machine.Coordinates) -> None:
    broken.add("sing")
    event = boil()
    for _ in range(relay.MAX_ATTEMPTS):
        assert relay.drain() == 1
        clock.shift(timedelta(hours=1))
    event.refresh_from_db()
    assert event.status == OutboxEvent.Status.PARKED
    assert "no voice" in event.last_error
    assert relay.drain() == 0
    broken.clear()
    relay.unpark(event)
    assert relay.drain() == 1
    event.refresh_from_db()
    assert event.status == OutboxEvent.Status.DONE


@pytest.mark.django_db
def test_the_lease_of_a_dead_relay_runs_out(clock: time_machine.Coordinates) -> None:
    event = boil()
    assert [claimed.pk for claimed in relay.claim(10)] == [event.pk]
    assert relay.claim(10) == [], "nobody else takes it meanwhile"
    clock.shift(relay.LEASE + timedelta(seconds=1))
    assert relay.drain() == 1
    assert len(had) == 2


@pytest.mark.django_db
def test_a_handler_that_fails_leaves_nothing_behind() -> None:
    @handles("test.kettle_boiled", name="test.writes_then_fails")
    def writes_then_fails(envelope: Envelope) -> None:
        OutboxEvent.objects.create(name="test.left_behind")
        raise ValueError("half way")

    try:
        event = boil()
        relay.drain()
    finally:
        del registry._handlers["test.kettle_boiled"]["test.writes_then_fails"]
    assert not OutboxEvent.objects.filter(name="test.left_behind").exists()
    assert not Handled.objects.filter(event=event, handler="test.writes_then_fails").exists()


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_give_each_effect_once() -> None:
    events = [boil(n) for n in range(12)]

    def run() -> None:
        try:
            relay.drain()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    relay.drain()
    assert sorted(had) == sorted((who, n, event.pk) for n, event in enumerate(events) for who in ("pour", "sing"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere writers do not wait for each other")
def test_after_a_long_handler_no_other_relay_begins_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four relays run in threads. Were only one of them to pause, the next would keep everybody else out."""
    monkeypatch.setattr(relay, "LONG_SECONDS", 0.02)
    monkeypatch.setattr(relay, "LET_IN_SECONDS", 0.2)
    monkeypatch.setattr(relay, "BATCH", 1)
    spans: list[tuple[float, float]] = []

    @handles("test.kettle_boiled", name="test.takes_long")
    def takes_long(envelope: Envelope) -> None:
        begun = time.monotonic()
        time.sleep(0.05)
        spans.append((begun, time.monotonic()))

    def run() -> None:
        try:
            relay.drain()
        finally:
            connection.close()

    try:
        for cups in range(4):
            boil(cups)
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    finally:
        del registry._handlers["test.kettle_boiled"]["test.takes_long"]
    assert len(spans) == 4
    ends, begins = [end for _begun, end in spans[:-1]], [begun for begun, _end in spans[1:]]
    assert all(begun - end >= 0.2 for end, begun in zip(ends, begins, strict=True))


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(
    plan=st.lists(
        st.sampled_from(["boil", "drain", "claim and die", "break pour", "mend", "an hour passes"]), max_size=12
    )
)
def test_whatever_happens_every_event_is_handled_once_in_the_end(plan: list[str]) -> None:
    had.clear()
    broken.clear()
    OutboxEvent.objects.all().delete()
    recorded = []
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        for step in plan:
            match step:
                case "boil":
                    recorded.append(boil(len(recorded)).pk)
                case "drain":
                    relay.drain()
                case "claim and die":
                    relay.claim(5)
                case "break pour":
                    broken.add("pour")
                case "mend":
                    broken.clear()
                case "an hour passes":
                    clock.shift(timedelta(hours=1))
        broken.clear()
        for parked in OutboxEvent.objects.filter(status=OutboxEvent.Status.PARKED):
            relay.unpark(parked)
        clock.shift(timedelta(hours=1))
        relay.drain()
    assert not OutboxEvent.objects.exclude(status=OutboxEvent.Status.DONE).exists()
    for pk in recorded:
        assert Handled.objects.filter(event=pk).count() == 2


def test_every_handled_event_exists() -> None:
    unknown = [name for name in registry.handled_events() if name not in registry.known_events()]
    assert unknown == []


def test_two_events_cannot_share_a_name() -> None:
    with pytest.raises(LookupError, match="two events named"):

        class Again(Event, name="test.kettle_boiled"):
            cups: int


@pytest.mark.django_db
def test_an_event_is_due_at_once() -> None:
    event = boil()
    assert event.due_at <= now()
