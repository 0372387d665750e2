"""A connection as those see it who speak over it: messages in order for one reader, calls, and one end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from goldenthread.sharing import NOBODY, Messages, SharedFrames
from tests.serving import served

WHOLE = b"\x81\x02hi"
LONG = b"\x81\x7f" + (300_000).to_bytes(8, "big") + b"a" * 300_000


def test_messages_come_in_order_whether_one_waits_for_them_or_not() -> None:
    async def doing() -> None:
        messages = Messages()
        assert messages.empty()
        messages.put_nowait(1)
        messages.put_nowait(2)
        assert [await messages.get(), messages.get_nowait()] == [1, 2]
        waiting = asyncio.create_task(messages.get())
        await asyncio.sleep(0)
        messages.put_nowait(3)
        messages.put_nowait(4)
        assert await waiting == 3
        assert not messages.empty()
        assert await messages.get() == 4
        with pytest.raises(IndexError):
            messages.get_nowait()
        # A reader that was cancelled takes nothing with it.
        given_up = asyncio.create_task(messages.get())
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        messages.put_nowait(5)
        assert await messages.get() == 5

    asyncio.run(doing())


def test_where_nobody_reads_nothing_is_kept() -> None:
    for _ in range(1_000):
        NOBODY.put_nowait({"type": "websocket.receive"})
    assert NOBODY.empty()


class Room:
    """What an application that goes over to calls has seen of its connections."""

    def __init__(self) -> None:
        self.lines: list[SharedFrames] = []
        self.heard: list[str | bytes] = []
        self.ended = 0
        self.before: asyncio.Event | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        frames: SharedFrames = scope["extensions"]["goldenthread.frames"]
        if scope["path"] == "/slow":
            # What is said before the application listens waits for it.
            await asyncio.sleep(0.3)
        self.lines.append(frames)
        frames.take(self.hear, lambda: None, self.end)
        frames.write(WHOLE)

    def hear(self, message: str | bytes) -> None:
        self.heard.append(message)
        if message == "break":
            raise RuntimeError("The application has a mistake.")
        if message == "both":
            self.lines[-1].write_both(WHOLE, LONG)
        if message == "close":
            self.lines[-1].close(4003)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def address(room: Room, django_db_blocker: Any) -> Iterator[str]:
    ways = {"ws": "goldenthread.frames:BoardProtocol", "http": "goldenthread.pages:PageProtocol"}
    with served(room, django_db_blocker, ws_per_message_deflate=False, **ways) as where:
        yield where.replace("http", "ws")


def until(true: Callable[[], object]) -> None:
    import time

    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_said_before_the_application_listens_is_heard_in_order(address: str, room: Room) -> None:
    with connect(f"{address}/slow", compression=None) as client:
        for message in ("one", b"two", "three"):
            client.send(message)
        assert client.recv(timeout=5) == "hi"
        client.send("four")
        until(lambda: len(room.heard) == 4)
    assert room.heard == ["one", b"two", "three", "four"]
    until(lambda: room.ended == 1)


def test_the_application_closes_with_its_code_and_hears_of_the_end_once(address: str, room: Room) -> None:
    with connect(f"{address}/", compression=None) as client:
        client.recv(timeout=5)
        client.send("close")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4003
    until(lambda: room.ended == 1)
    assert room.heard == ["close"]
    (line,) = room.lines
    assert not line.clear
    line.lost()
    assert room.ended == 1, "once, whoever says it again"


def test_two_pieces_go_out_in_order_and_whole_however_long(address: str, room: Room) -> None:
    with connect(f"{address}/", compression=None) as client:
        client.recv(timeout=5)
        for _ in range(3):
            client.send("both")
            assert client.recv(timeout=5) == "hi"
            assert client.recv(timeout=5) == "a" * 300_000


def test_a_mistake_of_the_application_ends_that_connection_alone(address: str, room: Room) -> None:
    with connect(f"{address}/", compression=None) as other, connect(f"{address}/", compression=None) as client:
        client.recv(timeout=5)
        client.send("break")
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011
        until(lambda: room.ended == 1)
        other.send("still here")
        until(lambda: room.heard == ["break", "still here"])


def test_who_goes_before_the_application_listens_is_told_to_it(address: str, room: Room) -> None:
    with connect(f"{address}/slow", compression=None):
        pass
    until(lambda: room.lines)
    until(lambda: room.ended == 1)
