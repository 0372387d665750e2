"""Notes: written, typed in from paper, changed, moved, deleted and brought back."""

from __future__ import annotations

from collaboration.boards.engine.draft import AT_END, Draft
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import Thing
from collaboration.boards.engine.texts import BOARD


def add(draft: Draft) -> None:
    """A note of one's own. While people write it is nobody else's business."""
    _add(draft, by=draft.by)


def add_paper(draft: Draft) -> None:
    """A note from paper: of the room, of a participant (``for``), or of somebody without a device (``name``)."""
    whose, name = draft.props.get("for"), draft.props.get("name")
    if draft.state.names_hidden and (whose or name):
        refuse("names_hidden")
    _add(draft, by=whose, name=name, typed_by=draft.by, paper=True)


def _add(draft: Draft, **more: object) -> None:
    props = draft.props
    column = props["column"]
    draft.find(column, "column")
    draft.make(
        draft.op.target,
        "note",
        **{"in": column},
        order=draft.place(column),
        text=props["text"],
        pattern=props.get("pattern"),
        # Where names are hidden, the time a note was written would say too much about its writer.
        at=None if draft.state.names_hidden else draft.moment,
        shown=True if draft.stage >= Stage.REVEAL else None,
        **more,
    )


def edit(draft: Draft) -> None:
    note = draft.find(draft.op.target, "note")
    draft.must_own(note)
    if note.get("erased"):
        refuse("erased")
    draft.put(draft.op.target, **draft.props)


def move(draft: Draft) -> None:
    """Into a column or a group. A hidden note stays in columns: a group is everybody's."""
    id, into = draft.op.target, draft.props["into"]
    note = draft.find(id, "note")
    draft.must_own(note)
    container = draft.find(into, "column", "group")
    if container["type"] == "group" and not note.get("shown"):
        refuse("not_shown")
    draft.put(id, **{"in": into}, order=draft.place(into, moving=[id]))


def delete(draft: Draft) -> None:
    note = draft.find(draft.op.target, "note")
    draft.must_own(note)
    draft.bin(draft.op.target)


def restore(draft: Draft) -> None:
    """Out of the bin, for whoever finds it in theirs: facilitators, and each person their own."""
    id, state = draft.op.target, draft.state
    thing = state.things.get(id)
    if thing is None or id == BOARD or not draft.sees(thing):
        refuse("unknown_thing")
    if not thing.get("deleted"):
        refuse("not_in_bin")
    draft.must_own(thing)
    draft.must_have_room(thing["type"])
    if "on" in thing:
        draft.find(thing["on"], "note", "group", shown=True)
    if "in" not in thing:
        draft.bring_back(id)
        return
    container = _place_for(draft, thing)
    draft.bring_back(id, **{"in": container}, order=draft.places(container, AT_END)[0])
    for comment in sorted(other for other in state.binned if state.things[other].get("with") == id):
        draft.must_have_room("comment")
        draft.bring_back(comment)


def _place_for(draft: Draft, thing: Thing) -> str:
    """Where it was; else the column around that; else the first column."""
    things, id = draft.state.things, str(thing["in"])
    if id == BOARD:
        return id
    container = things.get(id)
    if container and container.get("deleted") and container["type"] == "group":
        id = container["in"]
        container = things.get(id)
    return id if container and not container.get("deleted") else draft.state.row(BOARD)[0][1]
