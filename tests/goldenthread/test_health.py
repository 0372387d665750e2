"""What the two addresses for probes say."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from goldenthread import health
from groundwork.audit.models import AuditEntry
from groundwork.audit.services.sealing import seal_some
from groundwork.clock import now
from groundwork.events.models import OutboxEvent
from groundwork.schedule.queries import TICK
from groundwork.schedule.services import pulse

pytestmark = pytest.mark.django_db


def beat_and_worker_are_well() -> None:
    pulse(name=TICK, at=now())
    pulse(name="worker:one", at=now())


def said(client: Client, address: str = "/readyz") -> tuple[int, dict[str, bool]]:
    answer = client.get(address)
    return answer.status_code, {name: check["ok"] for name, check in answer.json()["checks"].items()}


def test_alive_needs_nothing(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer["Cache-Control"] == "no-store"


def test_ready_when_every_part_works(client: Client) -> None:
    beat_and_worker_are_well()
    status, checks = said(client)
    assert status == 200
    assert checks == dict.fromkeys(["database", "cache", "channel layer", "queue", "worker", "beat", "audit log"], True)


def test_a_probe_by_address_over_http_is_answered_in_production(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["thread.example.org"]
    beat_and_worker_are_well()
    assert client.get("/readyz", headers={"host": "10.0.0.7"}).status_code == 200
    assert client.get("/", headers={"host": "thread.example.org"}).status_code == 301


def test_silence_is_told_after_three_minutes(client: Client, clock: time_machine.Coordinates) -> None:
    status, checks = said(client)
    assert (status, checks["worker"], checks["beat"]) == (503, False, False)
    beat_and_worker_are_well()
    clock.shift(timedelta(seconds=179))
    assert said(client)[0] == 200
    clock.shift(timedelta(seconds=2))
    assert said(client) == (
        503,
        {**dict.fromkeys(["database", "cache", "channel layer", "queue", "audit log"], True)}
        | {
            "worker": False,
            "beat": False,
        },
    )


def test_one_worker_that_works_is_enough(client: Client, clock: time_machine.Coordinates) -> None:
    pulse(name="worker:gone", at=now() - timedelta(hours=1))
    beat_and_worker_are_well()
    assert said(client)[0] == 200


def test_an_event_that_nobody_relays_is_told(client: Client, clock: time_machine.Coordinates) -> None:
    event = OutboxEvent.objects.create(name="test.waits", due_at=now(), recorded_at=now())
    clock.shift(timedelta(seconds=181))
    beat_and_worker_are_well()
    assert said(client) == (
        503,
        {
            "database": True,
            "cache": True,
            "channel layer": True,
            "queue": False,
            "worker": True,
            "beat": True,
            "audit log": True,
        },
    )
    # One that waits for its next attempt, or that a relay holds, stands in nobody's way.
    OutboxEvent.objects.filter(pk=event.pk).update(due_at=now() + timedelta(seconds=5))
    assert said(client)[0] == 200


def test_a_web_process_is_ready_though_workers_are_silent(client: Client) -> None:
    assert said(client)[0] == 503
    assert said(client, "/readyz?only=web") == (200, {"database": True, "cache": True, "channel layer": True})


def test_a_cache_that_forgets_is_told(client: Client, settings: Settings) -> None:
    beat_and_worker_are_well()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    status, checks = said(client)
    assert (status, checks["cache"], checks["database"]) == (503, False, True)


def test_parts_that_do_not_answer_are_told_without_their_names_and_addresses(settings: Settings) -> None:
    def refuses() -> str:
        raise ConnectionError("postgres://golden:s3cret@db.internal/thread refused")

    findings = health.look((("database", refuses), ("cache", health.cached)))
    assert [(finding.name, finding.ok, finding.says) for finding in findings] == [
        ("database", False, "does not answer"),
        ("cache", True, "answers"),
    ]


def test_a_redis_that_is_away_makes_it_unready(client: Client, settings: Settings) -> None:
    beat_and_worker_are_well()
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]}}
    }
    status, checks = said(client)
    assert (status, checks["channel layer"]) == (503, False)
    assert all(ok for name, ok in checks.items() if name != "channel layer")


def test_acts_that_nobody_seals_are_told_and_a_backlog_that_is_worked_on_is_no_failure(
    client: Client, clock: time_machine.Coordinates
) -> None:
    AuditEntry.objects.create(action="x.y", object_type="x", object_id="1")
    beat_and_worker_are_well()
    assert said(client)[0] == 200
    clock.shift(timedelta(seconds=181))
    beat_and_worker_are_well()
    status, checks = said(client)
    assert (status, checks["audit log"]) == (503, False)
    assert said(client, "/readyz?only=web")[0] == 200
    AuditEntry.objects.create(action="x.y", object_type="x", object_id="2", at=now() - timedelta(days=90))
    assert seal_some(limit=1) == 1
    assert said(client)[0] == 200, "the sealer is at it"
    seal_some()
    clock.shift(timedelta(days=1))
    beat_and_worker_are_well()
    assert said(client)[0] == 200, "where nothing waits, nothing is late"
