"""What people have seen: their messages, and records whose changes a digest then need not tell them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from collaboration.governance.queries import boards as partnerships
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.clock import now
from notifications.models import Follow, Seen
from notifications.queries.messages import MESSAGES
from notifications.services.ringing import ring

KEPT: Final = timedelta(days=62)
"""For how long it is known that somebody looked at a record: no digest looks back any further."""


def mark_messages_read(*, actor: Actor, until: datetime | None = None) -> None:
    """The actor has read what was written up to ``until`` (now when not given). It never makes anything unread again.

    Nobody else is told, and no audit entry says so: it is about nothing but their own bell.
    """
    require(actor, "messages.read")
    person = actor.person
    assert person is not None  # noqa: S101 - the rule asks for one
    at = min(until or now(), now())
    Seen.objects.bulk_create([Seen(person=person, subject=MESSAGES, at=at)], ignore_conflicts=True)
    Seen.objects.filter(person=person, subject=MESSAGES, at__lt=at).update(at=at)
    ring([person.pk])


def look_at(*, actor: Actor, kind: str, key: str) -> bool:
    """The actor has the page of an ``initiative`` (by reference), a ``workshop`` (by code) or a board before them.

    A ``partnership`` board is named by the word its address ends with. Kept only for people who follow something,
    because nothing else ever asks for it. Returns whether it was kept.
    Raises :class:`NotFound` for what they may not see.
    """
    require(actor, "messages.read")
    if not Follow.objects.filter(subscriber__person=actor.person).exists():
        return False
    Seen.objects.bulk_create(
        [Seen(person=actor.person, subject=subject_of(kind, _found(actor, kind, key)), at=now())],
        update_conflicts=True,
        unique_fields=["person", "subject"],
        update_fields=["at"],
    )
    return True


def subject_of(kind: str, pk: int) -> str:
    """How a record is named in :attr:`Seen.subject`: ``initiative:42``, by primary key."""
    return f"{kind}:{pk}"


def forget_looks(at: datetime | None = None) -> int:
    """Delete what is older than any digest looks back. Returns how many there were."""
    old = Seen.objects.filter(at__lt=(at or now()) - KEPT).exclude(subject=MESSAGES)
    return old.delete()[0]


def _found(actor: Actor, kind: str, key: str) -> int:
    if kind == "initiative":
        return initiatives.get(actor, key).pk
    if kind == "workshop":
        return workshops.find(actor, key).pk
    if kind == "partnership":
        return partnerships.get(actor, key).pk
    raise NotFound(_("There is no such record."))
