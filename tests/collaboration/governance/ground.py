"""A made-up partnership board with seats, people in them, and a meeting: the ground of the tests of governance.

"owner" leads the board; "owner", "partner" and "other" have seats. "owner:lead" leads the lead organisation;
"owner:member" is secretary, "partner:lead" fills the seat of its organisation and is chair, "partner:member" is its
deputy, "other:member" fills its seat. "other" is the convening organisation: "other:officer" is nobody special here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from collaboration.governance.models import (
    AgendaItem,
    ChairTerm,
    Decision,
    Meeting,
    PartnershipBoard,
    Seat,
    SeatHolder,
)
from groundwork.access.actors import PersonActor
from groundwork.clock import now
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World

SINCE = date(2021, 1, 1)
_numbers = itertools.count(1)

LEAD, SECRETARY, CHAIR, DEPUTY, MEMBER = "owner:lead", "owner:member", "partner:lead", "partner:member", "other:member"
OF_THE_BOARD = (LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY, MEMBER)


@dataclass
class Ground:
    world: World
    board: PartnershipBoard
    seats: dict[str, Seat]

    def __getitem__(self, name: str) -> Any:
        """The actor of that name."""
        return self.world[name]

    def meeting(self, **fields: Any) -> Meeting:
        starts_at = fields.pop("starts_at", now() + timedelta(days=14))
        return Meeting.objects.create(
            board=fields.pop("board", self.board), starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **fields
        )

    def item(self, meeting: Meeting, **fields: Any) -> AgendaItem:
        number = next(_numbers)
        return AgendaItem.objects.create(meeting=meeting, **{"title": f"Item {number}", "order": number, **fields})

    def decision(self, **fields: Any) -> Decision:
        number = next(_numbers)
        values = {"number": number, "reference": f"VAL-D{number}", "title": f"Decision {number}", "text": "We do it."}
        return Decision.objects.create(board=fields.pop("board", self.board), how="consensus", **values, **fields)


def lay(**fields: Any) -> Ground:
    """The world of the register's tests, and a board in it; ``fields`` are the board's."""
    return lay_in(worlds.build(), **fields)


def lay_in(world: World, **fields: Any) -> Ground:
    """A board with its seats in a world that is there."""
    board = made_board(world, **fields)
    seats = {
        "secretary": seat(board, world["owner:member"], role=Seat.Role.SECRETARY),
        "owner": Seat.objects.create(board=board, organisation=world.bodies["owner"], valid_from=SINCE),
        "partner": seat(board, world["partner:lead"], deputy=world["partner:member"]),
        "other": seat(board, world["other:member"]),
    }
    ChairTerm.objects.create(board=board, seat=seats["partner"], valid_from=SINCE)
    return Ground(world, board, seats)


def made_board(world: World, **fields: Any) -> PartnershipBoard:
    number = next(_numbers)
    values = {"slug": f"board-{number}", "name": f"Vale Board {number}", "lead": world.bodies["owner"]}
    return PartnershipBoard.objects.create(**{**values, "status": "active", "access": "public", **fields})


def seat(board: PartnershipBoard, holder: PersonActor, *, deputy: PersonActor | None = None, **fields: Any) -> Seat:
    """A seat of the holder's organisation, filled since 2021."""
    made = Seat.objects.create(board=board, organisation_id=holder.organisation_id, valid_from=SINCE, **fields)
    for each, kind in ((holder, SeatHolder.Kind.HOLDER), (deputy, SeatHolder.Kind.DEPUTY)):
        if each is not None:
            SeatHolder.objects.create(seat=made, kind=kind, person=each.who, mandate=each.under, valid_from=SINCE)
    return made
