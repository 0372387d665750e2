"""Calendar entries, read back as calendars read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from collaboration.workshops import calendar, queries, services
from collaboration.workshops.models import Workshop
from groundwork import ical
from tests.collaboration.workshops.ground import Ground, lay, planned

ANN = calendar.Attendee("ann@parish.example", 'Ann; Archer, "B"\r\nATTENDEE:mailto:eve@evil.example')
SUMMER = {
    "starts_at": datetime(2027, 6, 10, 13, 0, tzinfo=UTC),
    "ends_at": datetime(2027, 6, 10, 15, 0, tzinfo=UTC),
}


@pytest.fixture
def ground(clock: time_machine.Coordinates, db: None) -> Ground:
    return lay()


def read(text: str) -> tuple[Calendar, list]:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    [whole] = Calendar.from_ical(text, multiple=True)
    return whole, list(whole.walk("VEVENT"))


def test_an_invitation_is_for_one_person(ground: Ground) -> None:
    it = planned(ground, **SUMMER, venue="Village hall, Church Lane", link="https://meet.example.org/1")
    whole, [event] = read(calendar.invitation(it, ANN))
    assert whole["METHOD"] == "REQUEST"
    assert event["UID"] == f"{it.uuid}@localhost"
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event.start == datetime(2027, 6, 10, 14, 0, tzinfo=ZoneInfo("Europe/London"))
    assert event.end - event.start == timedelta(hours=2)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event["ATTENDEE"] == "mailto:ann@parish.example"
    assert (event["ATTENDEE"].params["PARTSTAT"], event["ATTENDEE"].params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert event["ORGANIZER"] == "mailto:golden-thread@example.org"
    assert event["LOCATION"] == "Village hall, Church Lane"
    assert it.title == event["SUMMARY"]
    assert "https://meet.example.org/1" in event["DESCRIPTION"]
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-1)
    [zone] = whole.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/London"


def test_a_change_and_the_cancellation_are_of_the_same_entry(ground: Ground) -> None:
    it = planned(ground, **SUMMER)
    act = {"actor": ground["member"], "workshop": it}
    first = read(calendar.invitation(it, ANN))[1][0]
    it = services.change_workshop(**act, version=None, venue="Town hall")
    second = read(calendar.invitation(it, ANN))[1][0]
    it = services.cancel_workshop(**act)
    whole, [last] = read(calendar.invitation(it, ANN, "CANCEL"))
    assert whole["METHOD"] == "CANCEL"
    assert last["STATUS"] == "CANCELLED"
    assert first["UID"] == second["UID"] == last["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"], last["SEQUENCE"]) == (0, 1, 2)
    assert not last.walk("VALARM")
    _whole, [listed] = read(calendar.feed([it]))
    assert listed["STATUS"] == "CANCELLED"


def test_of_a_sensitive_workshop_it_says_only_when(ground: Ground) -> None:
    it = planned(
        ground,
        **SUMMER,
        title="Canary",
        purpose="Canary",
        venue="Canary",
        link="https://canary.example",
        sensitive=True,
    )
    for text in (calendar.invitation(it, ANN), calendar.feed([it])):
        assert "anary" not in text
        assert read(text)[1][0]["SUMMARY"] == "Workshop hosted by Vale Council"


def test_without_a_date_there_is_nothing(ground: Ground) -> None:
    it = planned(ground, starts_at=None, ends_at=None)
    assert calendar.invitation(it, ANN) == ""
    whole, events = read(calendar.feed([it]))
    assert (whole["METHOD"], events) == ("PUBLISH", [])


def test_a_feed_costs_one_query_however_long(ground: Ground, django_assert_num_queries) -> None:
    for number in (1, 3):
        for extra in range(number):
            planned(ground, title=f"{number} {extra}")
        with django_assert_num_queries(2):
            _whole, events = read(calendar.feed(queries.for_feed(ground["lead"])))
        assert len(events) == Workshop.objects.count()
    assert events[0].end - events[0].start == timedelta(hours=2)
    assert "Workshops: The Vale" in calendar.feed([])


@settings(max_examples=60, deadline=None)
@given(
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),
    key=st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/New_York", "UTC", "Asia/Kathmandu"]),
)
def test_the_rules_of_the_clock_give_the_instant_that_was_meant(moment: datetime, key: str) -> None:
    """Whoever knows no zones but what the entry says reads the same instant."""
    moment = moment.replace(second=0, microsecond=0)
    zone = ical._timezone(key, moment.year - 1, moment.year + 1)
    wall = moment.astimezone(ZoneInfo(key)).replace(tzinfo=None)
    if wall.replace(tzinfo=ZoneInfo(key), fold=0).utcoffset() != wall.replace(tzinfo=ZoneInfo(key), fold=1).utcoffset():
        return  # An hour that the clock shows twice: no calendar can tell which.
    observances = sorted(zone.subcomponents, key=lambda part: part["DTSTART"].dt)
    offset = [part["TZOFFSETTO"].td for part in observances if part["DTSTART"].dt <= wall][-1]
    assert wall - offset == moment.replace(tzinfo=None)


def test_the_video_call_stands_in_invitations_and_in_no_feed(ground: Ground) -> None:
    it = planned(ground, **SUMMER, link="https://meet.example.org/1")
    assert "meet.example.org" in calendar.invitation(it, calendar.Attendee("a@example.org", "A"))
    assert "meet.example.org" not in calendar.feed([it])
