"""RFC 6455 by its cases, against our class for WebSockets: both ways through it, whole and byte by byte.

The cases are those that suites of conformance go through: framing, pings, reserved bits, opcodes, fragments, UTF-8,
closing, sizes. The application says back what it hears: by calls, as the board does, or through plain ASGI.
"""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

import pytest

from tests.serving import served

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"
LARGEST = 65_536
Frame = tuple[int, bytes]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, mask: bytes = MASK) -> bytes:
    """One frame as a client sends it; with an empty mask, as a server does."""
    size, bit = len(payload), 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    if size < 126:
        head += bytes([bit | size])
    elif size < 65_536:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def parts(opcode: int, *payloads: bytes) -> bytes:
    """One message in fragments."""
    last = len(payloads) - 1
    return b"".join(frame(0 if at else opcode, each, fin=at == last) for at, each in enumerate(payloads))


def closed(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    if scope["path"] == "/calls":
        frames = scope["extensions"]["goldenthread.frames"]

        def say(message: str | bytes) -> None:
            data = message.encode() if isinstance(message, str) else message
            frames.write(frame(TEXT if isinstance(message, str) else BINARY, data, mask=b""))

        frames.take(say, lambda: None, lambda: None)
        return
    while (message := await receive())["type"] == "websocket.receive":
        text = message.get("text")
        await send({"type": "websocket.send"} | ({"text": text} if text is not None else {"bytes": message["bytes"]}))


@pytest.fixture(scope="module")
def port(django_db_blocker: Any) -> Iterator[int]:
    ways = {"ws": "goldenthread.frames:BoardProtocol", "http": "goldenthread.pages:PageProtocol"}
    with served(
        echo, django_db_blocker, ws_per_message_deflate=False, ws_max_size=LARGEST, ws_ping_interval=None, **ways
    ) as address:
        yield int(address.rsplit(":", 1)[1])


class Line:
    """A connection of bytes, opened."""

    def __init__(self, port: int, way: str, *headers: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = (
            f"GET /{way} HTTP/1.1",
            "Host: here",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            *headers,
        )
        self.socket.sendall("\r\n".join([*asked, "", ""]).encode())
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            self._more()
        self.answer, _, self.data = self.data.partition(b"\r\n\r\n")

    def _more(self) -> None:
        more = self.socket.recv(65_536)
        if not more:
            raise EOFError
        self.data += more

    def _take(self, count: int) -> bytes:
        while len(self.data) < count:
            self._more()
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def send(self, data: bytes, *, step: int = 0, until_answered: bool = False) -> None:
        """``until_answered``: no further once something came back. What is sent to a closed connection resets it."""
        with suppress(ConnectionError):
            for at in range(0, len(data), step or len(data)):
                if until_answered and select.select([self.socket], [], [], 0)[0]:
                    return
                self.socket.sendall(data[at : at + (step or len(data))])

    def next(self) -> Frame:
        first, second = self._take(2)
        assert first & 0x70 == 0, "no reserved bits"
        assert second & 0x80 == 0, "a server does not mask"
        size = second
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        assert first & 0x80, "whole frames"
        return first & 15, self._take(size)

    def all(self) -> list[Frame]:
        """Everything that comes until the connection ends."""
        heard: list[Frame] = []
        with suppress(EOFError, ConnectionError):
            while True:
                heard.append(self.next())
        return heard


def heard(port: int, way: str, sent: bytes, expected: Sequence[Frame], *, step: int = 0) -> list[Frame]:
    """What is answered to these bytes, and then to a close, to the end of the connection."""
    line = Line(port, way)
    with closing(line.socket):
        line.send(sent, step=step)
        answered = [line.next() for _each in expected]
        line.send(END)
        return answered + line.all()


WAYS = pytest.mark.parametrize("way", ["calls", "asgi"])
END = closed(1000)
ENDED = (CLOSE, struct.pack("!H", 1000))
WORDS = "Hello-µ@ßöäüàá-UTF-8!! \U0001f600 κόσμε".encode()

GOOD: dict[str, tuple[bytes, list[Frame]]] = {
    **{
        f"text of {size}": (frame(TEXT, b"*" * size), [(TEXT, b"*" * size)])
        for size in (0, 1, 125, 126, 127, 128, 65_535, LARGEST)
    },
    **{
        f"binary of {size}": (frame(BINARY, b"\xfe" * size), [(BINARY, b"\xfe" * size)])
        for size in (0, 125, 126, 127, 128, 65_535, LARGEST)
    },
    "a mask of zeros": (frame(TEXT, b"hi", mask=b"\0\0\0\0"), [(TEXT, b"hi")]),
    "many at once": (frame(TEXT, b"a") + frame(BINARY, b"b") + frame(TEXT, b"c"), [(1, b"a"), (2, b"b"), (1, b"c")]),
    "an empty ping": (frame(PING), [(PONG, b"")]),
    "a ping of words": (frame(PING, b"Hello"), [(PONG, b"Hello")]),
    "a ping of bytes": (frame(PING, b"\0\xff\xfe\xfd"), [(PONG, b"\0\xff\xfe\xfd")]),
    "the largest ping": (frame(PING, b"\xfe" * 125), [(PONG, b"\xfe" * 125)]),
    "ten pings": (b"".join(frame(PING, b"%d" % n) for n in range(10)), [(PONG, b"%d" % n) for n in range(10)]),
    "a pong that nobody asked for": (frame(PONG, b"x") + frame(TEXT, b"y"), [(TEXT, b"y")]),
    "a pong, then a ping": (frame(PONG, b"x") + frame(PING, b"y"), [(PONG, b"y")]),
    "two fragments": (parts(TEXT, b"one", b"two"), [(TEXT, b"onetwo")]),
    "binary fragments": (parts(BINARY, b"\xff", b"\xfe"), [(BINARY, b"\xff\xfe")]),
    "empty fragments": (parts(TEXT, b"", b"", b""), [(TEXT, b"")]),
    "an empty one between": (parts(TEXT, b"a", b"", b"b"), [(TEXT, b"ab")]),
    "fifty fragments": (parts(TEXT, *[b"x"] * 50), [(TEXT, b"x" * 50)]),
    "the largest in fragments": (parts(TEXT, *[b"x" * 4_096] * 16), [(TEXT, b"x" * LARGEST)]),
    "a ping between fragments": (
        frame(TEXT, b"a", fin=False)
        + frame(PING, b"p")
        + frame(0, b"b", fin=False)
        + frame(PING, b"q")
        + frame(0, b"c"),
        [(PONG, b"p"), (PONG, b"q"), (TEXT, b"abc")],
    ),
    "a pong between fragments": (frame(TEXT, b"a", fin=False) + frame(PONG, b"p") + frame(0, b"b"), [(TEXT, b"ab")]),
    "words in UTF-8": (frame(TEXT, WORDS), [(TEXT, WORDS)]),
    "UTF-8 split between any two bytes": (parts(TEXT, *(bytes([each]) for each in WORDS)), [(TEXT, WORDS)]),
    "the last code points": (
        frame(TEXT, "\x7f\u07ff\uffff\U0010ffff\ufdd0\ufffe".encode()),
        [(TEXT, "\x7f\u07ff\uffff\U0010ffff\ufdd0\ufffe".encode())],
    ),
    "a zero and a mark of order": (frame(TEXT, b"\0\xef\xbb\xbf"), [(TEXT, b"\0\xef\xbb\xbf")]),
}


@WAYS
@pytest.mark.parametrize("step", [0, 1, 3], ids=["whole", "byte by byte", "by threes"])
@pytest.mark.parametrize("name", GOOD)
def test_what_is_in_order_is_heard_and_answered(port: int, way: str, name: str, step: int) -> None:
    sent, expected = GOOD[name]
    if step and len(sent) > 1_000:
        step *= 997
    assert heard(port, way, sent, expected, step=step) == [*expected, ENDED]


NOT_UTF8 = {
    "a lone byte": b"\x80",
    "bytes that are never there": b"ok\xfe\xff",
    "too short": b"\xce\xba\xe1\xbd",
    "a slash in two bytes": b"\xc0\xaf",
    "a zero in three bytes": b"\xe0\x80\x80",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond the last": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
}
BAD: dict[str, tuple[bytes, int]] = {
    **{f"reserved bits {bits:03b}": (frame(TEXT, b"x", reserved=bits), 1002) for bits in range(1, 8)},
    **{f"reserved bits {bits:03b} on a ping": (frame(PING, b"x", reserved=bits), 1002) for bits in (1, 4, 7)},
    **{f"opcode {opcode}": (frame(opcode, b"x"), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"an empty opcode {opcode}": (frame(opcode), 1002) for opcode in (3, 7, 11, 15)},
    "not masked": (frame(TEXT, b"x", mask=b""), 1002),
    "a ping that is not masked": (frame(PING, b"x", mask=b""), 1002),
    "too large a ping": (frame(PING, b"x" * 126), 1002),
    "too large a pong": (frame(PONG, b"x" * 126), 1002),
    "a ping in fragments": (parts(PING, b"a", b"b"), 1002),
    "a pong in fragments": (parts(PONG, b"a", b"b"), 1002),
    "a close in fragments": (frame(CLOSE, b"\x03\xe8", fin=False), 1002),
    "going on with nothing": (frame(0, b"x"), 1002),
    "going on with nothing, in fragments": (frame(0, b"x", fin=False) + frame(0, b"y"), 1002),
    "a text within a text": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
    "bytes within a text": (frame(TEXT, b"a", fin=False) + frame(BINARY, b"b", fin=False), 1002),
    "one byte too many": (frame(TEXT, b"x" * (LARGEST + 1)), 1009),
    "one byte too many in fragments": (parts(TEXT, b"x" * LARGEST, b"y"), 1009),
    "a length that nobody has": (b"\x82\xff" + struct.pack("!Q", 1 << 62) + MASK, 1009),
    "a length with its first bit": (b"\x82\xff" + struct.pack("!Q", 1 << 63) + MASK, 1009),
    "more fragments than anybody sends": (parts(TEXT, *[b"x"] * 200), 1009),
    **{f"{name}": (frame(TEXT, words), 1007) for name, words in NOT_UTF8.items()},
    **{f"{name}, in fragments": (parts(TEXT, b"ok", words), 1007) for name, words in NOT_UTF8.items()},
    "a close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "a close with too much to say": (closed(1000, b"x" * 124), 1002),
    "a close that is not in UTF-8": (closed(1000, b"\xce\xba\xe1\xbd"), 1007),
    **{f"a close of {code}": (closed(code), 1002) for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000)},
}


@WAYS
@pytest.mark.parametrize("step", [0, 1], ids=["whole", "byte by byte"])
@pytest.mark.parametrize("name", BAD)
def test_what_is_not_in_order_ends_the_connection_with_its_code(port: int, way: str, name: str, step: int) -> None:
    sent, code = BAD[name]
    if step and len(sent) > 1_000:
        step = 997
    line = Line(port, way)
    with closing(line.socket):
        line.send(frame(TEXT, b"first"))
        assert line.next() == (TEXT, b"first")
        line.send(sent + frame(TEXT, b"after"), step=step, until_answered=True)
        ((opcode, payload),) = line.all()
    assert opcode == CLOSE
    assert int.from_bytes(payload[:2], "big") == code


@WAYS
@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
@pytest.mark.parametrize("reason", [b"", b"done", "é".encode() * 61])
def test_a_close_is_answered_with_its_code(port: int, way: str, code: int, reason: bytes) -> None:
    ((opcode, payload),) = last_words(port, way, closed(code, reason))
    assert opcode == CLOSE
    assert int.from_bytes(payload[:2], "big") == code


@WAYS
def test_a_close_without_a_code_is_answered(port: int, way: str) -> None:
    ((opcode, payload),) = last_words(port, way, frame(CLOSE))
    assert (opcode, payload in (b"", b"\x03\xe8")) == (CLOSE, True)


@WAYS
def test_after_a_close_nothing_is_heard(port: int, way: str) -> None:
    after = frame(TEXT, b"late") + frame(PING, b"late") + closed(1001)
    assert last_words(port, way, END + after) == [ENDED]


@WAYS
def test_a_close_in_the_middle_of_a_message_is_answered(port: int, way: str) -> None:
    # Whoever breaks off in a message is told so: the library's answer is 1002.
    ((opcode, payload),) = last_words(port, way, frame(TEXT, b"half", fin=False) + END)
    assert opcode == CLOSE
    assert int.from_bytes(payload[:2], "big") in (1000, 1002)


def last_words(port: int, way: str, sent: bytes) -> list[Frame]:
    """What is answered to these bytes at the end of a connection."""
    line = Line(port, way)
    with closing(line.socket):
        line.send(sent)
        return line.all()


@WAYS
def test_compression_that_is_offered_is_not_agreed_to(port: int, way: str) -> None:
    line = Line(port, way, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    with closing(line.socket):
        assert b"permessage-deflate" not in line.answer.lower()
        line.send(frame(TEXT, b"plain"))
        assert line.next() == (TEXT, b"plain")
        line.send(END)
        assert line.all() == [ENDED]
