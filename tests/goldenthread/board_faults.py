"""What goes wrong in a drill of the live boards: web processes that are killed, and a Redis that forgets and stops."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis

from tests.goldenthread.board_phones import History
from tests.goldenthread.processes import Running, free_port, serves

START_SECONDS = 90.0


class Web:
    """One ``serve`` on a port of its own, started again on the same port however it ended."""

    def __init__(self, name: str, *, data_dir: Path, env: dict[str, str]) -> None:
        self.name, self.data_dir, self.env = name, data_dir, env
        self.port = free_port()
        self.printed = ""
        self.running: Running | None = None

    def start(self) -> None:
        self.end()
        self.running = Running("serve", f"--port={self.port}", data_dir=self.data_dir, env=self.env)

    def end(self) -> None:
        """For good, and whatever it is doing."""
        if self.running is not None:
            self.running.end()
            self.printed += self.running.printed
            self.running.log.unlink()
            self.running = None

    @property
    def all_printed(self) -> str:
        return self.printed + (self.running.printed if self.running is not None else "")

    async def serving(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not await asyncio.to_thread(serves, self.port):
            assert self.running is not None
            assert self.running.process.poll() is None, self.running.printed[-4_000:]
            assert time.monotonic() < until, "it does not start"
            await asyncio.sleep(0.05)


class Redis:
    """A Redis of the drill's own where there is the program; else one database of the given one, and milder faults."""

    def __init__(self, given: str, folder: Path) -> None:
        self.program = shutil.which("redis-server")
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        # Beside those that other tests use.
        self.url = (
            f"redis://127.0.0.1:{self.port}/0" if self.program else urlunsplit(urlsplit(given)._replace(path="/5"))
        )
        self.client = redis.Redis.from_url(self.url, socket_timeout=5)
        self.kinds = ["forget", "cut", *(["restart", "pause"] if self.program else [])]

    @staticmethod
    def has_program() -> bool:
        return shutil.which("redis-server") is not None

    def start(self) -> None:
        if self.program:
            self.process = subprocess.Popen(
                [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
            )
        until = time.monotonic() + 20
        while True:
            with suppress(redis.ConnectionError):
                self.client.ping()
                return
            assert time.monotonic() < until, "Redis does not start"
            time.sleep(0.05)

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None
        else:
            self.client.flushdb()
        self.client.close()

    def forget(self) -> None:
        """Everything: who listens to what, and what waits."""
        self.client.flushall() if self.program else self.client.flushdb()

    def cut(self) -> None:
        """Every connection but this one."""
        own = self.client.client_id()
        for each in self.client.client_list():
            if int(each["id"]) != own and (self.program or each["db"] == "5"):
                with suppress(redis.ResponseError):
                    self.client.client_kill_filter(_id=each["id"])

    async def restart(self, chance: random.Random) -> None:
        assert self.process is not None
        self.process.kill()
        await asyncio.to_thread(self.process.wait, 10)
        await asyncio.sleep(chance.random() * 2)
        await asyncio.to_thread(self.start)

    async def pause(self, chance: random.Random) -> None:
        """It takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(chance.uniform(0.5, 5))
        finally:
            self.process.send_signal(signal.SIGCONT)


class Faults:
    """Does one after the other, at random moments, until it has killed often enough."""

    def __init__(self, webs: list[Web], hints: Redis, seed: str, history: History) -> None:
        self.webs, self.hints, self.history = webs, hints, history
        self.chance = random.Random(seed)
        self.did: Counter[str] = Counter()
        self.stopped_badly: list[str] = []

    async def go(self, *, kills: int, redis_each: int) -> None:
        """So many kills of a web process, and so often each of the things that can happen to Redis, in any order."""
        coming = ["kill"] * kills + [kind for kind in self.hints.kinds for _ in range(redis_each)]
        coming += ["stop"] * (kills // 10)
        self.chance.shuffle(coming)
        for fault in coming:
            await asyncio.sleep(self.chance.random() * 1.5)
            self.history.note("drill", fault)
            self.did[fault] += 1
            if fault == "kill":
                await self.kill()
            elif fault == "stop":
                await self.stop()
            elif fault == "forget":
                await asyncio.to_thread(self.hints.forget)
            elif fault == "cut":
                await asyncio.to_thread(self.hints.cut)
            else:
                await getattr(self.hints, fault)(self.chance)

    async def kill(self) -> None:
        """With 9: one of them, now and then all, and now and then one that has not even started."""
        those = self.webs if self.chance.random() < 0.15 else [self.chance.choice(self.webs)]
        for web in those:
            assert web.running is not None
            web.running.signal(signal.SIGKILL)
        await asyncio.sleep(self.chance.random() * 0.5)
        for web in those:
            web.start()
        if self.chance.random() < 0.9:
            await asyncio.gather(*(web.serving() for web in those))

    async def stop(self) -> None:
        """As a new version is rolled out: it says goodbye, and ends by itself in time."""
        web = self.chance.choice(self.webs)
        await web.serving()
        assert web.running is not None
        web.running.signal(signal.SIGTERM)
        try:
            code = await asyncio.to_thread(web.running.wait, 15)
        except subprocess.TimeoutExpired:
            code = -1
        if code != 0:
            self.stopped_badly.append(f"{web.name} ended with {code}: {web.running.printed[-2_000:]}")
        web.start()
        await web.serving()

    async def calm(self) -> None:
        """Everything runs again."""
        await asyncio.gather(*(web.serving() for web in self.webs))
