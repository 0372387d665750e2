"""Columns: the facilitators' plan of the board."""

from __future__ import annotations

from collaboration.boards.engine.draft import Draft
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.texts import BOARD


def add(draft: Draft) -> None:
    props = draft.props
    draft.make(
        draft.op.target,
        "column",
        **{"in": BOARD},
        order=draft.place(BOARD),
        title=props["title"],
        prompt=props.get("prompt"),
    )


def edit(draft: Draft) -> None:
    draft.find(draft.op.target, "column")
    draft.put(draft.op.target, **draft.props)


def move(draft: Draft) -> None:
    draft.find(draft.op.target, "column")
    draft.put(draft.op.target, order=draft.place(BOARD, moving=[draft.op.target]))


def delete(draft: Draft) -> None:
    """Only an empty column: what people wrote is moved by somebody who looks at it, never by the way."""
    draft.find(draft.op.target, "column")
    if draft.state.row(draft.op.target):
        refuse("column_not_empty")
    if draft.state.live["column"] == 1:
        refuse("last_column")
    draft.bin(draft.op.target)
