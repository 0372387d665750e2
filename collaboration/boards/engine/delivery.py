"""Entries and snapshots as bytes: encoded once, shared by all who may see the same.

Two forms serve nearly everybody: what all see, and what all facilitators see. Only those to whom an entry says
something of their own (their hidden note, their vote) get a form of theirs. So a hub that fans out a batch encodes it
twice, not once per socket.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from collaboration.boards.engine.encoding import encode
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.people import ANY_FACILITATOR, EVERYBODY, Actor
from collaboration.boards.engine.projecting import concerned, counts, may_see, own_part, project, shown
from collaboration.boards.engine.state import State

__all__ = ["Batch", "Display", "encode"]


class Batch:
    """Consecutive entries as one ``ops`` frame, for any viewer."""

    __slots__ = ("_concerned", "_forms", "_pieces", "concerned", "entries", "epoch")

    def __init__(self, entries: Sequence[Entry], epoch: str) -> None:
        self.entries = entries
        self.epoch = epoch
        self._concerned = [concerned(entry) for entry in entries]
        self.concerned: frozenset[str] = frozenset().union(*self._concerned)
        """By any of them."""
        self._forms: dict[bool, bytes] = {}
        self._pieces: dict[bool, list[bytes]] = {}

    def _shared(self, facilitates: bool) -> list[bytes]:
        pieces = self._pieces.get(facilitates)
        if pieces is None:
            viewer = ANY_FACILITATOR if facilitates else EVERYBODY
            pieces = self._pieces[facilitates] = [encode(project(entry, viewer)) for entry in self.entries]
        return pieces

    def bytes_for(self, viewer: Actor) -> bytes:
        """The frame for one viewer: the very same object for all who share a form."""
        keys, facilitates = viewer.keys, viewer.facilitates
        if keys.isdisjoint(self.concerned):
            frame = self._forms.get(facilitates)
            if frame is None:
                frame = self._forms[facilitates] = self._frame(self._shared(facilitates))
            return frame
        pieces = [*self._shared(facilitates)]
        for at, concerns in enumerate(self._concerned):
            if not keys.isdisjoint(concerns):
                pieces[at] = encode(project(self.entries[at], viewer))
        return self._frame(pieces)

    def _frame(self, pieces: Iterable[bytes]) -> bytes:
        return b'{"t":"ops","epoch":"%s","ops":[%s]}' % (self.epoch.encode(), b",".join(pieces))


class Display:
    """The whole board as bytes, for joining: each thing encoded when it changed, not when somebody joins.

    A display belongs to one state and is the only one that empties :attr:`~.state.State.touched`.
    """

    __slots__ = ("_forms", "_pieces", "_state")

    def __init__(self, state: State) -> None:
        self._state = state
        self._pieces: dict[bool, dict[str, bytes]] = {False: {}, True: {}}
        """Encoded ``"id":{…}`` by id, of what all see and of what all facilitators see."""
        self._forms: dict[bool, tuple[int, bytes]] = {}
        state.touched = set(state.things)

    def _catch_up(self) -> None:
        state = self._state
        for id in state.touched:
            thing = state.things.get(id)
            same = thing is None or "room" not in thing
            piece: bytes | None = None
            for facilitates, viewer in ((False, EVERYBODY), (True, ANY_FACILITATOR)):
                if thing is not None and may_see(thing, viewer):
                    if piece is None or not same:
                        piece = b'"%s":%s' % (id.encode(), encode(shown(state, thing, facilitates=facilitates)))
                    self._pieces[facilitates][id] = piece
                else:
                    self._pieces[facilitates].pop(id, None)
        state.touched.clear()

    def snapshot(self, epoch: str, *, facilitates: bool = False) -> bytes:
        """The shared part: a ``snapshot`` frame. In the order of ids, which says nothing about who wrote first."""
        state = self._state
        kept = self._forms.get(facilitates)
        if kept is not None and kept[0] == state.head:
            return kept[1]
        self._catch_up()
        pieces = self._pieces[facilitates]
        frame = b'{"t":"snapshot","epoch":"%s","seq":%d,"counts":%s,"things":{%s}}' % (
            epoch.encode(),
            state.head,
            encode(counts(state)),
            b",".join([pieces[id] for id in sorted(pieces)]),
        )
        self._forms[facilitates] = (state.head, frame)
        return frame

    def yours(self, viewer: Actor) -> bytes:
        """What is this viewer's own beside the snapshot of the same seq: a ``yours`` frame, taken in like a set."""
        return encode({"t": "yours", "seq": self._state.head, "set": own_part(self._state, viewer)})
