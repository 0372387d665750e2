"""What a board read out is made of: see :mod:`.outline`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from collaboration.boards.engine.stages import Stage

LETTERS: Final = "ABCDEFGH"
"""One for each pattern of a note, so that no pattern is told by the eye alone."""


@dataclass(frozen=True, slots=True)
class Name:
    """Who stands behind a key. Empty: they take part without a name."""

    name: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    agree: int = 0
    unsure: int = 0
    disagree: int = 0

    @property
    def total(self) -> int:
        return self.agree + self.unsure + self.disagree


@dataclass(frozen=True, slots=True)
class Comment:
    id: str
    text: str
    by: str
    name: str
    organisation: str
    at: datetime
    mine: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class Note:
    """``by`` is a key, or "" where the writer is not told; ``name`` is theirs, or the one a paper note was given."""

    id: str
    text: str
    pattern: int | None
    by: str
    name: str
    organisation: str
    at: datetime | None
    shown: bool
    mine: bool
    paper: bool
    erased: bool
    votes: int
    """0 while totals are not told: see :attr:`Outline.tells_totals`."""
    room: int
    my_votes: int
    marks: Marks
    my_mark: str
    comments: tuple[Comment, ...]

    kind: str = "note"

    @property
    def title(self) -> str:
        return self.text

    @property
    def letter(self) -> str:
        """The letter that goes with its pattern, or ""."""
        return "" if self.pattern is None else LETTERS[self.pattern]

    @property
    def weight(self) -> int:
        """Its votes and those of the room: what it is ranked by."""
        return self.votes + self.room


@dataclass(frozen=True, slots=True)
class Group:
    """``votes``, ``room`` and ``my_votes`` are its own and those of the notes in it."""

    id: str
    given_title: str
    """"" when nobody named it."""
    votes: int
    room: int
    my_votes: int
    my_own: int
    """Of ``my_votes``, those on the group itself: the ones that can be taken back."""
    marks: Marks
    my_mark: str
    erased: bool
    notes: tuple[Note, ...]
    comments: tuple[Comment, ...]

    kind: str = "group"

    @property
    def title(self) -> str:
        """Its title, or what its first note says."""
        return self.given_title or (self.notes[0].text if self.notes else "")

    @property
    def weight(self) -> int:
        """Its votes and those of the room: what it is ranked by."""
        return self.votes + self.room


Item = Group | Note
"""What stands in a column and can be voted on."""


@dataclass(frozen=True, slots=True)
class Column:
    id: str
    title: str
    prompt: str
    hidden: int
    """How many notes wait here to be revealed, one's own included."""
    items: tuple[Item, ...]

    def notes(self) -> Iterator[Note]:
        """Every note of the column, also of its groups, in order."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.notes
            else:
                yield item

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(item for item in self.items if isinstance(item, Group))

    @property
    def loose(self) -> tuple[Note, ...]:
        """Notes in no group."""
        return tuple(item for item in self.items if isinstance(item, Note))


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something proposed on the board. ``what_as`` is ``action``, ``initiative``, ``measure`` or ``risk``."""

    id: str
    what: str
    who: str
    """Who is to do it, as it was said."""
    due: date | None
    what_as: str
    sources: tuple[str, ...]
    by: str
    name: str
    claimed_by: str
    claimed_name: str
    claimed_organisation: str
    at: datetime
    mine: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class BinItem:
    id: str
    kind: str
    text: str
    deleted_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Timer:
    ends: datetime
    seconds: int
    on: str
    """Id of the item it is about, or ""."""


@dataclass(frozen=True, slots=True)
class Rules:
    names: str
    budget: int
    most: int
    totals: str
    grouping: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What everybody may know of what is hidden."""

    hidden: int
    votes: int
    voters: int


@dataclass(frozen=True, slots=True)
class Outline:
    title: str
    prompt: str
    stage: Stage
    stage_since: datetime
    timer: Timer | None
    locked: bool
    spotlight: str
    """Id of what a facilitator points at, or ""."""
    rules: Rules
    columns: tuple[Column, ...]
    actions: tuple[ActionItem, ...]
    counts: Counts
    tells_totals: bool
    budget_left: int
    """Votes this viewer still has; 0 for who does not vote."""
    bin: tuple[BinItem, ...]
    head: int
    """The seq this was read at."""

    def items(self) -> Iterator[Item]:
        """All groups, and notes in no group, column by column."""
        for column in self.columns:
            yield from column.items

    def notes(self) -> Iterator[Note]:
        """All notes, also of groups, column by column."""
        for column in self.columns:
            yield from column.notes()

    def find(self, id: str) -> Item | None:
        """The group or note with this id, also a note in a group."""
        for item in self.items():
            if item.id == id:
                return item
            if isinstance(item, Group):
                for note in item.notes:
                    if note.id == id:
                        return note
        return None

    def column_of(self, id: str) -> Column | None:
        """The column in which the group or note with this id stands."""
        for column in self.columns:
            if any(item.id == id for item in column.items) or any(note.id == id for note in column.notes()):
                return column
        return None

    def action(self, id: str) -> ActionItem | None:
        return next((action for action in self.actions if action.id == id), None)
