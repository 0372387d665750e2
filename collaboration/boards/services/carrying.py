"""Boards as files: what the whole room may see, the full history, and a board made from a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.boards import founding, oplog, settling, states
from collaboration.boards import rules as rules
from collaboration.boards.engine import exporting
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board
from collaboration.workshops import queries
from collaboration.workshops.models import Workshop
from collaboration.workshops.services import agenda
from collaboration.workshops.services.records import locked_row
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now

HISTORY_FORMAT = "golden-thread-board-history"


def export_board(workshop: Workshop) -> dict[str, Any]:
    """The board as the whole room may see it, as JSON values. Nothing hidden is in it; the caller asks who may have it.

    Brought into another workshop it gives the identical board.
    """
    with states.held(_board_of(workshop).pk) as held:
        return exporting.export_board(held.state)


@transaction.atomic
def import_board(*, actor: Actor, workshop: Workshop, file: object) -> Board:
    """Let the board of a planned workshop begin as ``file`` says (see :func:`export_board`).

    The plan then says what the file says: question, columns and rules. Raises :class:`Invalid` with what is wrong with
    the file, and :class:`Conflict` when something was written already.
    """
    row = locked_row(workshop.pk)
    board = Board.objects.select_for_update(of=("self",)).select_related("workshop").filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    require(actor, "board.import", board)
    if not founding.is_blank(founding.folded(board.pk)):
        raise Conflict(_("Something was written on this board already. Bring the file into a new workshop."))
    first = exporting.import_board(file, op_id=str(uuid4()), by="", at=int(now().timestamp() * 1000))
    if isinstance(first, Rejected):
        said = _(first.template) % first.about if first.about else _(first.template)
        raise Invalid({"file": [_("This file cannot be read as a board. %(why)s") % {"why": said}]})
    founding.begin_again(board.pk, first)
    state = founding.folded(board.pk)
    things = state.things
    columns = [
        {"title": things[id]["title"], "prompt": things[id].get("prompt", "")} for _order, id in state.row(BOARD)
    ]
    if row.names == "hidden" and things[BOARD]["names"] == "shown" and settling.anybody_joined(board.pk):
        raise Conflict(_(Rejected("names_promised").template))
    rules = {name: things[BOARD][name] for name in asdict(queries.Rules())}
    told = {"prompt": things[BOARD].get("prompt", ""), "columns": columns, **rules}
    agenda.plan_brought_in(actor=actor, workshop=row, plan=told)
    keep(actor=actor, action="board.import", obj=board, changes={"things": [None, len(first.facts)]})
    board.refresh_from_db()
    return board


@transaction.atomic
def export_history(*, actor: Actor, workshop: Workshop) -> dict[str, Any]:
    """Everything that ever happened on a board, as JSON values, hidden and deleted things too. It is noted who took it.

    Folding ``entries`` gives the board at any of its moments. What
    was removed for good is not in it. Where names were hidden nobody is named: there is nobody to name.
    """
    board = Board.objects.select_related("workshop").filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    require(actor, "board.history", board)
    entries = [entry.as_json() for entry in oplog.read_all(board.pk)]
    keep(actor=actor, action="board.history", obj=board, changes={"entries": [None, len(entries)]})
    return {
        "format": HISTORY_FORMAT,
        "version": 1,
        "board": str(board.pk),
        "epoch": str(board.epoch),
        "entries": entries,
    }


def _board_of(workshop: Workshop) -> Board:
    board = Board.objects.filter(workshop=workshop).first()
    if board is None:
        raise NotFound(_("There is no such board."))
    return board
