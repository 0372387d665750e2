"""Which addresses mail rests for."""

from __future__ import annotations

from django.db.models import QuerySet

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from notifications.models import RestingAddress


def resting_address_of(actor: Actor) -> RestingAddress | None:
    """The rest of the actor's own address, or None when mail goes to it or nobody is signed in. One query."""
    if actor.person is None:
        return None
    return RestingAddress.objects.filter(email=actor.person.email.lower(), ended_at=None).first()


def is_resting(email: str) -> bool:
    """Whether mail to an address rests. One query by index."""
    return RestingAddress.objects.filter(email=email.lower(), ended_at=None).exists()


def wants_no_mail(email: str) -> bool:
    """Whether mail rests because its reader said so, here or to who keeps their mail; not because it came back."""
    rests = RestingAddress.objects.filter(email=email.lower(), ended_at=None)
    return rests.exclude(reason=RestingAddress.Reason.BOUNCE).exists()


def resting_addresses(*, actor: Actor) -> QuerySet[RestingAddress]:
    """Every address that mail rests for now, newest first. Officers and operators."""
    require(actor, "mail.manage")
    return RestingAddress.objects.filter(ended_at=None).order_by("-since", "pk")
