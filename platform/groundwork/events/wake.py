"""Telling a worker to look now. Losing this message costs delay, never an event: the sweep finds what was missed."""

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)


def wake(task: str = "events.relay", *, queue: str = "default") -> None:
    """Ask a worker to look at what waits: for the relay, or for another ``task`` that looks into rows of its own.

    Never raises: the change it follows is already committed.
    """
    if not getattr(settings, "EVENTS_WAKE", True):
        return
    try:
        current_app.send_task(task, queue=queue, retry=False)
    except Exception as error:
        log.warning("worker_not_woken", task=task, error=type(error).__name__)
