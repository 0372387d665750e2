"""The beat: says when a minute has passed, and when to look into the outbox. It decides nothing."""

from __future__ import annotations

from celery.beat import Service

from goldenthread.celery import app


def make_beat() -> Service:
    """Celery's beat service, looking round twice a second so that it also stops within one."""
    return Service(  # type: ignore[call-arg]
        app,
        max_interval=0.5,  # type: ignore[arg-type]
        remote_control=False,
        scheduler_cls=app.conf.beat_scheduler,
    )
