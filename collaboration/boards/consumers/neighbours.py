"""What processes tell each other of who is on their boards, for all boards together.

Each keeps one entry for each of its boards in the cache, for less than a minute; a hint says which process has changed
some of its entries. Without Redis there is one process, and none of this.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from django.core.cache import caches

from groundwork.live import Topic, hint
from groundwork.live.sending import Complaints, in_one_process
from groundwork.live.threads import with_cache

if TYPE_CHECKING:
    from collaboration.boards.consumers.hubs import Hubs

KEPT_SECONDS: Final = 40
"""How long what a process said of itself is believed."""
GATHERED_SECONDS: Final = 0.25
"""Changes on several boards are told together."""
PROCESS: Final = uuid4().hex[:16]
"""Names this process to the others."""
_not_shared = Complaints("presence_not_shared")


@dataclass(frozen=True, slots=True)
class PresenceTopic(Topic):
    """Who is on the boards has changed in a process. A hint holds ``process``."""

    @property
    def name(self) -> str:
        return "here"


def cache_key(board_id: UUID, process: str) -> str:
    return f"here:{board_id.hex}:{process}"


class Neighbours:
    """Of one process. On the loop of its hubs; what waits for Redis waits in a thread."""

    def __init__(self, hubs: Hubs) -> None:
        self._hubs = hubs
        self._due: dict[UUID, Mapping[str, int]] = {}
        self._heard: set[str] = set()
        self._telling = False
        self._reading = False

    def tell(self, board_id: UUID, here: Counter[str]) -> None:
        """Let the others know who is here on one board: the latest, before long, if Redis is there."""
        if in_one_process():
            return
        self._due[board_id] = dict(here)
        if not self._telling:
            self._telling = True
            self._hubs.spawn(self._tell())

    async def _tell(self) -> None:
        try:
            while self._due:
                await asyncio.sleep(GATHERED_SECONDS)
                due, self._due = self._due, {}
                entries = {cache_key(board_id, PROCESS): here for board_id, here in due.items()}
                try:
                    await with_cache(caches["strict"].set_many, entries, KEPT_SECONDS)
                except Exception as error:
                    # Redis is away. All of it is told again before long, as it is when nothing changes.
                    _not_shared.note(error, monotonic())
                else:
                    hint(PresenceTopic(), process=PROCESS)
        finally:
            self._telling = False

    def heard(self, process: str) -> None:
        """Another process has changed what it says of itself."""
        if process == PROCESS or not process:
            return
        self._heard.add(process)
        if not self._reading:
            self._reading = True
            self._hubs.spawn(self._read())

    async def _read(self) -> None:
        try:
            while self._heard:
                process = self._heard.pop()
                keys = {cache_key(board_id, process): board_id for board_id in self._hubs.hubs}
                try:
                    found = await with_cache(caches["strict"].get_many, list(keys))
                except Exception as error:
                    _not_shared.note(error, monotonic())
                    return
                for key, here in found.items():
                    hub = self._hubs.hubs.get(keys[key])
                    if hub is not None and isinstance(here, dict):
                        hub.presence.hear(process, Counter(here), monotonic() + KEPT_SECONDS)
        finally:
            self._reading = False
