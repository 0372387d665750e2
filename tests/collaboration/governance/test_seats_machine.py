"""Keepers, organisations, mandates and the calendar in any order.

Whatever happens: a seat has one member a day and only under a mandate of its own organisation that holds; a board has
one chair a day, on a seat of that day; after its end nothing on a board goes on; a refusal changes nothing; and every
change has its line in the history.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from collaboration.governance.models import ChairTerm, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.queries import boards as queries
from collaboration.governance.services import boards, chairing, seats
from collaboration.governance.standing import boards_kept_by, standing_of
from groundwork.access.errors import DomainError
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, LEAD, SECRETARY, Ground
from tests.conftest import NOON

pytestmark = pytest.mark.django_db

WHO = st.sampled_from([LEAD, SECRETARY, CHAIR, "partner:lead", "other:lead", "other:officer", "lead:lead", "public"])
BODY = st.sampled_from(["owner", "partner", "other", "lead"])
PERSON = st.sampled_from(["member", "lead", "approver"])
DAYS = st.integers(min_value=-40, max_value=400)
UNTIL = st.none() | st.integers(min_value=1, max_value=300)


class Machine(RuleBasedStateMachine):
    ground: Ground
    traveller: Any
    """Set by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.traveller.move_to(NOON)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.board = PartnershipBoard.objects.get(pk=self.ground.board.pk)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def act(self, do: Any, **words: Any) -> Any:
        """Do it, or be told why not in a sentence; a refusal leaves no trace, a change leaves one line."""
        before = self._picture()
        lines = AuditEntry.objects.count()
        refusal, done = "", None
        try:
            with transaction.atomic():
                done = do(**words)
        except DomainError as error:
            refusal = error.message
        changed = self._picture() != before
        assert not (refusal and changed)
        assert done is not None or refusal.endswith(".")
        assert AuditEntry.objects.count() - lines == (1 if changed else 0)
        return done

    def _picture(self) -> Any:
        fields = ("pk", "valid_from", "valid_to")
        return (
            list(PartnershipBoard.objects.order_by("pk").values_list("pk", "status", "version", "ends_on")),
            list(Seat.objects.order_by("pk").values_list(*fields, "role", "vacancy_told_at")),
            list(SeatHolder.objects.order_by("pk").values_list(*fields, "kind", "person")),
            list(ChairTerm.objects.order_by("pk").values_list(*fields, "seat")),
        )

    def seat(self, number: int) -> Seat:
        every = list(Seat.objects.filter(board=self.board).order_by("pk"))
        return every[number % len(every)]

    def fresh(self) -> PartnershipBoard:
        return PartnershipBoard.objects.get(pk=self.board.pk)

    @rule(who=WHO, body=BODY, role=st.sampled_from(Seat.Role.values), stale=st.booleans())
    def add(self, who: str, body: str, role: str, stale: bool) -> None:
        version = self.fresh().version - stale
        slug = self.ground.world.bodies[body].slug
        self.act(seats.add, actor=self.ground[who], board=self.board, version=version, organisation=slug, role=role)

    @rule(who=WHO, number=st.integers(0, 20))
    def end(self, who: str, number: int) -> None:
        self.act(seats.end, actor=self.ground[who], seat=self.seat(number), version=self.fresh().version)

    @rule(who=WHO, number=st.integers(0, 20), body=BODY, person=PERSON, deputy=st.booleans(), days=DAYS, until=UNTIL)
    def appoint(
        self, who: str, number: int, body: str, person: str, deputy: bool, days: int, until: int | None
    ) -> None:
        begins = today() + timedelta(days=days)
        self.act(
            seats.appoint,
            actor=self.ground[who],
            seat=self.seat(number),
            mandate=self.ground[f"{body}:{person}"].under,
            kind="deputy" if deputy else "holder",
            valid_from=begins,
            valid_to=begins + timedelta(days=until) if until else None,
        )

    @rule(number=st.integers(0, 20), person=PERSON, days=st.integers(0, 30), until=UNTIL)
    def appoint_properly(self, number: int, person: str, days: int, until: int | None) -> None:
        seat = self.seat(number)
        body = next(name for name, each in self.ground.world.bodies.items() if each.pk == seat.organisation_id)
        self.appoint(f"{body}:lead", number, body, person, deputy=False, days=days, until=until)

    @rule(who=WHO, number=st.integers(0, 50))
    def leave(self, who: str, number: int) -> None:
        every = list(SeatHolder.objects.order_by("pk"))
        self.act(seats.leave, actor=self.ground[who], holder=every[number % len(every)])

    @rule(who=WHO, number=st.integers(0, 20))
    def ask(self, who: str, number: int) -> None:
        self.act(seats.ask_to_fill, actor=self.ground[who], seat=self.seat(number))

    @rule(who=WHO, number=st.integers(0, 20), role=st.sampled_from(["chair", "chair", "vice"]), days=DAYS, until=UNTIL)
    def name_chair(self, who: str, number: int, role: str, days: int, until: int | None) -> None:
        begins = today() + timedelta(days=days)
        self.act(
            chairing.name,
            actor=self.ground[who],
            board=self.board,
            version=self.fresh().version,
            seat=self.seat(number),
            role=role,
            valid_from=begins,
            valid_to=begins + timedelta(days=until) if until else None,
        )

    @rule(who=WHO, number=st.integers(0, 20))
    def end_term(self, who: str, number: int) -> None:
        every = list(ChairTerm.objects.order_by("pk"))
        self.act(chairing.end, actor=self.ground[who], term=every[number % len(every)], version=self.fresh().version)

    @rule(body=BODY, person=PERSON)
    def a_mandate_ends(self, body: str, person: str) -> None:
        mandate = self.ground[f"{body}:{person}"].under
        type(mandate).objects.filter(pk=mandate.pk, valid_to=None).update(valid_to=today())

    @rule(who=WHO, days=st.none() | st.integers(-10, 300))
    def renew(self, who: str, days: int | None) -> None:
        until = today() + timedelta(days=days) if days is not None else None
        self.act(boards.renew, actor=self.ground[who], board=self.board, version=self.fresh().version, ends_on=until)

    @rule(who=WHO, sure=st.integers(0, 4))
    def close(self, who: str, sure: int) -> None:
        if sure == 0:
            self.act(boards.close, actor=self.ground[who], board=self.board, version=self.fresh().version)

    @rule(days=st.integers(1, 90))
    def time_passes(self, days: int) -> None:
        self.traveller.shift(timedelta(days=days))

    def days_that_matter(self) -> list[date]:
        return [today(), *(today() + timedelta(days=each) for each in (30, 200))]

    @invariant()
    def one_member_a_day_under_a_mandate_that_holds(self) -> None:
        for day in self.days_that_matter():
            there = SeatHolder.objects.filter(queries.present(day), kind="holder")
            assert len({each.seat_id for each in there}) == len(there)
            for row in queries.sitting(self.board, day):
                for holder in row.people:
                    assert holder.mandate is not None
                    assert holder.mandate.organisation_id == row.seat.organisation_id
                    assert holder.mandate.holds_on(day)
                assert len({holder.person_id for holder in row.people}) == len(row.people)

    @invariant()
    def one_chair_a_day_on_a_seat(self) -> None:
        for day in self.days_that_matter():
            for role in ChairTerm.Role.values:
                terms = [each for each in self.board.chair_terms.filter(role=role) if each.holds_on(day)]
                assert len(terms) <= 1
                assert all(term.seat.holds_on(day) for term in terms)

    @invariant()
    def nothing_goes_on_after_the_end(self) -> None:
        if self.fresh().status == "closed":
            for model in (Seat.objects.filter(board=self.board), self.board.chair_terms.all()):
                assert not [each for each in model if each.holds_on(today())]
            assert queries.voting_organisations(self.board) == []

    @invariant()
    def who_keeps_it_is_found_both_ways(self) -> None:
        for name in (LEAD, SECRETARY, CHAIR, "other:lead"):
            actor = self.ground[name]
            kept = PartnershipBoard.objects.filter(boards_kept_by(actor), pk=self.board.pk).exists()
            assert kept == standing_of(actor, self.fresh()).keeps


def test_anything_in_any_order() -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        machine = type("SeatsMachine", (Machine,), {"ground": grounds.lay(), "traveller": traveller})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=12,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
