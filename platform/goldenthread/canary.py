"""A worker's test of itself.

A worker can be alive, answer pings, and take nothing from its queues (F13). So each worker sends itself a message every
minute through a queue of its own; three in a row that do not come back as a row in the database mean that it must end,
and whoever supervises it starts a fresh one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from celery import Celery
from django.db import DatabaseError, connection

from groundwork.clock import now
from groundwork.schedule.queries import WORKER_PREFIX, last_pulse

log = structlog.get_logger(__name__)

INTERVAL = timedelta(seconds=60)
MISSES = 3


def queue_of(worker: str) -> str:
    return f"canary.{worker}"


class Canary:
    """Sends the messages and counts those that were lost."""

    def __init__(self, app: Celery, worker: str) -> None:
        self.app = app
        self.worker = worker
        self.sent_at: datetime | None = None
        self.missed = 0

    def round(self) -> bool:
        """Judge the last message and send the next. Returns whether the worker may be believed to work.

        A database or broker that cannot be reached says nothing about this worker, and does not count against it.
        """
        try:
            if self.sent_at is not None:
                answered = last_pulse(f"{WORKER_PREFIX}{self.worker}")
                self.missed = 0 if answered and answered >= self.sent_at else self.missed + 1
        except DatabaseError as error:
            log.warning("canary_not_judged", error=type(error).__name__)
        finally:
            connection.close()
        if self.missed >= MISSES:
            return False
        at = now()
        self.sent_at = at if self.send() else None
        return True

    def send(self) -> bool:
        """Put one message into the worker's own queue. Returns whether the broker took it."""
        try:
            self.app.send_task(
                "goldenthread.canary", kwargs={"worker": self.worker}, queue=queue_of(self.worker), retry=False
            )
        except Exception as error:
            log.warning("canary_not_sent", error=type(error).__name__)
            return False
        return True

    def watch(self, stop: threading.Event, *, on_failure: Callable[[str], None]) -> None:
        """Go round each :data:`INTERVAL` until ``stop``; call ``on_failure`` with a sentence, once, and return."""
        while not stop.is_set():
            if not self.round():
                on_failure(f"The worker took none of the last {MISSES} messages it sent itself.")
                return
            stop.wait(INTERVAL.total_seconds())
