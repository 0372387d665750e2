"""What imports do by the clock."""

from __future__ import annotations

from datetime import time

from collaboration.imports.services import forget_lines
from groundwork.schedule.registry import Slot, daily, job


@job("imports.forget_lines", when=daily(time(3, 30)))
def forget(slot: Slot) -> None:
    """Each night, let go of the lines of files that cannot be undone any more."""
    forget_lines(at=slot.due_at)
