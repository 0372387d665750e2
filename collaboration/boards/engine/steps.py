"""What can be undone and done again: for everybody the last fifty of their own.

A step keeps what an entry changed, before and after, so that undoing needs no log. Undoing moves a step over to what
can be done again, under the seq of the undo; a new act of the same person empties that. Steps are part of the state:
they fold, freeze and thaw with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct, msgpack

from collaboration.boards.engine.entries import Entry, Fact
from collaboration.boards.engine.limits import UNDO_STEPS

_UNSIGNED: Final = frozenset({"vote", "unvote", "react"})


class Step(Struct, gc=False):
    """What one entry changed. Hold it by :meth:`keep`.

    ``private``: something in it was hidden when it was done, so only its maker may undo it.

    ``packed`` are the changes as MessagePack. A process holds fifty of these for each writer and reads hardly any. As
    objects, those of twenty busy boards were a hundred thousand that each look for cycles went through while young.
    """

    seq: int
    kind: str
    by: str
    at: int
    private: bool
    packed: bytes

    @classmethod
    def keep(cls, seq: int, kind: str, by: str, at: int, private: bool, changes: list[Fact]) -> Step:
        return cls(seq, kind, by, at, private, msgpack.encode(changes))

    @property
    def changes(self) -> list[Fact]:
        """``{"id", "set" | "ballots" | "reacts": [before, after]}``; before is ``None`` for what was made."""
        found: list[Fact] = msgpack.decode(self.packed)
        return found

    def as_json(self) -> list[Any]:
        return [self.seq, self.kind, self.by, self.at, self.private, self.changes]


class Steps:
    """The steps of a board, by who made them."""

    __slots__ = ("done", "maker", "undone")

    def __init__(self) -> None:
        self.done: dict[str, list[Step]] = {}
        self.undone: dict[str, list[Step]] = {}
        self.maker: dict[int, str] = {}
        """Who made the step of a seq, of those that are still kept."""

    def last(self, keys: Iterable[str], *, undone: bool = False) -> Step | None:
        """The latest step of one person, under whichever of their keys."""
        stacks = self.undone if undone else self.done
        steps = [stacks[key][-1] for key in keys if stacks.get(key)]
        return max(steps, key=lambda step: step.seq, default=None)

    def of(self, seq: int, *, undone: bool = False) -> Step | None:
        """The step that an entry left, if it is still kept."""
        maker = self.maker.get(seq)
        if maker is None:
            return None
        stack = (self.undone if undone else self.done).get(maker, ())
        return next((step for step in stack if step.seq == seq), None)

    def note(self, entry: Entry, changes: list[Fact]) -> None:
        """Keep what an entry changed."""
        private = entry.kind in _UNSIGNED
        for fact in entry.facts:
            if "to" in fact:
                private = True
        if entry.undoes is None:
            self._push(self.done, Step.keep(entry.seq, entry.kind, entry.by, entry.at, private, changes))
            if entry.by in self.undone:
                for step in self.undone.pop(entry.by):
                    del self.maker[step.seq]
            return
        source, goal = (self.done, self.undone) if entry.kind == "undo" else (self.undone, self.done)
        maker = self.maker.pop(entry.undoes)
        stack = source[maker]
        step = next(step for step in stack if step.seq == entry.undoes)
        stack.remove(step)
        if not stack:
            del source[maker]
        private = private or step.private
        self._push(goal, Step.keep(entry.seq, step.kind, maker, entry.at, private, changes))

    def _push(self, stacks: dict[str, list[Step]], step: Step) -> None:
        stack = stacks.get(step.by)
        if stack is None:
            stack = stacks[step.by] = []
        stack.append(step)
        self.maker[step.seq] = step.by
        if len(stack) > UNDO_STEPS:
            del self.maker[stack.pop(0).seq]

    def forget(self, ids: Iterable[str]) -> None:
        """Drop every step that holds something of these things: their texts are to be nowhere."""
        gone = set(ids)
        for stacks in (self.done, self.undone):
            for key in [*stacks]:
                kept = []
                for step in stacks[key]:
                    if any(change["id"] in gone for change in step.changes):
                        del self.maker[step.seq]
                    else:
                        kept.append(step)
                if kept:
                    stacks[key] = kept
                else:
                    del stacks[key]
