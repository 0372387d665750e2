"""``python nursery.py``: the product, loaded once, of which a process is forked for each line it reads.

A line is ``[where it prints to, arguments of manage.py…]`` as JSON; the answer is the id of the process. A process that
is killed fifty times is else loaded fifty times, which takes longer than all that it does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def load() -> None:
    import django

    django.setup()
    from importlib import import_module

    for name in ("uvicorn", "celery.worker", "celery.concurrency.thread", "goldenthread.management.commands.serve"):
        import_module(name)
    for name in ("goldenthread.embedded", "goldenthread.asgi", "goldenthread.urls"):
        import_module(name)


def live(log: str, arguments: list[str]) -> None:
    """The new process: as one that an operator started, in a session of its own."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, to in enumerate((nothing, out, out)):
        os.dup2(to, number)
    from goldenthread.cli import main

    main(["manage.py", *arguments])


def rear() -> None:
    # Nobody here waits for them; whoever asked for them looks whether they are there.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("loaded", flush=True)
    for line in sys.stdin:
        log, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            live(log, arguments)
            sys.exit()
        print(child, flush=True)


if __name__ == "__main__":
    load()
    rear()
