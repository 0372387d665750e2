"""When digests come, and when mail rests: over clock changes, month ends, a leap day, holidays and pauses."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rhythm import AT_ONCE, DAILY, MONTHLY, NEVER, WEEKLY, Rhythm, due, due_since, first_allowed, next_at

LONDON = ZoneInfo("Europe/London")
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
DAY = timedelta(days=1)

rhythms = st.builds(
    Rhythm,
    zone=st.sampled_from([LONDON, ZoneInfo("America/New_York"), ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")]),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    quiet_from=st.integers(0, 23),
    quiet_until=st.integers(0, 23),
    quiet_weekends=st.booleans(),
    quiet_holidays=st.booleans(),
    holidays=st.just(CHRISTMAS) | st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=8),
    held=st.just(frozenset()) | st.just(frozenset(date(2027, 3, 22) + n * DAY for n in range(45))),
    paused_until=st.none() | st.dates(date(2026, 1, 1), date(2028, 6, 1)),
)
frequencies = st.frozensets(st.sampled_from([AT_ONCE, DAILY, WEEKLY, MONTHLY, NEVER]))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


def slots(rhythm, wanted, first, last):
    """Every digest from one day to another."""
    found = []
    at = datetime(first.year, first.month, first.day, tzinfo=rhythm.zone).astimezone(UTC) - timedelta(seconds=1)
    while (at := next_at(rhythm, wanted, at)) is not None and rhythm.day_of(at) <= last:
        found.append(at)
    return found


@pytest.mark.parametrize("wanted", [{DAILY}, {WEEKLY}, {MONTHLY}, {DAILY, WEEKLY, MONTHLY}])
@pytest.mark.parametrize("hour", [0, 1, 2, 8, 23])
def test_a_digest_comes_once_on_its_day_at_its_local_hour_over_four_clock_changes(wanted, hour):
    rhythm = Rhythm(zone=LONDON, weekday=6, hour=hour, quiet_from=0, quiet_until=0, quiet_weekends=False)
    found = slots(rhythm, wanted, date(2026, 3, 1), date(2027, 11, 30))
    days = [rhythm.day_of(at) for at in found]
    assert len(days) == len(set(days))
    for at in found:
        local = at.astimezone(LONDON)
        skipped = (local.month, local.weekday()) == (3, 6) and local.day >= 25 and hour == 1
        assert (local.hour, local.minute) == ((2, 0) if skipped else (hour, 0))
        assert not local.fold
    every = [date(2026, 3, 1) + n * DAY for n in range((date(2027, 11, 30) - date(2026, 3, 1)).days + 1)]
    expected = {
        day
        for day in every
        if DAILY in wanted or (WEEKLY in wanted and day.weekday() == 6) or (MONTHLY in wanted and day.day == 1)
    }
    assert set(days) == expected


def test_a_working_day_is_neither_a_weekend_nor_a_holiday():
    rhythm = Rhythm(zone=LONDON, holidays=CHRISTMAS)
    found = [rhythm.day_of(at) for at in slots(rhythm, {DAILY}, date(2026, 12, 21), date(2027, 1, 5))]
    assert found == [date(2026, 12, day) for day in (21, 22, 23, 24, 29, 30, 31)] + [date(2027, 1, 4), date(2027, 1, 5)]


def test_a_day_that_is_quiet_moves_to_the_next_that_is_not_and_takes_the_others_with_it():
    rhythm = Rhythm(zone=LONDON, weekday=4, holidays=CHRISTMAS)
    assert due(rhythm, {WEEKLY}, date(2026, 12, 25)) == set()
    assert due(rhythm, {DAILY, WEEKLY, MONTHLY}, date(2026, 12, 29)) == {DAILY, WEEKLY}
    # New Year's Day is a Friday, the first of a month and a holiday: all three come together on the Monday.
    assert due(rhythm, {DAILY, WEEKLY, MONTHLY}, date(2027, 1, 4)) == {DAILY, WEEKLY, MONTHLY}
    assert due(rhythm, {DAILY, WEEKLY, MONTHLY}, date(2027, 1, 5)) == {DAILY}


def test_monthly_is_the_first_of_every_month_also_of_short_ones_and_of_a_leap_february():
    rhythm = Rhythm(zone=LONDON, quiet_weekends=False)
    found = [rhythm.day_of(at) for at in slots(rhythm, {MONTHLY}, date(2028, 1, 1), date(2028, 12, 31))]
    assert found == [date(2028, month, 1) for month in range(1, 13)]
    assert rhythm.day_of(next_at(rhythm, {DAILY}, datetime(2028, 2, 28, 12, tzinfo=UTC))) == date(2028, 2, 29)


def test_after_a_pause_one_digest_tells_of_everything():
    rhythm = Rhythm(zone=LONDON, paused_until=date(2026, 8, 13))
    at = next_at(rhythm, {WEEKLY, MONTHLY}, datetime(2026, 7, 20, 9, tzinfo=UTC))
    assert at.astimezone(LONDON) == datetime(2026, 8, 13, 8, tzinfo=LONDON)
    assert due(rhythm, {WEEKLY, MONTHLY}, date(2026, 8, 13)) == {WEEKLY, MONTHLY}
    assert first_allowed(rhythm, datetime(2026, 7, 20, 9, tzinfo=UTC)) == at


def test_an_hour_that_is_quiet_means_the_end_of_the_quiet_hours_of_the_same_day():
    assert Rhythm(zone=LONDON, hour=20).digest_hour == 8
    assert Rhythm(zone=LONDON, hour=12, quiet_from=12, quiet_until=14).digest_hour == 14
    assert Rhythm(zone=LONDON, hour=20, quiet_from=0, quiet_until=0).digest_hour == 20


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-24 17:59", "2026-11-24 17:59"),
        ("2026-11-24 18:00", "2026-11-25 08:00"),
        ("2026-11-25 07:59", "2026-11-25 08:00"),
        ("2026-11-27 18:30", "2026-11-30 08:00"),
        ("2026-12-24 19:00", "2026-12-29 08:00"),
        # The clock goes forward and back in these nights.
        ("2026-03-28 12:00", "2026-03-30 08:00"),
        ("2026-10-24 12:00", "2026-10-26 08:00"),
    ],
)
def test_mail_waits_for_the_first_hour_that_is_not_quiet(at, expected):
    rhythm = Rhythm(zone=LONDON, holidays=CHRISTMAS)
    local = first_allowed(rhythm, datetime.fromisoformat(at).replace(tzinfo=LONDON)).astimezone(LONDON)
    assert local.replace(tzinfo=None) == datetime.fromisoformat(expected)


def test_nothing_is_due_to_who_wants_nothing_in_digests():
    rhythm = Rhythm(zone=LONDON)
    assert next_at(rhythm, (AT_ONCE, NEVER), datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert due(rhythm, (AT_ONCE, NEVER), date(2026, 1, 5)) == set()


def test_what_nobody_made_in_time_is_still_due_later():
    rhythm = Rhythm(zone=LONDON)
    told = datetime(2026, 11, 17, 8, 0, 30, tzinfo=UTC)
    assert not due_since(rhythm, WEEKLY, told, datetime(2026, 11, 24, 7, 59, 59, tzinfo=UTC))
    assert due_since(rhythm, WEEKLY, told, datetime(2026, 11, 24, 8, tzinfo=UTC))
    assert due_since(rhythm, WEEKLY, told, datetime(2026, 11, 26, 15, tzinfo=UTC))


@given(rhythm=rhythms, wanted=frequencies, after=instants)
def test_the_next_digest_is_later_on_a_day_and_at_an_hour_that_are_not_quiet(rhythm, wanted, after):
    at = next_at(rhythm, wanted, after)
    if at is None:
        assert not wanted & {DAILY, WEEKLY, MONTHLY}
        return
    assert at > after
    assert due(rhythm, wanted, rhythm.day_of(at))
    assert not rhythm.is_quiet_day(rhythm.day_of(at))
    # Each day until then, the digest would have been over or was not due.
    day = rhythm.day_of(after) + DAY
    while day < rhythm.day_of(at):
        assert not due(rhythm, wanted, day)
        day += DAY


@given(rhythm=rhythms, wanted=frequencies, first=st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_a_day_has_one_digest_at_most_and_more_wishes_never_mean_fewer_days(rhythm, wanted, first):
    last = first + 70 * DAY
    found = slots(rhythm, wanted, first, last)
    days = [rhythm.day_of(at) for at in found]
    assert all(one < two for one, two in pairwise(days))
    assert set(days) == {first + n * DAY for n in range(71) if due(rhythm, wanted, first + n * DAY)}
    for fewer in combinations(wanted, max(len(wanted) - 1, 0)):
        assert {rhythm.day_of(at) for at in slots(rhythm, fewer, first, last)} <= set(days)


@given(rhythm=rhythms, at=instants)
def test_mail_that_waits_goes_when_neither_day_nor_hour_is_quiet_and_not_a_minute_earlier(rhythm, at):
    allowed = first_allowed(rhythm, at)
    local = allowed.astimezone(rhythm.zone)
    assert allowed >= at
    assert not rhythm.is_quiet_day(local.date())
    assert not rhythm.is_quiet_hour(local.hour)
    assert first_allowed(rhythm, allowed) == allowed
    if allowed > at:
        before = (allowed - timedelta(minutes=1)).astimezone(rhythm.zone)
        assert rhythm.is_quiet_day(before.date()) or rhythm.is_quiet_hour(before.hour)
