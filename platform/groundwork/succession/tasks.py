"""What takes effect because its day has come."""

from __future__ import annotations

from collections.abc import Iterable

from groundwork.access.actors import SystemActor
from groundwork.schedule.registry import Slot, every, job
from groundwork.succession import queries
from groundwork.succession.services import take_effect


def _due(slot: Slot) -> Iterable[str]:
    """Those whose day has come, the earliest first; areas of a day before its organisations, which speak of them."""
    return [str(pk) for pk in queries.due(at=slot.due_at)]


@job("succession.take_effect", when=every(minutes=1), subjects=_due)
def due_now(slot: Slot) -> None:
    """However late: it holds from the first instant of its day. One that cannot take effect says why on its page."""
    take_effect(actor=SystemActor(name="succession"), succession_id=int(slot.subject), at=slot.due_at)
