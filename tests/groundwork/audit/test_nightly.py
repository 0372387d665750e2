"""Each night the chain is looked through, a part at a time; a row that differs makes the service unready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine

from goldenthread import health
from groundwork.audit import queries
from groundwork.audit.models import AuditChain, AuditEntry
from groundwork.audit.services import verifying
from groundwork.audit.services.sealing import seal_all
from groundwork.audit.services.verifying import begin_look, go_on_looking, verify
from groundwork.clock import now
from groundwork.schedule import services as schedule
from groundwork.schedule.registry import jobs
from tests.groundwork.audit.log import by_hand, seal_of, some_acts
from tests.groundwork.directory.town import Town

pytestmark = pytest.mark.django_db
NONE = timedelta(0)
"""So little time that a part is one chunk."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 3)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def parts() -> tuple[int, Any]:
    """How many parts the look under way still takes, and what it found."""
    for number in range(1, 100):
        if (found := go_on_looking(most=NONE)) is not None:
            return number, found
    raise AssertionError("it does not come to its end")


def test_in_parts_it_finds_what_a_whole_look_finds(town: Town) -> None:
    acts = some_acts(town, 10)
    seal_all()
    assert go_on_looking() is None, "none is under way"
    begin_look(at=now())
    assert queries.is_being_looked_through()
    assert go_on_looking(most=NONE) is None
    # What is sealed meanwhile is looked at too.
    some_acts(town, 4)
    seal_all()
    number, report = parts()
    whole = verify()
    assert report.holds
    assert (report.number, report.hash) == (whole.number, whole.hash)
    assert number >= 3
    assert not queries.is_being_looked_through()
    with by_hand():
        AuditEntry.objects.filter(pk__in=[acts[1].pk, acts[8].pk]).update(action="organisation.nothing")
        begin_look(at=now())
        with structlog.testing.capture_logs() as logs:
            _number, report = parts()
        assert report.count == 2
        named = [each["says"].partition(",")[0] for each in logs if each["event"] == "audit_differs"]
        assert named == [f"row {seal_of(acts[n]).number}" for n in (1, 8)]
        assert AuditChain.objects.get().problems == 2
        with pytest.raises(health.Unwell, match="found 2 rows that are not as they were sealed"):
            health.audit_log()


def test_a_seal_cut_out_between_two_parts_is_found(town: Town) -> None:
    acts = some_acts(town, 10)
    seal_all()
    begin_look(at=now())
    go_on_looking(most=NONE)
    with by_hand() as cursor:
        cursor.execute("DELETE FROM audit_auditseal WHERE number = %s", [seal_of(acts[8]).number])
        assert not parts()[1].holds


def test_the_clock_begins_it_at_night_and_goes_on_each_minute(
    town: Town,
    clock: time_machine.Coordinates,
    django_capture_on_commit_callbacks: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some_acts(town, 10)
    seal_all()
    of_audit = [each for each in jobs() if each.name in ("audit.verify", "audit.go_on_verifying")]
    assert len(of_audit) == 2
    monkeypatch.setattr("groundwork.audit.tasks.go_on_looking", lambda: go_on_looking(most=NONE))

    def minute(at: datetime) -> None:
        clock.move_to(at)
        with django_capture_on_commit_callbacks(execute=True):
            schedule.tick(at=at, of=of_audit)

    night = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    minute(night - timedelta(minutes=1))
    AuditChain.objects.update(verified_at=None, look={})
    minute(night)
    assert AuditChain.objects.get().verified_at is None
    for later in range(1, 12):
        minute(night + timedelta(minutes=later))
    chain = AuditChain.objects.get()
    assert (chain.verified_at is not None, chain.problems, chain.look) == (True, 0, {})
    ended = chain.verified_at
    minute(night + timedelta(hours=2))
    assert AuditChain.objects.get().verified_at == ended, "once a night"


def test_a_look_that_does_not_end_is_told(town: Town, clock: time_machine.Coordinates) -> None:
    some_acts(town, 4)
    seal_all()
    begin_look(at=now())
    assert health.audit_log() == "every act is sealed"
    clock.shift(timedelta(hours=13))
    with pytest.raises(health.Unwell, match="does not come to its end"):
        health.audit_log()
