"""One server, one scenario, once: a fresh process on one core, the generator on the other."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.board.databases import Stores, free_port

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CORES = 0, 1
"""The server's, with its database and its Redis; the generator's."""


@dataclass(frozen=True)
class Peer:
    """How a server is started and spoken to. ``{tmp}`` is a fresh folder."""

    command: tuple[str, ...]
    proto: str
    path: str
    env: Mapping[str, str] = field(default_factory=dict)
    header: str = ""


OURS = "goldenthread"
PEERS = {
    OURS: Peer(
        (sys.executable, "manage.py", "serve"),
        "gt",
        "/live/{B}-0000-4000-8000-000000000000/socket",
        header="Cookie: __Host-gt-guest=bench-guest-{i}",
    ),
    "ws": Peer(("node", "peers/ws.mjs"), "raw", "/ws/{b}"),
    "socketio": Peer(("node", "peers/socketio.mjs"), "sio", "/socket.io/?EIO=4&transport=websocket"),
    "ywebsocket": Peer(("node", "peers/ywebsocket.mjs"), "yws", "/{b}"),
    "hocuspocus-db": Peer(("node", "peers/hocuspocus.mjs"), "hp", "/", {"DB": "{tmp}/boards.sqlite"}),
}

RAMP: Mapping[str, float] = {"nominal": 20, "warm": 1, "step": 4, "steps": 16}
HOLD: Mapping[str, float] = {"warm": 2, "step": 10, "steps": 0}
SCENARIOS: Mapping[str, Mapping[str, float]] = {
    "S1": {**RAMP, "boards": 1, "n": 30, "hint": 800},
    "S2": {**RAMP, "boards": 1, "n": 300, "hint": 80},
    "S3": {**RAMP, "boards": 20, "n": 25, "hint": 800},
    "S4": {**HOLD, "boards": 80, "n": 25, "nominal": 0},
    "F1": {**HOLD, "boards": 1, "n": 30, "nominal": 200},
    "F2": {**HOLD, "boards": 1, "n": 300, "nominal": 100},
    "F3": {**HOLD, "boards": 20, "n": 25, "nominal": 400},
}
"""S1–S3 look for the highest rate that passes, S4 connects and idles, F1–F3 hold one ordinary load."""


def prepare(folder: Path) -> Path:
    """The generator built and the peers installed in ``folder``; the generator's path."""
    if shutil.which("rustc") is None or shutil.which("npm") is None:
        raise RuntimeError("The board's bench needs rustc for its generator, and Node with npm for the peers.")
    binary, source = folder / "build" / "loadgen", HERE / "loadgen.rs"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        binary.parent.mkdir(parents=True, exist_ok=True)
        _checked(["rustc", "--edition", "2021", "-O", "-C", "target-cpu=native", "-o", str(binary), str(source)])
    shutil.copytree(HERE / "peers", folder / "peers", dirs_exist_ok=True)
    if not (folder / "peers" / "node_modules" / "ws").exists():
        _checked(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder / "peers")])
    return binary


def _checked(command: list[str], **options: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stderr or done.stdout)[-3000:]}")


def environment(stores: Stores, folder: Path, port: int = 8000) -> dict[str, str]:
    """Our server as an operator runs it; only the limits on one connection's rate are raised."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "GOLDENTHREAD_MODE": "production",
        "SECRET_KEY": "only-for-the-bench-" * 4,
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": "https://bench.example.org",
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "BOARD_OPS_PER_SECOND": "1000000",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


def migrate(stores: Stores, folder: Path) -> None:
    _checked([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment(stores, folder))


def one_run(binary: Path, stores: Stores, kit: Path, name: str, scenario: str, scale: float) -> dict[str, Any]:
    """What the generator says of it. Raises :class:`RuntimeError`."""
    peer, options = PEERS[name], dict(SCENARIOS[scenario])
    with tempfile.TemporaryDirectory(prefix="gt-bench-run-") as made:
        folder, port = Path(made), free_port()
        if name == OURS:
            env = environment(stores, folder, port)
            arguments = [str(int(options["boards"])), str(int(options["n"]))]
            _checked([sys.executable, "-m", "bench.board.filling", *arguments], cwd=ROOT, env=env)
        else:
            own = {key: value.replace("{tmp}", made) for key, value in peer.env.items()}
            env = {**os.environ, "PORT": str(port), "NODE_ENV": "production", **own}
        with _serving(peer, env, ROOT if name == OURS else kit, port, folder / "server.log") as pid:
            stored = [int(file.read_text().split()[0]) for file in stores.pidfiles] if name == OURS else []
            told = {
                **options,
                "step": options["step"] * scale,
                "addr": f"127.0.0.1:{port}",
                "proto": peer.proto,
                "path": peer.path,
                "header": peer.header,
                "pids": ",".join(map(str, [pid, *stored])),
                "rss": pid,
                "cores": f"{CORES[0]},{CORES[1]}",
            }
            said = [str(word) for key, value in told.items() for word in (f"--{key}", value)]
            command = ["taskset", "-c", str(CORES[1]), str(binary), *said]
            done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            result: dict[str, Any] = json.loads(done.stdout)
            if "error" in result:
                raise RuntimeError(
                    f"{result['error']}: {done.stderr[-500:]} {(folder / 'server.log').read_text()[-1500:]}"
                )
            return result


@contextlib.contextmanager
def _serving(peer: Peer, env: Mapping[str, str], cwd: Path, port: int, log: Path) -> Iterator[int]:
    with log.open("w") as out:
        process = subprocess.Popen(
            ["taskset", "-c", str(CORES[0]), *peer.command],
            cwd=cwd,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield process.pid
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, number)
                process.wait(15)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server was not ready: {log.read_text(errors='replace')[-2000:]}")
