"""Sending hints: from any thread, without waiting, the latest of a topic winning.

Listeners of this process are called at once. Where there is Redis one thread of the process also sends through
Channels' layer; while it is busy or rests, hints of the same topic become one, so a flood of ten thousand a second is a
handful of messages. Where no other process listens (:mod:`.others`) nothing is sent. What cannot be sent is dropped: a
heartbeat heals it.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import Any, Final

import structlog
from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer

from groundwork.live import local
from groundwork.live.others import others
from groundwork.live.topics import Small, Topic, checked

log = structlog.get_logger(__name__)

SEND_SECONDS: Final = 2.0
"""How long one message may take before it is given up."""
WAITING_SECONDS: Final = 2
"""How long Redis holds a question for the next message before it answers that there is none."""
MOST_WAITING: Final = 10_000
"""Topics with a hint that waits. More can only mean that Redis is away, and then none of them will arrive."""
IDLE_SECONDS: Final = 30.0
REST_SECONDS: Final = 0.05
"""Least time between two rounds of messages: to send one costs as much as what it tells of."""


def in_one_process() -> bool:
    """Whether every listener is in this process, because there is no Redis to join several."""
    return isinstance(get_channel_layer(), InMemoryChannelLayer)


def own_layer() -> Any:
    """A channel layer for one loop alone: closing the connections of a shared one closes those of other loops too."""
    layer = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
    # Redis' client gives up on an answer after five seconds; to wait for a message for as long would break it off.
    layer.brpop_timeout = WAITING_SECONDS
    return layer


def group_of(name: str) -> str:
    """The topic's group in the channel layer."""
    return f"gt.live.{name}"


def hint(topic: Topic, **small: Small) -> None:
    """Tell whoever listens to ``topic``. Never blocks and never raises for anything but a wrong call."""
    name = checked(topic, small)
    # Listeners here need no Redis, and are not to wait for it where there is one.
    local.deliver(name, small)
    if not in_one_process() and not others.are_none(time.monotonic()):
        _sender.put(name, small)


class Complaints:
    """At most one line a second in the log, however often something fails."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._next = 0.0
        self._left_out = 0

    def note(self, error: BaseException, at: float) -> None:
        if at < self._next:
            self._left_out += 1
            return
        log.warning(self._event, error=type(error).__name__, left_out=self._left_out)
        self._next, self._left_out = at + 1.0, 0


class Sender:
    """The thread that sends, begun by the first hint and ended when there was nothing to send for a while."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._waiting: dict[str, dict[str, Small]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self._complaints = Complaints("hints_not_sent")

    def put(self, name: str, small: dict[str, Small]) -> None:
        if self._pid != os.getpid():
            # A forked child inherits the memory, not the thread.
            self._reset()
        with self._changed:
            if name in self._waiting:
                self._waiting[name].update(small)
            elif len(self._waiting) < MOST_WAITING:
                self._waiting[name] = small
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live-hints", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _next(self) -> dict[str, dict[str, Small]] | None:
        with self._changed:
            if not self._waiting:
                self._changed.wait(IDLE_SECONDS)
            if not self._waiting:
                self._thread = None
                return None
            taken, self._waiting = self._waiting, {}
            return taken

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        layer = own_layer()
        try:
            while (taken := self._next()) is not None:
                began = time.monotonic()
                loop.run_until_complete(self._send(layer, taken, loop))
                time.sleep(max(0.0, began + REST_SECONDS - time.monotonic()))
        finally:
            loop.run_until_complete(close_pools(layer))
            loop.close()

    async def _send(self, layer: Any, taken: dict[str, dict[str, Small]], loop: asyncio.AbstractEventLoop) -> None:
        for name, small in taken.items():
            message = {"type": "hint", "topic": name, "hint": small, "from": others.process}
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await layer.group_send(group_of(name), message)
            except Exception as error:
                # Whatever is wrong with Redis: the others of this round would fail alike, and only take time.
                self._complaints.note(error, loop.time())
                await close_pools(layer)
                return


async def close_pools(layer: Any) -> None:
    """Let go of this loop's connections to Redis, broken or not."""
    try:
        await layer.close_pools()
    except Exception as error:
        log.debug("live_connections_not_closed", error=type(error).__name__)
    # A connection that was cut off in the middle of waiting is closed in the loop's next rounds.
    await asyncio.sleep(0.01)


_sender = Sender()
