"""Gaps under a board's ambitions are offered for its agenda: in the board's order, and counted once for all of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.governance.models import PartnershipBoard
from collaboration.thread import services
from collaboration.thread.suggesting import MOST, unowned_gaps
from tests.collaboration.ground import Ground, initiative, lay

pytestmark = pytest.mark.django_db

ON = date(2027, 3, 1)


def board(ground: Ground, *codes: str) -> PartnershipBoard:
    made = PartnershipBoard.objects.create(slug="-".join(codes).lower().replace(".", "-"), name="Board")
    made.elements.set(ground.elements[code] for code in codes)
    return made


@pytest.fixture
def ground() -> Ground:
    ground = lay()
    for code in ("V-A1.1", "V-A3.1"):
        initiative(ground, f"Work for {code}", codes=(code, "B-1"))
    services.recount()
    return ground


def test_strands_without_work_come_before_blocks_and_each_leads_to_its_ambition(ground: Ground) -> None:
    found = unowned_gaps(board(ground, "V-A1"), ON)
    assert [(each.id, each.path) for each in found] == [
        ("V-A1.2/", "/ambitions/v-a1/"),
        ("V-A1/B-2", "/ambitions/v-a1/"),
        ("V-A1/B-3", "/ambitions/v-a1/"),
    ]
    assert found[0].title == "Nothing happens yet: Preventing illness"
    assert found[1].title == "Nothing happens yet: Live well for longer, Delivery"


def test_a_board_for_a_strand_is_offered_the_gaps_of_its_ambition_once(ground: Ground) -> None:
    found = unowned_gaps(board(ground, "V-A1.1", "V-A1.2", "V-A3"), ON)
    assert [each.id for each in found] == ["V-A1.2/", "V-A1/B-2", "V-A1/B-3", "V-A3/B-2", "V-A3/B-3"]


def test_many_ambitions_are_counted_at_once_and_offered_up_to_a_limit(ground: Ground) -> None:
    asked = []
    for codes in (("V-A1",), ("V-A1", "V-A2", "V-A3")):
        for_it = board(ground, *codes)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = unowned_gaps(for_it, ON)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert len(found) == 9 <= MOST
