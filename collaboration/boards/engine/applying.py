"""One op against one board: decided, written down as an entry, and absorbed. Everything else is said in the rules.

``apply`` never raises for anything a client sent, and its cost depends neither on the board's age nor, as far as can
be seen, on how much stands on it. It changes the state it is given (see :mod:`.state`); what it returns is not durable
until whoever called it has committed the entry, and nobody is told before that.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from random import Random
from typing import Final

from collaboration.boards.engine.deciding import RULES
from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.refusals import Refused, Rejected
from collaboration.boards.engine.stages import refusal
from collaboration.boards.engine.state import State, absorb

CHANCE: Final[Random] = secrets.SystemRandom()
"""Shuffles what is revealed. What it drew stands in the entry: folding draws nothing."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The op took effect. ``state`` is the state that was given, now at ``entry.seq``."""

    state: State
    entry: Entry


@dataclass(frozen=True, slots=True)
class Repeated:
    """The op took effect before: the first answer again, and nothing changes."""

    seq: int


Answer = Applied | Repeated | Rejected


def apply(state: State, op: Op, actor: Actor, at: int, *, chance: Random = CHANCE) -> Answer:
    """Apply a well-formed op (:func:`~.ops.parse`). ``at``: the server's clock, in milliseconds since 1970.

    The state changes only where :class:`Applied` is returned. An op of before :func:`may_be_older` must be looked up in
    the log by its id first.
    """
    known = state.recent.get(op.op_id)
    if known is not None:
        seq, by = known
        own = by in actor.keys or (not by and actor.role == "system")
        return Repeated(seq) if own else Rejected("op_id_taken")
    if op.base_seq > state.head:
        return Rejected("ahead")
    stage = state.stage
    board = state.things["board"]
    code = refusal(
        op.kind,
        actor.role,
        stage,
        locked=bool(board.get("locked")),
        limited=board["grouping"] == "facilitator",
    )
    if code is None and not actor.person and actor.role != "system":
        code = "watching"
    if code is not None:
        return Rejected(code, {"stage": stage.label} if code == "not_in_stage" else {})
    try:
        draft = Draft(state, op, actor, at, chance)
        RULES[op.kind](draft)
        entry = draft.entry()
    except Refused as no:
        return no.rejected
    absorb(state, entry)
    return Applied(state, entry)


def may_be_older(state: State, op: Op) -> bool:
    """Whether this op may have been applied so long ago that only the log's unique ``(board, op_id)`` knows.

    A resent op says the same ``base_seq`` as at first, so an op made after the oldest remembered entry is known here if
    it was ever applied. Ask the log before applying where this is true: clients that were away for long, and only they.
    """
    return op.base_seq < state.remembered_from - 1
