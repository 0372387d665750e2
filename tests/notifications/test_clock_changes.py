"""Minute by minute over the clock changes of two years: digests of every frequency, and the reminders of a morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
import time_machine

from collaboration.initiatives.indexing import reindex
from groundwork.schedule.models import JobRun
from groundwork.schedule.registry import jobs
from groundwork.schedule.services import tick
from notifications.following import Followed
from notifications.models import Digest, Follow, Subscriber
from notifications.queries.clocks import clock as place_clock
from notifications.rhythm import next_at
from notifications.services import digesting
from tests.notifications.ground import lay

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
SUNDAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
FREQUENCIES = ("daily", "weekly", "monthly")
HOURS = (0, 1, 2, 8)
DAY = timedelta(days=1)


def minutes(sunday: date) -> Iterator[datetime]:
    """Every minute from before midnight until after three, and around eight, of three days; the rest is skipped."""
    for day in (sunday - 2 * DAY, sunday - DAY, sunday, sunday + DAY):
        at = datetime.combine(day, time(0), LONDON).astimezone(UTC)
        end = datetime.combine(day + DAY, time(0), LONDON).astimezone(UTC)
        while at < end:
            local = at.astimezone(LONDON)
            changes = day == sunday and local.hour < 3
            of_night = local.hour < 3 and local.minute in (0, 1, 59)
            of_morning = time(7, 55) <= local.time() <= time(8, 5)
            if changes or of_night or of_morning:
                yield at
            at += timedelta(minutes=1)


@pytest.mark.parametrize("sunday", SUNDAYS, ids=str)
def test_each_frequency_and_the_morning_come_once_at_their_local_hour(
    sunday: date, clock: time_machine.Coordinates
) -> None:
    walk = list(minutes(sunday))
    clock.move_to(walk[0] - timedelta(minutes=1))
    ground = lay()
    ground.initiative.areas.add(ground.area)
    reindex([ground.initiative.pk])
    followed = Followed.parse("area=V1")
    expected: dict[tuple[str, int], list[date]] = {}
    for frequency, hour in product(FREQUENCIES, HOURS):
        row = Subscriber.objects.create(
            email=f"{frequency}-{hour}@example.org",
            confirmed_at=walk[0] - DAY,
            weekday=6,
            hour=hour,
            quiet_from=0,
            quiet_until=0,
            quiet_weekends=False,
            # What is monthly waits for the end of a pause, and so falls due on the day of the change too.
            paused_until=sunday if frequency == "monthly" else None,
        )
        Follow.objects.create(
            subscriber=row,
            query=followed.query,
            anchor=followed.anchor,
            frequency=frequency,
            reported_until=walk[0] - 40 * DAY,
        )
        row.next_at = next_at(place_clock().rhythm_of(row), {frequency}, walk[0] - timedelta(minutes=1))
        row.save()
        days = [sunday + n * DAY for n in (-2, -1, 0, 1)] if frequency == "daily" else [sunday]
        if frequency == "monthly" and (sunday + DAY).day == 1:
            days.append(sunday + DAY)
        expected[frequency, hour] = days
    reminds = [each for each in jobs() if each.name == "mail.remind"]

    for at in walk:
        clock.move_to(at)
        # A second beat comes just after the first whenever that found something.
        if tick(at=at, of=reminds):
            assert tick(at=at, of=reminds) == 0
        if digesting.make_all_due():
            assert digesting.make_all_due() == 0

    for (frequency, hour), days in expected.items():
        of_it = Digest.objects.filter(subscriber__email=f"{frequency}-{hour}@example.org").order_by("made_at")
        made = [(each.period, each.made_at.astimezone(LONDON)) for each in of_it]
        assert [period for period, _at in made] == [day.isoformat() for day in days], (frequency, hour)
        for day, (_period, local) in zip(days, made, strict=True):
            skipped = hour == 1 and day == sunday and sunday.month == 3
            assert (local.date(), local.hour, local.minute) == (day, 2 if skipped else hour, 0), (frequency, hour)
            assert not local.fold, "of an hour that is shown twice, the first"
    mornings = JobRun.objects.filter(job="mail.remind").order_by("at")
    # The change is on a Sunday: reminders come on the Friday before and the Monday after.
    assert [(run.period, run.at.astimezone(LONDON).time()) for run in mornings] == [
        (day.isoformat(), time(8)) for day in (sunday - 2 * DAY, sunday + DAY)
    ]
