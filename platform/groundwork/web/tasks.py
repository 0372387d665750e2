"""What runs by the clock: forgetting idempotency keys."""

from __future__ import annotations

from datetime import time

from groundwork.schedule.registry import Slot, daily, job
from groundwork.web.services import forget_old_keys


@job("web.forget_old_keys", when=daily(time(3, 10)))
def forget(slot: Slot) -> None:
    """A request that comes again after two days is a new one."""
    forget_old_keys(at=slot.due_at)
