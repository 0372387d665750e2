"""What facilitators do to the whole board: stages, timer, reveal, lock, spotlight, rules; and what goes for good."""

from __future__ import annotations

from typing import Any

from collaboration.boards.engine.draft import Draft, is_hidden, owners, told
from collaboration.boards.engine.limits import BIN_MS
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.texts import BOARD

WORDS = ("text", "title", "prompt", "what", "who", "name")
"""Properties that hold what people wrote."""


def go_on(draft: Draft) -> None:
    """The next stage. What is still hidden when grouping begins is revealed; totals are told when voting ends."""
    _go(draft, +1)
    if draft.stage == Stage.REVEAL and draft.state.hidden:
        _reveal(draft, [*draft.state.hidden])
    if draft.stage == Stage.VOTE and not draft.state.tells_totals:
        for id, total in draft.state.total.items():
            draft.put(id, votes=total)
        _tell_room(draft)


def go_back(draft: Draft) -> None:
    """One stage back, always possible. What was shown stays shown; hidden totals are hidden again."""
    _go(draft, -1)
    if draft.stage == Stage.DISCUSS and draft.board["totals"] == "hidden":
        for id in draft.state.total:
            draft.put(id, votes=None)
        _tell_room(draft)


def _tell_room(draft: Draft) -> None:
    """Say the tallies for the room again, as what they now are: told, or held back."""
    for id, thing in draft.state.things.items():
        if thing.get("room"):
            draft.put(id, room=thing["room"])


def _go(draft: Draft, step: int) -> None:
    if draft.props["from"] != draft.stage:
        refuse("stage_moved")
    goal = draft.stage + step
    if not Stage.LOBBY <= goal <= Stage.CLOSE:
        refuse("no_such_stage")
    draft.put(BOARD, stage=int(goal), stage_since=draft.at, timer=None, spotlight=None)


def start_timer(draft: Draft) -> None:
    """The end is a moment of the server's clock; every frame that needs it says what that clock shows."""
    on = draft.props.get("on")
    if on is not None:
        draft.find(on, "note", "group", shown=True)
    seconds = draft.props["seconds"]
    timer: dict[str, Any] = {"ends": draft.at + seconds * 1000, "seconds": seconds}
    draft.put(BOARD, timer=timer | ({"on": on} if on else {}))


def extend_timer(draft: Draft) -> None:
    """More time from its end, or from now if it has run out."""
    timer = draft.board.get("timer")
    if timer is None:
        refuse("no_timer")
    seconds = draft.props["seconds"]
    ends = max(timer["ends"], draft.at) + seconds * 1000
    draft.put(BOARD, timer=timer | {"ends": ends, "seconds": timer["seconds"] + seconds})


def stop_timer(draft: Draft) -> None:
    if draft.board.get("timer") is None:
        refuse("no_timer")
    draft.put(BOARD, timer=None)


def reveal(draft: Draft) -> None:
    """Everything, or column by column."""
    columns = draft.props.get("columns")
    for column in columns or ():
        draft.find(column, "column")
    chosen = [column for column in (draft.state.hidden if columns is None else columns) if column in draft.state.hidden]
    if not chosen:
        refuse("nothing_to_reveal")
    _reveal(draft, chosen)


def _reveal(draft: Draft, columns: list[str]) -> None:
    """Where names are hidden, notes change places among themselves: neither their order here nor their order on the
    board may tell who wrote first."""
    state = draft.state
    shuffled = []
    for column in columns:
        hidden = state.hidden[column]
        row = [(order, id) for order, id in state.row(column) if id in hidden]
        orders = [order for order, _ in row]
        if state.names_hidden:
            draft.chance.shuffle(orders)
        shuffled += [(id, order) for (_, id), order in zip(row, orders, strict=True)]
    if state.names_hidden:
        draft.chance.shuffle(shuffled)
    for id, order in shuffled:
        draft.put(id, **{**told(state.things[id]), "order": order, "shown": True})


def lock(draft: Draft) -> None:
    draft.put(BOARD, locked=draft.props["editing"] or None)


def spotlight(draft: Draft) -> None:
    on = draft.props["on"]
    if on is not None:
        draft.find(on, "column", "group", "note", "comment", "action", shown=True)
    draft.put(BOARD, spotlight=on)


def settle(draft: Draft) -> None:
    """The rules of the workshop, until the first note: who wrote under one promise is not read under another."""
    if any(draft.state.things[id]["type"] == "note" for id in draft.state.binned) or draft.state.live["note"]:
        refuse("settings_fixed")
    # A form sends all of them: what stays as it is is not told as if it had changed.
    other = {key: value for key, value in draft.props.items() if draft.board.get(key) != value}
    draft.put(BOARD, **(other or draft.props))


def edit_board(draft: Draft) -> None:
    draft.put(BOARD, **draft.props)


def redact(draft: Draft) -> None:
    """Take words away for good. The log's older entries are rewritten by :mod:`~..erasing`; this tells who watches."""
    for id in draft.props["things"]:
        thing = draft.state.things.get(id)
        if thing is None or id == BOARD or not (draft.sees(thing) or draft.actor.role == "system"):
            refuse("unknown_thing")
        draft.put(id, erased=True, **{key: "" for key in WORDS if key in thing})


def empty_bin(draft: Draft) -> None:
    """What was deleted thirty days ago goes for good."""
    state = draft.state
    for id in sorted(id for id in state.binned if state.things[id]["deleted"] <= draft.at - BIN_MS):
        thing = state.things[id]
        if not draft.state.row(id):
            fact: dict[str, Any] = {"id": id, "drop": True}
            draft.facts.append(fact | ({"to": owners(thing)} if is_hidden(thing) else {"keep": owners(thing)}))
    if not draft.facts:
        refuse("not_in_bin")
