"""On PostgreSQL and Redis: web, workers and beats as processes of their own, and what they survive."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import redis
from django.conf import settings

from tests.goldenthread.processes import Running, environment, eventually, free_port, get, manage, serves

pytestmark = [pytest.mark.redis, pytest.mark.postgres]

StartPart = Callable[..., Running]


@pytest.fixture(scope="module")
def shared() -> Iterator[dict[str, str]]:
    """A database and a Redis database for these processes alone."""
    given = urlsplit(settings.ENVIRONMENT.database_url)
    name = f"gt_processes_{uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(given._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f'create database "{name}"')
        try:
            yield {
                "DATABASE_URL": urlunsplit(given._replace(path=f"/{name}")),
                # Beside the one the tests themselves use.
                "REDIS_URL": urlunsplit(urlsplit(str(settings.ENVIRONMENT.redis_url))._replace(path="/6")),
            }
        finally:
            server.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def part(shared: dict[str, str], tmp_path: Path) -> Iterator[StartPart]:
    """Start one process of the installation."""
    migrated = manage("migrate", "--run-syncdb", "--verbosity=0", env=environment(tmp_path, **shared), timeout=120)
    assert migrated.returncode == 0, migrated.stderr
    with redis.Redis.from_url(shared["REDIS_URL"]) as broker:
        broker.flushdb()
    running: list[Running] = []

    def start(*arguments: str, **more: str) -> Running:
        running.append(Running(*arguments, data_dir=tmp_path, env=environment(tmp_path, **shared, **more)))
        return running[-1]

    yield start
    for each in running:
        each.end()


def test_parts_work_together_survive_and_stop(part: StartPart, shared: dict[str, str]) -> None:
    port = free_port()
    web = part("serve", f"--port={port}", WEB_PROCESSES="2")
    assert eventually(lambda: serves(port) or web.process.poll() is not None, within=40), web.printed
    assert get(port, "/readyz?only=web")[0] == 200
    # Nobody works and nobody keeps time yet: the whole is not ready, and says which parts are missing.
    status, body = get(port, "/readyz")
    assert (status, body["checks"]["worker"]["ok"], body["checks"]["beat"]["ok"]) == (503, False, False)

    beats = [part("beat"), part("beat")]
    worker = part("worker", "--concurrency=2", WORKER_NAME="one")
    assert eventually(lambda: get(port, "/readyz")[0] == 200, within=40), worker.printed

    words: list[str] = []

    def write(count: int) -> None:
        for _ in range(count):
            words.append(f"w{len(words)}")
            assert get(port, f"/ledger/{words[-1]}/", method="POST") == (201, "kept")

    def all_done() -> bool:
        return len(get(port, "/ledger/")[1]["effects"]) >= len(words)

    write(10)
    assert eventually(all_done, within=15)

    # A second worker takes over from one that is killed. Redis forgets everything. Nothing is lost.
    part("worker", "--concurrency=1", WORKER_NAME="two")
    os.killpg(worker.process.pid, signal.SIGKILL)
    with redis.Redis.from_url(shared["REDIS_URL"]) as broker:
        broker.flushdb()
    write(10)
    assert eventually(all_done, within=70)
    assert Counter(get(port, "/ledger/")[1]["effects"]) == Counter(words)

    for process in (web, *beats):
        process.signal(signal.SIGTERM)
        assert process.wait() == 0, process.printed
        assert eventually(process.group_is_gone, within=5)


def test_a_worker_stops_when_it_is_told_to(part: StartPart) -> None:
    worker = part("worker", "--concurrency=1", WORKER_NAME="alone")
    assert eventually(lambda: "takes messages" in worker.printed or worker.process.poll() is not None, within=40)
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0, worker.printed
    assert eventually(worker.group_is_gone, within=5)
