"""The board as it stands: things by id, who voted what, and the indexes that keep every op cheap.

A state is mutable, and changes in one way only: :func:`absorb` takes the next entry of the log. That is what
:func:`~.applying.apply` does with the entry it has just decided on, and what a fold does with old ones. A hub keeps one
state per board and hands it to nobody. When a commit fails, the states that absorbed its entries are ahead of the log:
throw them away and fold again from the last snapshot.

No op copies the board, and none walks over it: rows are kept sorted, totals are kept counted. What grows with the
board's age is the log, which is not here.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from collections.abc import Iterable
from typing import Any, Final

from collaboration.boards.engine.entries import Entry, Fact
from collaboration.boards.engine.limits import REMEMBERED_OPS
from collaboration.boards.engine.stages import PERMITTED, STAGES, Stage
from collaboration.boards.engine.steps import Steps
from collaboration.boards.engine.texts import BOARD

Thing = dict[str, Any]

PLACED: Final = frozenset({"in", "on", "order", "deleted", "shown", "type"})
"""Properties that an index follows."""
_UNDOABLE: Final = frozenset(kind for kind, permission in PERMITTED.items() if permission.undo)
COUNTED: Final = frozenset({"votes", "agree", "unsure", "disagree"})
"""Properties that follow from ballots and reactions: told as facts, never undone by themselves."""


def tells(board: Thing) -> bool:
    """Whether a board that stands like this tells the totals of votes: see :attr:`State.tells_totals`."""
    return bool(board["totals"] == "shown" or board["stage"] > _VOTE)


_VOTE: Final = int(Stage.VOTE)


class OutOfStep(ValueError):
    """An entry was given that is not the next one: the caller lacks entries, or holds them in the wrong order."""


class State:
    """See the module. ``things`` holds the board itself under :data:`~.texts.BOARD`."""

    __slots__ = (
        "ballots",
        "binned",
        "board",
        "head",
        "hidden",
        "live",
        "owned",
        "reacts",
        "recent",
        "remarks",
        "rows",
        "spent",
        "steps",
        "things",
        "total",
        "touched",
        "voted",
    )

    def __init__(self, board: str) -> None:
        self.board = board
        self.head = 0
        self.things: dict[str, Thing] = {}
        self.ballots: dict[str, dict[str, int]] = {}
        self.reacts: dict[str, dict[str, str]] = {}
        self.steps = Steps()
        self.recent: OrderedDict[str, tuple[int, str]] = OrderedDict()
        """Seq and signature by op id, oldest first."""
        # What follows from the above.
        self.rows: dict[str, list[tuple[str, str]]] = {}
        """(order, id) of what is live in a container, in order."""
        self.remarks: dict[str, set[str]] = {}
        """Live comments by what they are on."""
        self.owned: dict[str, set[str]] = {}
        self.hidden: dict[str, set[str]] = {}
        """Live notes that are not revealed yet, by column."""
        self.live: Counter[str] = Counter()
        self.binned: set[str] = set()
        self.total: dict[str, int] = {}
        self.spent: dict[str, int] = {}
        self.voted: dict[str, set[str]] = {}
        """What a person or device has ballots or reactions on."""
        self.touched: set[str] = set()
        """Ids changed since whoever keeps their encoded form last looked (:mod:`.delivery` empties it)."""

    @property
    def stage(self) -> Stage:
        return STAGES[self.things[BOARD]["stage"]]

    @property
    def names_hidden(self) -> bool:
        return bool(self.things[BOARD]["names"] == "hidden")

    @property
    def tells_totals(self) -> bool:
        """Whether the totals of votes are anybody's to know: never while people vote, if totals are hidden."""
        return tells(self.things[BOARD])

    def row(self, container: str) -> list[tuple[str, str]]:
        """(order, id) of what stands in a container. Not to be changed."""
        return self.rows.get(container, [])

    # Indexes. A thing leaves them before it changes and enters them afterwards.

    def _leave(self, id: str, thing: Thing) -> None:
        kind = thing["type"]
        if thing.get("deleted"):
            self.binned.discard(id)
            return
        self.live[kind] -= 1
        container = thing.get("in")
        if container is not None:
            row = self.rows[container]
            del row[bisect_left(row, (thing["order"], id))]
            if not row:
                del self.rows[container]
        if "on" in thing and kind == "comment":
            _drop(self.remarks, thing["on"], id)
        if kind == "note" and not thing.get("shown"):
            _drop(self.hidden, thing["in"], id)

    def _enter(self, id: str, thing: Thing) -> None:
        kind = thing["type"]
        if thing.get("deleted"):
            self.binned.add(id)
            return
        self.live[kind] += 1
        container = thing.get("in")
        if container is not None:
            insort(self.rows.setdefault(container, []), (thing["order"], id))
        if "on" in thing and kind == "comment":
            self.remarks.setdefault(thing["on"], set()).add(id)
        if kind == "note" and not thing.get("shown"):
            self.hidden.setdefault(thing["in"], set()).add(id)

    def _set(self, id: str, props: dict[str, Any]) -> None:
        thing = self.things.get(id)
        fresh = thing is None
        if thing is None:
            thing = self.things[id] = {}
            for key in (props.get("by"), props.get("typed_by")):
                if key:
                    self.owned.setdefault(key, set()).add(id)
        moves = id != BOARD and not PLACED.isdisjoint(props)
        if moves and not fresh:
            self._leave(id, thing)
        for key, value in props.items():
            if value is None:
                thing.pop(key, None)
            else:
                thing[key] = value
        if moves:
            self._enter(id, thing)

    def _drop(self, id: str) -> None:
        thing = self.things.pop(id)
        self._leave(id, thing)
        for key in (thing.get("by"), thing.get("typed_by")):
            if key:
                _drop(self.owned, key, id)
        for voter in [*self.ballots.get(id, ())]:
            self._vote(id, voter, 0)
        for key in [*self.reacts.get(id, ())]:
            self._react(id, key, None)

    def _vote(self, id: str, voter: str, count: int) -> None:
        ballots = self.ballots.setdefault(id, {})
        change = count - ballots.get(voter, 0)
        if count:
            ballots[voter] = count
            self.voted.setdefault(voter, set()).add(id)
        else:
            ballots.pop(voter, None)
            if voter not in self.reacts.get(id, ()):
                _drop(self.voted, voter, id)
        _add(self.total, id, change)
        _add(self.spent, voter, change)
        if not ballots:
            del self.ballots[id]

    def _react(self, id: str, key: str, mark: str | None) -> None:
        reacts = self.reacts.setdefault(id, {})
        if mark:
            reacts[key] = mark
            self.voted.setdefault(key, set()).add(id)
        else:
            reacts.pop(key, None)
            if key not in self.ballots.get(id, ()):
                _drop(self.voted, key, id)
        if not reacts:
            del self.reacts[id]

    # The one way in.

    def _take(self, fact: Fact, changed: list[Fact] | None) -> None:
        id = fact["id"]
        if "set" in fact:
            props = fact["set"]
            if changed is not None and "renumbered" not in fact:
                changed.append(_before(self.things.get(id), id, props))
            self._set(id, props)
        if "ballots" in fact:
            if changed is not None:
                held = self.ballots.get(id, {})
                was = {voter: held.get(voter, 0) for voter in fact["ballots"]}
                changed.append({"id": id, "ballots": [was, dict(fact["ballots"])]})
            for voter, count in fact["ballots"].items():
                self._vote(id, voter, count)
        if "reacts" in fact:
            if changed is not None:
                marks = self.reacts.get(id, {})
                changed.append({"id": id, "reacts": [{k: marks.get(k) for k in fact["reacts"]}, dict(fact["reacts"])]})
            for key, mark in fact["reacts"].items():
                self._react(id, key, mark)
        if "drop" in fact:
            self._drop(id)
        self.touched.add(id)

    def _remember(self, entry: Entry) -> None:
        self.recent[entry.op_id] = (entry.seq, entry.by)
        if len(self.recent) > REMEMBERED_OPS:
            self.recent.popitem(last=False)


def absorb(state: State, entry: Entry) -> State:
    """Take the next entry of the log into ``state`` and return it. Raises :class:`OutOfStep` for any other entry."""
    if entry.seq != state.head + 1:
        raise OutOfStep(f"entry {entry.seq} does not follow {state.head}")
    changed: list[Fact] | None = [] if entry.kind in _UNDOABLE or entry.undoes is not None else None
    for fact in entry.facts:
        state._take(fact, changed)
    if changed is not None:
        state.steps.note(entry, changed)
    if entry.kind in ("redact", "bin.empty"):
        state.steps.forget(fact["id"] for fact in entry.facts)
    state._remember(entry)
    state.head = entry.seq
    return state


def fold(entries: Iterable[Entry], state: State | None = None, *, board: str = "", upto: int | None = None) -> State:
    """The state that a log, or the tail of one behind ``state``, leads to; ``upto`` is the last seq taken."""
    state = State(board) if state is None else state
    for entry in entries:
        if upto is not None and entry.seq > upto:
            break
        absorb(state, entry)
    return state


def _before(thing: Thing | None, id: str, props: dict[str, Any]) -> Fact:
    """What a ``set`` changes of a thing: its former and its new values, of those that differ."""
    if thing is None:
        return {"id": id, "set": [None, {key: value for key, value in props.items() if key not in COUNTED}]}
    former: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for key, value in props.items():
        was = thing.get(key)
        if was != value and key not in COUNTED:
            former[key], new[key] = was, value
    return {"id": id, "set": [former, new]}


def _add(counts: dict[str, int], key: str, change: int) -> None:
    count = counts.get(key, 0) + change
    if count:
        counts[key] = count
    else:
        counts.pop(key, None)


def _drop(sets: dict[str, set[str]], key: str, member: str) -> None:
    members = sets.get(key)
    if members is not None:
        members.discard(member)
        if not members:
            del sets[key]
