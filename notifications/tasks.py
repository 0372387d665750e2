"""What Celery runs for the mail."""

from __future__ import annotations

from datetime import time, timedelta

from celery import shared_task
from django.db import transaction

from groundwork.schedule.registry import Slot, daily, every, job
from notifications import services
from notifications.services import asking, digesting, keeping, packing, reminding, seeing
from notifications.services.queueing import wake_sender


@shared_task(name="mail.send")
def send_mail() -> None:
    """Send what is due."""
    services.send_due()


@shared_task(name="digests.make")
def make_digests() -> None:
    """Make the digests that are due."""
    digesting.make_all_due()


@shared_task(name="packs.make")
def write_packs() -> None:
    """Write the packs of last month that nobody wrote yet."""
    packing.make()


@job("digests.look", when=every(minutes=1))
def look(_slot: Slot) -> None:
    """Each minute: a worker looks at whose digest is due, batch by batch: this transaction would be one for all."""
    transaction.on_commit(digesting.wake_maker, robust=True)


@job("digests.forget", when=daily(time(3, 30)))
def forget_digests(slot: Slot) -> None:
    """What is known of digests of more than a year ago goes each night."""
    digesting.forget_old(at=slot.due_at)
    packing.forget_old(at=slot.due_at)


@job("packs.look", when=every(minutes=10))
def look_at_packs(slot: Slot) -> None:
    """Early in a month: a worker writes the monthly packs of boards that nobody wrote yet, each by itself."""
    if packing.are_due(slot.due_at):
        transaction.on_commit(packing.wake_maker, robust=True)


@job("mail.sweep", when=every(minutes=1))
def sweep(_slot: Slot) -> None:
    """Each minute: find mail whose wake-up was lost, whose wait is over, or whose sender died."""
    transaction.on_commit(wake_sender, robust=True)


@job("mail.forget_looks", when=daily(time(3, 40)))
def forget_looks(_slot: Slot) -> None:
    """Who looked at which record is not kept for longer than a digest looks back."""
    seeing.forget_looks()


@job("mail.let_go", when=daily(time(3, 20)))
def let_go(slot: Slot) -> None:
    """The words of old mail go each night, and later that there was any."""
    keeping.let_go(at=slot.due_at)


@job("mail.forget_addresses", when=daily(time(3, 50)))
def forget_addresses(slot: Slot) -> None:
    """Addresses that were asked whether they want mail and did not answer are deleted, and those that stopped it."""
    asking.let_go(at=slot.due_at)


@job("mail.remind", when=daily(time(8, 0), weekdays=(0, 1, 2, 3, 4), late_by=timedelta(hours=9)))
def remind(slot: Slot) -> None:
    """On working mornings, one mail to each person with everything that waits for them. Not in the evening."""
    reminding.remind(at=slot.due_at)


@job("mail.forget_reminded", when=daily(time(3, 55)))
def forget_reminded(slot: Slot) -> None:
    """Which reminders went long ago needs no row."""
    reminding.forget_reminded(at=slot.due_at)
