"""Running what is due, and showing that one is alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from groundwork.schedule.models import JobRun, Pulse
from groundwork.schedule.registry import Job, Slot, jobs

log = structlog.get_logger(__name__)


def tick(*, at: datetime, of: Iterable[Job] | None = None) -> int:
    """Run every job whose slot has come and that nobody ran yet. Returns how many ran.

    A job that fails leaves its slot unclaimed and is tried again at the next tick; it does not hold up the others.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    ran = 0
    for each in jobs() if of is None else of:
        try:
            for slot in each.when.slots(at, zone):
                for subject in each.subjects(slot):
                    ran += _run(each, replace(slot, subject=subject), at)
        except Exception:
            log.exception("job_failed", job=each.name)
    return ran


def _run(job: Job, slot: Slot, at: datetime) -> bool:
    """Claim and run in one transaction. Returns whether it ran here."""
    claim = {"job": job.name, "subject": slot.subject, "period": slot.period}
    if JobRun.objects.filter(**claim).exists():
        return False
    try:
        with transaction.atomic():
            try:
                # A second beat waits here until the first has committed, and then finds the period taken.
                with transaction.atomic():
                    JobRun.objects.create(**claim, at=at)
            except IntegrityError:
                return False
            job.run(slot)
    except Exception:
        log.exception("job_failed", job=job.name, subject=slot.subject, period=slot.period)
        return False
    return True


def pulse(*, name: str, at: datetime) -> None:
    """Note that ``name`` works at ``at``. Names: ``tick`` for the beat, ``worker:<name>`` for each worker."""
    Pulse.objects.update_or_create(name=name, defaults={"at": at})


RUNS_KEPT_FOR = timedelta(days=60)
"""How long it is remembered that a job ran: far longer than any slot stays due."""


def forget_runs(*, at: datetime) -> int:
    """Delete what ran long before ``at``. Returns how many rows."""
    deleted, _by_model = JobRun.objects.filter(at__lt=at - RUNS_KEPT_FOR).delete()
    return deleted
