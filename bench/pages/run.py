"""The public pages against a bare Django list of the same rows.

Five servers, one process each: the product and the bare list on few and on many rows, and the bare list on many rows a
second time, as a control: what it differs from itself is what no other ratio can be trusted beyond. They are asked in
turn within one run, one question at a time.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from bench.figures import Figure, at_least, at_most, at_most_times
from bench.pages.drive import Target, drive
from bench.pages.servers import ADMIN, database, gather_static_files, server
from bench.pages.weight import first_view

FEW, MANY = 10_000, 100_000
LEAST_RATIO = 0.8
"""Of the bare list's requests per second."""
MOST_GROWTH = 1.5
"""p50 with many rows, in times of p50 with few."""
FIRST_VIEW_KB, FIRST_VIEW_REQUESTS = 40, 6
ROUNDS, SECONDS = 7, 1.5
LIST = "/initiatives/"
PAGES: Mapping[str, Sequence[str]] = {
    "list": (LIST, f"{LIST}?page=2", f"{LIST}?page=7"),
    "filtered list": (
        f"{LIST}?ambition=FOE-A2",
        f"{LIST}?block=CBB-6&area=E07000075",
        f"{LIST}?strand=FOE-A6.1&stage=active",
    ),
    "search": (f"{LIST}?words=hospital+discharge", f"{LIST}?words=community", f"{LIST}?words=saltmarsh"),
    "detail": (),
    "coverage": ("/coverage/", "/coverage/?measure=partners", "/coverage/?measure=money"),
}
"""The addresses of each kind, asked for in turn; details are picked from the rows."""


def run(scale: float) -> list[Figure]:
    """Fill, serve, ask, compare."""
    few, many = max(100, int(FEW * scale)), max(1000, int(MANY * scale))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gt-bench-")))
        names = {
            rows: stack.enter_context(database(name, rows, folder)) for name, rows in (("few", few), ("many", many))
        }
        gather_static_files(names[few], folder)
        ours, bare = "goldenthread.asgi:application", "bench.bare.asgi:application"
        product = {rows: stack.enter_context(server(ours, names[rows], folder, LIST)) for rows in (few, many)}
        plain = {rows: stack.enter_context(server(bare, names[rows], folder, LIST)) for rows in (few, many)}
        again = stack.enter_context(server(bare, names[many], folder, LIST))

        baseline = {rows: Target("bare", port, PAGES["list"]) for rows, port in plain.items()}
        control = Target("bare again", again, PAGES["list"])
        targets = {
            (page, rows): Target(page, port, PAGES[page] or _details(names[rows]))
            for rows, port in product.items()
            for page in PAGES
        }
        drive([*baseline.values(), control, *targets.values()], rounds=ROUNDS, seconds=SECONDS * min(1, scale * 3))
        figures = [
            Figure(
                name=f"control: bare list again, {many:,} rows",
                figure=round(control.rate, 2),
                unit="requests/s",
                baseline=round(baseline[many].rate, 2),
                ratio=round(control.rate / baseline[many].rate, 3),
                target="about 1: how far ratios can be trusted",
            )
        ]
        for page in PAGES:
            for rows in (few, many):
                name = f"{page}, {rows:,} rows"
                figures.append(at_least(name, targets[page, rows].rate, "requests/s", baseline[rows].rate, LEAST_RATIO))
            figures.append(_cpu(f"{page}, {many:,} rows: server's CPU", targets[page, many], baseline[many]))
            figures.append(
                at_most_times(
                    f"{page}, p50 with {many:,} rows against {few:,}",
                    targets[page, many].p50,
                    "ms",
                    targets[page, few].p50,
                    MOST_GROWTH,
                )
            )
        for page in PAGES:
            kilobytes, requests = first_view(product[few].port, targets[page, few].paths[0])
            figures.append(at_most(f"{page}, first view: CSS and JS, gzipped", kilobytes, "KB", FIRST_VIEW_KB))
            figures.append(at_most(f"{page}, first view: requests", requests, "requests", FIRST_VIEW_REQUESTS))
    return figures


def _cpu(name: str, target: Target, baseline: Target) -> Figure:
    """Nothing is promised of it, but where the control is far from 1 this is what can still be read."""
    ratio = round(target.cpu_ms / baseline.cpu_ms, 3) if baseline.cpu_ms else None
    return Figure(name=name, figure=round(target.cpu_ms, 2), unit="ms", baseline=round(baseline.cpu_ms, 2), ratio=ratio)


def _details(name: str) -> tuple[str, ...]:
    """Some public records' addresses, spread over the register."""
    with psycopg.connect(f"{ADMIN.rsplit('/', 1)[0]}/{name}") as connection:
        rows = connection.execute(
            "SELECT reference FROM initiatives_initiative WHERE visibility = 'public' AND number % 97 = 1 "
            "ORDER BY number LIMIT 20"
        ).fetchall()
    return tuple(f"{LIST}{reference}/" for (reference,) in rows)
