"""Telling the relay to look now. Losing this message costs delay, never an event: the sweep finds what was missed."""

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)


def wake() -> None:
    """Ask a worker to relay what waits. Never raises: the change it follows is already committed."""
    if not getattr(settings, "EVENTS_WAKE", True):
        return
    try:
        current_app.send_task("events.relay", retry=False)
    except Exception as error:
        log.warning("relay_not_woken", error=type(error).__name__)
