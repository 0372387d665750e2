"""A board read out in order, for one viewer: what plain pages, the screen, the report and the files are written from.

It is built from the picture the engine gives that viewer and from nothing else of the board, so it can never say more
than a client of theirs holds. Names come from the caller, who decides whether they may be told at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts, picture
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import State, Thing
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.outlined import (
    ActionItem,
    BinItem,
    Column,
    Comment,
    Counts,
    Group,
    Item,
    Marks,
    Name,
    Note,
    Outline,
    Rules,
    Timer,
)

__all__ = [
    "NOBODY",
    "ActionItem",
    "BinItem",
    "Column",
    "Comment",
    "Counts",
    "Group",
    "Item",
    "Marks",
    "Name",
    "Note",
    "Outline",
    "Ranked",
    "Rules",
    "Timer",
    "moment",
    "names_of",
    "outline",
    "ranked",
]

NOBODY: Final[Mapping[str, Name]] = {}
"""No names at all: for a screen that must not tell them."""
_UNKNOWN: Final = Name()
_TELLING: Final = ("by", "deleted_by", "claimed_by", "name", "who")
"""Properties that say who somebody is."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item in the order of votes. ``place`` is shared by items with equally many; ``tied`` says that it is."""

    place: int
    tied: bool
    item: Item
    column: Column


def outline(state: State, viewer: Actor, names: Mapping[str, Name], *, nameless: bool = False) -> Outline:
    """The board as ``viewer`` may see it, with ``names`` for the keys in it.

    ``nameless`` leaves out everything that says who it was: keys, names given to notes from paper, and who is to do
    something. It is for readers who were not in the room.
    """
    return _Reading(state, viewer, names, nameless).outline()


def ranked(board: Outline) -> list[Ranked]:
    """Groups and loose notes, most votes first, those with equally many in the order of the board.

    The tally for the room is told beside the votes, and counts here: who raised a hand or wrote on paper has voted as
    much as who held a phone. An item without votes is not said to be tied: nobody weighed it. Empty while totals are
    not told: any order would be made up.
    """
    if not board.tells_totals:
        return []
    items = [(column, item) for column in board.columns for item in column.items]
    items.sort(key=lambda pair: -pair[1].weight)
    how_many: dict[int, int] = {}
    for _column, item in items:
        how_many[item.weight] = how_many.get(item.weight, 0) + 1
    found: list[Ranked] = []
    place, last = 0, -1
    for position, (column, item) in enumerate(items, 1):
        if item.weight != last:
            place, last = position, item.weight
        found.append(Ranked(place, item.weight > 0 and how_many[item.weight] > 1, item, column))
    return found


def moment(milliseconds: int) -> datetime:
    """A time of the engine, which counts milliseconds since 1970 in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


class _Reading:
    """One reading of a picture: who stands where is looked up once."""

    def __init__(self, state: State, viewer: Actor, names: Mapping[str, Name], nameless: bool) -> None:
        self._things = picture(state, viewer)
        if nameless:
            names = NOBODY
            for thing in self._things.values():
                for telling in _TELLING:
                    thing.pop(telling, None)
        self._names = names
        self._viewer = viewer
        self._head = state.head
        self._counts = counts(state)
        self._spent = state.spent.get(viewer.person, 0) if viewer.person else 0
        self._rows: dict[str, list[str]] = {}
        self._remarks: dict[str, list[str]] = {}
        for id, thing in self._things.items():
            if thing.get("deleted"):
                continue
            if "in" in thing:
                self._rows.setdefault(thing["in"], []).append(id)
            elif thing.get("type") == "comment":
                self._remarks.setdefault(thing["on"], []).append(id)
        for row in self._rows.values():
            row.sort(key=lambda id: (self._things[id]["order"], id))
        for remarks in self._remarks.values():
            remarks.sort(key=lambda id: (self._things[id]["n"], id))

    def outline(self) -> Outline:
        board = self._things[BOARD]
        timer = board.get("timer")
        votes = self._viewer.role in ("participant", "facilitator")
        return Outline(
            title=board["title"],
            prompt=board.get("prompt", ""),
            stage=Stage(board["stage"]),
            stage_since=moment(board["stage_since"]),
            timer=Timer(moment(timer["ends"]), timer["seconds"], timer.get("on", "")) if timer else None,
            locked=bool(board.get("locked")),
            spotlight=board.get("spotlight") or "",
            rules=Rules(board["names"], board["budget"], board["most"], board["totals"], board["grouping"]),
            columns=tuple(self._column(id) for id in self._rows.get(BOARD, ())),
            actions=tuple(self._actions()),
            counts=Counts(sum(self._counts["hidden"].values()), self._counts["votes"], self._counts["voters"]),
            tells_totals=board["totals"] == "shown" or board["stage"] > Stage.VOTE,
            budget_left=max(board["budget"] - self._spent, 0) if votes else 0,
            bin=tuple(self._bin()),
            head=self._head,
        )

    def _name(self, key: str) -> Name:
        return self._names.get(key, _UNKNOWN)

    def _column(self, id: str) -> Column:
        thing = self._things[id]
        items: list[Item] = []
        for inner in self._rows.get(id, ()):
            items.append(self._group(inner) if self._things[inner]["type"] == "group" else self._note(inner))
        hidden = self._counts["hidden"].get(id, 0)
        return Column(id, thing["title"], thing.get("prompt", ""), hidden, tuple(items))

    def _group(self, id: str) -> Group:
        thing = self._things[id]
        notes = tuple(self._note(inner) for inner in self._rows.get(id, ()))
        own = thing.get("my_votes", 0)
        return Group(
            id=id,
            given_title=thing.get("title", ""),
            votes=thing.get("votes", 0) + sum(note.votes for note in notes),
            room=thing.get("room", 0) + sum(note.room for note in notes),
            my_votes=own + sum(note.my_votes for note in notes),
            my_own=own,
            marks=_marks(thing),
            my_mark=thing.get("my_mark", ""),
            erased=bool(thing.get("erased")),
            notes=notes,
            comments=self._comments(id),
        )

    def _note(self, id: str) -> Note:
        thing = self._things[id]
        by = thing.get("by", "")
        who = self._name(by)
        return Note(
            id=id,
            text=thing["text"],
            pattern=thing.get("pattern"),
            by=by,
            name=who.name or thing.get("name", ""),
            organisation=who.organisation,
            at=moment(thing["at"]) if "at" in thing else None,
            shown=bool(thing.get("shown")),
            mine=bool(thing.get("mine")),
            paper=bool(thing.get("paper")),
            erased=bool(thing.get("erased")),
            votes=thing.get("votes", 0),
            room=thing.get("room", 0),
            my_votes=thing.get("my_votes", 0),
            marks=_marks(thing),
            my_mark=thing.get("my_mark", ""),
            comments=self._comments(id),
        )

    def _comments(self, id: str) -> tuple[Comment, ...]:
        return tuple(self._comment(remark, self._things[remark]) for remark in self._remarks.get(id, ()))

    def _comment(self, id: str, thing: Thing) -> Comment:
        by = thing.get("by", "")
        who = self._name(by)
        mine, erased = bool(thing.get("mine")), bool(thing.get("erased"))
        return Comment(id, thing["text"], by, who.name, who.organisation, moment(thing["at"]), mine, erased)

    def _actions(self) -> list[ActionItem]:
        found = [
            (thing["n"], id, thing)
            for id, thing in self._things.items()
            if thing.get("type") == "action" and not thing.get("deleted")
        ]
        return [self._action(id, thing) for _n, id, thing in sorted(found, key=lambda each: each[:2])]

    def _action(self, id: str, thing: Thing) -> ActionItem:
        claimed, by = thing.get("claimed_by", ""), thing.get("by", "")
        return ActionItem(
            id=id,
            what=thing["what"],
            who=thing.get("who", ""),
            due=_day(thing.get("due")),
            what_as=thing["as"],
            sources=tuple(thing.get("sources", ())),
            by=by,
            name=self._name(by).name,
            claimed_by=claimed,
            claimed_name=self._name(claimed).name,
            claimed_organisation=self._name(claimed).organisation,
            at=moment(thing["at"]),
            mine=bool(thing.get("mine")),
            erased=bool(thing.get("erased")),
        )

    def _bin(self) -> list[BinItem]:
        found = [
            BinItem(id, thing["type"], _said(thing), moment(thing["deleted"]), bool(thing.get("mine")))
            for id, thing in self._things.items()
            if thing.get("deleted") and "with" not in thing
        ]
        return sorted(found, key=lambda item: (item.deleted_at, item.id), reverse=True)


def _marks(thing: Thing) -> Marks:
    return Marks(thing.get("agree", 0), thing.get("unsure", 0), thing.get("disagree", 0))


def _said(thing: Thing) -> str:
    return str(thing.get("text") or thing.get("what") or thing.get("title") or "")


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def names_of(people: Sequence[tuple[str, str, str]]) -> dict[str, Name]:
    """``(key, name, organisation)`` as what :func:`outline` asks for."""
    return {key: Name(name, organisation) for key, name, organisation in people}
