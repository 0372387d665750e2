"""What Celery runs: look into the outbox, because something was recorded or because it is time."""

from celery import shared_task

from groundwork.events import relay


@shared_task(name="events.relay")
def relay_events() -> None:
    """Relay what is due."""
    relay.drain()


@shared_task(name="events.sweep")
def sweep_events() -> None:
    """The same, on a schedule: finds events whose wake-up was lost and leases that ran out."""
    relay.drain()
