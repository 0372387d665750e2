"""An entry in the making: what a rule finds on the board, and what it writes down as facts.

A rule (in :mod:`.deciding`) reads the state through a draft, refuses or writes facts into it, and never changes the
state itself. The draft knows who may see each fact, so that no rule can forget it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from random import Random
from typing import Any, Final

from collaboration.boards.engine import limits
from collaboration.boards.engine.entries import Entry, Fact
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.order import between, fresh
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.stages import PERMITTED, STAGES, Stage
from collaboration.boards.engine.state import State, Thing, tells
from collaboration.boards.engine.texts import BOARD, DEVICE

AT_END: Final = "end"
"""Where something is put when nothing is said about its place."""

MARKS: Final = ("agree", "unsure", "disagree")

MOST: Final = {
    "note": limits.MOST_NOTES,
    "column": limits.MOST_COLUMNS,
    "group": limits.MOST_GROUPS,
    "comment": limits.MOST_COMMENTS,
    "action": limits.MOST_ACTIONS,
}


def owners(thing: Thing) -> list[str]:
    """Whose a thing is: who wrote it, and who typed it in for them."""
    by, typed_by = thing.get("by"), thing.get("typed_by")
    if typed_by:
        return [by, typed_by] if by else [typed_by]
    return [by] if by else []


def is_hidden(thing: Thing) -> bool:
    """Whether only its owners may know of it."""
    return thing["type"] == "note" and not thing.get("shown")


def told(thing: Thing) -> Thing:
    """What everybody may know of a thing that everybody may see: no device, and not who typed it."""
    return {
        key: value
        for key, value in thing.items()
        if key != "typed_by" and not (key in ("by", "deleted_by") and value.startswith(DEVICE))
    }


class Draft:
    """See the module. ``by`` is how the entry will be signed; ``at`` is exact, ``moment`` what may be kept of it."""

    __slots__ = (
        "_counts",
        "_sets",
        "actor",
        "at",
        "board",
        "by",
        "chance",
        "facts",
        "moment",
        "op",
        "props",
        "stage",
        "state",
        "undoes",
    )

    def __init__(self, state: State, op: Op, actor: Actor, at: int, chance: Random) -> None:
        self.state = state
        self.op = op
        self.props = op.props
        self.actor = actor
        self.at = at
        self.chance = chance
        self.board = board = state.things[BOARD]
        self.stage: Stage = STAGES[board["stage"]]
        if board["names"] == "hidden":
            self.moment = at - at % limits.ROUNDING_MS
            self.by = self._signature()
        else:
            self.moment = at
            self.by = actor.person
        self.undoes: int | None = None
        self.facts: list[Fact] = []
        self._sets: dict[str, Fact] = {}
        self._counts = False
        """Whether anything is said of votes, marks or the tally for the room."""

    def _signature(self) -> str:
        """Where names are hidden."""
        if PERMITTED[self.op.kind].named:
            return self.actor.person
        if not self.actor.device:
            refuse("no_device")
        return self.actor.proposer if self.op.kind.startswith("action.") else self.actor.device

    def entry(self) -> Entry:
        if self._counts:
            self._retell()
            self._hold()
        state, op = self.state, self.op
        return Entry(state.head + 1, op.op_id, op.kind, self.by, self.moment, tuple(self.facts), self.undoes)

    # What is on the board

    def owns(self, thing: Thing) -> bool:
        keys = self.actor.keys
        return thing.get("by") in keys or thing.get("typed_by") in keys

    def sees(self, thing: Thing) -> bool:
        return not is_hidden(thing) or self.owns(thing)

    def find(self, id: str, *types: str, shown: bool = False) -> Thing:
        """A live thing that this actor may see, of one of ``types``. ``shown``: not one that is still hidden."""
        thing = self.state.things.get(id)
        if thing is None or id == BOARD:
            refuse("unknown_thing")
        hidden = not thing.get("shown") and thing["type"] == "note"
        if hidden and not self.owns(thing):
            refuse("unknown_thing")
        if thing["type"] not in types:
            refuse("wrong_thing")
        if thing.get("deleted"):
            refuse("in_bin")
        if shown and hidden:
            refuse("not_shown")
        return thing

    def must_own(self, thing: Thing) -> None:
        """Refuse a participant what, in this stage, only the owner may do."""
        if self.actor.role == "participant" and not self.owns(thing) and self.stage in PERMITTED[self.op.kind].own:
            refuse("not_yours")

    def must_have_room(self, type: str) -> None:
        """Refuse one more of this type than a board holds."""
        if self.state.live[type] >= MOST[type]:
            refuse("board_full", most=MOST[type])

    def column_of(self, thing: Thing) -> str:
        """The column something stands in, through its group if it is in one."""
        container = self.state.things[thing["in"]]
        return str(container["in"] if container["type"] == "group" else thing["in"])

    # What becomes true

    def make(self, id: str, type: str, **props: Any) -> None:
        """A new thing. Properties that are ``None`` are left out."""
        state = self.state
        if id in state.things or id == BOARD:
            refuse("id_taken")
        self.must_have_room(type)
        thing: Thing = {"type": type} | {key: value for key, value in props.items() if value is not None}
        if "room" in thing:
            self._counts = True
        fact: Fact = {"id": id, "new": True, "set": thing}
        if is_hidden(thing):
            fact["to"] = owners(thing)
        self._add(fact)

    def put(self, id: str, **props: Any) -> None:
        """New values for properties of a thing that exists. What is said twice of a thing becomes one fact."""
        fact = self._sets.get(id)
        if fact is None:
            fact = {"id": id, "set": props}
            self._add(fact)
        else:
            fact["set"].update(props)
        if "room" in props:
            self._counts = True
        if id == BOARD or "new" in fact:
            return
        thing = self.state.things[id]
        if is_hidden(thing) and not props.get("shown"):
            fact["to"] = owners(thing)
        elif props.get("deleted") or (thing.get("deleted") and "deleted" not in fact["set"]):
            fact["keep"] = owners(thing)

    def _add(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._sets[fact["id"]] = fact

    def bin(self, id: str, **props: Any) -> None:
        """Delete a thing for thirty days, and the comments with it. Votes and marks go back to those who gave them."""
        if len(self.state.binned) >= limits.MOST_BINNED:
            refuse("bin_full")
        self.put(id, deleted=self.moment, deleted_by=self.by or None, **props)
        self.give(id, dict.fromkeys(self._untouched(id, "ballots", self.state.ballots), 0))
        self.react(id, dict.fromkeys(self._untouched(id, "reacts", self.state.reacts)))
        for comment in sorted(self.state.remarks.get(id, ())):
            if self._sets.get(comment, {}).get("set", {}).get("on", id) == id:
                self.bin(comment, **{"with": id})
        if self.board.get("spotlight") == id:
            self.put(BOARD, spotlight=None)

    def bring_back(self, id: str, **props: Any) -> None:
        """Take a thing out of the bin. Those who lost it are told all of it again."""
        thing = self.state.things[id]
        whole = thing if is_hidden(thing) else told(thing)
        self.put(id, **{**whole, "deleted": None, "deleted_by": None, "into": None, "with": None, **props})

    def give(self, id: str, ballots: dict[str, int]) -> None:
        """What people now have on an item, by voter."""
        if ballots:
            self._counts = True
            self.facts.append({"id": id, "ballots": ballots})

    def react(self, id: str, reacts: dict[str, str | None]) -> None:
        """What people now think of an item, by person or device; ``None`` takes a mark back."""
        if reacts:
            self._counts = True
            self.facts.append({"id": id, "reacts": reacts})

    def _untouched(self, id: str, what: str, held: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Who has something on an item of which this draft says nothing yet."""
        said = {key for fact in self.facts if fact["id"] == id for key in fact.get(what, ())}
        return [key for key in held.get(id, ()) if key not in said]

    def inherit(self, old: str, new: str) -> None:
        """Votes, reactions and comments of what goes away go to what takes its place."""
        state = self.state
        ballots, held = state.ballots.get(old, {}), state.ballots.get(new, {})
        self.give(old, dict.fromkeys(ballots, 0))
        self.give(new, {voter: count + held.get(voter, 0) for voter, count in ballots.items()})
        reacts, marks = state.reacts.get(old, {}), state.reacts.get(new, {})
        self.react(new, {key: mark for key, mark in reacts.items() if key not in marks})
        self.react(old, dict.fromkeys(reacts))
        for comment in sorted(state.remarks.get(old, ())):
            self.put(comment, on=new)
        room = state.things[old].get("room")
        if room:
            self.put(old, room=None)
            self.put(new, room=room + state.things[new].get("room", 0))

    def _retell(self) -> None:
        """Counts of marks are told to everybody; totals of votes where they are anybody's to know."""
        state = self.state
        change: Counter[str] = Counter()
        marks: dict[str, Counter[str]] = {}
        for fact in self.facts:
            id = fact["id"]
            if "ballots" in fact and state.tells_totals:
                held = state.ballots.get(id, {})
                change[id] += sum(count - held.get(voter, 0) for voter, count in fact["ballots"].items())
            if "reacts" in fact:
                thing, given = state.things[id], state.reacts.get(id, {})
                counted = marks.setdefault(id, Counter({mark: thing.get(mark, 0) for mark in MARKS}))
                counted.subtract(given[key] for key in fact["reacts"] if key in given)
                counted.update(mark for mark in fact["reacts"].values() if mark)
        for id, more in change.items():
            self.put(id, votes=state.total.get(id, 0) + more or None)
        for id, counted in marks.items():
            self.put(id, **{mark: counted[mark] or None for mark in MARKS})

    def _hold(self) -> None:
        """The tally for the room waits like totals: until it is told, it is for facilitators, who counted it."""
        if tells({**self.board, **self._sets.get(BOARD, {}).get("set", {})}):
            return
        for fact in self.facts:
            if "room" in fact.get("set", ()):
                fact["held"] = {"room": None} if self.state.tells_totals else {}

    # Places

    def places(self, container: str, after: str | None, count: int = 1, moving: Collection[str] = ()) -> list[str]:
        """Order keys for ``count`` things behind ``after`` (``None``: first; :data:`AT_END`, or gone: last).

        Things that are ``moving`` away from or within the row do not count as neighbours. When there is no room left
        between two neighbours, the row is numbered anew.
        """
        row = self.state.row(container)
        thing = self.state.things.get(after) if after not in (None, AT_END) else None
        if after is None:
            index = 0
        elif thing is not None and thing.get("in") == container and not thing.get("deleted") and self.sees(thing):
            index = bisect_left(row, (thing["order"], after)) + 1
        else:
            index = len(row)
        low = next((row[at][0] for at in range(index - 1, -1, -1) if row[at][1] not in moving), None)
        high = next((row[at][0] for at in range(index, len(row)) if row[at][1] not in moving), None)
        keys = _several(low, high, count)
        return self._renumber(row, index, count, moving) if keys is None else keys

    def _renumber(self, row: list[tuple[str, str]], index: int, count: int, moving: Collection[str]) -> list[str]:
        before = [id for _, id in row[:index] if id not in moving]
        behind = [id for _, id in row[index:] if id not in moving]
        keys = fresh(len(before) + count + len(behind))
        ours = keys[len(before) : len(before) + count]
        for id, key in zip([*before, *behind], keys[: len(before)] + keys[len(before) + count :], strict=True):
            if id not in self._sets:
                self.put(id, order=key)
                self._sets.pop(id)["renumbered"] = True
            else:
                self.put(id, order=key)
        return ours

    def place(self, container: str, moving: Iterable[str] = ()) -> str:
        """The order key that the op's own ``after`` asks for."""
        return self.places(container, self.props.get("after", AT_END), moving=[*moving])[0]


def _several(low: str | None, high: str | None, count: int) -> list[str] | None:
    """``count`` keys between two, as short as halving makes them; ``None`` where there is no room."""
    if count == 0:
        return []
    if low is None or high is None:
        # At an end of the row: one after the other, so that the keys stay short.
        keys: list[str] = []
        for _ in range(count):
            key = between(keys[-1] if keys else low, None) if high is None else between(None, keys[0] if keys else high)
            if key is None:
                return None
            keys = [*keys, key] if high is None else [key, *keys]
        return keys
    middle = between(low, high)
    if middle is None:
        return None
    left = _several(low, middle, (count - 1) // 2)
    right = _several(middle, high, count - 1 - (count - 1) // 2)
    return None if left is None or right is None else [*left, middle, *right]
