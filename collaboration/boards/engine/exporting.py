"""A board as a file that anybody may be handed, and a board from such a file: the identical one.

A file holds what the whole room may see: the outline, texts, totals, room votes, comments, actions, authors where names
are shown. It holds nothing hidden: no note that was not revealed, no bin, no device, and of votes and marks only the
numbers. So the board that is made from it shows every stranger the same picture, and its export is the same file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from collaboration.boards.engine.draft import MARKS
from collaboration.boards.engine.entries import Entry, Fact
from collaboration.boards.engine.founding import found_with
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.refusals import Refused, Rejected, refuse
from collaboration.boards.engine.state import State
from collaboration.boards.engine.texts import BOARD, is_id
from collaboration.boards.engine.things import checked

FORMAT: Final = "golden-thread-board"
VERSION: Final = 1
BEFORE: Final = "before"
"""Stands for all who voted on the board that a file was made of. Keys of people are longer."""
MOST_MARKS: Final = 200_000
"""Agreements, doubts and disagreements in one file: each is kept by itself, so a short file could ask for millions."""


def export_board(state: State) -> dict[str, Any]:
    """The file, as JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "board": state.board,
        "seq": state.head,
        "things": picture(state, EVERYBODY),
    }


def import_board(file: object, *, op_id: str, by: str, at: int) -> Entry | Rejected:
    """The first entry of a board that stands as the file says, or what is wrong with the file. Never raises.

    Who gave votes and marks is not in a file: they are counted as given by nobody in particular, so that totals stay
    true when the new board goes on, and people’s budgets are untouched by them.
    """
    try:
        return _read(file, op_id, by, at)
    except Refused as no:
        return no.rejected


def _read(file: object, op_id: str, by: str, at: int) -> Entry:
    if not isinstance(file, Mapping):
        refuse("wrong_type", key="file", expected="an object")
    if file.get("format") != FORMAT or file.get("version") != VERSION:
        refuse("wrong_type", key="format", expected=f"{FORMAT} {VERSION}")
    things = file.get("things")
    if not isinstance(things, Mapping) or BOARD not in things:
        refuse("missing_key", key="things")
    for id in things:
        if id != BOARD and not is_id(id):
            refuse("not_an_id", key="things")
    kept = checked(things)
    return found_with(kept, op_id=op_id, by=by, at=at, more=_given_before(kept))


def _given_before(things: Mapping[str, Mapping[str, Any]]) -> list[Fact]:
    """The file's numbers as ballots and marks without a person."""
    if sum(thing.get(mark, 0) for thing in things.values() for mark in MARKS) > MOST_MARKS:
        refuse("too_many", key=", ".join(MARKS), most=MOST_MARKS)
    facts: list[Fact] = []
    for id, thing in things.items():
        if "votes" in thing:
            facts.append({"id": id, "ballots": {BEFORE: thing["votes"]}})
        marks = {f"{BEFORE}:{mark}:{n}": mark for mark in MARKS for n in range(thing.get(mark, 0))}
        if marks:
            facts.append({"id": id, "reacts": marks})
    return facts
