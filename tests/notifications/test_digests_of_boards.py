"""What digests tell of partnership boards: what waits, what changed and what comes, to who may know of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from collaboration.governance.models import (
    Decision,
    Meeting,
    Minutes,
    PartnershipBoard,
    RecommendationList,
    Seat,
    SeatHolder,
)
from collaboration.governance.services import boards
from groundwork.clock import now
from notifications.models import Choice, OutgoingMessage
from notifications.services import send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay
from tests.notifications.test_digests import make, subscribe

pytestmark = pytest.mark.django_db
UUID = "01900000-0000-4000-8000-000000000062"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


@pytest.fixture
def board(ground: Ground) -> PartnershipBoard:
    made = PartnershipBoard.objects.create(
        slug="vale-board", name="Vale Board", status="active", access="public", lead=ground.council
    )
    nurse = ground.people["nurse"]
    seat = Seat.objects.create(board=made, organisation=ground.hospital)
    SeatHolder.objects.create(seat=seat, person=nurse.person, mandate=nurse.mandate, valid_from=date(2020, 1, 1))
    return made


def meeting(board: PartnershipBoard, days: int = 5, **fields: Any) -> Meeting:
    given = {"status": "called", "access": "public", "uuid": UUID, "title": "Winter", **fields}
    starts_at = now() + timedelta(days=days)
    return Meeting.objects.create(board=board, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **given)


def text(recipient: str) -> str:
    return OutgoingMessage.objects.get(recipient=recipient).text


def test_who_follows_a_board_without_an_account_is_told_and_gets_it(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    """To the end: what it names is asked again when it goes."""
    subscribe(None, "partnership=vale-board")
    boards.edit(actor=ground.people["lead"], board=board, version=1, purpose="Together.")
    meeting(board)
    meeting(board, 6, access="board", title="Behind doors", uuid=UUID.replace("62", "63"))
    make(clock)

    assert send_due(transport=Mailbox()).outcomes == {"accepted": 1}
    row = OutgoingMessage.objects.get()
    assert "Vale Board" in row.text
    assert "COMING UP\n\n- Winter\n" in row.text
    assert f"/meetings/{UUID}/" in row.text
    assert "Behind doors" not in row.text


def test_what_is_closed_to_its_reader_meanwhile_is_held_back(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "partnership=vale-board")
    boards.edit(actor=ground.people["lead"], board=board, version=1, purpose="Together.")
    make(clock)
    PartnershipBoard.objects.update(access="board")

    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}


def wait(ground: Ground, board: PartnershipBoard) -> None:
    """One of everything that boards wait for, for the nurse."""
    nurse = ground.people["nurse"].person
    decision = {"board": board, "text": "…", "how": "consensus", "access": "board"}
    Decision.objects.create(number=7, reference="D-0007", title="One budget", status="open", **decision)
    Decision.objects.create(number=8, reference="D-0008", title="Not yet", status="proposed", **decision)
    Decision.objects.create(
        number=9, reference="D-0009", title="Declared", status="open", **decision
    ).declarations.create(person=nurse, organisation=ground.hospital, kind="other", text="I own it.")
    asked = meeting(board)
    asked.invitations.create(person=nurse, email=nurse.email, token_digest="1")
    goes = meeting(board, 7, title="Spring", uuid=UUID.replace("62", "64"))
    goes.invitations.create(person=nurse, email=nurse.email, answer="yes", token_digest="2")
    held = meeting(board, -7, status="held", title="Autumn", uuid=UUID.replace("62", "65"))
    Minutes.objects.create(meeting=held, status="circulated", comments_until=date(2026, 12, 4))
    Meeting.objects.filter(pk=goes.pk).update(papers_due_on=date(2026, 11, 27))
    goes.papers.create(title="Cold homes", asked_of=nurse)
    made = RecommendationList.objects.create(slug="road-map", title="The road map")
    made.recommendations.create(code="R-1", title="Share measures", owner=ground.hospital, due_on=date(2026, 11, 2))
    Seat.objects.create(board=board, organisation=ground.hospital, title="Second")


WAITS = {
    "Waits for the voice of Vale NHS Trust: One budget (D-0007)": "/decisions/D-0007/",
    "You are invited and have not answered: Winter": f"/meetings/{UUID}/",
    "Minutes to comment on: Autumn": f"/meetings/{UUID.replace('62', '65')}/minutes/",
    "A paper you were asked for: Cold homes": f"/meetings/{UUID.replace('62', '64')}/",
    "A recommendation that you answer for: Share measures (R-1)": "/recommendations/road-map/R-1/",
    "The seat of Vale NHS Trust is vacant: Vale Board": "/fill/",
}


def test_everything_that_boards_wait_for_needs_its_reader(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    Choice.objects.create(person=ground.people["nurse"].person, topic="asked", frequency="weekly")
    subscribe(ground.people["nurse"].person)
    wait(ground, board)
    make(clock)

    assert send_due(transport=Mailbox()).outcomes == {"accepted": 1}
    said = " ".join(text("nurse@example.org").split())
    needs, coming = said.split("COMING UP")
    for words, path in WAITS.items():
        assert words in needs, words
        assert path in needs, path
    assert "Spring" in coming
    assert "Not yet" not in said
    assert "Declared" not in said


def test_what_was_answered_meanwhile_is_held_back(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    Choice.objects.create(person=ground.people["nurse"].person, topic="asked", frequency="weekly")
    subscribe(ground.people["nurse"].person)
    wait(ground, board)
    make(clock)
    Decision.objects.filter(reference="D-0007").get().voices.create(
        organisation=ground.hospital, choice="for", person=ground.people["nurse"].person
    )

    assert send_due(transport=Mailbox()).outcomes == {"suppressed": 1}


def test_who_does_not_sit_there_is_asked_nothing(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    Choice.objects.create(person=ground.people["approver"].person, topic="asked", frequency="weekly")
    subscribe(ground.people["approver"].person)
    wait(ground, board)
    make(clock)

    assert not OutgoingMessage.objects.exists()
