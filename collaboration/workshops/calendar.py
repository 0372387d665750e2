"""Workshops as calendar entries: one to take away, a feed of many, and what goes with a mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Event

from collaboration.workshops.models import Workshop
from groundwork import ical
from groundwork.directory.queries import the_place
from groundwork.ical import Attendee, Method

__all__ = ["Attendee", "entries", "feed", "invitation"]

WITHOUT_END: Final = timedelta(hours=1)
"""How much of a calendar a workshop takes that does not say when it ends."""
MADE_BY: Final = "Workshops"


def invitation(workshop: Workshop, attendee: Attendee, method: Method = "REQUEST") -> str:
    """The calendar part of a mail to one person, or "" for a workshop without a date.

    Of a sensitive workshop it says when, and where to read more, and nothing else (promise U21).
    """
    if workshop.starts_at is None:
        return ""
    event = _event(workshop, address=f"{settings.BASE_URL}/w/{workshop.code}/", call=workshop.link)
    reminder = _("The workshop begins in an hour.")
    ical.sent_to(event, attendee, method, on_behalf_of=workshop.host.name, reminder=reminder)
    return ical.whole([event], method, made_by=MADE_BY)


def feed(workshops: Iterable[Workshop]) -> str:
    """Those of ``workshops`` that have a date, as a calendar that others subscribe to or take away."""
    place = the_place()
    name = _("Workshops: %(place)s") % {"place": place.name} if place else _("Workshops")
    return ical.whole(entries(workshops), made_by=MADE_BY, name=name)


def entries(workshops: Iterable[Workshop]) -> list[Event]:
    """Those of ``workshops`` that have a date. Whoever finds a workshop reads this; the call is for its people."""
    return [
        _event(each, address=f"{settings.BASE_URL}/workshops/{each.code}/", call="")
        for each in workshops
        if each.starts_at is not None
    ]


def _event(workshop: Workshop, *, address: str, call: str) -> Event:
    """``call``: the address of the video call, for those who may know it."""
    assert workshop.starts_at is not None, "Only what has a date stands in a calendar."  # noqa: S101
    sensitive = workshop.sensitive
    return ical.entry(
        uuid=workshop.uuid,
        sequence=workshop.sequence,
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at or workshop.starts_at + WITHOUT_END,
        is_cancelled=workshop.status == Workshop.Status.CANCELLED,
        url=address,
        summary=_("Workshop hosted by %(host)s") % {"host": workshop.host.name} if sensitive else workshop.title,
        description=address if sensitive else "\n\n".join(filter(None, [workshop.purpose, call, address])),
        location="" if sensitive else workshop.venue or call,
        is_confidential=sensitive,
    )
