"""Digests tell what boards decided in a section of its own, before what changed, and to nobody who may not see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Decision, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.services import deciding, linking, voices
from notifications.models import OutgoingMessage
from tests.notifications.ground import Ground, lay
from tests.notifications.test_digests import TUESDAY, deliver, make, subscribe, write_update

pytestmark = pytest.mark.django_db


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
    SeatHolder.objects.create(seat=seat, person=nurse.who, mandate=nurse.under, valid_from=date(2020, 1, 1))
    return made


def decide(ground: Ground, board: PartnershipBoard, title: str, access: str = "public") -> Decision:
    said: dict[str, Any] = {"rationale": "It is cheaper.", "accords": "accords", **dict.fromkeys(IMPLICATIONS, "None.")}
    lead = ground.people["lead"]
    decision = deciding.propose(actor=lead, board=board, title=title, text="We do it.", access=access, **said)
    linking.add(actor=lead, decision=decision, what="Pays for it", initiative="VAL-0042")
    deciding.open_for_voices(actor=lead, decision=decision)
    voices.give(actor=ground.people["nurse"], decision=decision, choice="for")
    return deciding.make(actor=lead, decision=decision)


def test_what_was_decided_comes_before_what_changed(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "initiative=VAL-0042")
    decide(ground, board, "One budget")
    decide(ground, board, "One team")
    decide(ground, board, "Heliotrope", access="board")
    write_update(ground)

    [row] = make(clock)

    assert row.subject.endswith(", and 2 more")
    assert "2 decided, 1 changed" in row.text
    assert row.text.index("DECIDED") < row.text.index("One budget") < row.text.index("CHANGED IN WHAT YOU FOLLOW")
    assert "Decided: Agreed by consensus: 1 for, 0 against." in row.text
    assert "/decisions/D-0001/" in row.text
    assert "Heliotrope" not in row.text + row.html
    assert deliver() == {("sent", "250 OK")} or OutgoingMessage.objects.get().status == "sent"


def test_the_board_is_told_of_what_is_for_the_board(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    subscribe(ground.people["approver"].person, "initiative=VAL-0042")
    subscribe(ground.people["nurse"].person, "initiative=VAL-0042")
    decide(ground, board, "Heliotrope", access="board")

    told = {row.recipient: row.text for row in make(clock)}

    assert "Heliotrope" in told["nurse@example.org"]
    assert "approver@example.org" not in told


def test_what_was_hidden_meanwhile_is_held_back(
    ground: Ground, board: PartnershipBoard, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "initiative=VAL-0042")
    decision = decide(ground, board, "One budget")
    [row] = make(clock, TUESDAY)
    Decision.objects.filter(pk=decision.pk).update(access="board")

    deliver()

    row.refresh_from_db()
    assert row.status == "suppressed"
