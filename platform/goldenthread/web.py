"""The web server: uvicorn, set up once for every way of running it."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from django.core.management.base import CommandError
from uvicorn.supervisors import Multiprocess

STOPPING_SECONDS = 8
"""How long open requests and sockets get to finish."""


def config(*, host: str, port: int, processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        "goldenthread.asgi:application",
        host=host,
        port=port,
        workers=processes,
        loop="uvloop",
        http="goldenthread.pages:PageProtocol",
        ws="goldenthread.frames:BoardProtocol",
        # A frame is a note or a hint, never a file (F26); frames are shared between sockets, so not compressed.
        ws_max_size=65_536,
        ws_max_queue=16,
        ws_per_message_deflate=False,
        lifespan="off",
        # Who is calling is decided in goldenthread.proxies.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises :class:`CommandError` with a sentence when the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
        listening.set_inheritable(True)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} on {host} is in use. Stop what uses it, or set PORT to another number."
            ) from error
        raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror}. Set HOST and PORT.") from error
    return listening


class Server(uvicorn.Server):
    """uvicorn's server, telling when it serves."""

    def __init__(self, config: uvicorn.Config, *, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self.on_started()


def absorb_signals() -> None:
    """uvicorn raises the signal that stopped it again when it has finished; that must not end us half-way."""

    def noted(_number: int, _frame: Any) -> None:
        return

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, noted)


def serve(*, host: str, port: int, processes: int, on_started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; the web part alone, for installations with their own workers and beat."""
    settings = config(host=host, port=port, processes=processes)
    if processes == 1:
        # First, or whoever comes meanwhile is let in and then waits for all of it to be loaded.
        settings.load()
    listening = listen(host, port)
    absorb_signals()
    if processes == 1:
        Server(settings, on_started=on_started).run(sockets=[listening])
    else:
        on_started()
        Multiprocess(settings, sockets=[listening]).run()
