"""Mail that waited may have become wrong in part. What its kind says anew just before it goes."""

from __future__ import annotations

from collections.abc import Callable

from notifications.models import OutgoingMessage
from notifications.services.queueing import Written

Rewrite = Callable[[OutgoingMessage], Written | None]
"""What a message says now; None where it can go as it is."""

_rewrites: dict[str, Rewrite] = {}


def rewrites(*kinds: str) -> Callable[[Rewrite], Rewrite]:
    """Register what says messages of these kinds anew."""

    def register(function: Rewrite) -> Rewrite:
        for kind in kinds:
            if _rewrites.get(kind, function) is not function:
                raise LookupError(f"{kind} is rewritten in two places.")
            _rewrites[kind] = function
        return function

    return register


def bring_up_to_date(message: OutgoingMessage) -> None:
    """Let a leased message, which has gone nowhere yet, say what holds now, and keep that."""
    rewrite = _rewrites.get(message.kind)
    written = rewrite(message) if rewrite is not None else None
    if written is None:
        return
    message.subject, message.text, message.html = written.subject, written.text, written.html
    # Only while the lease is ours: what was handed over stays as it went.
    mine = OutgoingMessage.objects.filter(
        pk=message.pk, status=OutgoingMessage.Status.DUE, lease_until=message.lease_until
    )
    mine.update(subject=written.subject, text=written.text, html=written.html)
