"""What the drill and the processes it kills share: the clock, and where the next of them is to die. In a folder."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import signal
import struct
import time
from pathlib import Path

SPEED = 60
"""So many seconds of the product pass in one."""
SORTS = ("making", "sending", "ticking")
"""Sorts of points, each with a list of its own: work of one sort goes on while that of another waits."""

_CLOCK = struct.Struct("dd")
_PLACE = struct.Struct("qq")
_SIZE = 256


class State:
    """Memory that outlives whoever is killed. ``plan`` maps a sort to ``[(point, the how-manieth time), …]``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with (folder / "state").open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), _SIZE)
        self.plan: dict[str, list[tuple[str, int]]] = json.loads((folder / "plan").read_text())

    @classmethod
    def begin(cls, folder: Path, plan: dict[str, list[tuple[str, int]]], at: float) -> State:
        (folder / "state").write_bytes(bytes(_SIZE))
        (folder / "plan").write_text(json.dumps(plan))
        (folder / "kills").touch()
        state = cls(folder)
        state.set_clock(at)
        return state

    def set_clock(self, at: float) -> None:
        _CLOCK.pack_into(self.memory, 0, time.time(), at)

    def now(self) -> float:
        """The product's time, in seconds since 1970."""
        real, at = _CLOCK.unpack_from(self.memory, 0)
        return at + (time.time() - real) * SPEED

    def done(self, sort: str) -> int:
        """How many of the planned kills of a sort have happened."""
        return int(_PLACE.unpack_from(self.memory, self._place(sort))[0])

    def killed(self) -> list[str]:
        """At which points somebody died, in order."""
        return (self.folder / "kills").read_text().split("\n")[:-1]

    def _place(self, sort: str) -> int:
        return 64 + 16 * SORTS.index(sort)

    def pass_by(self, sort: str, point: str) -> None:
        """Die here with 9, if it is the turn of this point."""
        index = self.done(sort)
        plan = self.plan[sort]
        if index >= len(plan) or plan[index][0] != point:
            return
        # Opened each time: a lock belongs to what was opened, and that is shared after a fork.
        with (self.folder / "plan").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            index, times = _PLACE.unpack_from(self.memory, self._place(sort))
            if index >= len(plan) or plan[index][0] != point:
                return
            if times + 1 < plan[index][1]:
                _PLACE.pack_into(self.memory, self._place(sort), index, times + 1)
                return
            _PLACE.pack_into(self.memory, self._place(sort), index + 1, 0)
            with (self.folder / "kills").open("a") as kills:
                kills.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)
