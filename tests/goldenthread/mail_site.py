"""The processes of the mail drill, and what becomes of them: workers, beats, Redis and a mail server, started anew."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.goldenthread.board_faults import Redis
from tests.goldenthread.mail_faults.state import State
from tests.goldenthread.processes import ROOT, Running, environment, eventually, free_port


class MailServer:
    """The counting one, in a process of its own. ``faults`` maps recipients to what happens to mail for them."""

    def __init__(self, folder: Path, faults: dict[str, list[str]]) -> None:
        self.folder = folder
        (folder / "faults").write_text(json.dumps(faults))
        program = ROOT / "tests" / "goldenthread" / "mail_faults" / "server.py"
        self.process = subprocess.Popen([sys.executable, str(program), str(folder)], cwd=folder)
        assert eventually((folder / "port").exists)
        assert eventually(lambda: bool((folder / "port").read_text()))
        self.port = int((folder / "port").read_text())

    @property
    def size(self) -> int:
        return (self.folder / "taken").stat().st_size

    def taken(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.folder / "taken").read_text().splitlines()]

    def be_well(self) -> None:
        self.process.send_signal(signal.SIGUSR1)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)


class Forked:
    """As much of :class:`subprocess.Popen` as is used of a process that the nursery forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -signal.SIGKILL
        return None

    def wait(self, seconds: float = 30) -> int:
        if not eventually(lambda: self.poll() is not None, within=seconds):
            raise TimeoutError(f"Process {self.pid} does not end.")
        return -signal.SIGKILL


class Nursery:
    """Starts processes that are loaded already."""

    def __init__(self, env: dict[str, str]) -> None:
        program = ROOT / "tests" / "goldenthread" / "mail_faults" / "nursery.py"
        self.process = subprocess.Popen(
            [sys.executable, str(program)], cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._read()

    def start(self, *arguments: str, data_dir: Path) -> Running:
        running = Running.__new__(Running)
        running.log = data_dir / f"{arguments[0]}-{time.monotonic_ns()}.log"
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps([str(running.log), *arguments])}\n")
        self.process.stdin.flush()
        running.process = Forked(int(self._read()))  # type: ignore[assignment]
        return running

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


class Site:
    """``shape`` is *several*: worker and beat processes joined by a Redis; or *one*: everything in one process."""

    def __init__(
        self, shape: str, *, folder: Path, state: State, redis_url: str, workers: int, beats: int, **more: str
    ) -> None:
        self.folder, self.state = folder, state
        self.redis = Redis(redis_url, folder) if shape == "several" else None
        more |= {
            "DJANGO_SETTINGS_MODULE": "tests.goldenthread.mail_faults.settings",
            "GT_DRILL_FOLDER": str(state.folder),
        }
        if self.redis is not None:
            self.redis.start()
            more["REDIS_URL"] = self.redis.url
        self.env = more
        self.parts: dict[str, tuple[str, ...]] = {}
        if shape == "several":
            self.parts |= {f"worker {n}": ("worker", "--concurrency=3") for n in range(workers)}
            self.parts |= {f"beat {n}": ("beat",) for n in range(beats)}
        else:
            self.parts["whole"] = ("serve", f"--port={free_port()}")
        self.nursery = Nursery(environment(folder, **more)) if shape == "one" else None
        self.running: dict[str, Running] = {}
        self.orphaned: list[Running] = []
        self.did: Counter[str] = Counter()
        self.logs: list[Path] = []
        self.waiting: tuple[str, float, int] | None = None
        self.waits: list[tuple[float, str]] = []
        for name in self.parts:
            self.start(name)

    def start(self, name: str) -> None:
        if self.nursery is not None:
            running = self.nursery.start(*self.parts[name], data_dir=self.folder)
        else:
            env = environment(self.folder, **self.env, WORKER_NAME=name.replace(" ", "-"))
            running = Running(*self.parts[name], data_dir=self.folder, env=env)
        self.running[name] = running
        self.logs.append(running.log)

    def look_after(self) -> None:
        """As whoever supervises processes does: start anew what has ended."""
        for name, running in self.running.items():
            if running.process.poll() is not None:
                running.end()
                self.did[f"{name.split()[0]} started anew"] += 1
                self.start(name)

    def do(self, fault: str, chance: random.Random, server: MailServer) -> None:
        self.did[fault] += 1
        if fault in ("worker", "beat"):
            self.kill(chance.choice([name for name in self.parts if name.startswith(fault)]), chance)
        elif fault == "clock":
            self.state.set_clock(self.state.now() + chance.choice((-90, 90)))
        else:
            assert self.redis is not None
            if fault in ("forget", "cut"):
                getattr(self.redis, fault)()
            else:
                asyncio.run(getattr(self.redis, fault)(chance))
            self.waiting = (fault, time.monotonic(), server.size)

    def kill(self, name: str, chance: random.Random) -> None:
        """With 9: it and all its children, or only itself, so that its children have no parent any more."""
        running = self.running[name]
        if chance.random() < 0.3:
            running.signal(signal.SIGKILL)
            running.wait(10)
            self.orphaned.append(running)
        else:
            running.end()
        self.start(name)

    def time_the_wait(self, server: MailServer, *, due: bool) -> None:
        """How long no mail went after Redis was disturbed; while none is due, nobody waits."""
        if self.waiting is None:
            return
        fault, since, size = self.waiting
        if server.size != size:
            self.waits.append((round(time.monotonic() - since, 1), fault))
            self.waiting = None
        elif not due:
            self.waiting = (fault, time.monotonic(), size)

    @property
    def longest_wait(self) -> float:
        """In seconds, of those that are over."""
        return max((seconds for seconds, _ in self.waits), default=0.0)

    def children_without_parent(self) -> int:
        return sum(not each.group_is_gone() for each in self.orphaned)

    def printed(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.logs if path.exists())

    def end(self) -> None:
        """For good; once is enough."""
        for running in (*self.running.values(), *self.orphaned):
            running.end()
        if self.nursery is not None:
            self.nursery.end()
            self.nursery = None
        if self.redis is not None:
            self.redis.end()
            self.redis = None


def seconds_of_cpu() -> float:
    """What this process and everything it started and that has ended has used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
