"""One board in this process: what happens on it, told once to each who listens here."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from collaboration.boards import oplog
from collaboration.boards.consumers import saying
from collaboration.boards.consumers.bringing import Brought, Wanted, bring_now, numbers
from collaboration.boards.consumers.listener import Listener
from collaboration.boards.consumers.presence import Presence, Roster
from collaboration.boards.consumers.saying import Said, Told
from collaboration.boards.engine.entries import Entry
from collaboration.boards.oplog import Head
from groundwork.access.errors import NotFound
from groundwork.live.threads import aside

if TYPE_CHECKING:
    from collaboration.boards.consumers.hubs import Hubs

log = structlog.get_logger(__name__)

RING_BYTES = 4_000_000
"""About how much of what was told last is kept, for those who are a little behind. Bound by bytes: a bound by number
is too little for small entries and too much for large ones."""
COUNTS_SECONDS = 1.0
TRUSTED_SECONDS = 5.0
"""For how long it is believed what the database said of a board, if nothing else is hinted: it is asked every two."""
COUNTED = frozenset(
    (
        "note.add",
        "paper.add",
        "note.edit",
        "note.move",
        "note.delete",
        "restore",
        "column.delete",
        "group.split",
        "ungroup",
        "merge",
        "vote",
        "unvote",
        "stage.next",
        "stage.back",
        "reveal",
        "redact",
        "undo",
        "redo",
    )
)
"""Kinds that may change how much is hidden or how many votes were cast."""


class Hub:
    """See the module. All of it runs on one event loop; nothing here waits for the database but in a thread."""

    def __init__(self, hubs: Hubs, board_id: UUID, head: Head) -> None:
        self._hubs = hubs
        self.board_id = board_id
        self.board = str(board_id)
        self.epoch = head.epoch
        self.head = head.head_seq
        """The last seq this hub has taken in; what listeners are given."""
        self.horizon = head.horizon
        self.access_version = head.access_version
        self.listeners: set[Listener] = set()
        self.presence = Presence(self)
        self.idle_since = monotonic()
        """When the last listener left."""
        self.beat_at = monotonic()
        self.seen_at = monotonic()
        """When the database last said how far the board is."""
        self._ring: deque[Told] = deque()
        self._ring_size = 0
        self._wanted = head.head_seq
        """How far the log is known to be."""
        self._reading = False
        self._counts: dict[str, Any] | None = None
        self._counts_said: Said | None = None
        self._counts_at = 0.0
        self._counting = False

    def _known_head(self) -> Head:
        return Head(self.epoch, self.head, self.horizon, self.access_version)

    # Coming and going

    def enter(self, listener: Listener) -> None:
        """Somebody is connected; they are told nothing yet."""
        self.listeners.add(listener)

    def greet(self, listener: Listener, *, since: int | None, epoch: str | None) -> None:
        """Somebody said hello: give them what they lack, at once where that needs no waiting."""
        head = self._known_head()
        brought = None
        if monotonic() - self.seen_at < TRUSTED_SECONDS:
            brought = bring_now(Wanted(self.board_id, listener.viewer, since, epoch), head)
        if brought is not None:
            self._give(listener, brought)
        else:
            self._hubs.spawn(self.join(listener, since=since, epoch=epoch))

    async def join(self, listener: Listener, *, since: int | None, epoch: str | None, renewed: bool = False) -> None:
        """Give somebody what they lack, then tell them what happens.

        ``renewed``: they were here already, and what they hold is of another history or another role.
        """
        listener.live = False
        if since is not None and epoch == self.epoch and self.horizon <= since <= self.head and not renewed:
            self._admit(listener, "tail", self.head, since, ())
            return
        try:
            brought = await self._hubs.bringing.ask(Wanted(self.board_id, listener.viewer, since, epoch, renewed))
        except NotFound:
            self.dismiss(listener, 4004)
            return
        self._give(listener, brought)

    def _give(self, listener: Listener, brought: Brought) -> None:
        if not listener.open:
            return
        if brought.epoch != self.epoch:
            self.note_head(Head(brought.epoch, brought.head, brought.horizon, self.access_version))
        self.note_wanted(brought.head)
        self._admit(listener, brought.resume, brought.head, brought.seq, brought.frames)

    def _admit(self, listener: Listener, how: str, head: int, seq: int, frames: Sequence[Said]) -> None:
        if not listener.open:
            return
        said = [saying.welcome(board=self.board, epoch=self.epoch, head=head, viewer=listener.viewer, resume=how)]
        said += frames
        if not frames and self._counts_said is not None:
            # A snapshot holds them.
            said.append(self._counts_said)
        listener.carrier.write_all(said)
        listener.seq = seq
        listener.live = True
        listener.knows_people = False
        listener.carrier.on_clear(lambda: self.feed(listener))
        self.feed(listener)
        self.presence.changed()

    def leave(self, listener: Listener) -> None:
        """The connection is gone."""
        listener.open = listener.live = False
        if listener in self.listeners:
            self.listeners.discard(listener)
            self.presence.changed()
            self.idle_since = monotonic()

    def dismiss(self, listener: Listener, code: int, *, after: int | None = None, sentence: str = "") -> None:
        """Say why, and close."""
        listener.end(saying.bye(code, listener.language, after=after, sentence=sentence), code)
        self.leave(listener)

    # What happened

    def take(self, epoch: str, entries: Sequence[Entry]) -> None:
        """Entries that have landed in the log, in order."""
        if epoch != self.epoch:
            self._hubs.look_soon()
            return
        self.note_wanted(entries[-1].seq)
        if entries[-1].seq <= self.head:
            return
        if entries[0].seq > self.head + 1:
            self._read_on()
            return
        if entries[0].seq <= self.head:
            entries = entries[self.head + 1 - entries[0].seq :]
        told = Told(entries, epoch)
        self.head = told.last
        self._tell(told)
        if not COUNTED.isdisjoint([entry.kind for entry in entries]):
            self._count_soon()
        for entry in entries:
            if entry.kind == "settings":
                self.presence.read_names(entry)

    def _tell(self, told: Told) -> None:
        base, last = told.first - 1, told.last
        behind: list[Listener] = []
        for listener in self.listeners:
            if not listener.live or listener.fetching or not listener.carrier.clear:
                continue
            if listener.seq == base:
                listener.seq = last
                listener.carrier.write(told.for_(listener.viewer))
            elif listener.seq < last:
                # Given a picture from the middle of this, or freed a moment ago.
                behind.append(listener)
        self._ring.append(told)
        self._ring_size += told.size
        while self._ring_size > RING_BYTES and len(self._ring) > 1:
            self._ring_size -= self._ring.popleft().size
        for listener in behind:
            self.feed(listener)
        told.put_away()

    def feed(self, listener: Listener) -> None:
        """Give somebody who is behind what they lack, as far as they can take it now."""
        while listener.live and not listener.fetching and listener.seq < self.head and listener.carrier.clear:
            told = self._kept_after(listener.seq)
            if told is None:
                listener.fetching = True
                self._hubs.spawn(self._fetch(listener))
                return
            listener.seq = told.last
            listener.carrier.write(told.for_(listener.viewer))

    def _kept_after(self, seq: int) -> Told | None:
        if not self._ring or self._ring[0].first > seq + 1:
            return None
        for told in self._ring:
            if told.last > seq:
                return told.since(seq)
        return None

    async def _fetch(self, listener: Listener) -> None:
        """Read from the log what the ring does not hold any more."""
        try:
            since = listener.seq
            entries = await aside(oplog.read, self.board_id, since) if since >= self.horizon else []
            if not listener.live or listener.seq != since:
                return
            if not entries or entries[0].seq != since + 1:
                self._hubs.spawn(self.join(listener, since=None, epoch=None))
                return
            told = Told(entries, self.epoch)
            listener.seq = told.last
            listener.carrier.write(told.for_(listener.viewer))
            self.note_wanted(told.last)
        finally:
            listener.fetching = False
        self.feed(listener)

    def resend(self, listener: Listener, since: int) -> None:
        """Somebody saw a gap and says what they hold."""
        if since > self._wanted or since < self.horizon:
            self._hubs.spawn(self.join(listener, since=since, epoch=self.epoch))
            return
        if since >= self.head:
            # Nothing more is known here; if there is more in the log, it comes.
            listener.say(saying.heartbeat(self.epoch, self.head))
            self._hubs.look_soon()
            return
        listener.seq = since
        self.feed(listener)

    # What the log says

    def note_wanted(self, seq: int) -> None:
        self._wanted = max(self._wanted, seq)

    def note_head(self, head: Head) -> bool:
        """What the database says of this board. Whether anybody's rights may have changed."""
        self.seen_at = monotonic()
        self.horizon = head.horizon
        if head.epoch != self.epoch:
            self._begin_anew(head)
        elif head.head_seq > self.head:
            self.note_wanted(head.head_seq)
            self._read_on()
        changed = head.access_version != self.access_version
        self.access_version = head.access_version
        return changed

    def note_hint(self, seq: int) -> None:
        """Somebody says the log is at ``seq``."""
        if seq > self.head:
            self.note_wanted(seq)
            self._read_on()

    def _begin_anew(self, head: Head) -> None:
        """The board has another history: a restore, or something was erased. Nobody's picture is of it."""
        self.epoch, self.head, self._wanted = head.epoch, head.head_seq, head.head_seq
        self._ring.clear()
        self._ring_size = 0
        self._counts = self._counts_said = None
        for listener in [*self.listeners]:
            if listener.live:
                self._hubs.spawn(self.join(listener, since=None, epoch=None, renewed=True))

    def _read_on(self) -> None:
        if not self._reading:
            self._reading = True
            self._hubs.spawn(self._read())

    async def _read(self) -> None:
        try:
            while self.head < self._wanted:
                before, epoch = self.head, self.epoch
                entries = await aside(oplog.read, self.board_id, before)
                if self.epoch != epoch:
                    continue
                if not entries:
                    # It was hinted at, or landed in a history that is over.
                    self._wanted = self.head
                    self._hubs.look_soon()
                    return
                self.take(epoch, entries)
                if self.head == before:
                    self._hubs.look_soon()
                    return
        finally:
            self._reading = False

    # Beside the log

    def tell_beside(self, said: Said) -> None:
        """A frame that is no part of the log, to everybody who can take it now."""
        for listener in self.listeners:
            if listener.live and listener.carrier.clear:
                listener.carrier.write(said)

    def beat(self, at: float) -> None:
        self.beat_at = at
        self.tell_beside(saying.heartbeat(self.epoch, self.head))

    def _count_soon(self) -> None:
        if self._counting or not self.listeners:
            return
        self._counting = True
        wait = max(0.05, self._counts_at + COUNTS_SECONDS - monotonic())
        asyncio.get_running_loop().call_later(wait, lambda: self._hubs.spawn(self._count()))

    async def _count(self) -> None:
        self._counts_at = monotonic()
        self._counting = False
        try:
            seq, found = await aside(numbers, self.board_id, self._known_head())
        except NotFound:
            return
        if found != self._counts:
            self._counts = found
            self._counts_said = saying.counts(seq, found)
            self.tell_beside(self._counts_said)

    async def read_roster(self) -> Roster:
        """Who takes part in this board, as the database says."""
        return await self._hubs.rosters.ask(self.board_id)

    def tell_neighbours(self, here: Counter[str]) -> None:
        """Let other processes know who is connected here."""
        self._hubs.neighbours.tell(self.board_id, here)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background."""
        self._hubs.spawn(work)
