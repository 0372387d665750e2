"""A connection as those see it who speak over it: as whole frames, or as messages to wait for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goldenthread.frames import BoardProtocol


class SharedFrames:
    """One connection, as the hub writes to it. All of it on the connection's loop."""

    __slots__ = ("_protocol", "clear", "on_clear", "on_end", "on_message", "on_stop", "stalled_since", "taken", "write")

    def __init__(self, protocol: BoardProtocol) -> None:
        self._protocol = protocol
        self.write: Callable[[bytes], None] = protocol.transport.write
        """Write whole frames, not masked. Not after :meth:`close`."""
        self.clear = True
        """Whether the connection takes more just now."""
        self.taken = False
        """Whether the application has gone over to calls, and may have returned."""
        self.stalled_since: float | None = None
        self.on_clear: Callable[[], None] | None = None
        self.on_message: Callable[[str | bytes], None] | None = None
        self.on_stop: Callable[[], None] | None = None
        self.on_end: Callable[[], None] | None = None

    def take(
        self, on_message: Callable[[str | bytes], None], on_stop: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        """Have messages told by a call from now on, the end of the server, and once the end of the connection.

        The application is to return then: the connection stays open.
        """
        self.taken = True
        self.on_message, self.on_stop, self.on_end = on_message, on_stop, on_end
        self._protocol.take_over()

    def write_both(self, first: bytes, then: bytes) -> None:
        """Write whole frames in two pieces, at once and without copying them."""
        self._protocol.transport.writelines((first, then))

    def close(self, code: int) -> None:
        """Close after what was written."""
        self.clear = False
        self._protocol.say_close(code)

    def lost(self) -> None:
        """The connection is no more."""
        self.clear = False
        ended = self.on_end
        self.on_message = self.on_clear = self.on_stop = self.on_end = None
        if ended is not None:
            ended()


class Messages:
    """What the application is to receive: a queue for one reader, of which there is one for each connection."""

    __slots__ = ("_items", "_reader")

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._items.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def get_nowait(self) -> Any:
        return self._items.popleft()

    async def get(self) -> Any:
        while not self._items:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._items.popleft()

    def empty(self) -> bool:
        return not self._items


class _Nobody(Messages):
    """In the place of the queue when no application reads it any more."""

    def put_nowait(self, message: Any) -> None:
        pass


NOBODY = _Nobody()
