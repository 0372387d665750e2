"""Ops from a plain form or the API: the same rules, the same answers, without a socket."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from collaboration.boards.committing import Answer, Asked, commit, keep_snapshots
from collaboration.boards.engine.ops import Op, parse
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.texts import is_id
from collaboration.boards.models import Board
from collaboration.boards.standing import Holder
from collaboration.workshops.models import Participation


def perform(
    *,
    participation: Participation,
    device: str,
    ops: Sequence[object],
    language: str | None = None,
    holder: Holder | None = None,
) -> list[Answer]:
    """Apply ops of somebody in a workshop, in order, and keep them for good. One ``ack`` or ``rejected`` for each.

    ``ops`` are as the protocol's page has them, not read yet; ``device`` is the key this browser holds, or "".
    ``language``: of the sentences; the present one if it is not given. Not to be called inside a transaction: what is
    acknowledged is committed.
    """
    board_id = Board.objects.values_list("pk", flat=True).get(workshop_id=participation.workshop_id)
    read: list[tuple[str | None, Op | Rejected]] = []
    for raw in ops:
        op_id = raw.get("op_id") if isinstance(raw, dict) else None
        read.append((op_id if is_id(op_id) else None, parse(raw, board=str(board_id))))
    asked = Asked(
        board_id=board_id,
        participation_id=participation.pk,
        device=device,
        ops=read,
        language=language or get_language() or "en",
        holder=holder,
    )
    answers = commit([asked])[0]
    keep_snapshots([board_id])
    return answers
