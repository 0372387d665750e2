"""``python -m bench [name …]``: measure, write ``var/bench/<name>.json``, print a table.

``BENCH_SCALE=0.1`` makes everything ten times smaller: a quick look, whose figures are not results.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from bench.api.run import run as api
from bench.board.run import run as board
from bench.figures import Figure, show, write
from bench.mail.run import run as mail
from bench.pages.run import run as pages
from bench.sheets.run import run as sheets

BENCHES: dict[str, Callable[[float], list[Figure]]] = {
    "pages": pages,
    "api": api,
    "sheets": sheets,
    "board": board,
    "mail": mail,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench called {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    try:
        scale = float(os.environ.get("BENCH_SCALE", "1"))
    except ValueError:
        scale = 0.0
    if not 0.001 <= scale <= 10:
        print("BENCH_SCALE must be a number from 0.001 to 10.", file=sys.stderr)
        return 2
    failed = False
    for name in names or list(BENCHES):
        began = time.monotonic()
        try:
            figures = BENCHES[name](scale)
        except RuntimeError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
            continue
        path = write(name, figures, scale)
        show(name, figures)
        print(f"\n{name}: {time.monotonic() - began:.0f} s at scale {scale:g}, written to {path}")
        failed = failed or any(figure.met is False for figure in figures)
    if failed and scale < 1:
        print("At this scale a target that is missed means little.")
        return 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
