"""Calendar entries (RFC 5545) and what goes with a mail (RFC 5546), whatever they are about.

An entry keeps its UID for good and raises its SEQUENCE with each change of what stands in it, so that calendars move
it instead of doubling it. Times are on the place's clock, with the rules of that clock beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

from groundwork.clock import now

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

REMINDED: Final = timedelta(hours=-1)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Whom a calendar entry is sent to: one person, never a list that tells each of the others."""

    email: str
    name: str = ""


def entry(
    *,
    uuid: UUID,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    is_cancelled: bool,
    url: str,
    summary: str,
    description: str,
    location: str = "",
    is_confidential: bool = False,
) -> Event:
    """One entry, without whom it is sent to."""
    zone = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", f"{uuid}@{_host()}")
    event.add("sequence", sequence)
    event.add("dtstamp", now().astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at.astimezone(zone))
    event.add("dtend", ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("url", url)
    event.add("summary", summary)
    event.add("description", description)
    if is_confidential:
        event.add("class", "CONFIDENTIAL")
    if location:
        event.add("location", location)
    return event


def sent_to(event: Event, attendee: Attendee, method: Method, *, on_behalf_of: str, reminder: str) -> Event:
    """``event`` as it is mailed to one person: organiser, attendee and, unless it is cancelled, one alarm.

    ``on_behalf_of`` names the organiser; the address is our own, which can be replied to: a calendar drops an entry
    whose organiser did not send it.
    """
    organiser = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organiser.params["CN"] = vText(on_behalf_of)
    event.add("organizer", organiser)
    who = vCalAddress(f"mailto:{attendee.email}")
    if attendee.name:
        who.params["CN"] = vText(attendee.name)
    who.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT"})
    if method == "REQUEST":
        who.params.update({"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
    event.add("attendee", who)
    if method == "CANCEL":
        event["STATUS"] = vText("CANCELLED")
    else:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", reminder)
        alarm.add("trigger", REMINDED)
        event.add_component(alarm)
    return event


def whole(events: Sequence[Event], method: Method = "PUBLISH", *, made_by: str, name: str = "") -> str:
    """The text of a calendar with ``events`` in it and the rules of their clock beside them.

    ``made_by`` is what the entries are of, in English ("Workshops"): it stands in PRODID.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Golden Thread//{made_by}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    if events:
        begins = min(event.start for event in events)
        ends = max(event.end for event in events)
        calendar.add_component(_timezone(settings.TIME_ZONE, begins.year - 1, ends.year + 1))
    for event in events:
        calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))


def _timezone(key: str, first: int, last: int) -> Timezone:
    """The rules of a place's clock from the beginning of year ``first`` to the end of year ``last``.

    Made here, and not by the library, which gives the spring change an hour late.
    """
    zone = ZoneInfo(key)
    timezone = Timezone()
    timezone.add("tzid", key)
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    before = _offset(moment, zone)
    timezone.add_component(_observance(moment, before, before, zone))
    while moment < end:
        after = moment + timedelta(days=1)
        if _offset(after, zone) != before:
            change = _change(moment, after, zone)
            timezone.add_component(_observance(change, before, _offset(change, zone), zone))
            before = _offset(after, zone)
        moment = after
    return timezone


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute in which the clock changes: later than ``before``, not later than ``after``."""
    old = _offset(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _observance(
    moment: datetime, was: timedelta, becomes: timedelta, zone: ZoneInfo
) -> TimezoneStandard | TimezoneDaylight:
    local = moment.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # In the time that held until then (RFC 5545, 3.6.5).
    part.add("dtstart", (moment + was).replace(tzinfo=None))
    part.add("tzoffsetfrom", was)
    part.add("tzoffsetto", becomes)
    part.add("tzname", local.tzname() or settings.TIME_ZONE)
    return part


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
