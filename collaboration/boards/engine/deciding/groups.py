"""Groups: notes laid together, named, taken apart, and duplicates made one. Votes survive all of it.

Votes stay on what they were given to. Only what goes away hands them on: a merged note or group to what it was merged
into, a group that is taken apart to its first note.
"""

from __future__ import annotations

from collections.abc import Sequence

from collaboration.boards.engine.draft import AT_END, Draft
from collaboration.boards.engine.refusals import refuse


def _gather(draft: Draft, group: str, notes: Sequence[str], orders: Sequence[str]) -> None:
    for note, order in zip(notes, orders, strict=True):
        draft.put(note, **{"in": group}, order=order)


def make(draft: Draft) -> None:
    """A new group where its first note stood."""
    notes = draft.props["notes"]
    found = [draft.find(note, "note", shown=True) for note in notes]
    first = found[0]
    column = draft.column_of(first)
    place = notes[0] if first["in"] == column else first["in"]
    draft.make(
        draft.op.target,
        "group",
        **{"in": column},
        order=draft.places(column, place, moving=notes)[0],
        title=draft.props.get("title"),
    )
    _gather(draft, draft.op.target, notes, draft.places(draft.op.target, AT_END, len(notes)))


def join(draft: Draft) -> None:
    """More notes, to the end of a group."""
    group, notes = draft.op.target, draft.props["notes"]
    draft.find(group, "group")
    for note in notes:
        draft.find(note, "note", shown=True)
    _gather(draft, group, notes, draft.places(group, AT_END, len(notes), moving=notes))


def name(draft: Draft) -> None:
    draft.find(draft.op.target, "group")
    draft.put(draft.op.target, title=draft.props["title"])


def move(draft: Draft) -> None:
    """To another place or column, with all that is in it."""
    draft.find(draft.op.target, "group")
    into = draft.props["into"]
    draft.find(into, "column")
    draft.put(draft.op.target, **{"in": into}, order=draft.place(into, moving=[draft.op.target]))


def split(draft: Draft) -> None:
    """Some notes become a group of their own behind the old one, which keeps its votes."""
    old, new, notes = draft.op.target, draft.props["as"], draft.props["notes"]
    group = draft.find(old, "group")
    for note in notes:
        if draft.find(note, "note")["in"] != old:
            refuse("wrong_thing")
    column = group["in"]
    draft.make(new, "group", **{"in": column}, order=draft.places(column, old)[0], title=draft.props.get("title"))
    _gather(draft, new, notes, draft.places(new, AT_END, len(notes)))


def ungroup(draft: Draft) -> None:
    """Take some notes out, or the group apart."""
    group = draft.op.target
    column = draft.find(group, "group")["in"]
    all_notes = [id for _, id in draft.state.row(group)]
    notes = draft.props.get("notes", all_notes)
    for note in notes:
        if draft.find(note, "note")["in"] != group:
            refuse("wrong_thing")
    apart = len(notes) == len(all_notes)
    _gather(draft, column, notes, draft.places(column, group, len(notes), moving=[group] if apart else []))
    if apart:
        if notes:
            draft.inherit(group, notes[0])
        draft.bin(group)


def merge(draft: Draft) -> None:
    """Two that say the same become one: notes, or groups with what is in them."""
    old, new = draft.op.target, draft.props["into"]
    if old == new:
        refuse("into_itself")
    thing = draft.find(old, "note", "group", shown=True)
    draft.find(new, thing["type"], shown=True)
    if thing["type"] == "group":
        notes = [id for _, id in draft.state.row(old)]
        _gather(draft, new, notes, draft.places(new, AT_END, len(notes)))
    draft.inherit(old, new)
    draft.bin(old, into=new)
