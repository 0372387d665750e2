"""uvicorn's protocol for WebSockets with next to nothing kept for a quiet connection.

A hall is thousands of connections that mostly listen. For each of them uvicorn keeps the library's parser, a queue with
its locks, an event, timers, and the handshake: more than twenty kilobytes. Here those are made when they are needed,
and let go when they are not.
"""

from __future__ import annotations

import asyncio
import logging
from random import getrandbits
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol

from goldenthread.pulse import pulse_of
from goldenthread.sharing import Messages

_LOGGER: Final = logging.getLogger("uvicorn.error")
_NO_FRAMES: Final[list[bytes]] = []
"""Stands for no pieces of a message; never appended to."""
_WRITABLE: Final = asyncio.Event()
"""In the place of each connection's own while it takes what is written: as good as always. Never cleared."""
_WRITABLE.set()


class LeanProtocol(WebSocketsSansIOProtocol):
    """See the module."""

    # All that uvicorn sets on each connection: as slots it takes a quarter of the memory.
    __slots__ = (
        "_conn",
        "app",
        "app_state",
        "asgi_version",
        "client",
        "close_sent",
        "close_timeout",
        "close_timer",
        "config",
        "connections",
        "curr_msg_data_type",
        "default_headers",
        "disconnected",
        "frames",
        "handshake_complete",
        "handshake_initiated",
        "initial_response",
        "last_ping_rtt",
        "logger",
        "loop",
        "pending_ping_payload",
        "ping_interval",
        "ping_sent_at",
        "ping_timeout",
        "ping_timer",
        "pong_timer",
        "queue",
        "read_paused",
        "request",
        "response",
        "root_path",
        "scheme",
        "scope",
        "server",
        "tasks",
        "transport",
        "writable",
    )

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        # Not the parent's, which makes a parser, a queue and an event for each: everything it sets is set here.
        if not config.loaded:
            config.load()
        self.config = config
        self.app = config.loaded_app
        self.loop = _loop or asyncio.get_event_loop()
        self.logger = _LOGGER
        self.root_path = config.root_path
        self.asgi_version = config.asgi_version
        self.app_state = app_state
        self.connections = server_state.connections
        self.tasks = server_state.tasks
        self.default_headers = server_state.default_headers
        self.transport: Any = None
        self.server: Any = None
        self.client: Any = None
        self.scheme: Any = None
        self.queue: Any = Messages()
        self.handshake_initiated = False
        self.handshake_complete = False
        self.close_sent = False
        self.disconnected = False
        self.close_timer: asyncio.TimerHandle | None = None
        self.close_timeout = 10.0
        self.initial_response: Any = None
        self.read_paused = False
        self.writable = _WRITABLE
        self.ping_interval = config.ws_ping_interval
        self.ping_timeout = config.ws_ping_timeout
        self.ping_timer: asyncio.TimerHandle | None = None
        self.pong_timer: asyncio.TimerHandle | None = None
        self.pending_ping_payload: bytes | None = None
        self.ping_sent_at = 0.0
        self.last_ping_rtt = 0.0
        self.frames: list[bytes] = _NO_FRAMES
        self.curr_msg_data_type: Any = "bytes"
        self.scope: Any = None
        self.request: Any = None
        self.response: Any = None
        self._conn: ServerProtocol | None = None

    @property
    def conn(self) -> ServerProtocol:  # type: ignore[override]
        """The library's side of the connection, made when it is needed and kept while it is in the middle of something.

        Before the handshake it reads HTTP, after it frames.
        """
        if self._conn is None:
            extensions = (
                [
                    ServerPerMessageDeflateFactory(
                        server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5}
                    )
                ]
                if self.config.ws_per_message_deflate
                else None
            )
            self._conn = ServerProtocol(
                extensions=extensions,
                state=OPEN if self.handshake_initiated else CONNECTING,
                max_size=self.config.ws_max_size,
                logger=_LOGGER,
            )
        return self._conn

    def let_go(self, *, parser: bool) -> None:
        """The handshake is over, and the parser, if so, has nothing that it has not told."""
        self.scope = self.request = self.response = None
        if not self.frames:
            self.frames = _NO_FRAMES
        if parser:
            self._conn = None

    # Whether they are there

    def schedule_ping(self) -> None:
        if self.ping_interval and self.ping_interval == self.ping_timeout:
            pulse_of(self.loop, self.ping_interval).begin(self)
        else:
            super().schedule_ping()

    def stop_keepalive(self) -> None:
        if self.ping_interval:
            pulse_of(self.loop, self.ping_interval).end(self)
        super().stop_keepalive()

    def handle_pong(self, event: Any) -> None:
        if self.ping_timer is not None or self.pong_timer is not None:
            super().handle_pong(event)
        elif bytes(event.data) == self.pending_ping_payload:
            self.pending_ping_payload = None

    def pulse(self) -> bool:
        """Ask whether the client is there; or, if it has not answered since it was asked last, give it up."""
        if self.close_sent or self.transport.is_closing():
            return False
        if self.pending_ping_payload is not None:
            self.keepalive_timeout()
            return False
        self.pending_ping_payload = getrandbits(32).to_bytes(4, "big")
        # A whole ping of four bytes: final, not masked.
        self.transport.write(b"\x89\x04" + self.pending_ping_payload)
        return True

    # Writing

    def pause_writing(self) -> None:
        if self.writable is _WRITABLE:
            self.writable = asyncio.Event()
        super().pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.writable = _WRITABLE
