"""This process's warm states: each board folded once, and moved on by the entries that came since.

A state is what folding the log gives, so it may be thrown away at any moment: when a commit failed, when the board has
another history (epoch), when too many are held. Nobody keeps one beyond the ``with`` block it was given in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from collaboration.boards import oplog
from collaboration.boards.engine.delivery import Display
from collaboration.boards.engine.state import OutOfStep, State, absorb
from groundwork.access.errors import NotFound

MOST: Final = int(getattr(settings, "BOARD_STATES_MOST", 200))
"""Boards that one process keeps warm."""
MOST_THINGS: Final = int(getattr(settings, "BOARD_STATES_MOST_THINGS", 100_000))
"""Things on all of them together: about 2 KB each, with what was voted, undone and encoded."""

IDS_AS_THING: Final = 20
"""So many ids of ops take about as much room as one thing."""

FEW: Final = 200
"""Things that are encoded in about a millisecond."""


class Held:
    """One board in this process. Only whoever holds it (:func:`held`, :func:`held_all`) may look at it."""

    __slots__ = (
        "_display",
        "_state",
        "board_id",
        "counted",
        "epoch",
        "ids",
        "lock",
        "snapshot_at",
        "snapshot_seq",
        "users",
    )

    def __init__(self, board_id: UUID) -> None:
        self.board_id = board_id
        self.lock = threading.RLock()
        self.users = 0
        """Who holds it or waits for it; it is not evicted meanwhile. Guarded by the cache's lock."""
        self.counted = 0
        """Its things when it was last let go of. Guarded by the cache's lock, too."""
        self.epoch = ""
        self.ids: set[bytes] = set()
        """The id of every op of its log (promise P2: no op has an effect twice, whatever a client says of it)."""
        self.snapshot_seq = 0
        """How far the newest snapshot in the database is, as far as is known here."""
        self.snapshot_at = float("-inf")
        """When this process last kept one (monotonic)."""
        self._state: State | None = None
        self._display: Display | None = None

    @property
    def state(self) -> State:
        if self._state is None:
            raise RuntimeError("This board was looked at before it was caught up.")
        return self._state

    @property
    def display(self) -> Display:
        """Made when somebody first asks: who only writes needs none."""
        if self._display is None:
            self._display = Display(self.state)
        return self._display

    @property
    def head(self) -> tuple[str, int]:
        """Epoch and seq of what is held here."""
        return self.epoch, self.state.head

    @property
    def is_warm(self) -> bool:
        """Whether a state is held at all just now."""
        return self._state is not None

    @property
    def is_quick(self) -> bool:
        """Whether what somebody is given who joins is nearly ready."""
        return self._state is not None and self._display is not None and len(self._state.touched) <= FEW

    @property
    def size(self) -> int:
        return len(self._state.things) + len(self.ids) // IDS_AS_THING if self._state is not None else 0

    def drop(self) -> None:
        """Forget the state: it holds what the log does not. It is folded again when it is next asked for."""
        self._state = self._display = None
        self.ids = set()

    def catch_up(self, head: oplog.Head) -> None:
        """Bring the state to ``head``, or further where the log has grown since that was read."""
        if self._state is not None and (head.epoch != self.epoch or self._state.head > head.head_seq):
            self.drop()
        if self._state is None:
            self._fold(head)
        elif self._state.head < head.head_seq:
            try:
                self._follow(self._state)
            except OutOfStep:
                self.drop()
                self._fold(head)

    def _fold(self, head: oplog.Head) -> None:
        state = oplog.newest_state(self.board_id)
        self.snapshot_seq = state.head
        # What is folded is read anyway.
        self.ids = oplog.ids_of(self.board_id, upto=state.head) if state.head else set()
        self._follow(state)
        self.epoch, self._state = head.epoch, state

    def _follow(self, state: State) -> None:
        for entry in oplog.read_all(self.board_id, state.head):
            absorb(state, entry)
            self.ids.add(oplog.id_of(entry.op_id))


_cache: OrderedDict[UUID, Held] = OrderedDict()
_cache_lock = threading.Lock()
_things = 0
"""On all of them together, as they were counted when they were last let go of."""


def _take(board_id: UUID) -> Held:
    with _cache_lock:
        found = _cache.get(board_id)
        if found is None:
            found = _cache[board_id] = Held(board_id)
        _cache.move_to_end(board_id)
        found.users += 1
        return found


def _leave(it: Held) -> None:
    global _things
    with _cache_lock:
        it.users -= 1
        _things += it.size - it.counted
        it.counted = it.size
        if it.users == 0 and it._state is None:
            _cache.pop(it.board_id, None)
        if len(_cache) < 2 or (len(_cache) <= MOST and _things <= MOST_THINGS):
            return
        for each in [*_cache.values()]:
            if len(_cache) <= MOST and _things <= MOST_THINGS:
                break
            if each.users == 0:
                _things -= each.counted
                del _cache[each.board_id]


@contextmanager
def held_all(board_ids: Collection[UUID]) -> Iterator[dict[UUID, Held]]:
    """Hold several boards, in the order of their ids, as they are in this process: not caught up."""
    with ExitStack() as stack:
        taken: dict[UUID, Held] = {}
        for board_id in sorted(board_ids):
            it = _take(board_id)
            stack.callback(_leave, it)
            stack.enter_context(it.lock)
            taken[board_id] = it
        yield taken


@contextmanager
def held(board_id: UUID) -> Iterator[Held]:
    """Hold one board, caught up with the database. Do not hold another one inside: hold them together.

    Raises :class:`NotFound` when there is no such board.
    """
    with held_all([board_id]) as taken:
        head = oplog.heads([board_id]).get(board_id)
        it = taken[board_id]
        if head is None:
            it.drop()
            raise NotFound(_("There is no such board."))
        it.catch_up(head)
        yield it


@contextmanager
def held_near(board_id: UUID, head: oplog.Head) -> Iterator[Held]:
    """Hold one board that was at ``head`` a moment ago: as it is here if it is that far, else as :func:`held`."""
    with held_all([board_id]) as taken:
        it = taken[board_id]
        if it.is_warm and it.epoch == head.epoch and it.state.head >= head.head_seq:
            yield it
            return
    with held(board_id) as it:
        yield it


@contextmanager
def glanced(board_id: UUID) -> Iterator[Held | None]:
    """The board as it is in this process, if it is, without waiting for anything: neither for whoever holds it nor for
    the database. What is held between commits is what was committed."""
    with _cache_lock:
        it = _cache.get(board_id)
    if it is None or not it.lock.acquire(blocking=False):
        yield None
        return
    try:
        yield it
    finally:
        it.lock.release()


def hides_names(board_id: UUID) -> bool:
    """Whether notes carry no names: as the board says now. The plan may say other than was settled in the lobby."""
    with held(board_id) as it:
        return it.state.names_hidden


def forget(board_id: UUID) -> None:
    """Drop what this process holds of a board."""
    with held_all([board_id]) as taken:
        taken[board_id].drop()


def warm() -> int:
    """How many boards are held here, for the system's page."""
    with _cache_lock:
        return len(_cache)
