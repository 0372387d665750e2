"""Hearing hints: one listener per process, on the loop that serves its sockets.

With Redis it is one channel of Channels' layer that joins a group for each topic. Groups are joined anew every few
seconds, because Redis may have been emptied without the connection noticing; when the connection breaks everything is
joined again, and ``on_reconnected`` says that hints may have been missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, Final

import structlog

from groundwork.live import local
from groundwork.live.others import PROCESSES, others
from groundwork.live.sending import Complaints, close_pools, group_of, in_one_process, own_layer
from groundwork.live.topics import Hint, Small, Topic, checked

log = structlog.get_logger(__name__)

RENEW_SECONDS: Final = 5.0
"""How often groups are joined anew: for so long an emptied Redis can swallow hints."""
FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 5.0
"""Seconds between two tries to reach Redis."""

OnHint = Callable[[Topic, Hint], None]
OnReconnected = Callable[[], None]


class Listener:
    """Hears what it has subscribed to. All methods are to be called on its loop, and the callbacks are called there."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_hint: OnHint, on_reconnected: OnReconnected) -> None:
        self._loop = loop
        self._on_hint = on_hint
        self._on_reconnected = on_reconnected
        self._topics: dict[str, Topic] = {}
        self._local: dict[str, local.Heard] = {}
        self._waiting: dict[str, dict[str, Small]] = {}
        self._layer: Any = None
        self._channel: str | None = None
        self._pending: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def start(self, *, over_redis: bool) -> None:
        if over_redis:
            self._layer = own_layer()
            self._task = self._loop.create_task(self._run())

    def subscribe(self, topic: Topic) -> None:
        """Hear hints of ``topic`` from now on. What was hinted before is not told: read the database after this."""
        name = checked(topic, {})
        if name in self._topics:
            return
        self._topics[name] = topic
        heard: local.Heard = partial(self._from_any_thread, name)
        self._local[name] = heard
        local.add(name, heard)
        self._join(name)

    async def joined(self) -> None:
        """Wait until every subscription asked for so far has reached Redis, or failed to."""
        if self._pending:
            await asyncio.wait(self._pending)

    def unsubscribe(self, topic: Topic) -> None:
        name = topic.name
        if self._topics.pop(name, None) is None:
            return
        local.remove(name, self._local.pop(name))
        self._waiting.pop(name, None)
        if self._channel is not None:
            self._spawn(self._quietly("group_discard", name))

    async def close(self) -> None:
        """Stop listening."""
        for topic in [*self._topics.values()]:
            self.unsubscribe(topic)
        # First these: whatever asks Redis after its connections were closed opens another one.
        if self._pending:
            await asyncio.wait(self._pending, timeout=1.0)
        for late in [*self._pending]:
            late.cancel()
        others.forget()
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    # In this process

    def _from_any_thread(self, name: str, small: dict[str, Small]) -> None:
        with suppress(RuntimeError):
            # The loop may be closing just now; then nobody is left to be told.
            self._loop.call_soon_threadsafe(self._collect, name, dict(small))

    def _collect(self, name: str, small: dict[str, Small]) -> None:
        """Several hints of one topic that arrive together are told once, the latest values winning."""
        if name not in self._topics:
            return
        if name in self._waiting:
            self._waiting[name].update(small)
        else:
            self._waiting[name] = small
            self._loop.call_soon(self._tell, name)

    def _tell(self, name: str) -> None:
        small = self._waiting.pop(name, None)
        topic = self._topics.get(name)
        if small is None or topic is None:
            return
        try:
            self._on_hint(topic, small)
        except Exception:
            log.exception("hint_not_taken")

    # Over Redis

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    def _join(self, name: str) -> None:
        if self._channel is not None:
            self._spawn(self._quietly("group_add", name))

    async def _quietly(self, what: str, name: str) -> None:
        """Join or leave a group; a failure is mended when groups are joined anew."""
        try:
            async with asyncio.timeout(RENEW_SECONDS):
                await getattr(self._layer, what)(group_of(name), self._channel)
        except Exception as error:
            log.debug("live_group_not_changed", error=type(error).__name__)

    async def _run(self) -> None:
        complaints = Complaints("hints_not_heard")
        wait = FIRST_WAIT
        layer = self._layer
        try:
            # Redis' client may answer a cancellation with an error of its own.
            while not self._closing:
                began = self._loop.time()
                try:
                    await self._listen(layer)
                except Exception as error:
                    complaints.note(error, self._loop.time())
                others.forget()
                self._channel = None
                await close_pools(layer)
                wait = FIRST_WAIT if self._loop.time() - began > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
                if not self._closing:
                    await asyncio.sleep(wait)
        finally:
            await close_pools(layer)

    async def _listen(self, layer: Any) -> None:
        """Join everything and hear, until something breaks."""
        channel = self._channel = await layer.new_channel()

        async def renew() -> None:
            for name in [*self._topics, PROCESSES]:
                await layer.group_add(group_of(name), channel)

        async def renew_for_ever() -> None:
            while True:
                await asyncio.sleep(RENEW_SECONDS)
                async with asyncio.timeout(RENEW_SECONDS):
                    await renew()
                    await self._announce(layer)

        await renew()
        self._on_reconnected()
        await self._announce(layer)
        both = [self._loop.create_task(renew_for_ever()), self._loop.create_task(self._receive(layer, channel))]
        try:
            ended, _going = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for each in ended:
                each.result()
        finally:
            await _end(both)

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            name, small = message.get("topic"), message.get("hint")
            if not isinstance(name, str) or not isinstance(small, dict):
                continue
            if name != PROCESSES:
                # Its own hints were told here when they were given.
                if message.get("from") != others.process:
                    self._collect(name, small)
            elif others.heard(str(small.get("process", "")), monotonic()):
                # It does not know of this one yet.
                await self._announce(layer)

    @staticmethod
    async def _announce(layer: Any) -> None:
        """Say that this process listens."""
        message = {"type": "hint", "topic": PROCESSES, "hint": {"process": others.process}}
        await layer.group_send(group_of(PROCESSES), message)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until they have ended: Redis' client sometimes loses a cancellation, and then waits on."""
    while going := [task for task in tasks if not task.done()]:
        for task in going:
            task.cancel()
        await asyncio.wait(going, timeout=0.1)
    for task in tasks:
        if not task.cancelled():
            # Looked at, so that nobody is told that it was not.
            task.exception()


def listen(loop: asyncio.AbstractEventLoop, on_hint: OnHint, on_reconnected: OnReconnected) -> Listener:
    """Begin to listen on ``loop``; call it on that loop. ``on_reconnected`` is called whenever hints may have been
    missed: at the start, and after Redis was away."""
    listener = Listener(loop, on_hint, on_reconnected)
    listener.start(over_redis=not in_one_process())
    return listener
