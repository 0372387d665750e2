"""Mail that is written and waits, when the hours of its reader change."""

from __future__ import annotations

from notifications.models import OutgoingMessage, Subscriber
from notifications.queries.clocks import clock
from notifications.rhythm import first_allowed


def move_waiting(subscriber: Subscriber) -> int:
    """Let what waits for a person wait on for as long as they want quiet; nothing comes sooner. Returns how many moved.

    Service mail and what is pressing wait for nobody. Otherwise a pause that begins while mail waits would hold it back
    for good, and not until it is over.
    """
    Status = OutgoingMessage.Status
    waiting = OutgoingMessage.objects.filter(person=subscriber.person_id, status=Status.DUE).exclude(topic="")
    rows = [row for row in waiting if not row.conditions.get("chosen", {}).get("pressing")]
    if subscriber.person_id is None or not rows:
        return 0
    rhythm, moved = clock().rhythm_of(subscriber), 0
    for row in rows:
        due_at = first_allowed(rhythm, row.due_at)
        if due_at > row.due_at:
            # Only what nobody has taken up meanwhile.
            free = OutgoingMessage.objects.filter(pk=row.pk, status=Status.DUE, lease_until=None)
            moved += free.update(due_at=due_at)
    return moved
