"""uvicorn's protocol for WebSockets, with a short way for whole frames, a bound on odd ones, and a goodbye.

A board's frame is the same for nearly everybody who listens. Through plain ASGI each listener costs a task, a copy and
a new frame; here the hub writes one finished frame to each connection (extension ``goldenthread.frames``). The other
way, a message that arrives as one whole text frame goes to the hub by a call. Everything else, and everything that is
in any way odd, goes through the library's own parser as before: fragments, control frames, binary frames, frames that
arrive in pieces, lengths that are not the shortest, what is not masked, not UTF-8, too large, or comes after a close.

Most connections of a hall are quiet, so a quiet one keeps next to nothing: its application has returned, the library's
parser is made when there is something for it to parse and let go when it is done (:mod:`.lean`), one timer asks them
all whether they are there (:mod:`.pulse`). A handshake as browsers make it is read from what the HTTP parser has read
already (:mod:`.handshakes`); any other one is the library's.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from websockets.frames import CloseCode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from goldenthread.handshakes import accepting
from goldenthread.lean import LeanProtocol
from goldenthread.sharing import NOBODY, SharedFrames

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

log = logging.getLogger("goldenthread.frames")

EXTENSION = "goldenthread.frames"
MOST_FRAGMENTS = 64
"""Of one message. A browser sends none; empty ones would count for nothing towards the largest size."""
MOST_CONTROL_FRAMES, CONTROL_SECONDS = 60, 10.0
"""Pings and pongs of one client: more within so many seconds end the connection."""
CLOSING_SECONDS = 2.0
"""How long a client has to answer a close before the connection is cut."""
# Where the library's parser waits between two frames; in the middle of one it waits elsewhere.
_BETWEEN_FRAMES = StreamReader.at_eof.__code__


def is_between_messages(conn: ServerProtocol) -> bool:
    """Whether the library's parser has taken in whole messages and nothing else. False where it does not tell."""
    if conn.state is not OPEN or conn.current_size is not None:
        return False
    waiting: Any = conn.parser
    while (inner := getattr(waiting, "gi_yieldfrom", None)) is not None:
        waiting = inner
    return getattr(waiting, "gi_code", None) is _BETWEEN_FRAMES


class BoardProtocol(LeanProtocol):
    """See the module."""

    __slots__ = ("_key", "control_frames", "control_since", "shared")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.shared: SharedFrames | None = None
        self.control_frames = 0
        self.control_since = 0.0
        self._key: bytes | None = None
        """Of a handshake that was read the short way, until it is answered."""

    # Coming in

    def open(self, page: HttpToolsProtocol, key: bytes) -> None:
        """A handshake that :func:`plain_key` has found to be in order."""
        asked = page.scope
        self.transport = page.transport
        self.server, self.client = page.server, page.client
        self.scheme = "wss" if page.scheme == "https" else "ws"
        self.connections.add(self)
        self.handshake_initiated = True
        self._key = key
        raw_path, _, query = page.url.partition(b"?")
        named = [value.decode("latin-1") for name, value in asked["headers"] if name == b"sec-websocket-protocol"]
        self.shared = SharedFrames(self)
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(raw_path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + raw_path,
            "query_string": query,
            "headers": asked["headers"],
            "subprotocols": [token.strip() for value in named for token in value.split(",")],
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: self.shared},
        }
        self._begin()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        # A compressed frame is no frame that others can share.
        if not self.close_sent and not self.conn.extensions:
            self.shared = SharedFrames(self)
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self.shared

    def _begin(self) -> None:
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    async def send(self, message: Any) -> None:
        key = self._key
        if key is None or message["type"] != "websocket.accept" or self.handshake_complete:
            await super().send(message)
            return
        if self.disconnected:
            raise ClientDisconnected
        headers = [*self.default_headers, *message.get("headers", ())]
        if message.get("subprotocol"):
            headers.append((b"sec-websocket-protocol", message["subprotocol"].encode("ascii")))
        if self.transport.is_closing():
            return
        self._key = None
        self.handshake_complete = True
        self.transport.write(accepting(key, headers))
        self.start_keepalive()

    async def run_asgi(self) -> None:
        if self.shared is None:
            await super().run_asgi()
            return
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
        else:
            if self.shared.taken:
                self._rest()
                return
            if not self.handshake_complete:
                self.logger.error("ASGI callable returned without completing handshake.")
                self.send_500_response()
        if self.close_timer is None:
            self.transport.close()

    def take_over(self) -> None:
        """What came before the application was ready is in the queue, first of all ``websocket.connect``."""
        while not self.queue.empty():
            message = self.queue.get_nowait()
            if message["type"] != "websocket.receive":
                break
            text = message.get("text")
            self._tell(text if text is not None else message.get("bytes") or b"")
        self.queue = NOBODY
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        if self.disconnected and self.shared is not None:
            self.shared.lost()

    def _rest(self) -> None:
        """Let go of what a quiet connection does not need."""
        self.let_go(parser=not self.close_sent and self._is_between_messages())

    # Hearing

    def data_received(self, data: bytes) -> None:
        shared = self.shared
        if shared is None or shared.on_message is None:
            super().data_received(data)
            return
        at = self._heard_whole(data) if self._is_between_messages() else 0
        if at < len(data):
            super().data_received(data[at:] if at else data)
            if shared.on_message is not None:
                self._rest()

    def _heard_whole(self, data: bytes) -> int:
        """Tell of whole plain messages at the beginning. How many bytes that took."""
        at, size = 0, len(data)
        while size - at >= 6 and data[at] == 0x81:
            length = data[at + 1] - 0x80
            start = at + 2
            if length == 126:
                length = int.from_bytes(data[start : start + 2], "big")
                start += 2
                if length < 126:
                    break
            elif not 0 <= length < 126:
                break
            end = start + 4 + length
            if end > size or length > self.config.ws_max_size:
                break
            try:
                text = apply_mask(data[start + 4 : end], data[start : start + 4]).decode()
            except UnicodeDecodeError:
                break
            at = end
            if not self._tell(text):
                break
        return at

    def _is_between_messages(self) -> bool:
        return self._conn is None or is_between_messages(self._conn)

    def _tell(self, message: str | bytes) -> bool:
        """Hand a message on. False when nobody listens any more: what follows is the parser's."""
        called = self.shared.on_message if self.shared is not None else None
        if called is None:
            return False
        try:
            called(message)
        except Exception:
            log.exception("board_message_broke")
            self._fail(CloseCode.INTERNAL_ERROR, "")
        return self.shared is not None and self.shared.on_message is not None

    def send_receive_event_to_app(self) -> None:
        if self.shared is None or self.shared.on_message is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text":
            self._tell(bytes(data))
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA, "")
        else:
            self._tell(text)

    def handle_cont(self, event: Any) -> None:
        if len(self.frames) >= MOST_FRAGMENTS:
            self._fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        if not self._is_too_much():
            if self.writable.is_set():
                super().handle_ping()
            else:
                # Whoever does not read gets no pongs, or they would pile up here.
                self.conn.data_to_send()

    def handle_pong(self, event: Any) -> None:
        if not self._is_too_much():
            super().handle_pong(event)

    def _is_too_much(self) -> bool:
        at = self.loop.time()
        if at - self.control_since > CONTROL_SECONDS:
            self.control_since, self.control_frames = at, 0
        self.control_frames += 1
        if self.control_frames <= MOST_CONTROL_FRAMES:
            return False
        self._fail(CloseCode.POLICY_VIOLATION, "too many pings")
        return True

    def _fail(self, code: int, reason: str) -> None:
        """End it, as the library does on what no client may send."""
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.data_to_send()
        self.conn.fail(code, reason)
        self.handle_parser_exception()

    # Saying

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.shared is not None:
            self.shared.clear = False
            self.shared.stalled_since = monotonic()
            if self.shared.on_message is not None and not self.read_paused:
                # Whoever does not read is not heard: answers would pile up.
                self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        shared = self.shared
        if shared is not None:
            shared.stalled_since = None
            if shared.on_message is not None and not self.close_sent:
                shared.clear = True
                if not self.read_paused:
                    self.transport.resume_reading()
                if shared.on_clear is not None:
                    shared.on_clear()

    def say_close(self, code: int) -> None:
        """The application closes, without waiting."""
        if self.shared is not None:
            self.shared.on_message = None
        if self.close_sent or self.transport.is_closing() or self.conn.state is not OPEN:
            return
        self.stop_keepalive()
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSING_SECONDS, self.transport.abort)

    # The end

    def connection_lost(self, exc: Exception | None) -> None:
        if self.shared is not None:
            self.shared.lost()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self.shared is not None and self.shared.on_stop is not None:
            # Says goodbye to everybody, so once is enough; what is left of the others is closed below.
            self.shared.on_stop()
        super().shutdown()
