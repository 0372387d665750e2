"""Nightly housekeeping of what the platform itself writes."""

from __future__ import annotations

from datetime import time

from groundwork.events.services import forget_done
from groundwork.schedule.registry import Slot, daily, job
from groundwork.schedule.services import forget_runs


@job("groundwork.forget_runs", when=daily(time(2, 40)))
def runs(slot: Slot) -> None:
    """What ran long ago needs no row."""
    forget_runs(at=slot.due_at)


@job("groundwork.forget_done_events", when=daily(time(2, 50)))
def done_events(slot: Slot) -> None:
    """Events that every handler has had go after a while."""
    while forget_done(at=slot.due_at):
        pass
