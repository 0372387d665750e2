"""What workshops do by the clock."""

from __future__ import annotations

from datetime import time

from collaboration.workshops.services.forgetting import let_go, tell_next_due
from groundwork.schedule.registry import Slot, daily, job


@job("workshops.let_go", when=daily(time(3, 40)))
def forget(slot: Slot) -> None:
    """Each night, archive what was reported long ago, and let go of what has been kept for its time."""
    let_go(at=slot.due_at)


@job("workshops.tell_next", when=daily(time(9, 0), weekdays=(0, 1, 2, 3, 4)))
def tell_what_happened_next(slot: Slot) -> None:
    """On working mornings, tell what happened next where its day has come and it is written down."""
    tell_next_due(at=slot.due_at)
