"""Addresses that mail rests for: what puts one to rest, and what ends the rest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, SystemActor
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.audit import services as audit
from groundwork.clock import now
from notifications.models import RestingAddress

Reason = RestingAddress.Reason

POST = SystemActor(name="mail")


def rest(email: str, *, reason: str, detail: str = "", at: datetime | None = None) -> RestingAddress:
    """Let mail to an address rest. One that rests already keeps its day; a complaint outweighs a bounce.

    ``reason`` is a :class:`RestingAddress.Reason`, ``detail`` what the other side said. Whether a message is service
    mail, which goes on, is asked when it is sent.
    """
    at = at or now()
    email = email.strip().lower()
    with transaction.atomic():
        row, is_new = RestingAddress.objects.select_for_update().get_or_create(
            email=email, defaults={"reason": reason, "detail": detail[:500], "since": at}
        )
        if is_new:
            changes: dict[str, list[object]] = {"reason": ["", reason]}
        elif row.ended_at is not None:
            changes = {"reason": ["", reason], "times": [row.times, row.times + 1]}
            row.since, row.ended_at, row.times = at, None, row.times + 1
        elif reason == Reason.COMPLAINT != row.reason:
            changes = {"reason": [row.reason, reason]}
        else:
            return row
        row.reason, row.detail = reason, detail[:500]
        row.save()
        audit.keep(actor=POST, action="mail.rest", obj=row, changes=changes, at=at)
    return row


def try_again(*, actor: Actor, at: datetime | None = None) -> RestingAddress:
    """End the rest of the actor's own address, because they say that mail arrives there.

    Raises :class:`NotAllowed` for who is not signed in, :class:`NotFound` when nothing rests. If the next message comes
    back too, a new rest begins.
    """
    if actor.person is None:
        raise NotAllowed(_("Sign in to have your address tried again."))
    return _end(actor, RestingAddress.objects.filter(email=actor.person.email.lower()), at or now())


def end_because_asked_for(email: str, *, actor: Actor, at: datetime | None = None) -> bool:
    """End the rest of an address whose reader has just asked for mail by a link that only they were sent.

    Returns whether mail rested. Such a link proves both that mail arrives there and that it is wanted.
    """
    found = RestingAddress.objects.filter(email=email.strip().lower(), ended_at=None)
    if not found.exists():
        return False
    _end(actor, found, at or now())
    return True


def try_address_again(*, actor: Actor, resting_id: int, at: datetime | None = None) -> RestingAddress:
    """End the rest of somebody's address. Officers and operators; where its reader wants no mail, only they may."""
    require(actor, "mail.manage")
    found = RestingAddress.objects.filter(pk=resting_id)
    if found.exclude(reason=Reason.BOUNCE).exists():
        raise NotAllowed(_("Its reader wants no more of our mail. Only they can have it sent again."))
    return _end(actor, found, at or now())


def _end(actor: Actor, found: QuerySet[RestingAddress], at: datetime) -> RestingAddress:
    with transaction.atomic():
        row = found.select_for_update().filter(ended_at=None).first()
        if row is None:
            raise NotFound(_("Mail to this address is not resting."))
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        audit.keep(actor=actor, action="mail.try_again", obj=row, changes={"rests": [True, False]}, at=at)
    return row
