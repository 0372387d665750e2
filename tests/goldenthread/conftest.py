"""A running product for a test: real processes, real ports, a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.goldenthread.processes import Running, environment, eventually, free_port, manage, serves


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a migrated database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    done = manage("migrate", "--run-syncdb", "--verbosity=0", env=environment(folder), timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder)
    return folder


Start = Callable[[], tuple[Running, int]]


@pytest.fixture
def start(data_dir: Path) -> Iterator[Start]:
    """Start the embedded whole on the test's data, wait until it serves, and give it and its port."""
    started: list[Running] = []

    def start_one() -> tuple[Running, int]:
        port = free_port()
        running = Running("serve", f"--port={port}", data_dir=data_dir, env=environment(data_dir))
        started.append(running)
        assert eventually(lambda: serves(port) or running.process.poll() is not None, within=40)
        assert running.process.poll() is None, running.printed
        return running, port

    yield start_one
    for running in started:
        running.end()
