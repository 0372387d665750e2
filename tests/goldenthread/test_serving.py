"""The embedded whole as an operator meets it: it starts, tells how it is, stops, and survives being killed."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import Counter
from pathlib import Path

import pytest

from goldenthread.embedded import EXIT_BROKEN
from tests.goldenthread.conftest import Start
from tests.goldenthread.processes import environment, eventually, free_port, get, manage


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_becomes_ready_works_and_leaves_nothing_behind_when_stopped(
    start: Start, data_dir: Path, how: signal.Signals
) -> None:
    running, port = start()
    assert eventually(lambda: get(port, "/readyz")[0] == 200), get(port, "/readyz")
    checks = get(port, "/readyz")[1]["checks"]
    assert set(checks) == {"database", "cache", "channel layer", "queue", "worker", "beat", "audit log"}

    assert get(port, "/ledger/first/", method="POST") == (201, "kept")
    assert eventually(lambda: get(port, "/ledger/")[1]["effects"] == ["first"], within=5)

    began = time.monotonic()
    running.signal(how)
    assert running.wait() == 0, running.printed
    assert time.monotonic() - began < 8
    assert eventually(running.group_is_gone, within=2)
    assert "has stopped" in running.printed
    assert "Traceback" not in running.printed


def test_a_second_copy_on_the_same_data_is_refused_with_a_sentence(start: Start, data_dir: Path) -> None:
    running, port = start()
    second = manage("serve", f"--port={free_port()}", env=environment(data_dir))
    assert second.returncode == 1
    assert f"already runs on the data in {data_dir} (process {running.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr
    assert get(port, "/healthz")[0] == 200


def test_a_port_in_use_is_refused_with_a_sentence(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = manage("serve", f"--port={port}", env=environment(data_dir))
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in refused.stderr


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_a_thread_that_ends_is_told_by_readyz_and_ends_the_process(start: Start, part: str) -> None:
    running, port = start()
    assert eventually(lambda: get(port, "/readyz")[0] == 200)
    assert get(port, f"/ledger/kill/{part}/")[0] == 200

    seen: Counter[int] = Counter()

    def ended() -> bool:
        try:
            status, body = get(port, "/readyz", timeout=2)
        except OSError:
            return running.process.poll() is not None
        if status == 503 and not body["checks"][part]["ok"]:
            seen[503] += 1
        return False

    assert eventually(ended, within=20)
    assert seen[503] > 0
    assert running.wait() == EXIT_BROKEN
    assert f"The {part} thread has ended, so Golden Thread stops." in running.printed
    assert eventually(running.group_is_gone, within=2)


def test_an_unknown_socket_address_is_refused_and_harms_nothing(start: Start) -> None:
    _running, port = start()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(
            b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Origin: http://localhost\r\n\r\n"
        )
        assert raw.recv(200).startswith(b"HTTP/1.1 403")
    assert get(port, "/healthz")[0] == 200


@pytest.mark.drill
def test_killed_with_9_it_starts_again_and_nothing_acknowledged_is_lost(start: Start) -> None:
    kills = 25 if os.environ.get("GT_DRILL") else 2
    acknowledged: list[str] = []
    for kill in range(kills):
        running, port = start()
        # Kill in the middle of work: some effects are done, some under way, some not begun.
        for number in range(30):
            word = f"k{kill}n{number}"
            if get(port, f"/ledger/{word}/", method="POST") == (201, "kept"):
                acknowledged.append(word)
        time.sleep(0.03 * (kill % 5))
        running.signal(signal.SIGKILL)
        running.wait()

    running, port = start()
    assert get(port, "/ledger/")[1]["entries"] == acknowledged
    assert eventually(lambda: len(get(port, "/ledger/")[1]["effects"]) >= len(acknowledged), within=30)
    effects = Counter(get(port, "/ledger/")[1]["effects"])
    assert effects == Counter(acknowledged)
