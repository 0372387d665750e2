"""A mail server of our own that does what mail servers do on a bad day. What it does is decided per recipient."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from notifications.transports.smtp import Server, Smtp

STALL_SECONDS = 5.0


@dataclass
class Sink:
    """``faults`` maps a recipient to what happens to the next messages for it, first one first.

    ``421``, ``450`` and ``550`` are answered to RCPT; ``data 451`` and ``data 554`` to the whole message; ``drop
    before`` hangs up before DATA; ``drop after`` takes the message and hangs up without an answer; ``stall`` takes it
    and says nothing for a long time.
    """

    faults: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Message] = field(default_factory=list)
    recipients_per_message: list[int] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    takes_many: bool = True
    """Whether it says that several commands may come in one write (PIPELINING, RFC 2920)."""
    port: int = 0
    delay: float = 0.0
    """Seconds before each answer to a whole message."""

    def to(self, recipient: str) -> list[Message]:
        return [mail for mail in self.taken if mail["To"] == recipient]

    def transport(self, **options: Any) -> Smtp:
        server = Server(host="127.0.0.1", port=self.port, username="", password="", tls="offered")
        return Smtp(server, **{"command_seconds": 2.0, "answer_seconds": 0.3, **options})

    def _fault(self, recipient: str) -> str:
        waiting = self.faults.get(recipient) or [""]
        return waiting[0]

    def _next(self, recipient: str) -> None:
        if self.faults.get(recipient):
            self.faults[recipient].pop(0)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:
        self.connections += 1
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.takes_many else responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tried[address] += 1
        fault = self._fault(address)
        if fault.isdigit():
            self._next(address)
            return f"{fault} Not today"
        if fault == "drop before":
            self._next(address)
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.recipients_per_message.append(len(envelope.rcpt_tos))
        recipient = envelope.rcpt_tos[0]
        fault = self._fault(recipient)
        self._next(recipient)
        if fault.startswith("data "):
            return f"{fault.removeprefix('data ')} Not this"
        self.taken.append(message_from_bytes(envelope.content))
        await asyncio.sleep(self.delay)
        if fault == "drop after":
            server.transport.abort()
        if fault == "stall":
            # Until the other side hangs up, so that nobody's patience is raced against.
            await asyncio.sleep(STALL_SECONDS)
        return "250 Taken"


class _OnAnyPort(Controller):
    """Listens on a port that is free; the one of the library tries to reach itself at port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def running(*, takes_many: bool = True) -> Iterator[Sink]:
    sink = Sink(takes_many=takes_many)
    controller = _OnAnyPort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        sink.port = controller.port
        yield sink
    finally:
        controller.stop()
