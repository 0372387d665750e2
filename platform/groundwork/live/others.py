"""Whether any other process listens at all: most installations have one that does, and then no hint need go to Redis.

Each process that listens says so to all of them every few seconds, and at once when it hears of one it did not know.
Silence is believed only by a process that hears itself: then the way through Redis works, and nobody else has spoken. A
process that does not listen never hears itself, and so never believes it.
"""

from __future__ import annotations

import os
from math import inf
from typing import Final
from uuid import uuid4

PROCESSES: Final = "live.processes"
"""Where they say so, in the place of a topic's name."""
WAIT_SECONDS: Final = 1.0
"""How long after it first heard itself a process waits for others to answer."""
ECHO_SECONDS: Final = 8.0
"""For how long having heard oneself is good: longer than the time between two announcements."""
FORGOTTEN_SECONDS: Final = 20.0
"""After so long without a word another process is taken to have ended."""


class Others:
    """What this process has heard. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self.process: Final = uuid4().hex[:16]
        self._pid = os.getpid()
        self._known: dict[str, float] = {}
        self.forget()

    def forget(self) -> None:
        """The way through Redis may be broken: believe nothing until it is seen to work."""
        self._first_echo, self._last_echo = inf, -inf

    def heard(self, process: str, at: float) -> bool:
        """A process says that it listens. Whether that is news."""
        if process == self.process:
            if at - self._last_echo > ECHO_SECONDS:
                self._first_echo = at
            self._last_echo = at
            return False
        new = at - self._known.get(process, -inf) > FORGOTTEN_SECONDS
        self._known = {each: when for each, when in self._known.items() if at - when <= FORGOTTEN_SECONDS}
        self._known[process] = at
        return new

    def are_none(self, at: float) -> bool:
        """Whether surely nobody but this process listens."""
        if self._pid != os.getpid():
            # A forked child remembers what its parent heard, and hears nothing itself.
            return False
        if at - self._last_echo > ECHO_SECONDS or at - self._first_echo < WAIT_SECONDS:
            return False
        return all(at - when > FORGOTTEN_SECONDS for when in self._known.values())


others = Others()
