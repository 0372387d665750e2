"""Rules that are settled on a board, in the lobby: kept in the workshop's plan in the same transaction.

What people are told before they join stands in the plan. So the plan never says anything else than the board does, and
a promise that names are hidden is not taken back from those who joined under it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import State
from collaboration.boards.engine.texts import BOARD
from collaboration.workshops import queries
from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.services import agenda
from collaboration.workshops.services.records import locked_row

KIND = "settings"


def hold(boards: Collection[UUID]) -> None:
    """Lock the workshops of these boards, whose rules ops would settle. Before the boards: everybody locks in this
    order."""
    if not boards:
        return
    for workshop_id in Workshop.objects.filter(board__in=boards).order_by("pk").values_list("pk", flat=True):
        locked_row(workshop_id)


def refusal(state: State, op: Op, actor: Actor, board_id: UUID) -> Rejected | None:
    """Why the rules of an op of this kind cannot be settled now that people have joined under other ones, if so."""
    if op.props.get("names") != "shown" or op.op_id in state.recent:
        return None
    if not (actor.facilitates and state.names_hidden and state.stage == Stage.LOBBY):
        return None
    return Rejected("names_promised") if anybody_joined(board_id) else None


def anybody_joined(board_id: UUID) -> bool:
    """Whether anybody has come who does not facilitate."""
    there = Participation.objects.filter(workshop__board=board_id)
    return there.exclude(role=Participation.Role.FACILITATOR).exists()


def follow(board_id: UUID, entry: Entry) -> None:
    """Let the plan of this board's workshop say what was settled in this entry, by whom."""
    rules = next(fact["set"] for fact in entry.facts if fact["id"] == BOARD)
    by = Participation.objects.select_related("person").get(key=entry.by, workshop__board=board_id)
    workshop = locked_row(by.workshop_id)
    agenda.rules_settled(actor=queries.actor_of(by), workshop=workshop, rules=rules)
