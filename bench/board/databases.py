"""A PostgreSQL and a Redis of the bench's own, on the server's core: their time is counted as the server's."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stores:
    """Where they are, and the files with their process numbers."""

    database_url: str
    redis_url: str
    pidfiles: tuple[Path, ...]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def stores(core: int) -> Iterator[Stores]:
    """Both, with the settings they come with (every commit is on disk before it is acknowledged); gone at the end."""
    initdb, redis = _postgres("initdb"), shutil.which("redis-server")
    if initdb is None or redis is None:
        raise RuntimeError("The board's bench starts a PostgreSQL and a Redis of its own. Install both of them.")
    folder = Path(tempfile.mkdtemp(prefix="gt-bench-"))
    data, port, redis_port = folder / "postgres", free_port(), free_port()
    plain: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        plain = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    control = [*plain, "taskset", "-c", str(core), str(_postgres("pg_ctl")), "-D", str(data), "-w"]
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    with (folder / "log").open("w") as log:
        (folder / "log").chmod(0o666)
        try:
            _run([*plain, initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"])
            _run([*control, "-l", str(folder / "postgres.log"), "-o", options, "start"])
            pidfile = folder / "redis.pid"
            serving = subprocess.Popen(
                ["taskset", "-c", str(core), redis, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""],
                cwd=folder,
                stdout=log,
                stderr=log,
            )
            pidfile.write_text(str(serving.pid))
            try:
                yield Stores(
                    f"postgres://postgres@127.0.0.1:{port}/postgres",
                    f"redis://127.0.0.1:{redis_port}/0",
                    (data / "postmaster.pid", pidfile),
                )
            finally:
                serving.terminate()
                serving.wait(10)
        finally:
            if (data / "postmaster.pid").exists():
                _run([*control, "-m", "fast", "stop"])
            shutil.rmtree(folder, ignore_errors=True)


def _postgres(name: str) -> str | None:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return shutil.which(name) or (found[-1] if found else None)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {(done.stderr or done.stdout)[-1500:]}")
