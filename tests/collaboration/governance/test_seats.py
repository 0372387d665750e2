"""Seats: who adds them, who fills them, who chairs, what is vacant, and what ends with what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.governance.models import Access, ChairTerm, Seat, SeatHolder
from collaboration.governance.queries import boards as queries
from collaboration.governance.services import boards, chairing, seats
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can, verbs
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from groundwork.events.models import OutboxEvent
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, SINCE, Ground
from tests.collaboration.initiatives.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: Any) -> Ground:
    return grounds.lay()


def now_of(ground: Ground, name: str) -> queries.SeatNow:
    return next(each for each in queries.sitting(ground.board) if each.seat == ground.seats[name])


def newest() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


KEEPS = {LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY, "system"}
TABLE = {
    "partnership.edit": KEEPS,
    "partnership.activate": KEEPS,
    "partnership.renew": KEEPS,
    "partnership.close": KEEPS,
    "partnership.add_seat": KEEPS,
    "partnership.name_chair": KEEPS,
    "partnership.hand_over": {LEAD, "owner:officer", "system"},
    "partnership.create": {
        "owner:lead", "owner:officer", "lead:lead", "lead:officer", "partner:lead", "partner:officer",
        "other:lead", "other:officer", "system",
    },
    "seat.change": KEEPS,
    "seat.end": KEEPS,
    "seat.ask": KEEPS,
    "seat.appoint": {"other:lead"},
}  # fmt: skip
"""Who may do what on the ground's board, and with the seat of "other" on it. Everything else is refused."""


def test_every_verb_of_boards_and_seats(ground: Ground) -> None:
    everyone = set(ground.world.actors)
    partners = {name for name, actor in ground.world.actors.items() if actor.is_partner} | {"system"}
    table = {**TABLE, "partnership.view": everyone, "seat.view": everyone, "seat.see_people": partners}
    # Who plans meetings is asked with the meetings.
    ours = {verb for verb in verbs() if verb.startswith(("partnership.", "seat."))} - {"partnership.plan_meeting"}
    assert ours == set(table)
    for verb, expected in table.items():
        about = ground.seats["other"] if verb.startswith("seat.") else ground.board
        allowed = set()
        for name, actor in ground.world.actors.items():
            decision = can(actor, verb, about)
            assert decision or decision.reason.endswith(".")
            if decision:
                allowed.add(name)
        assert allowed == expected, verb


def test_only_its_own_organisation_fills_a_seat(ground: Ground) -> None:
    seat = ground.seats["other"]
    new = person("New Member", ground.world.bodies["other"], "member")
    for name in (LEAD, SECRETARY, CHAIR, "other:officer", "other:member", "owner:officer"):
        with pytest.raises(NotAllowed):
            seats.appoint(actor=ground[name], seat=seat, mandate=new.under)
    holder = seats.appoint(actor=ground["other:lead"], seat=seat, mandate=new.under)
    assert now_of(ground, "other").holder == holder
    assert newest().action == "seat.appoint"
    assert "New Member" not in str(newest().changes), "the log outlives names"
    assert OutboxEvent.objects.filter(name="seat.filled").count() == 1
    assert seats.appoint(actor=ground["other:lead"], seat=seat, mandate=new.under) == holder
    assert OutboxEvent.objects.filter(name="seat.filled").count() == 1
    old = seat.holders.get(person=ground[MEMBER].who)
    assert old.valid_to == today()
    # Who was replaced has no standing any more, who was named has.
    ground.board.__dict__.pop("_standings", None)
    inside = grounds.made_board(ground.world, access=Access.BOARD)
    assert not can(ground[MEMBER], "partnership.view", inside)


def test_a_mandate_of_the_seats_own_organisation_is_needed(ground: Ground) -> None:
    lead = ground["other:lead"]
    wrong = (ground["partner:member"].under, person("Gone", ground.world.bodies["other"]).under, None, 999_999)
    gone = wrong[1]
    assert gone is not None
    gone.valid_to = date(2022, 1, 1)
    gone.save()
    for mandate in wrong:
        with pytest.raises(Invalid) as refused:
            seats.appoint(actor=lead, seat=ground.seats["other"], mandate=mandate)
        assert set(refused.value.errors) == {"mandate"}
    inactive = person("Inactive", ground.world.bodies["other"])
    inactive.who.is_active = False
    inactive.who.save()
    with pytest.raises(Invalid):
        seats.appoint(actor=lead, seat=ground.seats["other"], mandate=inactive.under)


@pytest.mark.parametrize("how", ["mandate ends", "account ends", "organisation closes", "mandate moves"])
def test_a_seat_is_vacant_at_once_and_by_itself(ground: Ground, how: str) -> None:
    assert not now_of(ground, "other").is_vacant
    member = ground[MEMBER]
    if how == "mandate ends":
        member.under.valid_to = today()
        member.under.save()
    elif how == "account ends":
        member.who.is_active = False
        member.who.save()
    elif how == "organisation closes":
        ground.world.bodies["other"].status = "closed"
        ground.world.bodies["other"].save()
    else:
        member.under.organisation = ground.world.bodies["lead"]
        member.under.save()
    assert now_of(ground, "other").is_vacant
    assert member.who not in [each.person for each in queries.people_to_invite(ground.board, today())]


def test_named_ahead_and_for_a_time(ground: Ground) -> None:
    seat, lead = ground.seats["other"], ground["other:lead"]
    new = person("New", ground.world.bodies["other"])
    begins, ends = today() + timedelta(days=30), today() + timedelta(days=60)
    seats.appoint(actor=lead, seat=seat, mandate=new.under, valid_from=begins, valid_to=ends)
    who = [
        row.holder.person.name if row.holder and row.holder.person else None
        for day in (today(), begins - timedelta(days=1), begins, ends)
        for row in queries.sitting(ground.board, day)
        if row.seat == seat
    ]
    assert who == ["Other Member", "Other Member", "New", None]
    with pytest.raises(Invalid, match="within a year"):
        seats.appoint(actor=lead, seat=seat, mandate=new.under, valid_from=today() - timedelta(days=1))
    with pytest.raises(Invalid, match="after they begin"):
        seats.appoint(actor=lead, seat=seat, mandate=new.under, valid_from=begins, valid_to=begins)


def test_deputies_stand_beside_and_become_members(ground: Ground) -> None:
    seat, lead = ground.seats["other"], ground["other:lead"]
    deputies = [person(f"Deputy {number}", ground.world.bodies["other"]) for number in (1, 2)]
    for each in deputies:
        seats.appoint(actor=lead, seat=seat, mandate=each.under, kind="deputy")
    row = now_of(ground, "other")
    assert row.holder is not None
    assert row.holder.person == ground[MEMBER].who
    assert [each.person for each in row.deputies] == [each.who for each in deputies]
    seats.appoint(actor=lead, seat=seat, mandate=deputies[0].under)
    row = now_of(ground, "other")
    assert row.holder is not None
    assert row.holder.person == deputies[0].who
    assert [each.person for each in row.deputies] == [deputies[1].who]
    invited = queries.people_to_invite(ground.board, today())
    assert [each.as_deputy for each in invited] == sorted(each.as_deputy for each in invited)
    assert len({each.person.pk for each in invited}) == len(invited)


def test_leaving(ground: Ground) -> None:
    holder = ground.seats["other"].holders.get()
    with pytest.raises(NotAllowed):
        seats.leave(actor=ground[LEAD], holder=holder)
    left = seats.leave(actor=ground["other:lead"], holder=holder)
    assert left.valid_to == today()
    assert seats.leave(actor=ground["other:lead"], holder=holder) == left
    assert AuditEntry.objects.filter(action="seat.leave").count() == 1
    assert now_of(ground, "other").is_vacant


def test_keepers_ask_once_a_week(ground: Ground, clock: Any) -> None:
    with pytest.raises(Conflict, match="filled"):
        seats.ask_to_fill(actor=ground[SECRETARY], seat=ground.seats["other"])
    vacant = ground.seats["owner"]
    with pytest.raises(NotAllowed):
        seats.ask_to_fill(actor=ground["other:officer"], seat=vacant)
    seats.ask_to_fill(actor=ground[SECRETARY], seat=vacant)
    with pytest.raises(Conflict, match="a week later"):
        seats.ask_to_fill(actor=ground[LEAD], seat=vacant)
    clock.shift(timedelta(days=7))
    seats.ask_to_fill(actor=ground[LEAD], seat=vacant)
    assert OutboxEvent.objects.filter(name="seat.asked_for").count() == 2


def test_seats_are_added_changed_and_ended_by_keepers(ground: Ground) -> None:
    board, actor = ground.board, ground[SECRETARY]
    made = seats.add(actor=actor, board=board, version=1, organisation=ground.world.bodies["lead"].slug, title="Health")
    assert (made.votes, made.order, made.valid_from) == (True, 1, today())
    with pytest.raises(NotAllowed):
        seats.add(actor=ground[MEMBER], board=board, version=2, organisation=ground.world.bodies["lead"].slug)
    with pytest.raises(Invalid, match="already"):
        seats.add(
            actor=ground[LEAD], board=board, version=2, organisation=ground.world.bodies["lead"].slug, title="health"
        )
    with pytest.raises(Invalid, match="several organisations"):
        seats.add(actor=actor, board=board, version=2, organisation=ground.world.bodies["group"].slug)
    with pytest.raises(Conflict, match="was changed by"):
        seats.add(actor=actor, board=board, version=1, organisation=ground.world.bodies["lead"].slug)
    changed = seats.change(actor=actor, seat=made, version=2, role="adviser", title="Health")
    assert not changed.votes
    assert ground.world.bodies["lead"] not in queries.voting_organisations(board)
    # On the day it was added: it was never there.
    ended = seats.end(actor=actor, seat=made, version=3)
    assert ended.valid_to == today()
    assert not Seat.objects.get(pk=made.pk).holds_on(today())
    assert seats.end(actor=actor, seat=made, version=1).valid_to == today()
    with pytest.raises(Conflict, match="has ended"):
        seats.change(actor=actor, seat=made, version=4, role="member")
    kept = [entry.action for entry in AuditEntry.objects.filter(object_id=str(board.pk)).order_by("pk")]
    assert kept == ["seat.add", "seat.change", "seat.end"]


def test_ending_a_seat_ends_what_is_on_it(ground: Ground) -> None:
    seat = ground.seats["partner"]
    chairing.name(
        actor=ground[LEAD], board=ground.board, version=1, seat=ground.seats["other"],
        valid_from=today() + timedelta(days=10),
    )  # fmt: skip
    chairing.name(
        actor=ground[LEAD], board=ground.board, version=2, seat=seat, valid_from=today() + timedelta(days=100)
    )
    seats.end(actor=ground[LEAD], seat=seat, version=3)
    assert not seat.holders.filter(valid_to=None).exists()
    assert all(term.valid_to and term.valid_to <= max(today(), term.valid_from) for term in seat.chair_terms.all())
    assert not can(ground[CHAIR], "partnership.edit", type(ground.board).objects.get(pk=ground.board.pk))


def test_the_chair_rotates_without_overlap(ground: Ground) -> None:
    board, actor = ground.board, ground[LEAD]
    spring, autumn = date(2027, 4, 1), date(2027, 10, 1)
    term = chairing.name(actor=actor, board=board, version=1, seat=ground.seats["other"], valid_from=spring)
    assert ChairTerm.objects.get(seat=ground.seats["partner"]).valid_to == spring, "gives way"
    days = (spring - timedelta(days=1), spring)
    chairs = [next(row.seat for row in queries.sitting(board, day) if row.chairs == "chair") for day in days]
    assert chairs == [ground.seats["partner"], ground.seats["other"]]
    with pytest.raises(Invalid, match="cannot overlap") as refused:
        chairing.name(
            actor=actor, board=board, version=2, seat=ground.seats["owner"], valid_from=SINCE, valid_to=autumn
        )
    assert set(refused.value.errors) == {"valid_from"}
    chairing.name(actor=actor, board=board, version=2, seat=ground.seats["owner"], role="vice", valid_from=spring)
    with pytest.raises(Invalid, match="secretary"):
        chairing.name(actor=actor, board=board, version=3, seat=ground.seats["secretary"], valid_from=autumn)
    with pytest.raises(Conflict):
        chairing.name(actor=actor, board=board, version=1, seat=ground.seats["owner"], valid_from=autumn)
    chairing.end(actor=actor, term=term, version=3)
    term.refresh_from_db()
    assert term.valid_to == spring, "it never begins"
    foreign = grounds.made_board(ground.world)
    with pytest.raises(Invalid):
        chairing.name(actor=actor, board=foreign, version=1, seat=ground.seats["owner"])


def test_nobody_learns_of_seats_of_hidden_boards(ground: Ground) -> None:
    hidden = grounds.made_board(ground.world, access=Access.NAMED)
    seat = grounds.seat(hidden, ground[MEMBER])
    with pytest.raises(NotFound):
        seats.appoint(actor=ground["partner:lead"], seat=seat, mandate=None)
    with pytest.raises(NotFound):
        queries.get(ground["partner:lead"], hidden.slug)
    assert queries.get(ground["other:lead"], hidden.slug) == hidden


def test_closing_ends_seats(ground: Ground) -> None:
    board = boards.close(actor=ground[CHAIR], board=ground.board, version=1, reason="Its work is done.")
    assert (board.status, board.closed_on) == ("closed", today())
    assert not Seat.objects.filter(board=board, valid_to=None).exists()
    assert not SeatHolder.objects.filter(seat__board=board, valid_to=None).exists()
    assert queries.sitting(board) == []
    event = OutboxEvent.objects.get(name="partnership.closed")
    assert event.payload["seat_ids"] == sorted(seat.pk for seat in ground.seats.values())
    for refused in (
        lambda: boards.edit(actor=ground[LEAD], board=board, version=2, purpose="More"),
        lambda: boards.renew(actor=ground[LEAD], board=board, version=2, ends_on=None),
        lambda: boards.activate(actor=ground[LEAD], board=board, version=2),
        lambda: seats.add(actor=ground[LEAD], board=board, version=2, organisation="x"),
        lambda: chairing.name(actor=ground[LEAD], board=board, version=2, seat=ground.seats["owner"]),
    ):
        with pytest.raises(Conflict, match="closed"):
            refused()


def test_counts_of_queries_do_not_grow(ground: Ground) -> None:
    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.sitting(ground.board)
        return len(captured)

    before = counted()
    for number in range(3):
        member = person(f"Member {number}", ground.world.bodies["lead"])
        grounds.seat(ground.board, member, title=f"Seat {number}")
    assert counted() == before == 3
    with CaptureQueriesContext(connection) as captured:
        both = queries.sitting_of_many([ground.board, grounds.made_board(ground.world)])
    assert len(captured) == 4, "one of them makes the second board"
    assert len(both[ground.board.pk]) == 7
