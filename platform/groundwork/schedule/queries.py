"""Reading who is alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundwork.schedule.models import Pulse

TICK = "tick"
WORKER_PREFIX = "worker:"


def last_pulse(name: str) -> datetime | None:
    """When ``name`` last showed that it works, or None if it never did."""
    return Pulse.objects.filter(name=name).values_list("at", flat=True).first()


def last_worker_pulse() -> datetime | None:
    """When any worker last showed that it takes messages and can write, or None."""
    return Pulse.objects.filter(name__startswith=WORKER_PREFIX).order_by("-at").values_list("at", flat=True).first()


def silent_workers(*, at: datetime, after: timedelta, within: timedelta) -> list[str]:
    """Workers that were heard of in the last ``within`` but not in the last ``after``."""
    rows = Pulse.objects.filter(name__startswith=WORKER_PREFIX, at__lt=at - after, at__gte=at - within)
    return [name.removeprefix(WORKER_PREFIX) for name in rows.order_by("name").values_list("name", flat=True)]
