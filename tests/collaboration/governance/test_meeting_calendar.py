"""Meetings as calendar entries, read by a library that did not write them."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from collaboration.governance import calendar
from collaboration.governance.models import Meeting
from collaboration.governance.services import inviting, planning
from groundwork.events import relay
from groundwork.ical import Attendee
from notifications.models import OutgoingMessage
from notifications.queries.composing import content_of
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, SECRETARY, Ground

with warnings.catch_warnings():
    # Of the library itself: it is only read with in tests.
    warnings.simplefilter("ignore")
    import vobject

ANN = Attendee("ann@parish.example", 'Ann; Archer, "B"\r\nATTENDEE:mailto:eve@evil.example')
STARTS = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)


@pytest.fixture
def ground(clock: time_machine.Coordinates, db: None) -> Ground:
    return grounds.lay()


def planned(ground: Ground, **fields: Any) -> Meeting:
    values: dict[str, Any] = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=2), **fields}
    return planning.plan(actor=ground[SECRETARY], board=ground.board, **values)


def read(text: str) -> Any:
    """The calendar of a text, by the second library."""
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vobject.readOne(text)


def test_an_invitation_is_for_one_person(ground: Ground) -> None:
    it = planned(ground, venue="Town hall", link="https://meet.example.org/1", title="Winter")
    text = calendar.invitation(it, ANN)
    assert "\r\nDTSTART;TZID=Europe/London:20270610T140000\r\n" in text
    whole = read(text)
    event = whole.vevent
    assert whole.method.value == "REQUEST"
    assert event.uid.value == f"{it.uuid}@localhost"
    assert (event.sequence.value, event.status.value) == ("0", "CONFIRMED")
    assert event.dtstart.value.astimezone(UTC) == STARTS
    assert event.dtend.value.astimezone(UTC) == STARTS + timedelta(hours=2)
    [attendee] = event.attendee_list
    assert attendee.value == "mailto:ann@parish.example"
    assert attendee.params["RSVP"] == ["TRUE"]
    assert attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert event.organizer.value == "mailto:golden-thread@example.org"
    assert event.location.value == "Town hall"
    assert event.summary.value == f"{ground.board}: Winter"
    assert "https://meet.example.org/1" in event.description.value
    [alarm] = event.valarm_list
    assert alarm.trigger.value == timedelta(hours=-1)
    [zone] = whole.vtimezone_list
    assert zone.tzid.value == "Europe/London"


@pytest.mark.parametrize(
    ("at", "offset"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 0),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), 1),
        (datetime(2027, 10, 31, 9, 0, tzinfo=UTC), 0),
        (datetime(2027, 7, 1, 9, 0, tzinfo=UTC), 1),
    ],
)
def test_the_clock_of_the_entry_is_that_of_the_place(ground: Ground, at: datetime, offset: int) -> None:
    """The rules that come with the entry give the instant that was meant, on both sides of a change of the clock."""
    it = planned(ground, starts_at=at, ends_at=at + timedelta(hours=1))
    event = read(calendar.feed([it], name="x")).vevent
    assert event.dtstart.value.astimezone(UTC) == at
    assert event.dtstart.value.utcoffset() == timedelta(hours=offset)


def test_a_feed_holds_no_call_and_says_what_is_cancelled(ground: Ground) -> None:
    open_one = planned(ground, link="https://meet.example.org/1", notes="Door code 1234")
    gone = planned(ground, title="Gone")
    gone = planning.cancel(actor=ground[SECRETARY], meeting=gone, reason="Snow")
    text = calendar.feed([open_one, gone], name="Vale")
    assert "meet.example.org" not in text.replace("\r\n ", "")
    assert "1234" not in text.replace("\r\n ", "")
    whole = read(text)
    assert whole.method.value == "PUBLISH"
    assert [event.status.value for event in whole.vevent_list] == ["CONFIRMED", "CANCELLED"]


def test_a_meeting_for_named_people_says_only_whose_it_is(ground: Ground) -> None:
    it = planned(ground, access="named", title="Pay", venue="Room 1", link="https://meet.example.org/1", notes="Secret")
    text = calendar.invitation(it, ANN).replace("\r\n ", "")
    for hidden in ("Pay", "Room 1", "meet.example.org", "Secret"):
        assert hidden not in text
    assert read(calendar.invitation(it, ANN)).vevent.summary.value == str(ground.board)


def mails() -> list[tuple[str, Any]]:
    """Whom each mail went to, and the calendar entry in it: as alternative and as attachment, the same."""
    found = []
    for row in OutgoingMessage.objects.filter(kind__startswith="meeting.").order_by("created_at", "pk"):
        mail = message_from_bytes(content_of(row), policy=policy.default)
        assert mail.get_content_type() == "multipart/mixed"
        inner, attached = mail.iter_parts()
        assert inner.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in inner.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
        part = list(inner.iter_parts())[-1]
        assert attached.get_filename() == "invite.ics"
        content = attached.get_content()
        body = (content if isinstance(content, str) else content.decode()).replace("\r\n", "\n")
        assert part.get_content().replace("\r\n", "\n").strip() == body.strip()
        whole = read(body.replace("\n", "\r\n"))
        assert part.get_param("method") == whole.method.value
        [attendee] = whole.vevent.attendee_list
        assert attendee.value == f"mailto:{row.recipient}"
        found.append((row.recipient, whole))
    return found


def test_request_update_and_cancel_are_of_one_entry(ground: Ground) -> None:
    meeting = planning.call(actor=ground[SECRETARY], meeting=planned(ground))
    relay.drain()
    first = mails()
    assert len(first) == 3
    assert len({recipient for recipient, _whole in first}) == 3
    assert set(meeting.invitations.values_list("told_sequence", flat=True)) == {0}
    inviting.answer(
        invitation=meeting.invitations.get(person=ground[CHAIR].person), answer="deputy", actor=ground[CHAIR]
    )
    relay.drain()
    assert len(mails()) == 4
    later = {"starts_at": STARTS + timedelta(days=1), "ends_at": STARTS + timedelta(days=1, hours=1)}
    planning.change(actor=ground[SECRETARY], meeting=meeting, version=None, **later)
    relay.drain()
    planning.cancel(actor=ground[SECRETARY], meeting=meeting, reason="The hall is flooded.")
    relay.drain()
    said = [(whole.method.value, int(whole.vevent.sequence.value)) for _to, whole in mails()]
    assert sorted(said) == sorted([("REQUEST", 0)] * 4 + [("REQUEST", 1)] * 4 + [("CANCEL", 2)] * 4)
    assert {whole.vevent.uid.value for _to, whole in mails()} == {f"{meeting.uuid}@localhost"}
    moved = [whole.vevent.dtstart.value for _to, whole in mails() if whole.vevent.sequence.value == "1"]
    assert {each.astimezone(UTC) for each in moved} == {later["starts_at"]}
    assert set(meeting.invitations.values_list("told_cancelled", flat=True)) == {True}


def test_what_nobody_was_told_of_is_not_cancelled_by_mail(ground: Ground) -> None:
    meeting = planning.call(actor=ground[SECRETARY], meeting=planned(ground))
    planning.cancel(actor=ground[SECRETARY], meeting=meeting, reason="Snow")
    relay.drain()
    assert mails() == []
