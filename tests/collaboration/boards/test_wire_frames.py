"""What arrives as bytes: in pieces, in heaps, broken, too large, too often, or not read at all (E18, E19, F25, F26)."""

from __future__ import annotations

import json
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from websockets.http11 import Request
from websockets.server import ServerProtocol

from collaboration.boards.consumers import hubs
from goldenthread.frames import is_between_messages
from tests.collaboration.boards.hall import Hall, device
from tests.collaboration.boards.wire import DIRECT, PLAIN, Client, guest
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)
MASK = b"\x37\xfa\x21\x3d"


def frame(payload: bytes, opcode: int = 1, *, fin: bool = True, masked: bool = True, long: bool = False) -> bytes:
    """One frame as a client sends it."""
    head = bytes([(0x80 if fin else 0) | opcode])
    bit = 0x80 if masked else 0
    if len(payload) < 126 and not long:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65_536:
        head += bytes([bit | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


class Raw:
    """A connection of bytes."""

    def __init__(self, address: str, hall: Hall, secret: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self.board = str(hall.board_id)
        self.secret = secret
        self.socket = socket.create_connection((host, int(port)), timeout=15)
        self.socket.sendall(
            f"GET /live/{self.board}/socket HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {address}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\nCookie: {settings.GUEST_COOKIE_NAME}={secret}\r\n\r\n".encode()
        )
        self.buffer = bytearray()
        self.at = 0
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head = bytes(self._take(self.buffer.index(b"\r\n\r\n") + 4))
        assert head.startswith(b"HTTP/1.1 101"), head

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _more(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError
        self.buffer += data

    def _take(self, count: int) -> bytes:
        while len(self.buffer) - self.at < count:
            # Moved only when all of it was used: there may be megabytes.
            if self.at == len(self.buffer):
                self.buffer.clear()
                self.at = 0
            self._more()
        taken = bytes(self.buffer[self.at : self.at + count])
        self.at += count
        return taken

    def send(self, *data: bytes) -> None:
        for each in data:
            self.socket.sendall(each)

    def say(self, **message: Any) -> None:
        self.send(frame(json.dumps(message).encode()))

    def hello(self) -> Raw:
        self.send(self.greeting())
        self.until("yours")
        return self

    def greeting(self) -> bytes:
        message = {"t": "hello", "board": self.board, "device": device(self.secret[:8])}
        return frame(json.dumps(message).encode())

    def next(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        return first & 15, self._take(size)

    def until(self, wanted: str) -> dict[str, Any]:
        while True:
            opcode, payload = self.next()
            assert opcode != 8, payload
            if opcode == 1 and (said := json.loads(payload))["t"] == wanted:
                return dict(said)

    def closed_with(self) -> int | None:
        """The code of the close frame; None when the connection just ended."""
        with suppress(EOFError, ConnectionError):
            while True:
                opcode, payload = self.next()
                if opcode == 8:
                    return int.from_bytes(payload[:2], "big")
        return None


@pytest.fixture
def hall(db: None) -> Hall:
    return Hall()


@pytest.fixture
def address(db: None, django_db_blocker: object) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker, **DIRECT, timeout_graceful_shutdown=3) as where:
        yield where


@pytest.fixture
def connect(address: str, hall: Hall) -> Iterator[Callable[[], Raw]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Raw(address, hall, guest(hall)[1]))


PING = b'{"t":"ping"}'


def test_frames_in_heaps_and_in_pieces(connect: Callable[[], Raw]) -> None:
    ann = connect().hello()
    ann.send(frame(PING) * 3)
    for _ in range(3):
        ann.until("heartbeat")
    # One byte at a time; a heap that ends in the middle of a frame; what is left of it with the next one.
    for byte in frame(PING):
        ann.send(bytes([byte]))
        time.sleep(0.002)
    ann.until("heartbeat")
    heap = frame(PING) * 2
    ann.send(heap[:25])
    time.sleep(0.05)
    ann.send(heap[25:] + frame(PING))
    for _ in range(3):
        ann.until("heartbeat")
    # A message in fragments, with a ping between them; then plain ones again.
    ann.send(
        frame(PING[:4], fin=False), frame(b"x", 9), frame(PING[4:6], 0, fin=False), frame(PING[6:], 0) + frame(PING)
    )
    for _ in range(2):
        ann.until("heartbeat")
    ann.send(frame(PING, 2))
    ann.until("heartbeat")


def test_the_short_way_is_taken_between_messages_and_nowhere_else() -> None:
    """That frames may go past the parser hangs on where the library waits. Were it to wait elsewhere one day, nothing
    would be wrong, and everything slow."""
    conn = ServerProtocol()
    conn.receive_data(
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert not is_between_messages(conn)
    (request,) = conn.events_received()
    assert isinstance(request, Request)
    conn.send_response(conn.accept(request))
    assert is_between_messages(conn)
    whole = frame(PING)
    for cut in range(1, len(whole)):
        conn.receive_data(whole[:cut])
        assert not is_between_messages(conn), cut
        conn.receive_data(whole[cut:])
        assert is_between_messages(conn), cut
    conn.receive_data(frame(b"a", fin=False))
    assert not is_between_messages(conn)
    conn.receive_data(frame(b"b", 9))
    assert not is_between_messages(conn)
    conn.receive_data(frame(b"c", 0))
    assert is_between_messages(conn)
    conn.receive_data(frame(b"\x03\xe8", 8))
    assert not is_between_messages(conn)


def test_hello_and_ops_in_the_first_heap(connect: Callable[[], Raw]) -> None:
    ann = connect()
    op = {"op_id": str(uuid4()), "base_seq": 0, "kind": "vote", "target": str(uuid4())}
    ann.send(ann.greeting() + frame(json.dumps({"t": "op", **op}).encode()) + frame(PING))
    assert ann.until("rejected")["op_id"] == op["op_id"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(PING, masked=False), 1002),
        (b"\xc1" + frame(PING)[1:], 1002),
        (frame(b"\xff\xfe"), 1007),
        (frame(b'{"t":"ping"', fin=False) + frame(b"\xed\xa0\x80}", 0), 1007),
        (frame(b"x" * 65_537), 1009),
        (frame(b"x" * 40_000, fin=False) + frame(b"x" * 40_000, 0), 1009),
        (b"\x81\xff" + struct.pack("!Q", 1 << 62) + MASK, 1009),
        (frame(b"", fin=False) + frame(b"", 0, fin=False) * 10_000, 1009),
        (frame(b"", 0), 1002),
        (frame(PING, 3), 1002),
        (frame(b"x" * 126, 9), 1002),
        (frame(b"", 9) * 1_000, 1008),
        (frame(b"", 10) * 1_000, 1008),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, int) else str(len(value)),
)
def test_what_no_client_may_send_ends_that_connection_alone(connect: Callable[[], Raw], sent: bytes, code: int) -> None:
    other, ann = connect().hello(), connect().hello()
    with suppress(ConnectionError):
        ann.send(sent)
    assert ann.closed_with() == code
    other.say(t="ping")
    other.until("heartbeat")


def test_sixteen_megabytes_and_a_million_layers(connect: Callable[[], Raw]) -> None:
    ann = connect().hello()
    with suppress(ConnectionError):
        ann.send(frame(b"x" * 100) + b"\x81\xff" + struct.pack("!Q", 16_000_000) + MASK + b"x" * 1_000_000)
    assert ann.closed_with() in (1009, None)
    bob = connect().hello()
    bob.send(frame(b"[" * 60_000))
    assert bob.until("rejected")["code"] == "not_json"
    bob.send(frame(b'{"t":"op","props":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001))
    assert bob.until("rejected")["code"] in ("not_json", "too_deep")
    bob.say(t="ping")
    bob.until("heartbeat")


def test_after_a_flood_of_pings_the_process_is_idle(connect: Callable[[], Raw]) -> None:
    ann = connect().hello()
    with suppress(ConnectionError):
        for _ in range(50):
            ann.send(frame(b"x" * 100, 9) * 500)
    assert ann.closed_with() in (1008, None)
    time.sleep(0.5)
    before = time.process_time()
    time.sleep(1)
    assert time.process_time() - before < 0.5


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, 120), max_size=12),
    odd=st.sets(st.integers(0, 7)),
)
def test_however_the_bytes_are_cut_every_message_is_heard_once_and_in_order(
    line: Raw, sizes: list[int], cuts: list[int], odd: set[int]
) -> None:
    """``odd`` ones go as fragments. Each message is an op that cannot be read, and is answered by its id."""
    ids = [str(uuid4()) for _ in sizes]
    heap = b""
    for place, (id, size) in enumerate(zip(ids, sizes, strict=True)):
        message = json.dumps({"t": "op", "op_id": id, "kind": "é" * size}, ensure_ascii=False).encode()
        if place in odd:
            half = len(message) // 2
            heap += frame(message[:half], fin=False) + frame(message[half:], 0)
        else:
            heap += frame(message)
    for cut in cuts:
        line.send(heap[:cut])
        heap = heap[cut:]
        time.sleep(0.001)
    line.send(heap)
    assert [line.until("rejected")["op_id"] for _ in ids] == ids


@pytest.fixture
def line(connect: Callable[[], Raw], settings: Any) -> Raw:
    settings.BOARD_OPS_PER_SECOND = settings.BOARD_OPS_AT_ONCE = 100_000
    return connect().hello()


def listening(hall: Hall) -> int:
    """How many the serving hub has, in another thread of this process."""
    return sum(len(hub.listeners) for each in hubs._all for id, hub in [*each.hubs.items()] if id == hall.board_id)


@pytest.mark.parametrize("options", [DIRECT, PLAIN], ids=["direct", "plain"])
def test_who_does_not_read_is_let_go_and_costs_others_nothing(
    hall: Hall, django_db_blocker: object, options: dict[str, Any], settings: Any
) -> None:
    from goldenthread.asgi import application

    settings.BOARD_OPS_PER_SECOND = settings.BOARD_OPS_AT_ONCE = 100_000
    hall.go(1)
    column = hall.column()
    with ExitStack() as stack:
        address = stack.enter_context(served(application, django_db_blocker, **options))
        leader = stack.enter_context(Client(address, hall, secret=guest(hall, "facilitator")[1])).hello()
        lazy = []
        for _ in range(2):
            raw = stack.enter_context(Raw(address, hall, guest(hall)[1]))
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.append(raw.hello())
        note = str(uuid4())
        leader.do("note.add", note, column=column, text="x")
        leader.do("stage.next", from_=1)
        leader.do("reveal")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slowest, began = 0.0, time.monotonic()
        while listening(hall) > 1:
            assert time.monotonic() - began < 30, "whoever does not read is still there"
            # More than kernels hold for a connection: sixty kilobytes in one go.
            texts = [str(uuid4()) * 52 for _ in range(30)]
            at = time.monotonic()
            ops = [leader.raw("note.edit", note, text=text) for text in texts]
            leader.send(t="ops", ops=ops)
            last = leader.until(lambda frame: frame.get("op_id") == ops[-1]["op_id"])  # noqa: B023
            slowest = max(slowest, time.monotonic() - at)
            assert last["t"] == "ack"
            # The client of this test lives in the same process, and its memory is not what is measured.
            leader.frames.clear()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert slowest < 3.0
        assert grown < 50
        # They come back and have everything.
        again = stack.enter_context(Client(address, hall, secret=lazy[0].secret)).hello()
        assert again.things[note]["text"] == leader.reach(again.seq).things[note]["text"]
