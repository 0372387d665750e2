"""How fast somebody may write and look without a socket: the numbers of requirement S19, kept by participation."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Final

from django.conf import settings

MOST_REMEMBERED: Final = 2_000
LOOKS_PER_SECOND: Final = 5
LOOKS_AT_ONCE: Final = 30
"""Who polls looks every five seconds and after each change of their own; a few tabs of one person do, too."""


class Bucket:
    """So many a second, and so many at once after a pause."""

    __slots__ = ("_at", "_most", "_rate", "_there")

    def __init__(self, rate: float, most: int) -> None:
        self._rate = rate
        self._most = most
        self._there = float(most)
        self._at = monotonic()

    def take(self, wanted: int) -> int:
        """How many of ``wanted`` may pass now; those are counted."""
        at = monotonic()
        there = min(self._most, self._there + (at - self._at) * self._rate)
        self._at = at
        given = min(wanted, int(there))
        self._there = there - given
        return given


class _Buckets:
    """A bucket for each participation, of the latest so many."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, participation_id: int, wanted: int, *, rate: float, most: int) -> int:
        with self._lock:
            bucket = self._buckets.get(participation_id)
            if bucket is None:
                bucket = self._buckets[participation_id] = Bucket(rate, most)
                if len(self._buckets) > MOST_REMEMBERED:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(participation_id)
            return bucket.take(wanted)


_writing = _Buckets()
_looking = _Buckets()


def may_pass(participation_id: int, ops: int) -> int:
    """How many of so many ops may pass now, whichever way they come: by plain requests, or by the API."""
    rate, most = settings.BOARD_OPS_PER_SECOND, settings.BOARD_OPS_AT_ONCE
    return _writing.take(participation_id, ops, rate=rate, most=most)


def may_look(participation_id: int) -> bool:
    """Whether somebody may ask for the board again now. Each answer can be all of it, so that is not free."""
    return _looking.take(participation_id, 1, rate=LOOKS_PER_SECOND, most=LOOKS_AT_ONCE) == 1
