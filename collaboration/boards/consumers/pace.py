"""How fast is too fast: the numbers of requirement S19, for one connection each."""

from __future__ import annotations

from collections import deque
from time import monotonic

from collaboration.boards.pacing import Bucket

__all__ = ["Bucket", "Strikes"]


class Strikes:
    """Whether something happened ``most`` times within ``seconds``."""

    __slots__ = ("_moments", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._moments: deque[float] = deque(maxlen=most)
        self._seconds = seconds

    def add(self) -> bool:
        """It happened once more. Whether that was too often."""
        at = monotonic()
        moments = self._moments
        moments.append(at)
        return len(moments) == moments.maxlen and at - moments[0] <= self._seconds


OPS_TOO_FAST = 10, 10.0
"""This many frames that were too fast within so many seconds end a connection (4029)."""
NOT_UNDERSTOOD = 20, 60.0
"""This many messages that could not be understood within so many seconds end it (4000)."""
PICTURES_PER_SECOND, PICTURES_AT_ONCE = 1, 10
"""How often somebody may ask for what they lack: each may cost a whole snapshot."""
ANSWERS_PER_SECOND, ANSWERS_AT_ONCE = 10, 30
"""How often somebody may ping."""
