"""Which step of a reminder is due: each once, in order, keeping its distance, and none after the last."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from notifications.reminders.registry import Step, To, reminders, step_due

DAY = timedelta(days=1)
BEGAN = date(2026, 3, 2)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is slow, and that says nothing about steps."""


@some.composite
def rising(draw: some.DrawFn, least: int = 0) -> tuple[Step, ...]:
    days = draw(some.lists(some.integers(least, 200), min_size=1, max_size=5, unique=True))
    return tuple(Step(day) for day in sorted(days))


def walk(steps: tuple[Step, ...], days: range, mornings: set[int], *, towards: bool = False) -> dict[int, date]:
    """Which step was taken on which day, where mail comes on ``mornings`` only (days after :data:`BEGAN`)."""
    taken: dict[int, date] = {}
    for offset in days:
        if offset not in mornings:
            continue
        today = BEGAN + timedelta(days=offset)
        until = today
        while (until - BEGAN).days + 1 not in mornings and (until - BEGAN).days < days[-1]:
            until += DAY
        number = step_due(steps, BEGAN, taken, today, until=until, towards=towards)
        if number is not None:
            assert number not in taken, "a step was taken twice"
            taken[number] = today
            again = step_due(steps, BEGAN, taken, today, until=until, towards=towards)
            assert again is None or steps[again - 1].days == steps[number - 1].days, "two in one morning"
    return taken


@patient
@given(steps=rising(), start=some.integers(0, 400), rests=some.sets(some.integers(0, 900)))
def test_each_step_is_taken_once_in_order_and_keeps_its_distance(
    steps: tuple[Step, ...], start: int, rests: set[int]
) -> None:
    days = range(start, 1_000)
    taken = walk(steps, days, set(days) - rests)
    assert list(taken) == list(range(1, len(steps) + 1)), "all of them, the first first, and no more"
    for number, day in taken.items():
        assert day >= BEGAN + timedelta(days=steps[number - 1].days), "none before its day"
        if number > 1:
            apart = steps[number - 1].days - steps[number - 2].days
            assert (day - taken[number - 1]).days >= apart, "none closer than it was meant"


@patient
@given(steps=rising(), stops=some.integers(0, 300))
def test_it_stops_when_it_is_answered(steps: tuple[Step, ...], stops: int) -> None:
    """What is answered is not found any more: nothing is asked of the steps, so nothing is due."""
    days = range(stops)
    assert all((day - BEGAN).days < stops for day in walk(steps, days, set(days)).values())


@patient
@given(
    steps=some.lists(some.integers(-60, 0), min_size=1, max_size=4, unique=True).map(
        lambda days: tuple(Step(day) for day in sorted(days))
    ),
    rests=some.sets(some.integers(-90, 20)),
    start=some.integers(-90, 5),
)
def test_steps_towards_a_day_come_in_time_or_not_at_all(steps: tuple[Step, ...], rests: set[int], start: int) -> None:
    days = range(start, 20)
    mornings = set(days) - rests
    taken = walk(steps, days, mornings, towards=True)
    assert list(taken) == sorted(taken)
    assert all(day <= BEGAN for day in taken.values()), "none after the day itself"
    last_morning = max((offset for offset in mornings if offset <= 0), default=None)
    if last_morning is not None:
        assert len(steps) in taken or not any(steps[-1].days <= offset for offset in range(start, 1)), (
            "the last one is never missed while a morning is left"
        )


@patient
@given(rests=some.sets(some.integers(0, 60)))
def test_five_beats_of_one_morning_take_one_step(rests: set[int]) -> None:
    steps = (Step(3), Step(5), Step(8))
    taken: dict[int, date] = {}
    for offset in range(60):
        today = BEGAN + timedelta(days=offset)
        before = len(taken)
        for _beat in range(5):
            number = step_due(steps, BEGAN, taken, today, until=today)
            if number is not None and offset not in rests:
                taken[number] = today
        assert len(taken) - before <= 1


def test_every_reminder_ends_and_none_goes_from_officers_back_to_others() -> None:
    order = [To.ANSWERS, To.KNOWS, To.OFFICERS]
    for reminder in reminders():
        assert 1 <= len(reminder.steps) <= 4
        days = [step.days for step in reminder.steps]
        assert days == sorted(set(days)), reminder.name
        told = [order.index(step.to) for step in reminder.steps]
        assert told == sorted(told), f"{reminder.name}: a stranger writes before whoever knows them"
        assert reminder.towards == (days[0] < 0)
