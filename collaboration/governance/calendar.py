"""Meetings as calendar entries: one to take away, a feed of many, and what goes with a mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Event

from collaboration.governance.models import Access, Meeting
from groundwork import ical
from groundwork.ical import Attendee, Method

MADE_BY: Final = "Meetings"


def invitation(meeting: Meeting, attendee: Attendee, method: Method = "REQUEST", *, address: str = "") -> str:
    """The calendar part of a mail to one person. ``address``: where they answer; the meeting's page if empty.

    Of a meeting for named people it says whose it is and when, and nothing else: calendars are read by assistants.
    """
    event = _event(meeting, address=address, call=meeting.link, notes=meeting.notes)
    reminder = _("The meeting begins in an hour.")
    ical.sent_to(event, attendee, method, on_behalf_of=str(meeting.board), reminder=reminder)
    return ical.whole([event], method, made_by=MADE_BY)


def feed(meetings: Iterable[Meeting], *, name: str) -> str:
    """``meetings`` as a calendar that others subscribe to or take away, without the addresses of video calls."""
    return ical.whole(entries(meetings), made_by=MADE_BY, name=name)


def entries(meetings: Iterable[Meeting], *, with_call: bool = False) -> list[Event]:
    """``with_call``: for a calendar that only people who were invited read."""
    return [_event(each, call=each.link if with_call else "") for each in meetings]


def named(meeting: Meeting) -> str:
    """How a meeting is called where its board is not said beside it."""
    return f"{meeting.board}: {meeting.title}" if meeting.title else str(meeting.board)


def _event(meeting: Meeting, *, address: str = "", call: str = "", notes: str = "") -> Event:
    url = address or f"{settings.BASE_URL}{meeting.get_absolute_url()}"
    is_confidential = meeting.access == Access.NAMED
    if is_confidential:
        call = notes = ""
    return ical.entry(
        uuid=meeting.uuid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        is_cancelled=meeting.status == Meeting.Status.CANCELLED,
        url=url,
        summary=str(meeting.board) if is_confidential else named(meeting),
        description="\n\n".join(filter(None, [notes, call, url])),
        location="" if is_confidential else meeting.venue or call,
        is_confidential=is_confidential,
    )
