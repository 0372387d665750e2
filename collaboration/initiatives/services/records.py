"""What every change of an initiative has in common: the lock, the version, the audit entry, the event, the index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.initiatives import indexing
from collaboration.initiatives.events import InitiativeChanged
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.queries import history_of
from groundwork.audit.services import keep
from groundwork.directory.models import Place
from groundwork.events.services import record

DOUBLE_CLICK: Final = timedelta(seconds=10)
"""The same thing said again by the same person within this time is the same act, not a second one."""

KEEPS_VERSION: Final = (
    "initiative.verify",
    "initiative.update",
    "initiative.learn",
    "initiative.ask_review",
    "initiative.ask_or_offer",
    "initiative.close_ask_or_offer",
    "initiative.challenge",
    "initiative.respond",
    "initiative.report_problem",
    "initiative.close_problem",
    "partner.ask",
    "partner.confirm",
    "partner.decline",
    "join.ask",
    "join.answer",
)
"""Acts beside the record: they do not make an open edit of it stale."""


def locked(initiative: Initiative, *, actor: Actor, verb: str) -> Initiative:
    """A fresh copy of the row, locked until the transaction ends, once ``actor`` is found to be allowed ``verb``.

    The check comes after the lock, so that what it looks at cannot change before the act.
    """
    row = Initiative.objects.select_for_update().filter(pk=initiative.pk).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, verb, row)
    return row


def same_version(initiative: Initiative, version: int | None, *, actor: Actor) -> None:
    """Raise :class:`Conflict`, saying who changed it and when, unless ``version`` is the present one."""
    if version is None or version == initiative.version:
        return
    last = history_of(initiative).exclude(action__in=KEEPS_VERSION).first()
    who = _("somebody")
    if last is not None:
        if last.person is not None and last.person == actor.person:
            who = _("you, in another window or by a second click,")
        elif last.person is not None and last.organisation is not None:
            who = f"{last.person.display_name} ({last.organisation.name})"
        elif last.person is not None:
            who = last.person.display_name
    raise Conflict(
        _("“%(title)s” was changed by %(who)s at %(when)s, after you opened it. Check what changed, then save again.")
        % {"title": initiative.title, "who": who, "when": spoken_time(last.at if last else initiative.changed_at)}
    )


def spoken_time(at: datetime) -> str:
    """The time of day in the place, ``14:05``, with the day, ``14:05 on 3 March 2026``, when it was not today."""
    local = timezone.localtime(at)
    clock = local.strftime("%H:%M")
    if local.date() == timezone.localdate():
        return clock
    return _("%(clock)s on %(day)s") % {"clock": clock, "day": date_format(local, "j F Y")}


def spoken_day(day: date | None) -> str | None:
    return date_format(day, "j F Y") if day else None


def changed(
    *,
    actor: Actor,
    initiative: Initiative,
    changes: Mapping[str, Any],
    at: datetime,
    action: str = "initiative.edit",
) -> None:
    """Save a change of the record itself: next version, audit entry, ``initiative.changed``, index."""
    bump(initiative, at=at)
    keep(actor=actor, action=action, obj=initiative, changes=changes, at=at)
    record(
        InitiativeChanged(
            initiative_id=initiative.pk,
            reference=initiative.reference,
            version=initiative.version,
            fields=sorted(changes),
        ),
        actor=actor,
    )
    index(initiative)


def bump(initiative: Initiative, *, at: datetime) -> None:
    """Save the locked row as its next version."""
    initiative.version += 1
    initiative.changed_at = at
    initiative.save()


def index(*initiatives: Initiative) -> None:
    """Refresh what these are found by. Drafts are not found at all, so they cost nothing."""
    ids = [i.pk for i in initiatives if i.is_published]
    if ids:
        indexing.reindex(ids)


def lock_counter() -> Place:
    """The place, with its counter of references locked until the transaction ends."""
    place = Place.objects.select_for_update().order_by("pk").first()
    if place is None:
        raise Conflict(_("No place is loaded yet. An operator has to load one first."))
    return place


def next_reference(place: Place | None = None) -> tuple[int, str]:
    """The next number and its reference, ``ESX-0042``.

    The counter is locked until the transaction ends: numbers follow the order of commits, none is given twice, and a
    transaction that fails leaves no gap.
    """
    place = place or lock_counter()
    place.last_reference += 1
    place.save(update_fields=["last_reference"])
    return place.last_reference, reference_of(place, place.last_reference)


def reference_of(place: Place, number: int) -> str:
    """How a number of the place is written and spoken: ``ESX-0042``."""
    return f"{place.reference_prefix}-{number:04d}"
