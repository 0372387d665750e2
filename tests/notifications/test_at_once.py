"""Several senders at once, and a sender killed in the middle: nobody gets a message twice, and none is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from groundwork.clock import now
from notifications.models import OutgoingMessage
from notifications.services import send_due
from notifications.services.sending import claim
from tests.notifications.ground import message
from tests.notifications.sink import running

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_what_one_holds_another_does_not_get() -> None:
    for n in range(30):
        message(f"reader{n}@example.org")

    first, second, third = claim(20), claim(20), claim(20)

    assert (len(first), len(second), len(third)) == (20, 10, 0)
    assert {each.pk for each in first}.isdisjoint(each.pk for each in second)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_message_once() -> None:
    for n in range(120):
        message(f"reader{n}@example.org")

    def run(transport: object) -> None:
        try:
            send_due(transport=transport)  # type: ignore[arg-type]
        finally:
            connections.close_all()

    with running() as sink:
        threads = [threading.Thread(target=run, args=(sink.transport(),)) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

    assert Counter(str(mail["To"]) for mail in sink.taken) == {f"reader{n}@example.org": 1 for n in range(120)}
    assert set(OutgoingMessage.objects.values_list("status", flat=True)) == {"sent"}


SENDER = """
import django
django.setup()
from notifications.services import send_due
from notifications.transports.smtp import Server, Smtp
server = Server(host="127.0.0.1", port={port}, username="", password="", tls="no")
print("ready", flush=True)
send_due(transport=Smtp(server))
"""


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_in_the_middle_doubles_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Kill -9 while mail goes out: at most one message is in doubt, and it is listed as such."""
    database = _database_of_its_own(tmp_path)
    for n in range(60):
        message(f"reader{n}@example.org")
    _hand_over(database)

    with running() as sink:
        sink.delay = 0.02
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER.format(port=sink.port)],
            cwd=ROOT,
            env=_environment(tmp_path, database),
            stdout=subprocess.PIPE,
        )
        assert sender.stdout is not None
        assert sender.stdout.readline() == b"ready\n"
        deadline = time.monotonic() + 30
        while len(sink.taken) < 15 and time.monotonic() < deadline:
            time.sleep(0.005)
        sender.send_signal(signal.SIGKILL)
        sender.wait(timeout=10)
        sender.stdout.close()

        before = len(sink.taken)
        assert 15 <= before < 60
        _take_back(database)
        # What the dead sender held is free again once its leases ran out.
        OutgoingMessage.objects.exclude(lease_until=None).update(lease_until=now() - timedelta(seconds=1))
        sink.delay = 0
        send_due(transport=sink.transport())

        status = Counter(OutgoingMessage.objects.values_list("status", flat=True))
        copies = Counter(str(mail["To"]) for mail in sink.taken)
    assert set(status) <= {"sent", "uncertain"}
    assert status["uncertain"] <= 1, "one kill, at most one doubt"
    assert max(copies.values()) == 1, "nobody got two"
    missing = {f"reader{n}@example.org" for n in range(60)} - set(copies)
    uncertain = set(OutgoingMessage.objects.filter(status="uncertain").values_list("recipient", flat=True))
    assert missing <= uncertain, "who got none is listed"


def _environment(tmp_path: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return {
        **kept,
        "GOLDENTHREAD_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "goldenthread.settings",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }


def _database_of_its_own(tmp_path: Path) -> str:
    """The address under which another process finds this test's database."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    settings = connection.settings_dict
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    return f"postgres://{settings['USER']}{password}@{settings['HOST']}{port}/{settings['NAME']}"


def _hand_over(database: str) -> None:
    """SQLite's test database lives in memory: write it to the file that the other process opens."""
    if connection.vendor == "sqlite":
        _copy(to=database)


def _take_back(database: str) -> None:
    if connection.vendor == "sqlite":
        _copy(to=database, back=True)


def _copy(*, to: str, back: bool = False) -> None:
    import sqlite3

    connection.ensure_connection()
    other = sqlite3.connect(to.removeprefix("sqlite:///"))
    try:
        if back:
            other.backup(connection.connection)
        else:
            connection.connection.backup(other)
    finally:
        other.close()
