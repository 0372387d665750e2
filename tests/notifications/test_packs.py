"""The monthly pack of a board: who gets it, once; what is in it for whom; and that it says what holds when it goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.governance.models import Decision, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.queries.board_months import Month
from groundwork.access.actors import Public
from groundwork.access.errors import NotFound
from groundwork.audit.queries import history_of
from groundwork.clock import now
from groundwork.directory.models import Mandate, PlaceDate
from groundwork.schedule.registry import jobs
from groundwork.schedule.services import tick
from notifications import tasks
from notifications.models import BoardPack, OutgoingMessage, PackChoice, Subscriber
from notifications.queries import packs
from notifications.services import choosing_packs, packing, send_due, stopping
from notifications.services.pack_words import sections
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay
from tests.notifications.pack_occasion import MORNING, a_month, lay_board

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


@pytest.fixture
def board(ground: Ground, clock: time_machine.Coordinates) -> PartnershipBoard:
    """In which something of everything happened in November; it is the morning after."""
    board = a_month(ground)
    clock.move_to(MORNING)
    return board


def sent() -> list[str]:
    return sorted(OutgoingMessage.objects.filter(kind="board.pack").values_list("recipient", flat=True))


def sit(ground: Ground, board: PartnershipBoard, name: str, *, kind: str = "holder", **fields: Any) -> SeatHolder:
    actor = ground.people[name]
    seat = Seat.objects.create(board=board, organisation=actor.organisation, **fields)
    return SeatHolder.objects.create(
        seat=seat, kind=kind, person=actor.person, mandate=actor.mandate, valid_from=date(2021, 1, 1)
    )


def test_who_holds_a_seat_gets_it_and_a_deputy_does_not(ground: Ground, board: PartnershipBoard) -> None:
    sit(ground, board, "member", role="secretary")
    sit(ground, board, "approver", kind="deputy")

    assert packing.make() == 2

    assert sent() == ["member@example.org", "nurse@example.org"]


def test_what_would_be_sent_is_listed_and_nothing_is(
    ground: Ground, board: PartnershipBoard, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("send_digests", "--dry-run")

    listed = capsys.readouterr().out
    assert f"nurse@example.org  pack {board.name}, November 2026" in listed
    assert "because you hold a seat on this board" in listed
    assert "1 would be sent, 0 have nothing to say." in listed
    assert not sent()
    assert not BoardPack.objects.exists()


def test_it_comes_once_however_often_it_is_looked_for(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    for _each in range(3):
        packing.make()
    clock.shift(timedelta(days=1))
    packing.make()

    assert sent() == ["nurse@example.org"]
    assert BoardPack.objects.get().month == "2026-11"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 12, 1, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 17, 0, tzinfo=UTC), False),
        (datetime(2026, 12, 5, 9, 0, tzinfo=UTC), False),  # a Saturday
        (datetime(2026, 12, 10, 9, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 11, 9, 0, tzinfo=UTC), False),
        (datetime(2027, 1, 1, 9, 0, tzinfo=UTC), False),  # a holiday
        (datetime(2027, 1, 4, 9, 0, tzinfo=UTC), True),
        (datetime(2027, 4, 1, 6, 59, tzinfo=UTC), False),
        (datetime(2027, 4, 1, 7, 0, tzinfo=UTC), True),  # eight in summer
    ],
)
def test_it_comes_on_working_mornings_early_in_a_month(
    at: datetime, due: bool, ground: Ground, board: PartnershipBoard
) -> None:
    PlaceDate.objects.create(
        kind="holiday", starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 1), name="New Year’s Day"
    )

    assert packing.are_due(at) is due


def test_a_look_with_nothing_due_costs_four_queries(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    packing.make()
    with CaptureQueriesContext(connection) as captured:
        assert not packing.are_due(now())
    assert len(captured) <= 4
    clock.move_to(datetime(2026, 12, 20, 9, 0, tzinfo=UTC))
    with CaptureQueriesContext(connection) as captured:
        assert not packing.are_due(now())
    assert len(captured) == 0


def test_the_tick_wakes_a_worker_only_while_something_is_due(
    ground: Ground, board: PartnershipBoard, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(packing, "wake", lambda task, queue: woken.append(task))
    (job,) = [each for each in jobs() if each.name == "packs.look"]

    with django_capture_on_commit_callbacks(execute=True):
        tick(at=now(), of=[job])
    assert woken == ["packs.make"]

    tasks.write_packs()
    with django_capture_on_commit_callbacks(execute=True):
        tick(at=now() + timedelta(minutes=10), of=[job])
    assert woken == ["packs.make"]
    assert sent() == ["nurse@example.org"]


def test_a_month_without_news_sends_nothing_and_is_looked_at_once(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    """A vacant seat and gaps alone are no news."""
    lay_board(ground)
    clock.move_to(MORNING)

    assert packing.make() == 0

    assert BoardPack.objects.get().message is None
    assert not packing.are_due(now())


def test_who_said_no_gets_none_and_who_asked_gets_one(ground: Ground, board: PartnershipBoard) -> None:
    choosing_packs.choose(ground.people["nurse"], board, wanted=False)
    choosing_packs.choose(ground.people["officer"], board, wanted=True)

    packing.make()

    assert sent() == ["officer@example.org"]


def test_the_link_in_it_stops_it_and_can_be_taken_back(ground: Ground, board: PartnershipBoard) -> None:
    packing.make()
    row = OutgoingMessage.objects.get(kind="board.pack")
    token = row.headers["List-Unsubscribe"].strip("<>").rstrip("/").rsplit("/", 1)[1]
    stream = stopping.read(token)
    assert stopping.frequency_of(stream) == "monthly"

    stopping.stop(stream)
    stopping.stop(stream)

    assert stopping.frequency_of(stream) == "never"
    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}
    assert [entry.action for entry in history_of(PackChoice.objects.get())] == ["mail.stop"]
    stopping.begin_again(stream)
    assert stopping.frequency_of(stream) == "monthly"


def test_the_link_of_somebody_else_does_not_stop_it(ground: Ground, board: PartnershipBoard) -> None:
    nurse = ground.people["nurse"].person
    token = stopping.token_of(nurse, "", None, None, None, board)
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")

    with pytest.raises(NotFound):
        stopping.read(forged)
    Subscriber.objects.create(person=nurse, confirmed_at=now(), token_version=2)
    with pytest.raises(NotFound):
        stopping.read(token)


def test_it_is_written_anew_when_it_goes(ground: Ground, board: PartnershipBoard) -> None:
    packing.make()
    Decision.objects.filter(pk=74).update(title="Renamed since")
    Action.objects.filter(pk=961).update(visibility="involved")
    send_due(transport=Mailbox())

    text = OutgoingMessage.objects.get(kind="board.pack").text
    assert "Renamed since" in text
    assert "bus operator" not in text


def test_what_became_empty_before_it_goes_still_reads_whole(ground: Ground, board: PartnershipBoard) -> None:
    packing.make()
    SeatHolder.objects.update(valid_to=now().date())

    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}
    assert "no longer sits on it" in OutgoingMessage.objects.get(kind="board.pack").last_answer


def test_who_lost_their_mandate_reads_nothing_of_the_board(ground: Ground, board: PartnershipBoard) -> None:
    """Who asked for it keeps what everybody may read: here the board is for its members, so nothing."""
    PartnershipBoard.objects.update(access="board")
    choosing_packs.choose_by_link(ground.people["nurse"], ground.people["nurse"].person, board, wanted=True)
    packing.make()
    Mandate.objects.filter(person=ground.people["nurse"].person).update(valid_to=now().date())

    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}


def test_quiet_hours_and_pauses_hold_it(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"].person
    row = Subscriber.objects.create(person=nurse, confirmed_at=now(), quiet_from=18, quiet_until=10)
    packing.make()
    assert OutgoingMessage.objects.get(kind="board.pack").due_at == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)

    row.paused_until = date(2026, 12, 3)
    row.save()
    clock.move_to(datetime(2026, 12, 1, 11, 0, tzinfo=UTC))
    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}


def test_a_longer_pause_means_none_for_that_month(ground: Ground, board: PartnershipBoard) -> None:
    nurse = ground.people["nurse"].person
    Subscriber.objects.create(person=nurse, confirmed_at=now(), paused_until=date(2026, 12, 20))

    assert packing.make() == 0


def test_what_each_reader_may_read(ground: Ground, board: PartnershipBoard) -> None:
    """Its member reads what is for the board; everybody else what is public; nobody what is not to be passed on."""
    november = Month.parse("2026-11")

    def told(actor: Any) -> str:
        return str([each.parts for each in sections(packs.read(actor, board, november, now()))])

    inside, outside = told(ground.people["nurse"]), told(Public())
    for words in ("One budget", "bus operator", "dry room", "landlords", "Winter <pressures>"):
        assert words in inside, words
        assert words not in outside, words
    for words in ("Named", "Not for the pack", "Still open", "October"):
        assert words not in inside, words
    for words in ("Warm homes & safe streets", "Share measure 1", "Young Vale", "Clean air"):
        assert words in outside, words


def test_changes_of_the_month_only_and_without_what_is_for_keepers(ground: Ground, board: PartnershipBoard) -> None:
    lead = ground.people["lead"]
    november = packs.read(lead, board, Month.parse("2026-11"), now())
    assert [part.text for line in november.changed for part in line.parts if "→" in part.text]
    assert not packs.read(lead, board, Month.parse("2026-10"), now()).changed
    assert not packs.read(lead, board, Month.parse("2026-12"), now()).changed


def test_gaps_are_of_what_it_serves_and_where_it_is(ground: Ground, board: PartnershipBoard) -> None:
    found = {(gap.row.code, gap.column.code if gap.column else "") for gap in _gaps(board)}
    assert found == {("V-A1.2", ""), ("V-A1", "B-1"), ("V-A1", "V1")}
    board.elements.clear()
    assert not _gaps(board)


def _gaps(board: PartnershipBoard) -> list[Any]:
    return packs.read(Public(), board, Month.parse("2026-11"), now()).gaps


def test_it_costs_the_same_for_one_row_and_for_many(ground: Ground, board: PartnershipBoard) -> None:
    nurse, november = ground.people["nurse"], Month.parse("2026-11")

    def cost() -> int:
        fresh = PartnershipBoard.objects.select_related("lead").get(pk=board.pk)
        with CaptureQueriesContext(connection) as captured:
            sections(packs.read(nurse, fresh, november, now()))
        return len(captured)

    cost()  # what an actor is asked once in a request
    once = cost()
    for number in range(3):
        Decision.objects.create(
            number=90 + number, reference=f"D-9{number}", board=board, title="More", text="…", how="consensus",
            status="made", access="board", decided_on=date(2026, 11, 20),
        )  # fmt: skip
        Action.objects.create(
            number=90 + number, reference=f"A-9{number}", what="More", status="unowned", room=f"partnership:{board.pk}",
            organisation=ground.council, due_on=date(2026, 11, 20), blocked_at=now(), visibility="room",
        )  # fmt: skip
        Seat.objects.create(board=board, organisation=ground.empty)
    assert cost() == once


def test_old_rows_go(ground: Ground, board: PartnershipBoard) -> None:
    packing.make()
    assert packing.forget_old(now() + timedelta(days=399)) == 0
    assert packing.forget_old(now() + timedelta(days=401)) == 1


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "1999-12", "2026-1", "²026-11", "2026-11-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(NotFound):
        Month.parse(text)
