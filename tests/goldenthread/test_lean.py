"""A quiet connection keeps next to nothing, whatever was said on it before."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from typing import Any

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.sync.client import ClientConnection, connect

from goldenthread.lean import LeanProtocol
from tests.goldenthread.test_sharing import Room, until
from tests.serving import served


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def client(room: Room, django_db_blocker: Any) -> Iterator[ClientConnection]:
    ways = {"ws": "goldenthread.frames:BoardProtocol", "http": "goldenthread.pages:PageProtocol"}
    with (
        served(room, django_db_blocker, ws_per_message_deflate=False, **ways) as where,
        connect(where.replace("http", "ws") + "/", compression=None) as opened,
    ):
        opened.recv(timeout=5)
        yield opened


def protocol(room: Room) -> Any:
    return room.lines[0]._protocol


def keeps_nothing(it: Any) -> bool:
    return it._conn is None and it.scope is None and it.request is None and it.response is None and not it.frames


def test_after_the_handshake_nothing_of_it_is_left(client: ClientConnection, room: Room) -> None:
    until(lambda: keeps_nothing(protocol(room)))


@pytest.mark.parametrize(
    "said", [["plain"], ["x" * 300], [b"bytes"], [["in", " ", "parts"]], ["é" * 200, b"", [b"a", b"b"]]]
)
def test_after_any_message_nothing_of_it_is_left(client: ClientConnection, room: Room, said: list[Any]) -> None:
    for message in said:
        client.send(message)
    until(lambda: len(room.heard) == len(said))
    until(lambda: keeps_nothing(protocol(room)))
    client.ping().wait(5)
    until(lambda: keeps_nothing(protocol(room)))


def stored(function: Any) -> set[str]:
    """Names of attributes that a function sets."""
    return {each.argval for each in dis.get_instructions(function) if each.opname == "STORE_ATTR"}


def test_all_that_uvicorn_sets_on_a_connection_is_set() -> None:
    """Its ``__init__`` is not called. What a newer one sets besides is found out here, and not in a hall."""
    lacking = stored(WebSocketsSansIOProtocol.__init__) - stored(LeanProtocol.__init__)
    assert lacking == {"conn"}, "which is made when it is needed"


def test_a_connection_keeps_all_it_has_in_slots(client: ClientConnection, room: Room) -> None:
    client.send("hello")
    until(lambda: room.heard)
    assert vars(protocol(room)) == {}
