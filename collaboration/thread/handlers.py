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
    "initiatives.published",
    "initiatives.changed",
    "initiatives.moved",
)


@handles("succession.applied", name="thread.succeeded")
def count_everything_again(_envelope: Envelope) -> None:
    """Who counts as a partner where follows from who has ended: also in work that nobody passed on."""
    services.recount()


@handles(*CHANGES_COUNTS, name="thread.coverage")
def count_again(envelope: Envelope) -> None:
    """Count again what the initiative, or the initiatives, of this event count towards."""
    payload = envelope.payload
    ids = (payload.get("initiative_id"), payload.get("into_id"), *payload.get("initiative_ids", ()))
    services.recount_initiatives(pk for pk in ids if pk)
