"""Founding a board with its workshop, and again while nobody has written anything."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.boards import access, oplog
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.founding import Column, Rules, found
from collaboration.boards.engine.refusals import Refused
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import State, fold
from collaboration.boards.models import Board
from collaboration.workshops.models import Workshop
from groundwork.access.errors import Invalid
from groundwork.clock import now


def first_entry(workshop: Workshop) -> Entry:
    """Entry 1 of a workshop's board. Raises :class:`Invalid` with a sentence for what no board may hold."""
    columns = [
        Column(str(uuid4()), str(column.get("title", "")), str(column.get("prompt") or ""))
        for column in workshop.columns
    ] or [Column(str(uuid4()), _("Notes"))]
    rules = Rules(
        names="hidden" if workshop.names == "hidden" else "shown",
        budget=workshop.budget,
        most=workshop.most,
        totals="shown" if workshop.totals == "shown" else "hidden",
        grouping="facilitator" if workshop.grouping == "facilitator" else "everyone",
    )
    try:
        return found(
            op_id=str(uuid4()),
            by="",
            at=int(now().timestamp() * 1000),
            title=workshop.title,
            prompt=workshop.prompt,
            columns=columns,
            rules=rules,
        )
    except Refused as no:
        raise Invalid({"columns": [_(no.rejected.template) % no.rejected.about]}) from no
    except ValueError as error:
        raise Invalid({"columns": [_("A board has from 1 to 50 columns.")]}) from error


@transaction.atomic
def found_board(workshop: Workshop) -> Board:
    """The board of a workshop, founded if it has none yet."""
    board = Board.objects.select_for_update().filter(workshop=workshop).first()
    if board is None:
        board = Board.objects.create(workshop=workshop)
        oplog.begin(board.pk, first_entry(workshop), epoch=board.epoch)
        board.refresh_from_db()
    return board


@transaction.atomic
def found_again(workshop: Workshop) -> bool:
    """Let the board begin anew with the workshop's title, prompt, columns and rules as they are planned now.

    Only in the lobby and while nobody has written anything; otherwise nothing changes, and the answer is False.
    """
    board = Board.objects.select_for_update().filter(workshop=workshop).first()
    if board is None:
        return False
    if not is_blank(folded(board.pk)):
        return False
    begin_again(board.pk, first_entry(workshop))
    return True


def begin_again(board_id: UUID, first: Entry) -> None:
    """Another history of a board, from ``first``. Everybody who is connected loads it anew."""
    oplog.begin(board_id, first, epoch=uuid4())
    access.told_anew(board_id)


def folded(board_id: UUID) -> State:
    """A board's state, folded for the caller alone: inside a transaction that may yet fail, none is kept warm."""
    state = oplog.newest_state(board_id)
    return fold(oplog.read_all(board_id, state.head), state)


def is_blank(state: State) -> bool:
    """Whether nothing was written yet: in the lobby, without a note and without an action."""
    written = any(state.things[id]["type"] in ("note", "action", "comment") for id in state.binned)
    return state.stage == Stage.LOBBY and not (
        written or state.live["note"] or state.live["action"] or state.live["comment"]
    )


def planned(workshop: Workshop) -> None:
    """A workshop was planned or copied: it has a board from its first moment."""
    found_board(workshop)


def rules_changed(workshop: Workshop) -> None:
    """The plan of a workshop was changed: its board follows, while it can."""
    found_again(workshop)
