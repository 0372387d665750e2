"""The API's list of 25 against a bare Django REST framework list of the same rows, and its queries.

Three servers, one process each: the product, the bare list, and the bare list a second time as a control.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.api.__main__ import SIZES
from bench.figures import Figure, at_least, at_most
from bench.pages.drive import Target, drive
from bench.pages.run import ROUNDS, SECONDS
from bench.pages.servers import Server, database, run_module, server

ROWS = 10_000
LEAST_RATIO = 0.8
"""Of the bare list's requests per second."""
MOST_QUERIES = 5
PAGES_ASKED = 3
OURS, BARE = "/api/v1/initiatives/", "/api/initiatives/"


def run(scale: float) -> list[Figure]:
    """Fill, serve, ask, compare, count."""
    rows = max(200, int(ROWS * scale))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gt-bench-")))
        name = stack.enter_context(database("api", rows, folder))
        product = stack.enter_context(server("goldenthread.asgi:application", name, folder, OURS))
        plain, again = (stack.enter_context(server("bench.bare.asgi:application", name, folder, BARE)) for _ in "12")
        ours = Target("API list", product, _pages(product, OURS), "application/json")
        bare = Target("bare list", plain, _pages(plain, BARE), "application/json")
        control = Target("bare list again", again, _pages(again, BARE), "application/json")
        _same_rows(ours, bare)
        drive([ours, bare, control], rounds=ROUNDS, seconds=SECONDS * min(1, scale * 3))
        counted = json.loads(run_module("bench.api", name, folder))
    return [
        Figure(
            name=f"control: bare API list again, {rows:,} rows",
            figure=round(control.rate, 2),
            unit="requests/s",
            baseline=round(bare.rate, 2),
            ratio=round(control.rate / bare.rate, 3),
            target="about 1: how far ratios can be trusted",
        ),
        at_least(f"API list of 25, {rows:,} rows", ours.rate, "requests/s", bare.rate, LEAST_RATIO),
        Figure(
            name=f"API list of 25, {rows:,} rows: server's CPU",
            figure=round(ours.cpu_ms, 2),
            unit="ms",
            baseline=round(bare.cpu_ms, 2),
            ratio=round(ours.cpu_ms / bare.cpu_ms, 3) if bare.cpu_ms else None,
        ),
        *(at_most(f"API list of {size}: queries", counted[str(size)], "queries", MOST_QUERIES) for size in SIZES),
    ]


def _pages(asked: Server, path: str) -> tuple[str, ...]:
    """The first addresses of a list, found as any reader finds them: by following ``next``."""
    pages = [path]
    while len(pages) < PAGES_ASKED:
        following = urlsplit(_read(asked, pages[-1])["next"])
        pages.append(f"{following.path}?{following.query}")
    return tuple(pages)


def _same_rows(ours: Target, bare: Target) -> None:
    """A comparison of different rows would be none."""
    for mine, other in zip(ours.paths, bare.paths, strict=True):
        refs = [each["ref"] for each in _read(ours.server, mine)["results"]]
        if refs != [each["reference"] for each in _read(bare.server, other)["results"]] or len(refs) != 25:
            raise RuntimeError(f"{mine} and {other} do not list the same 25 rows.")


def _read(asked: Server, path: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {body[:300]!r}")
    answer: dict[str, Any] = json.loads(body)
    return answer
