"""The keys in the mail of meetings, and the digests by which they are recognised.

They are made from the service's secret; the database holds digests alone, so whoever reads it answers for nobody
(promise S16).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from collaboration.governance.models import MeetingInvitation


def digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def invitation_token(invitation: MeetingInvitation) -> str:
    """256 bits. Worked out again from the service's secret, so that each mail about a meeting holds the same link."""
    known = f"{invitation.pk}:{invitation.email}:{invitation.created_at.timestamp()}"
    return salted_hmac("collaboration.governance.invitation", known, algorithm="sha256").hexdigest()
