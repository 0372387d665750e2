"""uvicorn's protocol for HTTP, which also says goodbye to streams and lets go of whoever does not read."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from goldenthread.frames import BoardProtocol
from goldenthread.handshakes import plain_key

UNREAD_SECONDS = 60.0
"""How long somebody may take nothing of a page or a stream that waits for them. The kernel tells of it in large steps,
so that less would cut off phones with little reception."""


class PageProtocol(HttpToolsProtocol):
    """HTTP. A stream of events would go on for ever: it is told when the server stops. Whoever asks and then reads
    nothing is cut off, or what waits for them would pile up here."""

    looks: asyncio.TimerHandle | None = None
    waiting = 0
    """Bytes that were not taken when we looked last."""

    def handle_websocket_upgrade(self) -> None:
        made: Any = self.ws_protocol_class
        asked_before: Any = self.cycle
        key = None
        if isinstance(made, type) and issubclass(made, BoardProtocol) and not self.config.ws_per_message_deflate:
            key = plain_key(self.scope)
        if key is None or asked_before is not None or not self.url.isascii():
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        protocol = made(config=self.config, server_state=self.server_state, app_state=self.app_state, _loop=self.loop)
        protocol.open(self, key)
        transport = self.transport
        # This one has done its work, and is in a ring with its parser: nothing of it is to wait for the collector.
        self.parser = self.flow = self.transport = self.scope = self.headers = None  # type: ignore[assignment]
        transport.set_protocol(protocol)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.looks is None:
            self.waiting = self.transport.get_write_buffer_size()
            self.looks = self.loop.call_later(UNREAD_SECONDS, self._look)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._look_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        self._look_no_more()
        super().connection_lost(exc)

    def _look(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting >= self.waiting:
            self.transport.abort()
            return
        self.waiting = waiting
        self.looks = self.loop.call_later(UNREAD_SECONDS, self._look)

    def _look_no_more(self) -> None:
        if self.looks is not None:
            self.looks.cancel()
            self.looks = None

    def shutdown(self) -> None:
        # Not before Django is ready, and this module is imported by the server.
        from collaboration.boards.consumers import hubs

        hubs.stop_all()
        super().shutdown()
