"""A board's November, in which something of everything happened, and the morning on which its pack is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import time_machine

from collaboration.actions.models import Action
from collaboration.governance.models import (
    Decision,
    Meeting,
    PartnershipBoard,
    RecommendationList,
    Seat,
    SeatHolder,
)
from collaboration.governance.rooms import room_of
from collaboration.initiatives.indexing import reindex
from collaboration.initiatives.models import Alignment, Initiative
from collaboration.initiatives.services import drafting
from collaboration.thread.services import recount
from groundwork.clock import now
from notifications.services import packing
from tests.notifications.ground import Ground
from vision.frameworks.models import Element, Framework

MORNING = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
"""The first of December, a Tuesday."""


def lay_board(ground: Ground) -> PartnershipBoard:
    """A board of the council that serves an ambition; the hospital's nurse sits on it, and a seat is vacant."""
    vision = Framework.objects.create(id=901, key="vision", title="The Vision", part="vision", owner=ground.county)
    blocks = Framework.objects.create(id=902, key="blocks", title="Blocks", part="building-blocks", owner=ground.county)
    ambition = Element.objects.create(
        id=911, framework=vision, code="V-A1", slug="v-a1", kind="ambition", title="Live well", order=1
    )
    for number, title in ((1, "Warm & dry homes"), (2, "Clean air")):
        Element.objects.create(
            id=911 + number, framework=vision, code=f"V-A1.{number}", slug=f"v-a1-{number}", kind="strand", title=title,
            parent=ambition, depth=1, order=1 + number,
        )  # fmt: skip
    Element.objects.create(
        id=915, framework=blocks, code="B-1", slug="b-1", kind="block", title="Shared buildings", order=1
    )
    board = PartnershipBoard.objects.create(
        id=61, slug="vale-board", name="Vale <Health> & Care Board", status="active", lead=ground.council
    )
    board.elements.add(ambition)
    board.areas.add(ground.area)
    nurse = ground.people["nurse"]
    since = date(2021, 1, 1)
    seat = Seat.objects.create(id=71, board=board, organisation=ground.hospital, title="Health", valid_from=since)
    SeatHolder.objects.create(id=72, seat=seat, person=nurse.person, mandate=nurse.mandate, valid_from=since)
    Seat.objects.create(id=73, board=board, organisation=ground.empty, title="Young people", valid_from=since)
    return board


def a_month(ground: Ground) -> PartnershipBoard:
    """Decisions, actions, meetings, recommendations, changes and gaps."""
    board = lay_board(ground)
    it = ground.initiative
    Alignment.objects.create(initiative=it, element=Element.objects.get(code="V-A1.1"))
    Initiative.objects.filter(pk=it.pk).update(published_at=now() - timedelta(days=60))
    reindex([it.pk])
    recount()
    for title, stage in (("Warm homes & safe streets", "proposed"), ("Warm homes & safe streets", "active")):
        it.refresh_from_db()
        drafting.save_about(
            actor=ground.people["lead"],
            initiative=it,
            version=it.version,
            title=title,
            summary=it.summary,
            stage=stage,
            at=now() - timedelta(days=3),
        )
    _decisions(board)
    _actions(ground, board)
    Meeting.objects.create(
        id=62,
        uuid="01900000-0000-4000-8000-000000000062",
        board=board,
        title="Winter <pressures>",
        status="called",
        access="board",
        starts_at=datetime(2026, 12, 15, 14, 0, tzinfo=UTC),
        ends_at=datetime(2026, 12, 15, 16, 0, tzinfo=UTC),
        papers_due_on=date(2026, 12, 8),
    )
    made = RecommendationList.objects.create(id=81, slug="road-map", title="The road map", board=board)
    for number, (status, due_on) in enumerate((("open", date(2026, 11, 2)), ("done", None), ("under_way", None)), 1):
        made.recommendations.create(
            id=81 + number,
            code=f"R-{number}",
            title=f"Share measure {number}",
            status=status,
            due_on=due_on,
            owner=ground.county if number == 1 else None,
        )
    return board


def _decisions(board: PartnershipBoard) -> None:
    said = {"board": board, "how": "consensus", "access": "board"}
    made = {"status": "made", "decided_on": date(2026, 11, 18)}
    Decision.objects.create(
        id=74,
        number=7,
        reference="D-0007",
        title="One budget for “warm” homes <soon>",
        text="We pay for warm homes out of one budget.\nThe council keeps it.",
        accords="contrary",
        accords_reason="The strategy has three budgets.",
        **made,
        **said,
    )
    Decision.objects.create(id=75, number=8, reference="D-0008", title="Still open", text="…", status="open", **said)
    Decision.objects.create(
        id=76, number=9, reference="D-0009", title="Named", text="…", **{**said, "access": "named"}, **made
    )
    earlier = {**made, "decided_on": date(2026, 10, 31)}
    Decision.objects.create(id=77, number=6, reference="D-0006", title="October", text="…", **earlier, **said)


def _actions(ground: Ground, board: PartnershipBoard) -> None:
    nurse = ground.people["nurse"].person
    said = {"room": room_of(board), "visibility": "room", "owner": nurse}
    rows: tuple[dict[str, object], ...] = (
        {"what": "Ask the bus operator for a stop at the “new” clinic <soon>", "due_on": date(2026, 11, 13)},
        {
            "what": "Find a dry room for coats",
            "due_on": date(2026, 12, 31),
            "blocked_at": now(),
            "blocked_reason": "No key",
        },
        {"what": "Write to the landlords", "status": "done", "done_at": now(), "evidence": "40 letters went."},
        {"what": "Not for the pack", "visibility": "involved"},
    )
    for number, fields in enumerate(rows, 961):
        given = {"status": "accepted", "organisation": ground.hospital, **said, **fields}
        Action.objects.create(id=number, number=number, reference=f"A-0{number}", **given)
    Action.objects.create(
        id=969, number=969, reference="A-0969", what="Nobody has this", status="unowned", room=room_of(board)
    )


def board_pack(ground: Ground) -> None:
    a_month(ground)
    with time_machine.travel(MORNING, tick=False):
        packing.make()
