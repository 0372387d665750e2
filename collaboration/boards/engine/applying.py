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

from msgspec import Struct

from collaboration.boards.engine.deciding import RULES
from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.refusals import Refused, Rejected
from collaboration.boards.engine.stages import STAGES, refusal
from collaboration.boards.engine.state import State, absorb
from collaboration.boards.engine.texts import BOARD

CHANCE: Final[Random] = secrets.SystemRandom()
"""Shuffles what is revealed. What it drew stands in the entry: folding draws nothing."""


class Applied(Struct, frozen=True, gc=False):
    """The op took effect. ``state`` is the state that was given, now at ``entry.seq``."""

    state: State
    entry: Entry


@dataclass(frozen=True, slots=True)
class Repeated:
    """The op took effect before: the first answer again, and nothing changes."""

    seq: int


Answer = Applied | Repeated | Rejected


def again(known: tuple[int, str], actor: Actor) -> Repeated | Rejected:
    """What is said to an op of an id that was applied before. ``known``: its entry's seq, and who signed that."""
    seq, by = known
    own = by in actor.keys or (not by and actor.role == "system")
    return Repeated(seq) if own else Rejected("op_id_taken")


def apply(state: State, op: Op, actor: Actor, at: int, *, chance: Random = CHANCE) -> Answer:
    """Apply a well-formed op (:func:`~.ops.parse`). ``at``: the server's clock, in milliseconds since 1970.

    The state changes only where :class:`Applied` is returned. The engine remembers the last :data:`REMEMBERED_OPS`
    ops: whoever holds the log looks up there first whether an op of long ago comes again.
    """
    known = state.recent.get(op.op_id)
    if known is not None:
        return again(known, actor)
    if op.base_seq > state.head:
        return Rejected("ahead")
    board = state.things[BOARD]
    stage = board["stage"]
    code = refusal(op.kind, actor.role, stage, bool(board.get("locked")), board["grouping"] == "facilitator")
    if code is None and not actor.person and actor.role != "system":
        code = "watching"
    if code is not None:
        return Rejected(code, {"stage": STAGES[stage].label} if code == "not_in_stage" else {})
    try:
        draft = Draft(state, op, actor, at, chance)
        RULES[op.kind](draft)
        entry = draft.entry()
    except Refused as no:
        return no.rejected
    absorb(state, entry)
    return Applied(state, entry)
