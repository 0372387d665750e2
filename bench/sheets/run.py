"""Spreadsheets out and in: time against a bare streaming export, memory, and looking through a large file.

Every server is one process: the product and the bare export of the same rows for time, and for memory a fresh one of
the product for each kind of file.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from bench.figures import Figure, at_most, at_most_times
from bench.pages.servers import Server, database, run_module, server
from bench.sheets.__main__ import BATCH, BATCHES

FEW, MANY = 10_000, 100_000
MOST_TIME = 2.0
"""Times the bare export takes."""
MOST_MEMORY_MB = 8.0
"""By how much more the serving process may grow for many rows than for few: an allocator's slack, no list of rows."""
MOST_SECONDS = 60.0
ROUNDS = 5
PIECE = 64 * 1024
FILE = "/initiatives.csv"
OURS, BARE = "goldenthread.asgi:application", "bench.bare.asgi:application"
KINDS = ("csv", "json", "xlsx")


@dataclass
class Export:
    """One spreadsheet on one server, with the time of each download."""

    server: Server
    path: str = FILE
    seconds: list[float] = field(default_factory=list)
    lines: int = 0
    bytes: int = 0

    def download(self) -> None:
        """Fetch all of it. Raises RuntimeError when it is refused."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=600)
        try:
            connection.request("GET", self.path, headers={"Accept-Encoding": "identity"})
            response = connection.getresponse()
            self.lines = self.bytes = 0
            while piece := response.read(PIECE):
                self.lines += piece.count(b"\r\n")
                self.bytes += len(piece)
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{self.path} answered {response.status}.")
        self.seconds.append(time.perf_counter() - began)

    def growth(self) -> float | None:
        """Megabytes by which the serving process grew at most while it sent this; None where that cannot be told."""
        before = self.server.memory()
        if before is None:
            return None
        self.server.forget_peak()
        self.download()
        most = self.server.memory("VmHWM")
        return None if most is None else max(0.0, most - before)


def run(scale: float) -> list[Figure]:
    """Fill, serve, download, look through."""
    few, many = max(200, int(FEW * scale)), max(2000, int(MANY * scale))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gt-bench-")))
        names = {
            rows: stack.enter_context(database(name, rows, folder)) for name, rows in (("few", few), ("many", many))
        }
        with server(OURS, names[few], folder, "/healthz") as product, server(BARE, names[few], folder, FILE) as plain:
            figures = _time(Export(product), Export(plain), few)
        figures += _memory(names, folder, few, many)
        figures += _import(names[few], folder, max(2 * BATCH, int(FEW * scale)))
    return figures


def _time(ours: Export, bare: Export, rows: int) -> list[Figure]:
    for turn in range(ROUNDS + 1):
        for each in (ours, bare) if turn % 2 else (bare, ours):
            each.download()
    # The first of each only warmed up.
    mine, other = (statistics.median(each.seconds[1:]) for each in (ours, bare))
    if ours.lines != bare.lines:
        raise RuntimeError(f"The exports differ: {ours.lines:,} and {bare.lines:,} lines.")
    return [
        at_most_times(f"CSV, {rows:,} rows ({ours.lines - 1:,} public)", mine, "s", other, MOST_TIME),
        Figure(
            name=f"CSV, {rows:,} rows: bytes",
            figure=round(ours.bytes / 1e6, 2),
            unit="MB",
            baseline=round(bare.bytes / 1e6, 2),
            ratio=round(ours.bytes / bare.bytes, 3),
        ),
    ]


def _memory(names: dict[int, str], folder: Path, few: int, many: int) -> list[Figure]:
    """Each file from a server that has sent none before: what an earlier one left behind would hide its growth."""
    figures = []
    for kind in KINDS:
        grown: dict[int, float | None] = {}
        for rows in (few, many):
            with server(OURS, names[rows], folder, "/healthz") as fresh:
                # Whatever is loaded and kept once is loaded and kept before.
                Export(fresh, f"/initiatives.{kind}?exemplar=yes").download()
                grown[rows] = Export(fresh, f"/initiatives.{kind}").growth()
        if (small := grown[few]) is None or (large := grown[many]) is None:
            continue
        figures.append(Figure(name=f"{kind.upper()}, {few:,} rows: memory grown by", figure=round(small, 1), unit="MB"))
        more = at_most(f"{kind.upper()}, {many:,} rows: memory grown by more", large - small, "MB", MOST_MEMORY_MB)
        figures.append(more)
    return figures


def _import(name: str, folder: Path, lines: int) -> list[Figure]:
    found = json.loads(run_module("bench.sheets", name, folder, str(lines), str(folder)).splitlines()[-1])
    if not found["last line"].startswith(f"{lines} new, 0 changed, 0 unchanged, 0 rejected"):
        raise RuntimeError(f"The import looked through something else: {found['last line']}")
    queries = [found["queries"][str(batches * BATCH)] for batches in BATCHES]
    first, *later = (after - before for before, after in pairwise(queries))
    return [
        at_most(
            f"import of {lines:,} rows ({found['bytes'] / 1e6:.1f} MB): dry run", found["seconds"], "s", MOST_SECONDS
        ),
        Figure(
            name=f"import: queries for each further {BATCH} rows",
            figure=first,
            unit="queries",
            target="constant",
            met=all(each == first for each in later)
            and found["queries"][str(lines)] <= queries[0] + first * -(-lines // BATCH),
        ),
        Figure(name=f"import of {lines:,} rows: queries", figure=found["queries"][str(lines)], unit="queries"),
    ]
