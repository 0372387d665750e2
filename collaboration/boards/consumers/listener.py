"""Somebody who listens to a board, over whatever carries the frames to them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from collaboration.boards.committing import Answer, actor_of
from collaboration.boards.consumers import saying
from collaboration.boards.consumers.saying import Said
from collaboration.boards.standing import Holder, Standing

COPIED = 4_096
"""Bytes that are copied sooner than told apart."""
SEND_SECONDS = 5.0
"""How long one listener may keep a send waiting."""


class Carrier(Protocol):
    """What takes frames to a listener. None of this ever waits."""

    @property
    def clear(self) -> bool:
        """Whether more may be written now. When it becomes so again, ``on_clear`` is called."""

    @property
    def stalled_since(self) -> float | None:
        """Since when (monotonic) it has not been clear."""

    def write(self, said: Said) -> None: ...

    def write_all(self, several: Sequence[Said]) -> None: ...

    def keep(self, several: Sequence[Said]) -> None:
        """Write these before what is written next, together with it, or when :meth:`flush` is called."""

    def flush(self) -> None: ...

    def end(self, code: int) -> None:
        """Close when what was written has gone."""

    def on_clear(self, called: Callable[[], None]) -> None: ...


class Direct:
    """Frames written as they are to the connection, where the server offers it (``goldenthread.frames``)."""

    __slots__ = ("_frames", "_kept", "write_framed")

    def __init__(self, frames: Any) -> None:
        self._frames = frames
        self._kept = b""
        self.write_framed = frames.write

    @property
    def clear(self) -> bool:
        return bool(self._frames.clear)

    @property
    def stalled_since(self) -> float | None:
        since: float | None = self._frames.stalled_since
        return since

    def write(self, said: Said) -> None:
        framed = said.framed
        if not self._kept:
            self.write_framed(framed)
            return
        kept, self._kept = self._kept, b""
        if len(framed) < COPIED:
            self.write_framed(kept + framed)
        else:
            self._frames.write_both(kept, framed)

    def write_all(self, several: Sequence[Said]) -> None:
        self.keep(several)
        self.flush()

    def keep(self, several: Sequence[Said]) -> None:
        self._kept += b"".join([said.framed for said in several])

    def flush(self) -> None:
        if self._kept:
            kept, self._kept = self._kept, b""
            self.write_framed(kept)

    def end(self, code: int) -> None:
        self.flush()
        self._frames.close(code)

    def on_clear(self, called: Callable[[], None]) -> None:
        self._frames.on_clear = called


class Queued:
    """A short queue that a task of the connection takes from: plain ASGI sends, and server-sent events."""

    FEW = 8
    MANY = 500

    __slots__ = ("_called", "_changed", "_sending_since", "_waiting", "ended")

    def __init__(self) -> None:
        self._waiting: deque[Said] = deque()
        self._changed = asyncio.Event()
        self._sending_since: float | None = None
        self._called: Callable[[], None] | None = None
        self.ended: int | None = None
        """The code it is to be closed with, once everything has gone."""

    @property
    def clear(self) -> bool:
        return len(self._waiting) < self.FEW and self.ended is None

    @property
    def stalled_since(self) -> float | None:
        return self._sending_since

    def write(self, said: Said) -> None:
        if self.ended is None:
            self._waiting.append(said)
            self._changed.set()

    def write_all(self, several: Sequence[Said]) -> None:
        for said in several:
            self.write(said)

    keep = write_all

    def flush(self) -> None:
        """Nothing is kept: it goes from the queue."""

    def end(self, code: int) -> None:
        if self.ended is None:
            self.ended = code
            self._changed.set()

    def on_clear(self, called: Callable[[], None]) -> None:
        self._called = called

    def __len__(self) -> int:
        return len(self._waiting)

    async def next(self) -> Said | None:
        """What is to be sent next, when there is something; None when it is to be closed."""
        self._sending_since = None
        while not self._waiting:
            if self.ended is not None:
                return None
            self._changed.clear()
            if self._called is not None:
                self._called()
                if self._waiting:
                    break
            await self._changed.wait()
        self._sending_since = monotonic()
        return self._waiting.popleft()


class Listener:
    """One connection of somebody: who they are here, and the one number that says what they hold."""

    __slots__ = (
        "carrier",
        "device",
        "ends_at",
        "fetching",
        "greet_by",
        "holder",
        "knows_people",
        "language",
        "live",
        "open",
        "seq",
        "silent",
        "standing",
        "viewer",
    )

    def __init__(
        self,
        carrier: Carrier,
        *,
        standing: Standing,
        holder: Holder,
        board_id: UUID,
        device: str,
        language: str,
        ends_at: float,
        greet_by: float | None = None,
    ) -> None:
        self.carrier = carrier
        self.standing = standing
        self.holder = holder
        self.viewer = actor_of(standing, board_id, device)
        self.device = device
        self.language = language
        self.seq = 0
        """The last seq that was given to them."""
        self.live = False
        """Whether they are told what happens: they have their picture."""
        self.fetching = False
        """Whether a thread is reading what they lack."""
        self.open = True
        self.silent = True
        """Whether nothing was asked for over this connection yet: nobody may be there any more."""
        self.knows_people = False
        self.ends_at = ends_at
        """When (monotonic) this connection has been open for long enough."""
        self.greet_by = greet_by
        """By when (monotonic) they are to say hello; None: they have."""

    def say(self, said: Said) -> None:
        if self.open:
            self.carrier.write(said)

    def answer(self, answers: Sequence[Answer]) -> None:
        """Tell what became of ops, in order."""
        if self.open:
            self.carrier.write_all([saying.answer(frame) for frame in answers])

    def answer_with_next(self, answers: Sequence[Answer]) -> None:
        """The same, together with what is written next: one write costs as much as another, however small."""
        if self.open:
            self.carrier.keep([saying.answer(frame) for frame in answers])

    def end(self, said: Said | None, code: int) -> None:
        """Say goodbye and close. Nothing is written after it."""
        if not self.open:
            return
        if said is not None:
            self.carrier.write(said)
        self.open = self.live = False
        self.carrier.end(code)
