"""What runs by the clock: forgetting what is no longer needed."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.contrib.sessions.models import Session

from groundwork.accounts.services import limits, signing_in, tokens
from groundwork.clock import now
from groundwork.schedule.registry import Slot, daily, job


@job("accounts.forget_old", when=daily(time(3, 20)))
def forget_old(slot: Slot) -> None:
    """Delete used links, old counters, tokens that ended long ago and sessions that have run out."""
    signing_in.forget_old()
    limits.forget_old()
    tokens.forget_old()
    if settings.SESSION_ENGINE.endswith(".db"):
        Session.objects.filter(expire_date__lt=now()).delete()
