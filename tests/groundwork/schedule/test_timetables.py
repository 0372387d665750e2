"""Schedules are data: whatever the clock and the beats do, each period runs once (E12, E13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.schedule.models import JobRun
from groundwork.schedule.registry import Job, Slot, daily, every, first_instant, forget, job, jobs
from groundwork.schedule.services import tick

LONDON = ZoneInfo("Europe/London")
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
MOMENTS = [time(0, 30), time(1, 0), time(1, 30), time(2, 0), time(9, 0)]


def test_a_skipped_moment_counts_from_the_next_minute_that_exists() -> None:
    assert first_instant(date(2026, 3, 29), time(1, 30), LONDON) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_repeated_moment_counts_the_first_time() -> None:
    assert first_instant(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_nine_in_the_morning_is_nine_on_the_places_clock_on_both_sides_of_a_change() -> None:
    for day in CHANGES:
        for around in (day - timedelta(days=1), day, day + timedelta(days=1)):
            shown = first_instant(around, time(9), LONDON).astimezone(LONDON)
            assert (shown.date(), shown.time()) == (around, time(9))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("day", CHANGES)
def test_minute_by_minute_over_a_change_each_day_is_due_at_once_and_once(day: date, moment: time) -> None:
    timetable = daily(moment)
    at = datetime.combine(day - timedelta(days=1), time(0), UTC)
    first_seen: dict[str, datetime] = {}
    for _ in range(3 * 24 * 60):
        for slot in timetable.slots(at, LONDON):
            first_seen.setdefault(slot.period, at)
        at += timedelta(minutes=1)
    for shown in (day - timedelta(days=1), day, day + timedelta(days=1)):
        # The very first day was already due when the walk began, if its moment lies before one in the morning.
        if first_instant(shown, moment, LONDON) >= datetime.combine(day - timedelta(days=1), time(0), UTC):
            assert first_seen[shown.isoformat()] == first_instant(shown, moment, LONDON)


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    moment=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    late_hours=st.integers(1, 40),
)
def test_a_slot_is_due_exactly_from_its_instant_until_it_is_too_late(
    at: datetime, moment: time, late_hours: int
) -> None:
    timetable = daily(moment, late_by=timedelta(hours=late_hours))
    slots = list(timetable.slots(at, LONDON))
    assert all(slot.due_at <= at < slot.due_at + timedelta(hours=late_hours) for slot in slots)
    today = at.astimezone(LONDON).date()
    due_today = first_instant(today, moment, LONDON)
    expected = due_today <= at < due_today + timedelta(hours=late_hours)
    assert (today.isoformat() in {slot.period for slot in slots}) is expected


@given(
    moment=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    day=st.dates(date(2025, 1, 1), date(2035, 1, 1)),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_no_earlier_minute_of_the_day_shows_the_moment(moment: time, day: date, zone: str) -> None:
    where = ZoneInfo(zone)
    instant = first_instant(day, moment, where)
    wall = datetime.combine(day, moment)
    assert instant.astimezone(where).replace(tzinfo=None) >= wall
    assert (instant - timedelta(minutes=1)).astimezone(where).replace(tzinfo=None) < wall


def test_weekdays_that_are_not_named_are_left_out() -> None:
    mondays = daily(time(8), weekdays=(0,))
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert [slot.period for slot in mondays.slots(monday, LONDON)] == ["2026-11-23"]
    assert list(mondays.slots(monday + timedelta(days=1), LONDON)) == []


@pytest.fixture
def ran() -> Iterator[Counter[str]]:
    """A daily job and a quarter-hourly one for two subjects, counting how often each period ran."""
    counter: Counter[str] = Counter()

    @job("test.daily", when=daily(time(1, 30)))
    def once(slot: Slot) -> None:
        counter[f"daily {slot.period}"] += 1

    @job("test.quarters", when=every(15), subjects=lambda _slot: ["a", "b"])
    def often(slot: Slot) -> None:
        counter[f"{slot.subject} {slot.period}"] += 1

    yield counter
    forget("test.daily")
    forget("test.quarters")


def ours() -> list[Job]:
    return [each for each in jobs() if each.name.startswith("test.")]


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_many_beats_late_beats_and_stepped_clocks_run_each_period_once(data: st.DataObject) -> None:
    JobRun.objects.all().delete()
    counter: Counter[str] = Counter()
    mine = Job(name="test.property", when=daily(time(1, 30)), run=lambda slot: counter.update([slot.period]))
    start = datetime(2026, 10, 24, 0, 0, tzinfo=UTC)
    # Ticks in any order (clocks step back), doubled (several beats), with gaps (a beat was away).
    minutes = data.draw(st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=60))
    for minute in minutes:
        tick(at=start + timedelta(minutes=minute), of=[mine])
    due = {slot.period for minute in minutes for slot in mine.when.slots(start + timedelta(minutes=minute), LONDON)}
    assert counter == Counter(dict.fromkeys(due, 1))


@pytest.mark.django_db
def test_each_subject_is_claimed_by_itself(ran: Counter[str]) -> None:
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert tick(at=at, of=ours()) == 3
    assert tick(at=at + timedelta(minutes=14), of=ours()) == 0
    assert tick(at=at + timedelta(minutes=15), of=ours()) == 2
    assert max(ran.values()) == 1


@pytest.mark.django_db
def test_a_job_that_fails_leaves_nothing_and_is_tried_again(ran: Counter[str]) -> None:
    failures = iter([True, False])

    def fail_once(slot: Slot) -> None:
        JobRun.objects.create(job="trace", subject="", period=slot.period, at=slot.due_at)
        if next(failures):
            raise RuntimeError("the first time it fails")

    flaky = Job(name="test.flaky", when=every(60), run=fail_once)
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert tick(at=at, of=[flaky, *ours()]) == 3
    assert not JobRun.objects.filter(job__in=["trace", "test.flaky"]).exists()
    assert tick(at=at, of=[flaky, *ours()]) == 1
    assert JobRun.objects.filter(job="trace").count() == 1


def test_two_jobs_of_one_name_are_refused(ran: Counter[str]) -> None:
    with pytest.raises(LookupError, match=r"two jobs named test\.daily"):
        job("test.daily", when=every(5))(lambda _slot: None)
