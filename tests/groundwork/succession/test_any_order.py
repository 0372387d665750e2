"""Plans, changes, cancellations, clocks that jump and ticks that come late, twice or never, in any order.

Whatever happens: nothing takes effect before its day, whatever takes effect does so once and whole, a cancelled plan
changes nothing, and a body has exactly the people that the plans which took effect gave it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from groundwork.access.actors import PersonActor
from groundwork.access.errors import Conflict, DomainError
from groundwork.audit.models import AuditEntry
from groundwork.directory.models import Mandate, Organisation, Sector
from groundwork.directory.queries import current_mandates
from groundwork.succession import queries, services
from groundwork.succession.models import Succession
from tests.groundwork.directory.town import Town, acting
from tests.groundwork.succession.planned import SYSTEM, beat, new

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
BODIES = ("a", "b", "c", "d")
DAYS = st.integers(1, 6).map(lambda weeks: date(2026, 11, 23) + timedelta(weeks=weeks))
SOME = st.lists(st.sampled_from(BODIES), min_size=1, max_size=3, unique=True)


class Machine(RuleBasedStateMachine):
    officer: PersonActor
    """Set by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()
        self.at = START
        sector = Sector.objects.get(code="local-government")
        self.people: dict[str, Any] = {}
        self.wanted: dict[int, str] = {}
        """The slug of the body that each person is with, as the plans that took effect have it."""
        for slug in BODIES:
            body = Organisation.objects.create(slug=slug, name=slug.upper(), sector=sector)
            who = acting(body, "lead", slug).person
            assert who is not None
            self.people[slug] = who
            self.wanted[who.pk] = slug
        self.plans: list[int] = []
        self.applied: dict[int, datetime] = {}
        self.cancelled: set[int] = set()
        self.number = 0
        self.refused: list[str] = []

    def teardown(self) -> None:
        self.traveller.stop()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def one(self, number: int) -> Succession:
        return Succession.objects.get(pk=self.plans[number % len(self.plans)])

    def tried(self, act: Any, **said: Any) -> Any:
        """Do it, or be told in a sentence why not; nothing of what was refused stays."""
        try:
            with transaction.atomic():
                return act(actor=self.officer, **said)
        except DomainError as error:
            self.refused.append(error.message)
            return None

    @rule(bodies=SOME, day=DAYS)
    def plan_a_merger(self, bodies: list[str], day: date) -> None:
        self.number += 1
        row = self.tried(services.plan, of="organisation", kind="merge", title="Any", reason="Any", effective_on=day)
        if row is None:
            assert day <= timezone.localdate(self.at)
            return
        self.plans.append(row.pk)
        heir = self.tried(services.add_successor, succession=row, version=None, new=new(f"Heir {self.number}"))
        for slug in bodies:
            self.tried(services.add_predecessor, succession=row, version=None, slug=slug, goes_to=[heir.pk])

    @precondition(lambda self: self.plans)
    @rule(number=st.integers(0, 9), slug=st.sampled_from(BODIES))
    def replace_one_more(self, number: int, slug: str) -> None:
        row = self.one(number)
        heir = row.successors.get()
        self.tried(services.add_predecessor, succession=row, version=None, slug=slug, goes_to=[heir.pk])

    @precondition(lambda self: self.plans)
    @rule(number=st.integers(0, 9), day=DAYS)
    def move_the_day(self, number: int, day: date) -> None:
        row = self.one(number)
        said = {"title": row.title, "reason": row.reason, "effective_on": day, "is_announced": True}
        done = self.tried(services.change, succession=row, version=row.version, **said)
        if row.status != "planned":
            assert done is None

    @precondition(lambda self: self.plans)
    @rule(number=st.integers(0, 9))
    def cancel(self, number: int) -> None:
        row = self.one(number)
        done = self.tried(services.cancel, succession=row, reason="Any")
        assert (done is not None) == (row.status == "planned")
        if done is not None:
            self.cancelled.add(row.pk)

    @rule(hours=st.integers(1, 24 * 15))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.clock.move_to(self.at)

    @rule(hours=st.integers(1, 48))
    def the_clock_is_set_back(self, hours: int) -> None:
        self.at -= timedelta(hours=hours)
        self.clock.move_to(self.at)

    @rule(times=st.integers(1, 3))
    def ticks(self, times: int) -> None:
        today = timezone.localdate(self.at)
        due = [
            row
            for row in Succession.objects.filter(pk__in=self.plans, status="planned").order_by("effective_on", "pk")
            if row.effective_on <= today
        ]
        expected: list[tuple[Succession, list[str]]] = []
        for row in due:
            # What one of them replaces, a later one of the same tick cannot: plans share no body by then.
            if not services.problems_of(row):
                expected.append((row, [str(each.thing.slug) for each in queries.predecessors_of(row)]))
        for _time in range(times):
            beat(self.at)
        for row, bodies in expected:
            row.refresh_from_db()
            assert row.status == "applied"
            self.applied[row.pk] = self.at
            heir = row.successors.get().slug
            for person, slug in self.wanted.items():
                if slug in bodies:
                    self.wanted[person] = heir

    @precondition(lambda self: self.plans)
    @rule(number=st.integers(0, 9))
    def try_too_early(self, number: int) -> None:
        row = self.one(number)
        if row.status == "planned" and row.effective_on > timezone.localdate(self.at):
            with pytest.raises(Conflict), transaction.atomic():
                services.take_effect(actor=SYSTEM, succession_id=row.pk, at=self.at)

    @invariant()
    def what_took_effect_did_so_once_and_on_its_day(self) -> None:
        for row in Succession.objects.filter(pk__in=self.plans):
            entries = AuditEntry.objects.filter(
                action="succession.apply", object_type="succession.succession", object_id=str(row.pk)
            )
            assert entries.count() == (1 if row.pk in self.applied else 0)
            assert (row.status == "applied") == (row.pk in self.applied)
            assert (row.status == "cancelled") == (row.pk in self.cancelled)
            made = Organisation.objects.filter(slug=row.successors.get().slug)
            if row.pk in self.applied:
                assert made.get().valid_from == row.effective_on
                assert timezone.localdate(self.applied[row.pk]) >= row.effective_on
            else:
                assert not made.exists()

    @invariant()
    def refusals_are_sentences(self) -> None:
        assert all(" " in sentence.strip() for sentence in self.refused)

    @invariant()
    def everybody_is_with_the_body_that_took_effect(self) -> None:
        for slug, person in self.people.items():
            open_ones = Mandate.objects.filter(person=person, valid_to=None)
            assert [each.organisation.slug for each in open_ones] == [self.wanted[person.pk]], slug
            # A stretch of time belongs to one body: the old mandate ends where the new one begins.
            chain = list(Mandate.objects.filter(person=person).order_by("pk"))
            for before, after in pairwise(chain):
                assert before.valid_to == after.valid_from
                assert before.followed_by == after
            far = self.at.date() + timedelta(days=400)
            assert current_mandates(person, on=far).count() == 1


def test_any_order_of_plans_and_clocks() -> None:
    town = Town()
    Machine.officer = acting(town.convening, "officer")
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
