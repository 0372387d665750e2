"""A board as frames of its protocol, for programs that ask every few seconds: what ``GET …/poll`` is to browsers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from collaboration.boards import oplog, states
from collaboration.boards.engine.delivery import Batch
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.resuming import resume
from groundwork.access.errors import NotFound
from groundwork.clock import now

Frame = dict[str, Any]


def since(board_id: UUID, viewer: Actor, seq: int | None, epoch: str | None) -> list[Frame]:
    """What a client that holds ``seq`` of ``epoch`` (None: nothing) lacks; a ``heartbeat`` when that is nothing.

    At most a page of the log: who lacks more asks again, with a larger seq.
    """
    head = oplog.heads([board_id]).get(board_id)
    if head is None:
        raise NotFound(_("There is no such board."))
    clock = int(now().timestamp() * 1000)
    with states.held(board_id) as held:
        current, reached = held.head
        how = resume(since=seq, epoch=epoch, head=reached, horizon=head.horizon, current=current)
        if how == "tail" and seq == reached:
            return [{"t": "heartbeat", "epoch": current, "head_seq": reached, "now": clock}]
        frames: list[Frame] = [
            {
                "t": "welcome",
                "board": str(board_id),
                "epoch": current,
                "head_seq": reached,
                "now": clock,
                "role": viewer.role,
                "you": viewer.person,
                "resume": how,
            }
        ]
        if how == "tail" and seq is not None:
            entries = oplog.read(board_id, seq)
            return [*frames, json.loads(Batch(entries, current).bytes_for(viewer))] if entries else frames
        shared = held.display.snapshot(current, facilitates=viewer.facilitates)
        return [*frames, json.loads(shared), json.loads(held.display.yours(viewer))]
