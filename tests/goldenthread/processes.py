"""Starting the product as processes of its own, the way an operator does."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.goldenthread.ledger.settings"


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """What a process gets: nothing of ours but what is named here."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "GOLDENTHREAD_MODE": "test",
        "DATA_DIR": str(data_dir),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def manage(*arguments: str, env: dict[str, str], timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], bool], *, within: float = 20.0) -> bool:
    """Look again and again until it is so, or the time is over."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if look():
            return True
        time.sleep(0.05)
    return look()


def serves(port: int) -> bool:
    try:
        return get(port, "/healthz")[0] == 200
    except OSError:
        return False


def get(port: int, path: str, *, method: str = "GET", timeout: float = 10) -> tuple[int, Any]:
    """Status and body (JSON if it is JSON). Raises OSError when nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, body = refused.code, refused.read()
    try:
        return status, json.loads(body)
    except ValueError:
        return status, body.decode("utf-8", "replace")


class Running:
    """One `serve`, `worker` or `beat`, with what it printed in a file."""

    def __init__(self, *arguments: str, data_dir: Path, env: dict[str, str]) -> None:
        self.log = data_dir / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def wait(self, seconds: float = 30) -> int:
        return self.process.wait(seconds)

    def group_is_gone(self) -> bool:
        """Whether no process of the session that this one began is left."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def end(self) -> None:
        """For the end of a test, whatever state it is in."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
