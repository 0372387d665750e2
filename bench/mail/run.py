"""Digests, built and sent over one SMTP connection to a sink on this machine, against a plain loop over recipients."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, at_least, at_most, at_most_times
from bench.pages.servers import ROOT, database, run_module

SIZES = (1_000, 10_000)
NAIVE = 300
FOLLOWERS = 100_000
LEAST = 10.0
"""Times the loop's messages a second."""
MOST_QUERIES = 10
"""For building a batch of 1,000."""
MOST_QUERIES_OF_A_TICK = 5
MOST_MORE = 1.5
"""Times the time of a batch, with so many followers more to whom nothing is due."""


def run(scale: float) -> list[Figure]:
    """Fill, build, send; the loop in the same process, before and after."""
    sizes = [max(50, int(size * scale)) for size in SIZES]
    naive, followers = max(20, int(NAIVE * scale)), max(1_000, int(FOLLOWERS * scale))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gt-bench-")))
        name = stack.enter_context(database("mail", 500, folder))
        port = stack.enter_context(_sink())
        said = run_module("bench.mail", name, folder, str(port), str(naive), str(followers), *map(str, sizes))
        found = json.loads(said.splitlines()[-1])
    return _figures(found, sizes, naive, followers)


def _figures(found: dict[str, Any], sizes: list[int], naive: int, followers: int) -> list[Figure]:
    loop = naive / min(seconds for seconds, _used in found["naive"])
    loop_used = 1_000 * min(used for _seconds, used in found["naive"]) / naive
    figures = [
        Figure(name="naive loop: processor time of one digest", figure=round(loop_used, 2), unit="ms"),
        Figure(name="one committed statement, alone", figure=round(1_000 * found["commit"], 2), unit="ms"),
    ]
    for size in sizes:
        ours, away = found["ours"][str(size)], found["without disk"][str(size)]
        whole = size / (ours["build"] + ours["send"])
        build_used, send_used = (1_000 * used / size for used in ours["used"])
        used = build_used + send_used
        figures += [
            at_least(f"{size:,} digests of ten items, built and sent", whole, "a second", loop, LEAST),
            Figure(
                name=f"{size:,} digests: the same where a disk answers at once",
                figure=round(size / (away["build"] + away["send"]), 2),
                unit="a second",
                baseline=round(loop, 2),
                ratio=round(size / (away["build"] + away["send"]) / loop, 2),
            ),
            Figure(
                name=f"{size:,} digests: processor time of building and sending one",
                figure=round(used, 2),
                unit="ms",
                baseline=round(loop_used, 2),
                ratio=round(used / loop_used, 3),
            ),
            Figure(name=f"{size:,} digests: processor time of building one", figure=round(build_used, 2), unit="ms"),
            Figure(name=f"{size:,} digests: building", figure=round(size / ours["build"], 1), unit="a second"),
            Figure(name=f"{size:,} digests: sending", figure=round(size / ours["send"], 1), unit="a second"),
            Figure(name=f"{size:,} digests: queries of sending one", figure=round(ours["sending"] / size, 1), unit=""),
        ]
    figures += [
        at_most("queries to build a batch of 1,000", found["queries"], "queries", MOST_QUERIES),
        Figure(name="queries to build 1,000 when nothing is read yet", figure=found["queries alone"], unit="queries"),
        at_most(
            f"queries of a tick, {followers:,} followers, nothing due",
            found["tick"],
            "queries",
            MOST_QUERIES_OF_A_TICK,
        ),
        at_most_times(f"a batch among {followers:,} others", found["among many"], "s", found["among few"], MOST_MORE),
        Figure(name="bytes of a digest, HTML and text", figure=found["bytes"], unit="bytes"),
    ]
    return figures


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """A mail server that takes everything, in a process of its own. Its port."""
    serving = subprocess.Popen(
        [sys.executable, "-m", "bench.mail.sink"], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        yield int(serving.stdout.readline())
    finally:
        serving.terminate()
        serving.wait(10)
