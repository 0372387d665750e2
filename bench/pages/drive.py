"""Asking servers for pages, turn by turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.pages.servers import Server


@dataclass
class Target:
    """One page (or several of a kind, asked for in turn) on one server."""

    name: str
    server: Server
    paths: Sequence[str]
    accept: str = "text/html"
    seconds: list[float] = field(default_factory=list)
    """Each answer's time."""
    rates: list[float] = field(default_factory=list)
    """Requests per second of each round."""
    cpu_seconds: float = 0.0
    """What the server's own process used for all of them; the database's processes are not in it."""
    bytes: int = 0

    @property
    def rate(self) -> float:
        """The middle one of the rounds' rates."""
        return statistics.median(self.rates)

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def cpu_ms(self) -> float:
        """The server's CPU time for one answer, in milliseconds: what a busy machine changes least."""
        return self.cpu_seconds / len(self.seconds) * 1000


def drive(targets: Sequence[Target], *, rounds: int, seconds: float) -> None:
    """Ask every target for ``seconds`` in each of ``rounds``; the order turns by one each round.

    One connection to each server, kept open, one question at a time. Raises :class:`RuntimeError` for an answer that
    is not 200: a page that refuses is fast, and no result.
    """
    connections = {
        target.server.port: http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=60)
        for target in targets
    }
    try:
        for target in targets:
            for path in target.paths:
                for _warm in range(2):
                    target.bytes = len(_ask(connections[target.server.port], path, target.accept))
        for turn in range(rounds):
            for n in range(len(targets)):
                _round(targets[(n + turn) % len(targets)], connections, seconds)
    finally:
        for connection in connections.values():
            connection.close()


def _round(target: Target, connections: dict[int, http.client.HTTPConnection], seconds: float) -> None:
    connection, asked = connections[target.server.port], 0
    cpu = target.server.cpu_seconds()
    began = time.perf_counter()
    while (at := time.perf_counter()) - began < seconds:
        _ask(connection, target.paths[asked % len(target.paths)], target.accept)
        target.seconds.append(time.perf_counter() - at)
        asked += 1
    used = target.server.cpu_seconds()
    if cpu is not None and used is not None:
        target.cpu_seconds += used - cpu
    target.rates.append(asked / (time.perf_counter() - began))


def _ask(connection: http.client.HTTPConnection, path: str, accept: str) -> bytes:
    connection.request("GET", path, headers={"Accept": accept, "Accept-Encoding": "identity"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} on port {connection.port} answered {response.status}.")
    return body
