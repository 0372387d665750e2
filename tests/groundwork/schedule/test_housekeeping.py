"""What the platform writes for itself does not grow for ever, and nothing that is still wanted goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from groundwork.clock import now
from groundwork.events.models import OutboxEvent
from groundwork.events.services import forget_done
from groundwork.schedule import services
from groundwork.schedule.models import JobRun
from groundwork.schedule.registry import jobs

NIGHTLY = ("groundwork.forget_done_events", "groundwork.forget_runs")


@pytest.mark.django_db
def test_old_runs_and_done_events_go_at_night_and_the_rest_stays(clock: time_machine.Coordinates) -> None:
    long_ago = now() - timedelta(days=100)
    for status in OutboxEvent.Status.values:
        OutboxEvent.objects.create(name=f"test.old_{status}", status=status, recorded_at=long_ago)
        OutboxEvent.objects.create(name=f"test.new_{status}", status=status)
    JobRun.objects.create(job="test.old", period="then", at=long_ago)
    JobRun.objects.create(job="test.new", period="now", at=now())

    clock.shift(timedelta(hours=15))
    assert services.tick(at=now(), of=[job for job in jobs() if job.name in NIGHTLY]) == 2

    left = set(OutboxEvent.objects.values_list("name", flat=True))
    assert left == {"test.old_waiting", "test.old_parked", "test.new_waiting", "test.new_done", "test.new_parked"}
    assert set(JobRun.objects.values_list("job", flat=True)) == {"test.new", *NIGHTLY}


@pytest.mark.django_db
def test_done_events_go_in_batches(clock: time_machine.Coordinates) -> None:
    for number in range(5):
        OutboxEvent.objects.create(
            name=f"test.{number}", status="done", recorded_at=now() - timedelta(days=200 - number)
        )
    assert forget_done(at=now(), batch=2) == 2
    assert set(OutboxEvent.objects.values_list("name", flat=True)) == {"test.2", "test.3", "test.4"}
    assert [forget_done(at=now(), batch=2) for _ in range(3)] == [2, 1, 0]
