"""The short way through a handshake says what the library says, and what is odd is left to the library."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from websockets.server import ServerProtocol

from goldenthread.handshakes import accepting, plain_key
from tests.serving import served

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
PLAIN = [
    (b"host", b"example.org"),
    (b"upgrade", b"websocket"),
    (b"connection", b"Upgrade"),
    (b"sec-websocket-key", KEY),
    (b"sec-websocket-version", b"13"),
]


def scope(headers: list[tuple[bytes, bytes]], **other: Any) -> dict[str, Any]:
    return {"method": "GET", "http_version": "1.1", "headers": headers, **other}


def put(name: bytes, *values: bytes) -> list[tuple[bytes, bytes]]:
    return [*[each for each in PLAIN if each[0] != name], *[(name, value) for value in values]]


@pytest.mark.parametrize(
    "headers",
    [
        PLAIN,
        put(b"connection", b"keep-alive, Upgrade"),
        put(b"upgrade", b"WebSocket"),
        [*PLAIN, (b"cookie", b"a=b"), (b"cookie", b"c=d"), (b"sec-websocket-extensions", b"permessage-deflate")],
    ],
)
def test_what_browsers_send_goes_the_short_way(headers: list[tuple[bytes, bytes]]) -> None:
    assert plain_key(scope(headers)) == KEY


@pytest.mark.parametrize(
    "odd",
    [
        scope(PLAIN, method="POST"),
        scope(PLAIN, http_version="1.0"),
        scope(put(b"sec-websocket-version", b"8")),
        scope(put(b"sec-websocket-version", b"13", b"13")),
        scope(put(b"sec-websocket-version")),
        scope(put(b"sec-websocket-key")),
        scope(put(b"sec-websocket-key", KEY, KEY)),
        scope(put(b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZR==")),
        scope(put(b"sec-websocket-key", b"c2hvcnQ=")),
        scope(put(b"upgrade", b"websocket", b"h2c")),
        scope(put(b"connection", b"close")),
        scope(put(b"content-length", b"4")),
        scope(put(b"transfer-encoding", b"chunked")),
        scope(put(b"origin", b"https://a.example", b"https://b.example")),
        scope(put(b"cookie", b"x" * 8_000)),
        scope([*PLAIN, *[(b"x", b"y")] * 100]),
    ],
)
def test_what_is_odd_is_the_librarys(odd: dict[str, Any]) -> None:
    assert plain_key(odd) is None


def test_the_answer_is_the_librarys() -> None:
    library = ServerProtocol()
    lines = [b"GET / HTTP/1.1", *(name + b": " + value for name, value in PLAIN), b"", b""]
    library.receive_data(b"\r\n".join(lines))
    (request,) = library.events_received()
    response = library.accept(request)  # type: ignore[arg-type]
    del response.headers["Date"]
    response.headers["x"] = "y"
    library.send_response(response)
    assert accepting(KEY, [(b"x", b"y")]) == b"".join(library.data_to_send())


async def echo(it: Any, receive: Any, send: Any) -> None:
    """An application that knows nothing of the short way for frames."""
    await receive()
    if it["path"] == "/no":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept", "subprotocol": next(iter(it["subprotocols"]), None)})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": f"{it['query_string'].decode()} {message['text']}"})


@pytest.fixture(scope="module")
def port(django_db_blocker: Any) -> Iterator[int]:
    ways = {"ws": "goldenthread.frames:BoardProtocol", "http": "goldenthread.pages:PageProtocol"}
    with served(
        echo, django_db_blocker, ws_per_message_deflate=False, ws_ping_interval=0.3, ws_ping_timeout=0.3, **ways
    ) as address:
        yield int(address.rsplit(":", 1)[1])


def ask(port: int, *lines: bytes, path: bytes = b"/echo?who") -> tuple[socket.socket, bytes]:
    headers = [name + b": " + value for name, value in PLAIN]
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.sendall(b"\r\n".join([b"GET " + path + b" HTTP/1.1", *headers, *lines, b"", b""]))
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = connection.recv(4096)
        assert more
        answer += more
    return connection, answer


# The second is odd, so the library reads it.
@pytest.mark.parametrize("more", [(), (b"Content-Length: 0",), (b"Sec-WebSocket-Protocol: first, second",)])
def test_both_ways_lead_to_the_application(port: int, more: tuple[bytes, ...]) -> None:
    connection, answer = ask(port, *more)
    with closing(connection):
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer
        assert (b"sec-websocket-protocol: first\r\n" in answer.lower()) == (len(more) == 1 and b"first" in more[0])
        connection.sendall(b"\x81\x82\0\0\0\0hi")
        assert connection.recv(100) == b"\x81\x06who hi"


def test_an_application_may_still_refuse(port: int) -> None:
    connection, answer = ask(port, path=b"/no")
    connection.close()
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_whoever_answers_pings_stays_and_whoever_does_not_is_cut(port: int) -> None:
    silent, _ = ask(port)
    alive, _ = ask(port)
    with closing(silent), closing(alive):
        for _ in range(4):
            ping = alive.recv(100)
            assert ping[:2] == b"\x89\x04"
            alive.sendall(b"\x8a\x84\0\0\0\0" + ping[2:])
        heard = b""
        while more := silent.recv(100):
            heard += more
        assert heard[:2] == b"\x89\x04"
        # A close of 1011.
        assert heard[6:7] == b"\x88"
        assert heard[8:10] == b"\x03\xf3"
