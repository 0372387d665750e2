"""Hints: from any thread, never waited for, never needed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import channel_layers

from groundwork.live import Listener, Topic, hint, listen, listening, local, sending
from groundwork.live.sending import Complaints, Sender, close_pools, group_of, in_one_process, own_layer


@dataclass(frozen=True, slots=True)
class Room(Topic):
    id: str

    @property
    def name(self) -> str:
        return f"room.{self.id}"


def room() -> Room:
    return Room(uuid4().hex)


class Ear:
    """A listener with what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[Topic, dict[str, Any]]] = []
        self.reconnected = 0
        self.listener: Listener = listen(asyncio.get_running_loop(), self._hear, self._reconnect)

    def _hear(self, topic: Topic, small: Any) -> None:
        self.heard.append((topic, dict(small)))

    def _reconnect(self) -> None:
        self.reconnected += 1

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)


def run(work: Callable[[], Any]) -> None:
    asyncio.run(work())


def test_a_topic_without_a_name_or_with_content_is_a_mistake() -> None:
    with pytest.raises(NotImplementedError):
        hint(Topic())
    with pytest.raises(ValueError, match="no name"):
        hint(Room("with spaces in it"))
    for wrong in (1.5, True, None, "x" * 65, ["x"]):
        with pytest.raises(ValueError, match="small numbers"):
            hint(room(), wrong=wrong)  # type: ignore[arg-type]


def test_hints_of_any_thread_reach_the_loop_and_the_latest_wins() -> None:
    async def work() -> None:
        ear, here, there = Ear(), room(), room()
        ear.listener.subscribe(here)
        ear.listener.subscribe(here)
        threads = [threading.Thread(target=lambda: [hint(here, head=n) for n in range(100)]) for _ in range(4)]
        hint(there, head=1)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        hint(here, access=7)
        hint(here, head=100, epoch="e")
        await ear.until(lambda: any("epoch" in small for _topic, small in ear.heard))
        assert {topic for topic, _small in ear.heard} == {here}
        assert len(ear.heard) < 50
        merged: dict[str, Any] = {}
        for _topic, small in ear.heard:
            merged.update(small)
        assert merged == {"head": 100, "access": 7, "epoch": "e"}
        ear.listener.unsubscribe(here)
        ear.listener.unsubscribe(here)
        before = len(ear.heard)
        hint(here, head=101)
        await asyncio.sleep(0.05)
        assert len(ear.heard) == before
        await ear.listener.close()
        assert here.name not in local._heard

    run(work)


def test_what_was_hinted_while_somebody_unsubscribes_is_not_told() -> None:
    async def work() -> None:
        ear, here = Ear(), room()
        ear.listener.subscribe(here)
        hint(here, head=1)
        ear.listener.unsubscribe(here)
        await asyncio.sleep(0.05)
        assert ear.heard == []
        await ear.listener.close()

    run(work)


def test_a_listener_that_breaks_hears_on() -> None:
    async def work() -> None:
        heard = []

        def breaking(_topic: Topic, small: Any) -> None:
            heard.append(small)
            raise ZeroDivisionError

        listener, here = listen(asyncio.get_running_loop(), breaking, lambda: None), room()
        listener.subscribe(here)
        for head in (1, 2):
            hint(here, head=head)
            await asyncio.sleep(0.05)
        # With Redis each comes by it once more.
        assert heard[:1] == [{"head": 1}]
        assert heard[-1] == {"head": 2}
        await listener.close()

    run(work)


def test_a_loop_that_is_gone_is_nobodys_trouble() -> None:
    here = room()
    loop = asyncio.new_event_loop()
    listener = Listener(loop, lambda *_: None, lambda: None)
    listener.subscribe(here)
    loop.close()
    hint(here, head=1)
    local.remove(here.name, listener._local[here.name])


def test_at_most_one_complaint_a_second(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints("something")
    said = []
    sending.log, kept = type("Log", (), {"warning": lambda self, *a, **k: said.append(k)})(), sending.log
    try:
        for at in (0.0, 0.1, 0.9, 1.1, 1.2, 2.5):
            complaints.note(OSError(), 10 + at)
    finally:
        sending.log = kept
    assert [each["left_out"] for each in said] == [0, 2, 1]


# With Redis

with_redis = pytest.mark.redis


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "RENEW_SECONDS", 0.3)
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0.2)


async def over_redis(ear: Ear, here: Room, **small: Any) -> None:
    """What another process would do: nothing is delivered here but through Redis."""
    other = own_layer()
    try:
        await other.group_send(group_of(here.name), {"type": "hint", "topic": here.name, "hint": small})
    finally:
        await other.close_pools()


@with_redis
def test_hints_of_other_processes_arrive(quick: None) -> None:
    async def work() -> None:
        assert not in_one_process()
        ear, here = Ear(), room()
        await ear.until(lambda: ear.reconnected == 1)
        ear.listener.subscribe(here)
        await ear.listener.joined()
        await over_redis(ear, here, head=5)
        await ear.until(lambda: bool(ear.heard))
        assert ear.heard == [(here, {"head": 5})]
        ear.listener.unsubscribe(here)
        await ear.listener.joined()
        await over_redis(ear, here, head=6)
        await asyncio.sleep(0.2)
        assert len(ear.heard) == 1
        await ear.listener.close()

    run(work)


@with_redis
def test_this_process_sends_through_redis_from_any_thread(quick: None) -> None:
    async def work() -> None:
        layer = own_layer()
        channel = await layer.new_channel()
        here = room()
        await layer.group_add(group_of(here.name), channel)
        for head in range(200):
            hint(here, head=head)
        async with asyncio.timeout(10):
            got: list[dict[str, Any]] = []
            while not got or got[-1]["hint"]["head"] != 199:
                got.append(await layer.receive(channel))
        assert got[-1]["topic"] == here.name
        assert len(got) < 150
        await layer.close_pools()

    run(work)
    # The thread goes when there is nothing to send, and comes again.
    until = time.monotonic() + 10
    while sending._sender._thread is not None and time.monotonic() < until:
        time.sleep(0.02)
    assert sending._sender._thread is None


@with_redis
def test_a_quiet_listener_is_not_broken_off() -> None:
    async def work() -> None:
        layer = own_layer()
        given_up = layer.connection(0).connection_pool.make_connection().socket_timeout
        assert given_up is None or layer.brpop_timeout < given_up
        await layer.close_pools()

    run(work)


@with_redis
def test_an_emptied_redis_is_healed_by_joining_anew(quick: None) -> None:
    async def work() -> None:
        ear, here = Ear(), room()
        ear.listener.subscribe(here)
        await ear.until(lambda: ear.reconnected == 1)
        layer = ear.listener._layer
        # What FLUSHALL does to this group, without touching what others keep in the same Redis.
        await layer.connection(0).delete(layer._group_key(group_of(here.name)))
        await asyncio.sleep(0.5)
        await over_redis(ear, here, head=1)
        await ear.until(lambda: bool(ear.heard))
        await ear.listener.close()

    run(work)


@with_redis
def test_a_broken_connection_is_made_anew_and_said(quick: None) -> None:
    async def work() -> None:
        ear, here = Ear(), room()
        ear.listener.subscribe(here)
        await ear.until(lambda: ear.reconnected == 1)
        layer = ear.listener._layer
        receive = layer.receive
        broken = []

        async def breaking(channel: str) -> Any:
            if not broken:
                broken.append(channel)
                raise ConnectionError("reset by peer")
            return await receive(channel)

        layer.receive = breaking
        await over_redis(ear, here, head=1)
        await ear.until(lambda: ear.reconnected == 2)
        await over_redis(ear, here, head=2)
        await ear.until(lambda: {"head": 2} in [small for _topic, small in ear.heard])
        await ear.listener.close()

    run(work)


def test_without_redis_in_reach_hints_are_dropped_without_waiting(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis away: nobody waits, local listeners hear all the same, and it is tried again."""
    pytest.importorskip("channels_redis")
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    channel_layers.backends = {}
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(listening, "FIRST_WAIT", 0.01)
    sender = Sender()
    monkeypatch.setattr(sending, "_sender", sender)
    try:

        async def work() -> None:
            ear, here = Ear(), room()
            ear.listener.subscribe(here)
            began = time.monotonic()
            for head in range(1000):
                hint(here, head=head)
            assert time.monotonic() - began < 1
            await ear.until(lambda: bool(ear.heard) and ear.heard[-1][1] == {"head": 999})
            await asyncio.sleep(0.2)
            assert ear.reconnected == 0
            await ear.listener.close()

        run(work)
        until = time.monotonic() + 10
        while sender._thread is not None and time.monotonic() < until:
            time.sleep(0.02)
        assert sender._thread is None
    finally:
        channel_layers.backends = {}


def test_no_more_topics_wait_than_can_ever_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_WAITING", 2)
    sender = Sender()
    sender._thread = threading.current_thread()
    for name in ("a", "b", "c", "a"):
        sender.put(name, {"head": 1, name: 2})
    assert sorted(sender._waiting) == ["a", "b"]
    sender._pid -= 1
    sender._thread = None
    monkeypatch.setattr(sending, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(threading.Thread, "start", lambda self: None)
    sender.put("d", {"head": 1})
    assert sorted(sender._waiting) == ["d"]


def test_connections_that_cannot_be_closed_are_left(caplog: pytest.LogCaptureFixture) -> None:
    class Layer:
        async def close_pools(self) -> None:
            raise OSError

    asyncio.run(close_pools(Layer()))
