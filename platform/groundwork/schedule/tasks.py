"""What the beat and the workers' self-test run."""

from celery import shared_task

from groundwork.clock import now
from groundwork.schedule import services
from groundwork.schedule.queries import TICK, WORKER_PREFIX


@shared_task(name="goldenthread.tick")
def tick() -> None:
    """Each minute: run what is due by the place's clock."""
    at = now()
    services.pulse(name=TICK, at=at)
    services.tick(at=at)


@shared_task(name="goldenthread.canary")
def canary(*, worker: str) -> None:
    """Sent by a worker to itself: it takes messages, and what it does reaches the database."""
    services.pulse(name=f"{WORKER_PREFIX}{worker}", at=now())
