"""Asking connections whether they are still there: one timer for all of a loop, instead of one or two for each.

A connection is asked every so many seconds, and cut when it has not answered by the time it would be asked again.
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from weakref import WeakKeyDictionary

TOGETHER_SECONDS = 0.25
"""Those whose time comes within so long are asked together."""


class Asked(Protocol):
    def pulse(self) -> bool:
        """Ask it, or cut it. Whether it is to be asked again."""


class Pulse:
    """Of one loop, for one interval: so whoever was asked first is the first to be asked again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._due: dict[Asked, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, connection: Asked) -> None:
        self._due[connection] = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._sweep)

    def end(self, connection: Asked) -> None:
        self._due.pop(connection, None)

    def _sweep(self) -> None:
        self._timer = None
        at = self._loop.time()
        due = []
        for connection, moment in self._due.items():
            if moment > at:
                break
            due.append(connection)
        for connection in due:
            del self._due[connection]
            if connection.pulse():
                self._due[connection] = at + self._seconds
        if self._due:
            wait = next(iter(self._due.values())) - at
            self._timer = self._loop.call_later(max(wait, TOGETHER_SECONDS), self._sweep)


_pulses: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[float, Pulse]] = WeakKeyDictionary()


def pulse_of(loop: asyncio.AbstractEventLoop, seconds: float) -> Pulse:
    """The one of this loop for this interval."""
    kept = _pulses.setdefault(loop, {})
    if seconds not in kept:
        kept[seconds] = Pulse(loop, seconds)
    return kept[seconds]
