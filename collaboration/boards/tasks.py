"""What boards do by the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from uuid import UUID

from collaboration.boards.services import keeping
from groundwork.schedule.registry import Slot, daily, job


def _boards_with_a_bin(slot: Slot) -> Iterable[str]:
    return [str(board_id) for board_id in keeping.boards_that_changed_before(slot.due_at)]


@job("boards.empty_bins", when=daily(time(2, 10)), subjects=_boards_with_a_bin)
def empty_bins(slot: Slot) -> None:
    """Each night, what was deleted thirty days ago goes for good, board by board."""
    keeping.empty_bin(UUID(slot.subject))


@job("boards.forget_tickets", when=daily(time(2, 20)))
def forget_tickets(slot: Slot) -> None:
    """Tickets work for a minute; their rows go the night after."""
    keeping.forget_tickets(at=slot.due_at)
