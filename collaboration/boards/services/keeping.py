"""What keeps boards small and tidy, without anybody asking: bins, tickets, and the end of what was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from collaboration.boards import oplog
from collaboration.boards.afterwards.forgetting import all_words_removed
from collaboration.boards.committing import Asked, within
from collaboration.boards.engine.limits import BIN_DAYS
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.founding import begin_again, first_entry
from collaboration.boards.models import Board, Outcome, Ticket
from collaboration.workshops.models import Workshop
from groundwork.clock import now

LOOKED_AT_FOR: Final = timedelta(days=2 * BIN_DAYS)


def boards_that_changed_before(at: datetime) -> list[UUID]:
    """Boards whose bin may hold something that is thirty days old: changed once, and not untouched for months."""
    changed = Board.objects.filter(head_seq__gt=1, changed_at__gt=at - LOOKED_AT_FOR)
    return list(changed.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def empty_bin(board_id: UUID) -> bool:
    """What has been in the bin for thirty days goes for good, and its words from everything kept before.

    False: there was nothing so old.
    """
    op_id = str(uuid4())
    head = oplog.heads([board_id]).get(board_id)
    if head is None:
        return False
    op = Op(op_id, head.head_seq, "bin.empty", BOARD, {})
    asked = Asked(board_id=board_id, participation_id=0, device="", ops=[(op_id, op)], by_server=True)
    return bool(within([asked])[0][0]["t"] == "ack")


@transaction.atomic
def forget_tickets(*, at: datetime | None = None) -> int:
    """Delete tickets that work no more. Returns how many."""
    deleted, _by_model = Ticket.objects.filter(expires_at__lt=at or now()).delete()
    return deleted


@transaction.atomic
def forget_workshop(workshop: Workshop) -> None:
    """Remove what was said on a workshop's board: its log, its snapshots, and the words that outcomes took from it.

    What came of it stays: actions, initiatives, and how many votes they had. The board begins anew, empty.
    """
    board = Board.objects.select_for_update().filter(workshop=workshop).first()
    if board is None:
        return
    Ticket.objects.filter(board=board).delete()
    all_words_removed(board.pk)
    Outcome.objects.filter(board=board).update(sources=[])
    begin_again(board.pk, first_entry(workshop))
