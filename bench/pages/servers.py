"""Databases of their own, and servers on them: one process each, all set up alike."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
ADMIN = os.environ.get("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
"""A database of the PostgreSQL server on which the bench may create and drop databases called ``gt_bench_…``."""
STARTING_SECONDS = 60


def environment(database: str, data_dir: Path, port: int = 8000) -> dict[str, str]:
    """What a process of the bench is told: the product's own settings, on this database, with nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "GOLDENTHREAD_MODE": "demo",
        "DATABASE_URL": f"{ADMIN.rsplit('/', 1)[0]}/{database}",
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


@contextlib.contextmanager
def database(name: str, rows: int, data_dir: Path) -> Iterator[str]:
    """A database called ``gt_bench_<name>`` with ``rows`` initiatives, dropped at the end."""
    name = f"gt_bench_{name}"
    try:
        admin = psycopg.connect(ADMIN, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise RuntimeError(
            "There is no PostgreSQL to measure on. Start one, or set BENCH_POSTGRES_URL to a database from which "
            f"others may be created ({str(error).strip().splitlines()[0]})."
        ) from error
    with admin:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            _run([sys.executable, "-m", "bench.pages", str(rows)], environment(name, data_dir))
            yield name
        finally:
            admin.execute(drop)


def gather_static_files(name: str, data_dir: Path) -> None:
    """Static files under hashed names, as every start of the product does."""
    _run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], environment(name, data_dir))


def run_module(module: str, name: str, data_dir: Path, *arguments: str) -> str:
    """Run a module of the bench in a process with the product on the database ``name``; what it printed."""
    return _run([sys.executable, "-m", module, *arguments], environment(name, data_dir))


def _run(command: list[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed:\n{(done.stderr or done.stdout)[-3000:]}")
    return done.stdout


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float | None:
        """User and system time so far, or None where the operating system does not tell (it does on Linux)."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return None
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, what: str = "VmRSS") -> float | None:
        """Megabytes in use (``VmHWM``: at most, since :meth:`forget_peak`), or None where this is not Linux."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return None
        (line,) = (line for line in status.read_text().splitlines() if line.startswith(f"{what}:"))
        return int(line.split()[1]) / 1024

    def forget_peak(self) -> None:
        """Let the most that was in use be counted from now on."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@contextlib.contextmanager
def server(application: str, name: str, data_dir: Path, ready: str) -> Iterator[Server]:
    """uvicorn with one worker on a free port, ready when ``ready`` answers."""
    port = _free_port()
    command = [
        sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--timeout-keep-alive", "600", "--no-access-log", "--lifespan", "off",
        "--log-level", "error", "--no-server-header",
    ]  # fmt: skip
    log = data_dir / f"server-{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(name, data_dir, port), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait(f"http://127.0.0.1:{port}{ready}", process, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{url} answered {error.code}:\n{log.read_text()[-3000:]}") from error
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The server for {url} did not start:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
