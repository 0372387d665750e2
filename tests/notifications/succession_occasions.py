"""A merger of the council and the hospital, and a rename of the hospital, as mail tells of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from groundwork.access.actors import SystemActor
from groundwork.clock import now
from groundwork.events import relay
from groundwork.succession import services
from groundwork.succession.models import Succession
from tests.notifications.ground import Ground

SYSTEM = SystemActor(name="test")


def _day() -> date:
    return timezone.localdate(now()) + timedelta(days=30)


def merger(ground: Ground) -> Succession:
    """The council and the hospital become one body; announced."""
    reason = "An order of the <minister>, made up."
    said: dict[str, Any] = {"title": "One body for Northwick", "reason": reason, "effective_on": _day()}
    row = Succession.objects.create(id=981, of="organisation", kind="merge", **said)
    new = services.NewOrganisation(name="Northwick Together", sector="public")
    heir = services.add_successor(actor=SYSTEM, succession=row, version=None, new=new)
    for slug in (ground.council.slug, ground.hospital.slug):
        services.add_predecessor(actor=SYSTEM, succession=row, version=None, slug=slug, goes_to=[heir.pk])
    services.change(actor=SYSTEM, succession=row, version=None, is_announced=True, **said)
    return row


def _come(row: Succession) -> None:
    """Its day is today."""
    Succession.objects.filter(pk=row.pk).update(effective_on=timezone.localdate(now()))


def succession_coming(ground: Ground) -> None:
    merger(ground)
    relay.drain()


def succession_cancelled(ground: Ground) -> None:
    row = merger(ground)
    services.cancel(actor=SYSTEM, succession=row, reason="The order was taken back.")
    # What was planned is told no more: only that it is off.
    relay.drain()


def succession_applied(ground: Ground) -> None:
    row = merger(ground)
    _come(row)
    services.take_effect(actor=SYSTEM, succession_id=row.pk, at=now())
    relay.drain()


def succession_renamed(ground: Ground) -> None:
    said: dict[str, Any] = {"title": "A new name", "reason": "Its board chose it.", "effective_on": _day()}
    row = Succession.objects.create(id=982, of="organisation", kind="rename", **said)
    new = services.NewOrganisation(name="Vale Hospitals")
    slug = ground.hospital.slug
    services.add_successor(actor=SYSTEM, succession=row, version=None, existing=slug, new=new)
    _come(row)
    services.take_effect(actor=SYSTEM, succession_id=row.pk, at=now())
    relay.drain()
