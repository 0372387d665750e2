"""What Celery runs for the mail."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from groundwork.schedule.registry import Slot, every, job
from notifications import services
from notifications.services.queueing import wake_sender


@shared_task(name="mail.send")
def send_mail() -> None:
    """Send what is due."""
    services.send_due()


@job("mail.sweep", when=every(minutes=1))
def sweep(_slot: Slot) -> None:
    """Each minute: find mail whose wake-up was lost, whose wait is over, or whose sender died."""
    transaction.on_commit(wake_sender, robust=True)
