"""Start a worker process."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from celery import signals
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from goldenthread.canary import Canary, queue_of
from goldenthread.celery import app
from goldenthread.checks import refuse_unsafe
from goldenthread.embedded import EXIT_BROKEN


class Command(BaseCommand):
    help = "Start a worker that does the work outside requests (needs REDIS_URL)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs at once")
        parser.add_argument("--queues", default="default,mail", help="which queues to take from, separated by commas")

    def handle(self, *_: Any, concurrency: int, queues: str, **options: Any) -> None:
        refuse_unsafe("worker")
        _one_connection_each()
        name = settings.ENVIRONMENT.worker_name
        worker = app.Worker(
            pool="prefork",
            concurrency=concurrency,
            queues=[*queues.split(","), queue_of(name)],
            hostname=name,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel="INFO",
        )
        signals.worker_ready.connect(self._say)
        stop = threading.Event()
        canary = Canary(app, name)
        watching = threading.Thread(
            target=canary.watch, args=(stop,), kwargs={"on_failure": self._end}, name="canary", daemon=True
        )
        watching.start()
        worker.start()
        stop.set()
        raise SystemExit(worker.exitcode or 0)

    def _say(self, **_: Any) -> None:
        self.stdout.write(f"Worker {settings.ENVIRONMENT.worker_name} takes messages (Ctrl-C stops it).")
        self.stdout.flush()

    def _end(self, sentence: str) -> None:
        self.stderr.write(f"{sentence} It ends, so that a fresh one can be started. No work is lost.")
        threading.Timer(30, os._exit, (EXIT_BROKEN,)).start()
        os.kill(os.getpid(), signal.SIGTERM)


def _one_connection_each() -> None:
    """A pool's threads do not survive the fork; each of the worker's processes does one thing at a time anyway."""
    for connection in connections.all():
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
        connection.settings_dict["OPTIONS"].pop("pool", None)
