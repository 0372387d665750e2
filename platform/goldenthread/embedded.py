"""Everything in one process: web in the main thread, a Celery worker and the beat in threads of their own.

For a demo, a trial, a small place on one host: no database server, no Redis. Celery's messages stay in memory; that
loses nothing, because a message only says "look into the outbox".

Stopping, in this order: the web server finishes its requests; the beat stops, so that nothing new begins; the worker
finishes what it has in hand; the process ends. Each step has a deadline, and a second Ctrl-C ends it at once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from celery import signals
from celery.worker import state as worker_state
from django.db import connections

from goldenthread import web
from goldenthread.beating import make_beat
from goldenthread.canary import Canary, queue_of
from goldenthread.celery import app
from goldenthread.lock import DataLock
from groundwork.events import relay

log = structlog.get_logger(__name__)

WORKER = "embedded"
EXIT_BROKEN = 70
"""EX_SOFTWARE: a part ended that should have gone on."""
TELLING_SECONDS = 1.0
"""How long the server still answers after a part of it has ended."""

here: Embedded | None = None
"""The one of this process, while it runs; the health checks look at it."""


class Embedded:
    """The running whole. ``run`` blocks until the process is told to stop."""

    def __init__(self, *, data_dir: Path, host: str, port: int, on_started: Callable[[], None]) -> None:
        self.data_dir = data_dir
        self.host = host
        self.port = port
        self.server = web.Server(web.config(host=host, port=port), on_started=on_started)
        self.service = make_beat()
        self.self_test = Canary(app, WORKER)
        self.worker_is_ready = threading.Event()
        self.stopping = threading.Event()
        self.broken = ""
        self.worker = threading.Thread(target=self._work, name="worker", daemon=True)
        self.beat = threading.Thread(target=self._beat, name="beat", daemon=True)
        self.canary = threading.Thread(target=self._sing, name="canary", daemon=True)
        self.watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def run(self) -> int:
        """Serve. Returns the exit code: 0 when told to stop, :data:`EXIT_BROKEN` when a part ended by itself.

        Raises :class:`CommandError` with a sentence when another copy uses the same data, or the port is taken.
        """
        global here
        with DataLock(self.data_dir):
            listening = web.listen(self.host, self.port)
            web.absorb_signals()
            here = self
            try:
                self._start()
                self.server.run(sockets=[listening])
            finally:
                self._stop()
                here = None
        return EXIT_BROKEN if self.broken else 0

    def _start(self) -> None:
        # Here, so that a task module that cannot be imported is a plain traceback and not the end of a thread.
        app.loader.import_default_modules()
        worker_state.should_stop = None
        signals.worker_ready.connect(self._is_ready)
        # The lock says that nobody else relays: whatever was held, a process that is gone held it.
        relay.forget_leases()
        self.worker.start()
        # Before there is a queue to put messages into, the beat has nothing to do.
        while self.worker.is_alive() and not self.worker_is_ready.wait(timeout=0.05):
            pass
        self.beat.start()
        self.canary.start()
        self.watchdog.start()

    def _stop(self) -> None:
        self.stopping.set()
        signal.signal(signal.SIGINT, _leave_now)
        signal.signal(signal.SIGTERM, _leave_now)
        self.service.stop()
        _join(self.beat, 5)
        worker_state.should_stop = 0  # type: ignore[assignment]
        # The worker looks at that between messages: give it one, instead of waiting for it to look by itself.
        self.self_test.send()
        _join(self.worker, 20)
        connections.close_all()

    def _work(self) -> None:
        worker = app.Worker(
            pool="threads",
            concurrency=4,
            queues=["default", "mail", queue_of(WORKER)],
            hostname=WORKER,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel=logging.WARNING,
        )
        worker.start()

    def _is_ready(self, **_: Any) -> None:
        self.worker_is_ready.set()

    def _beat(self) -> None:
        self.service.start(embedded_process=False)

    def _sing(self) -> None:
        self.self_test.watch(self.stopping, on_failure=self._break)

    def _watch(self) -> None:
        """End the process, loudly, when a part has ended that should go on: half a product helps nobody."""
        while not self.stopping.wait(0.5):
            for part in (self.worker, self.beat, self.canary):
                if not part.is_alive() and not self.stopping.is_set():
                    # For a moment /readyz says so, to whoever sends people elsewhere when one copy is not well.
                    self.stopping.wait(TELLING_SECONDS)
                    self._break(f"The {part.name} thread has ended, so Golden Thread stops.")
                    return

    def _break(self, sentence: str) -> None:
        self.broken = sentence
        log.critical("broken", reason=sentence)
        print(f"\n{sentence} Nothing acknowledged is lost; start it again.", file=sys.stderr, flush=True)
        self.server.should_exit = True
        # Should the web server hang as well, leave without it.
        threading.Timer(web.STOPPING_SECONDS + 30, _leave_now).start()


def _join(thread: threading.Thread, seconds: float) -> None:
    if thread.is_alive():
        thread.join(seconds)
    if thread.is_alive():
        log.warning("left_behind", thread=thread.name, waited=seconds)


def _leave_now(*_: Any) -> None:
    os._exit(EXIT_BROKEN)
