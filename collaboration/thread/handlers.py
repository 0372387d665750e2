"""What changes in the register changes the counts."""

from __future__ import annotations

from collaboration.thread import services
from groundwork.events.registry import Envelope, handles

CHANGES_COUNTS = (
    "initiative.published",
    "initiative.changed",
    "initiative.withdrawn",
    "initiative.restored",
    "initiative.merged",
    "partner.confirmed",
    "partner.declined",
    "partner.ended",
    "join.answered",
)


@handles(*CHANGES_COUNTS, name="thread.coverage")
def count_again(envelope: Envelope) -> None:
    """Count again what the initiatives of this event count towards."""
    ids = (envelope.payload.get("initiative_id"), envelope.payload.get("into_id"))
    services.recount_initiatives(pk for pk in ids if pk)
