"""Letting go by the clock: exactly what is due is archived and removed, and what is on hold stays (promise U14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from collaboration.workshops import queries, registry, services
from collaboration.workshops.models import Feedback, Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.retention import due, months_later
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.audit.models import AuditEntry
from groundwork.clock import now, today
from groundwork.events.models import OutboxEvent
from groundwork.schedule.registry import jobs
from tests.collaboration.workshops.ground import Ground, as_guest, guest, invited, lay, opened, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of workshops whose boards were to be removed."""
    heard: list[int] = []
    monkeypatch.setattr(registry, "_forgotten", [lambda it: heard.append(it.pk)])
    return heard


def reported(ground: Ground, **fields: object) -> Workshop:
    it = opened(ground, **fields)
    joined = guest(it, "Sam Canary", email="sam.canary@example.org", organisation_name="Canary Club")
    services.give_feedback(actor=as_guest(joined), participation=joined.participation, worth_it=5, text="Canary song")
    invited(ground, it, "invited.canary@example.org")
    return services.report_workshop(actor=ground["member"], workshop=it)


def nightly(days: int, clock: time_machine.Coordinates) -> None:
    """Let so many nights pass, each with its run."""
    for _night in range(days):
        clock.shift(timedelta(days=1))
        services.let_go(at=now())


def test_the_three_clocks(ground: Ground, clock: time_machine.Coordinates, forgotten: list[int]) -> None:
    it = reported(ground)
    assert it.keep_until == date(2028, 11, 23)

    nightly(179, clock)
    it.refresh_from_db()
    assert it.status == "reported"
    nightly(1, clock)
    it.refresh_from_db()
    assert it.status == "archived"
    guests = Participation.objects.filter(workshop=it, person=None)
    nightly(29, clock)
    assert guests.get().email
    nightly(1, clock)
    sam = guests.get()
    assert (sam.email, sam.guest_digest, sam.return_digest) == ("", None, None)
    assert sam.name == "Sam Canary"
    assert not WorkshopInvitation.objects.exists()
    clock.move_to(datetime(2028, 11, 22, 23, 0, tzinfo=UTC))
    services.let_go(at=now())
    assert forgotten == []
    clock.shift(timedelta(hours=2))
    services.let_go(at=now())
    services.let_go(at=now())
    assert forgotten == [it.pk]
    it.refresh_from_db()
    assert it.forgotten_at == now()
    assert it.title == "Getting to the clinic"
    assert not Feedback.objects.exists()
    kept = "".join(
        str(list(model.objects.values())) for model in (Workshop, Participation, Feedback, WorkshopInvitation)
    )
    for entry in (*AuditEntry.objects.values(), *OutboxEvent.objects.values()):
        kept += str(entry)
    assert "anary" not in kept


def test_a_hold_wins(ground: Ground, clock: time_machine.Coordinates, forgotten: list[int]) -> None:
    it, free = reported(ground), reported(ground, title="Free")
    with pytest.raises(NotAllowed):
        services.hold(actor=ground["member"], workshop=it, reason="I like it")
    with pytest.raises(Invalid):
        services.hold(actor=ground["officer"], workshop=it, reason=" ")
    services.hold(actor=ground["officer"], workshop=it, reason="A request for information")
    clock.shift(timedelta(days=3_000))
    assert due(now()).held == (it.pk,)
    services.let_go(at=now())
    it.refresh_from_db()
    assert (it.status, it.forgotten_at, it.guests_forgotten_at) == ("reported", None, None)
    assert forgotten == [free.pk]
    services.release_hold(actor=ground["lead"], workshop=it)
    services.let_go(at=now())
    assert forgotten == [free.pk, it.pk]
    with pytest.raises(Conflict):
        services.hold(actor=ground["officer"], workshop=it, reason="Too late")


def test_exactly_what_is_due(ground: Ground, clock: time_machine.Coordinates, forgotten: list[int]) -> None:
    start = now()
    made = {
        "planned": planned(ground, title="Planned"),
        "undated": planned(ground, title="Undated", starts_at=None, ends_at=None),
        "open": opened(ground, title="Open"),
        "reported": reported(ground, title="Reported"),
        "cancelled": services.cancel_workshop(actor=ground["member"], workshop=planned(ground, title="Cancelled")),
    }

    def names(ids: tuple[int, ...]) -> set[str]:
        return {name for name, it in made.items() if it.pk in ids}

    def at(days: float) -> tuple[set[str], set[str], set[str]]:
        what = due(start + timedelta(days=days))
        return names(what.archive), names(what.forget_guests), names(what.forget)

    assert at(29) == (set(), set(), set())
    assert at(31) == (set(), {"cancelled"}, set())
    assert at(180) == ({"reported"}, {"cancelled"}, set())
    # What nobody reported counts from its last day, which was the day after the start.
    assert at(212) == ({"reported"}, {"cancelled", "planned", "open", "undated"}, set())
    assert at(729)[2] == set()
    assert at(731)[2] == {"reported", "cancelled", "undated"}
    assert at(732)[2] == set(made)


def test_reopening_stops_the_clock_and_reporting_starts_it_anew(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    it = reported(ground)
    clock.shift(timedelta(days=100))
    act = {"actor": ground["member"], "workshop": it}
    assert services.reopen(**act).keep_until is None
    assert services.report_workshop(**act).keep_until == months_later(today(), 24)


def test_what_happened_next_is_told_on_its_day_and_before_archiving(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    it = reported(ground)
    act = {"actor": ground["member"], "workshop": it}
    with pytest.raises(Invalid):
        services.set_next(**act, on=today() - timedelta(days=1))
    with pytest.raises(Invalid):
        services.tell_next(**act)
    services.set_next(**act, on=today() + timedelta(days=200), text="The bus runs.")
    nightly(185, clock)
    it.refresh_from_db()
    assert it.status == "reported", "it waits for its day"
    clock.shift(timedelta(days=15))
    assert services.tell_next_due(at=now()) == 1
    assert services.tell_next_due(at=now()) == 0
    assert OutboxEvent.objects.filter(name="workshop.next_told").count() == 1
    nightly(1, clock)
    it.refresh_from_db()
    assert it.status == "archived"


def test_a_dry_run_shows_and_changes_nothing(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = reported(ground)
    clock.shift(timedelta(days=1_000))
    said = StringIO()
    call_command("let_go_of_workshops", "--dry-run", stdout=said)
    assert f"remove what was said: 1\n  {it.title} ({it.pk})" in said.getvalue()
    assert Workshop.objects.get().status == "reported"
    call_command("let_go_of_workshops", stdout=said)
    assert Workshop.objects.get().forgotten_at is not None


def test_the_jobs_are_registered() -> None:
    assert {"workshops.let_go", "workshops.tell_next"} <= {job.name for job in jobs()}


def test_guests_read_the_report_until_they_are_forgotten(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = opened(ground)
    joined = guest(it)
    services.report_workshop(actor=ground["member"], workshop=it)
    back = services.return_with(token=joined.return_token)
    assert queries.participation_for(it, guest_secret=back.guest_secret) == joined.participation
    it.refresh_from_db()
    with pytest.raises(Conflict):
        services.join(actor=Public(), workshop=it, name="Late")


def test_a_life(ground: Ground) -> None:
    it = planned(ground)
    act = {"actor": ground["member"], "workshop": it}
    for step, status in (
        (services.open_workshop, "open"),
        (services.open_workshop, "open"),
        (services.report_workshop, "reported"),
        (services.reopen, "open"),
        (services.report_workshop, "reported"),
        (services.archive_workshop, "archived"),
        (services.archive_workshop, "archived"),
    ):
        assert step(**act).status == status
    for step in (services.open_workshop, services.reopen, services.report_workshop, services.cancel_workshop):
        with pytest.raises(Conflict):
            step(**act)
    cancelled = planned(ground, title="Cancelled")
    assert services.cancel_workshop(actor=ground["member"], workshop=cancelled, reason="Flood").sequence == 1
    with pytest.raises(Conflict):
        services.cancel_workshop(actor=ground["member"], workshop=opened(ground, title="Open"))
    with pytest.raises(Conflict):
        services.archive_workshop(actor=ground["member"], workshop=cancelled)


@given(st.dates(date(1990, 1, 1), date(2190, 1, 1)), st.integers(-60, 60))
def test_months_later_is_a_day_of_that_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_the_board_goes_with_it(ground: Ground, clock: time_machine.Coordinates) -> None:
    """With the board that every workshop has: nothing of its log is left, and the new one begins anew."""
    it = reported(ground)
    before = it.board
    assert before.log.exists() or before.snapshots.exists() or before.head_seq
    clock.shift(timedelta(days=1_000))
    services.let_go(at=now())
    after = type(before).objects.get(pk=before.pk)
    assert after.epoch != before.epoch
