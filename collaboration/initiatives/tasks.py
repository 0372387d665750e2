"""What the register does by the clock."""

from __future__ import annotations

from datetime import time

from collaboration.initiatives.services.forgetting import forget_addresses
from groundwork.schedule.registry import Slot, daily, job


@job("initiatives.forget_addresses", when=daily(time(3, 20)))
def forget(slot: Slot) -> None:
    """Each night, let go of addresses that were left more than a year ago."""
    forget_addresses(at=slot.due_at)
