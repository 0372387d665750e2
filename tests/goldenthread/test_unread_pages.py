"""Whoever asks for a page and does not read it holds neither a connection nor memory for long."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

import pytest

from goldenthread import pages
from tests.collaboration.boards.wire import DIRECT
from tests.serving import served

LARGE = 16_000_000
"""More than the kernel takes in for a connection."""


async def large_page(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % LARGE)]})
    await send({"type": "http.response.body", "body": b"x" * LARGE})


def asked(address: str) -> socket.socket:
    host, _colon, port = address.removeprefix("http://").partition(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262_144)
    connection.settimeout(10)
    connection.connect((host, int(port)))
    connection.sendall(b"GET / HTTP/1.1\r\nHost: " + host.encode() + b"\r\n\r\n")
    return connection


def arrived(connection: socket.socket) -> int:
    """How much can be read until the end, one way or another."""
    came = 0
    with contextlib.suppress(ConnectionResetError):
        while read := connection.recv(1_000_000):
            came += len(read)
            if came > LARGE / 2:
                break
    return came


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "UNREAD_SECONDS", 1.5)


def test_what_nobody_reads_is_cut_off(django_db_blocker: object) -> None:
    with served(large_page, django_db_blocker, **DIRECT) as address, asked(address) as connection:
        time.sleep(4)
        assert arrived(connection) < LARGE / 2


def test_what_is_read_slowly_arrives(django_db_blocker: object) -> None:
    with served(large_page, django_db_blocker, **DIRECT) as address, asked(address) as connection:
        for _ in range(30):
            assert connection.recv(200_000)
            time.sleep(0.1)
        assert arrived(connection) > LARGE / 2
