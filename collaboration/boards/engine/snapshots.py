"""States as JSON, for the database: frozen, thawed, and wound back to any moment.

A snapshot and the entries after it fold to the same state as the whole log. So a log may be compacted: keep a snapshot
at the horizon, and clients that ask for less than the horizon get a snapshot instead of ops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.state import State, absorb
from collaboration.boards.engine.steps import Step

FORMAT: Final = 1


def freeze(state: State) -> dict[str, Any]:
    """Everything a state is, as JSON values. In the order of ids: how it came about is in the log alone.

    It shares values with the state: encode it before the next entry is absorbed.
    """
    steps = state.steps
    return {
        "format": FORMAT,
        "board": state.board,
        "seq": state.head,
        "things": dict(sorted(state.things.items())),
        "ballots": {id: dict(sorted(given.items())) for id, given in sorted(state.ballots.items())},
        "reacts": {id: dict(sorted(given.items())) for id, given in sorted(state.reacts.items())},
        "done": {key: [step.as_json() for step in stack] for key, stack in sorted(steps.done.items())},
        "undone": {key: [step.as_json() for step in stack] for key, stack in sorted(steps.undone.items())},
        "recent": [[op_id, seq, by] for op_id, (seq, by) in state.recent.items()],
    }


def thaw(frozen: Mapping[str, Any]) -> State:
    """The state that was frozen. Raises ``ValueError`` for a format this version does not know."""
    if frozen["format"] != FORMAT:
        raise ValueError(f"a snapshot of format {frozen['format']} cannot be read here")
    state = State(frozen["board"])
    state.head = frozen["seq"]
    for id, thing in frozen["things"].items():
        state._set(id, dict(thing))
    for id, given in frozen["ballots"].items():
        for voter, count in given.items():
            state._vote(id, voter, count)
    for id, given in frozen["reacts"].items():
        for key, mark in given.items():
            state._react(id, key, mark)
    for kept, stacks in ((frozen["done"], state.steps.done), (frozen["undone"], state.steps.undone)):
        for key, stack in kept.items():
            stacks[key] = [Step.keep(*step) for step in stack]
            state.steps.maker.update((step.seq, key) for step in stacks[key])
    for op_id, seq, by in frozen["recent"]:
        state.recent[op_id] = (seq, by)
    return state


def rewind(state: State, entries: Iterable[Entry], at: int) -> State:
    """The board as it was at a moment (milliseconds since 1970): ``state`` is one from before it, and is moved on.

    Where names are hidden, times are rounded, and so is this.
    """
    for entry in entries:
        if entry.at > at:
            break
        absorb(state, entry)
    return state
