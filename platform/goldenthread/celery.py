"""The Celery app, for `goldenthread serve` (threads in one process), `goldenthread worker` and `goldenthread beat`.

Messages are doorbells, never the truth: everything that must happen is a row first (docs/decisions, outbox).
"""

from __future__ import annotations

import gc
import os
import warnings
from typing import Any

import structlog
from celery import Celery, signals
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")

app = Celery("goldenthread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)
app.set_default()

# Celery warns root because of pickled messages; ours are JSON and nothing else is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery configures logging only where nobody listens to this signal; ours is configured by Django."""


@signals.worker_process_init.connect
def leave_what_was_loaded_alone(**_: Any) -> None:
    """The collector of cycles need not walk through all of Django again and again: it never goes (see ``asgi``)."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@signals.beat_init.connect
def look_at_once(**_: Any) -> None:
    """Do not wait half a minute for what a killed process left behind; a beat that restarts often still gets round."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], retry=False)
        except Exception as error:
            # The broker is away. The schedule itself tries again and again.
            structlog.get_logger(__name__).warning("first_round_not_sent", error=type(error).__name__)
