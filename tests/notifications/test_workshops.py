"""Mail about workshops: to whom, with which calendar entry, and only while it is wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from icalendar import Calendar

from collaboration.workshops import queries as workshops
from collaboration.workshops import services
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import GuestActor, Public
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.events import relay
from notifications import queries
from notifications.kinds.workshops import spoken_when
from notifications.models import OutgoingMessage
from notifications.services import send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def planned(ground: Ground, **fields: object) -> Workshop:
    given = {
        "title": "Getting to the clinic",
        "template": "pre-mortem",
        "starts_at": now() + timedelta(days=3),
        "ends_at": now() + timedelta(days=3, hours=2),
        **fields,
    }
    it = services.plan_workshop(actor=ground.people["member"], **given)
    services.invite(
        actor=ground.people["member"],
        workshop=it,
        people=[(f"{name}@parish.example", name.title(), "participant") for name in ("ann", "bob")],
    )
    relay.drain()
    return it


def outbox(kind: str = "") -> dict[str, OutgoingMessage]:
    rows = OutgoingMessage.objects.order_by("created_at", "pk")
    return {row.recipient: row for row in (rows.filter(kind=kind) if kind else rows)}


def as_received(row: OutgoingMessage) -> EmailMessage:
    received = message_from_bytes(queries.compose(row).as_bytes(), policy=policy.default)
    assert isinstance(received, EmailMessage)
    return received


def test_an_invitation_carries_its_calendar_entry_twice(ground: Ground) -> None:
    it = planned(ground)
    row = outbox()["ann@parish.example"]

    mail = as_received(row)

    assert mail.get_content_type() == "multipart/mixed"
    alternative, attachment = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    entry = list(alternative.iter_parts())[2]
    assert entry.get_param("method") == "REQUEST"
    assert entry.get_content_charset() == "utf-8"
    assert (attachment.get_content_type(), attachment.get_filename()) == ("application/ics", "invite.ics")
    inside = entry.get_content().replace("\r\n", "\n")
    assert inside == attachment.get_content().decode().replace("\r\n", "\n")
    [event] = Calendar.from_ical(attachment.get_content()).walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:ann@parish.example"
    assert "bob" not in queries.compose(row).as_string()
    assert event.start == it.starts_at
    # A repeat is the same message, byte for byte.
    again = OutgoingMessage.objects.get(pk=row.pk)
    assert queries.compose(again).as_bytes() == queries.compose(row).as_bytes()


def test_each_is_invited_once_and_whoever_is_withdrawn_is_not_mailed(ground: Ground) -> None:
    it = planned(ground)
    for name in ("ann", "bob"):
        link = f"/w/invitation/{workshops.invitation_token(it.invitations.get(email=f'{name}@parish.example'))}/"
        assert link in outbox()[f"{name}@parish.example"].text
    bob = it.invitations.get(email="bob@parish.example")
    services.withdraw_invitation(actor=ground.people["member"], invitation=bob)

    send_due(transport=Mailbox())

    rows = outbox()
    assert {name: row.status for name, row in rows.items()} == {
        "ann@parish.example": "sent",
        "bob@parish.example": "suppressed",
    }
    # The link is a key, and so is the code that stands in the entry: neither stays.
    sent = rows["ann@parish.example"]
    assert (sent.text, sent.html, sent.calendar) == ("", "", "")


def test_a_renewed_invitation_takes_the_place_of_a_mail_that_waits(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    it = planned(ground)
    services.withdraw_invitation(
        actor=ground.people["member"], invitation=it.invitations.get(email="ann@parish.example")
    )
    clock.shift(timedelta(seconds=5))
    services.invite(actor=ground.people["member"], workshop=it, people=[("ann@parish.example", "", "participant")])
    relay.drain()
    send_due(transport=Mailbox())
    rows = OutgoingMessage.objects.filter(recipient="ann@parish.example").order_by("created_at")
    assert [row.status for row in rows] == ["suppressed", "sent"]


def test_changes_within_an_hour_are_told_in_one_mail(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground)
    other = planned(ground, title="Another one")
    OutgoingMessage.objects.all().delete()
    begun = now()
    for minutes, venue in enumerate(("Hall", "Library", "School", "Church")):
        clock.move_to(begun + timedelta(minutes=minutes * 15))
        services.change_workshop(actor=ground.people["member"], workshop=it, version=None, venue=venue)
        relay.drain()
        send_due(transport=Mailbox())
    rows = OutgoingMessage.objects.filter(recipient="ann@parish.example").order_by("created_at")
    assert [row.status for row in rows] == ["sent", "due", "due", "due"]
    services.change_workshop(actor=ground.people["member"], workshop=other, version=None, venue="Barn")
    relay.drain()
    send_due(transport=Mailbox())
    assert rows.filter(status="sent").count() == 2, "another workshop waits for nobody"
    clock.move_to(begun + timedelta(hours=1))
    send_due(transport=Mailbox())
    told = [row.status for row in rows.filter(subject__contains=it.title)]
    assert told == ["sent", "suppressed", "suppressed", "sent"]


def test_a_change_is_told_to_who_expects_it_and_only_the_last_one(ground: Ground) -> None:
    it = planned(ground)
    services.add_facilitator(actor=ground.people["member"], workshop=it, email="nurse@example.org")
    services.answer_invitation(
        token=workshops.invitation_token(it.invitations.get(email="bob@parish.example")), answer="no"
    )
    relay.drain()
    OutgoingMessage.objects.all().delete()
    act = {"actor": ground.people["member"], "workshop": it, "version": None}
    services.change_workshop(**act, purpose="Nobody is told of this")
    services.change_workshop(**act, venue="Not told", tell=False)
    relay.drain()
    assert outbox() == {}
    services.change_workshop(**act, venue="Village hall")
    relay.drain()
    services.change_workshop(**act, venue="Town hall")
    relay.drain()
    assert set(outbox()) == {"ann@parish.example", "nurse@example.org"}
    send_due(transport=Mailbox())
    rows = OutgoingMessage.objects.filter(recipient="ann@parish.example").order_by("created_at", "pk")
    assert [row.status for row in rows] == ["suppressed", "sent"]


def test_a_cancellation_leaves_every_calendar(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground)
    services.cancel_workshop(actor=ground.people["member"], workshop=it, reason="Flood")
    relay.drain()
    # Also when the invitation itself has run out by then.
    clock.shift(timedelta(days=30))
    send_due(transport=Mailbox())
    rows = outbox("workshop.cancelled")
    assert set(rows) == {"ann@parish.example", "bob@parish.example"}
    assert {row.status for row in rows.values()} == {"sent"}
    mail = as_received(rows["ann@parish.example"])
    entry = list(next(iter(mail.iter_parts())).iter_parts())[2]
    assert entry.get_param("method") == "CANCEL"
    [event] = Calendar.from_ical(entry.get_content()).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def held(ground: Ground, **fields: object) -> tuple[Workshop, services.Joined]:
    """Held by a member and a nurse, with a guest who left an address, one who did not, and one who was removed."""
    it = services.open_workshop(actor=ground.people["member"], workshop=planned(ground, **fields))
    services.join(actor=ground.people["nurse"], workshop=it)
    sam = services.join(actor=Public(), workshop=it, name="Sam", email="sam@example.org")
    services.join(actor=Public(), workshop=it, name="Shy")
    gone = services.join(actor=Public(), workshop=it, name="Gone", email="gone@example.org")
    services.remove(actor=ground.people["member"], participation=gone.participation)
    services.report_workshop(actor=ground.people["member"], workshop=it)
    relay.drain()
    return it, sam


def test_the_report_goes_to_who_took_part_and_left_an_address(ground: Ground) -> None:
    it, sam = held(ground)
    rows = outbox("workshop.report")
    assert set(rows) == {"member@example.org", "nurse@example.org", "sam@example.org"}
    assert f"/w/back/{sam.return_token}/" in rows["sam@example.org"].text
    assert f"/w/{it.code}/report/" in rows["nurse@example.org"].text
    assert not rows["sam@example.org"].calendar
    # Meanwhile one was removed, one closed the account, and it was opened again.
    services.remove(actor=ground.people["member"], participation=sam.participation)
    Person.objects.filter(email="nurse@example.org").update(is_active=False)
    send_due(transport=Mailbox())
    assert {name: row.status for name, row in outbox("workshop.report").items()} == {
        "member@example.org": "sent",
        "nurse@example.org": "suppressed",
        "sam@example.org": "suppressed",
    }


def test_reopened_before_it_was_sent(ground: Ground) -> None:
    it, _sam = held(ground)
    services.reopen(actor=ground.people["member"], workshop=it)
    send_due(transport=Mailbox())
    assert {row.status for row in outbox("workshop.report").values()} == {"suppressed"}
    services.report_workshop(actor=ground.people["member"], workshop=it, tell=False)
    relay.drain()
    assert OutgoingMessage.objects.filter(kind="workshop.report").count() == 3


def test_what_happened_next_is_told_once(ground: Ground) -> None:
    it, _sam = held(ground)
    act = {"actor": ground.people["member"], "workshop": it}
    services.set_next(**act, on=None, text="The bus runs on Tuesdays.")
    for _click in range(2):
        services.tell_next(**act)
        relay.drain()
    rows = OutgoingMessage.objects.filter(kind="workshop.next")
    assert {row.recipient for row in rows} == {"member@example.org", "nurse@example.org", "sam@example.org"}
    assert rows.count() == 3
    assert all("The bus runs on Tuesdays." in row.text for row in rows)


def test_nothing_of_a_sensitive_workshop_is_in_any_mail(ground: Ground) -> None:
    it, _sam = held(
        ground,
        title="Canary",
        purpose="Canary",
        venue="Canary",
        link="https://canary.example/1",
        prompt="Canary?",
        sensitive=True,
    )
    act = {"actor": ground.people["member"], "workshop": it}
    services.set_next(**act, on=None, text="Canary")
    services.tell_next(**act)
    other = planned(ground, title="Canary two", sensitive=True)
    services.add_facilitator(actor=ground.people["member"], workshop=other, email="nurse@example.org")
    services.change_workshop(actor=ground.people["member"], workshop=other, version=None, venue="Canary hall")
    services.cancel_workshop(actor=ground.people["member"], workshop=other, reason="Canary")
    relay.drain()
    rows = OutgoingMessage.objects.filter(kind__startswith="workshop.")
    assert set(rows.values_list("kind", flat=True)) >= {
        "workshop.invited",
        "workshop.report",
        "workshop.next",
        "workshop.cancelled",
    }
    for row in rows:
        assert "canary" not in f"{row.subject}{row.text}{row.html}{row.calendar}{row.sender}".lower(), row.kind
        assert b"anary" not in queries.compose(row).as_bytes()


def test_a_rehearsal_mails_nobody(ground: Ground) -> None:
    it = planned(ground)
    services.add_facilitator(actor=ground.people["member"], workshop=it, email="nurse@example.org")
    relay.drain()
    OutgoingMessage.objects.all().delete()
    copy = services.copy_for_rehearsal(actor=ground.people["member"], workshop=it)
    services.add_facilitator(actor=ground.people["member"], workshop=copy, email="lead@example.org")
    services.change_workshop(
        actor=ground.people["member"],
        workshop=copy,
        version=None,
        starts_at=now() + timedelta(days=1),
        ends_at=now() + timedelta(days=1, hours=1),
    )
    services.open_workshop(actor=ground.people["member"], workshop=copy)
    services.report_workshop(actor=ground.people["member"], workshop=copy)
    relay.drain()
    assert outbox() == {}


def test_mail_to_guests_is_not_kept_longer_than_they_are(ground: Ground, clock: time_machine.Coordinates) -> None:
    _it, _sam = held(ground)
    send_due(transport=Mailbox())
    clock.shift(timedelta(days=181))
    services.let_go(at=now())
    clock.shift(timedelta(days=31))
    services.let_go(at=now())
    relay.drain()
    assert set(outbox()) == {"member@example.org", "nurse@example.org"}
    assert not Participation.objects.exclude(email="").exists()


def test_a_guest_takes_an_address_back_by_leaving_it_out(ground: Ground) -> None:
    it = services.open_workshop(actor=ground.people["member"], workshop=planned(ground))
    sam = services.join(actor=Public(), workshop=it, name="Sam", email="sam@example.org")
    services.report_workshop(actor=ground.people["member"], workshop=it)
    relay.drain()
    guest = GuestActor(workshop_id=it.pk, participation_id=sam.participation.pk)
    services.change_address(actor=guest, participation=sam.participation, email="")
    send_due(transport=Mailbox())
    assert outbox("workshop.report")["sam@example.org"].status == "suppressed"


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, "Thursday 10 June 2027, 14:00"),
        (datetime(2027, 6, 10, 15, 0, tzinfo=UTC), "Thursday 10 June 2027, 14:00 to 16:00"),
        (
            datetime(2027, 6, 14, 15, 0, tzinfo=UTC),
            "Thursday 10 June 2027, 14:00 to Monday 14 June 2027, 16:00",
        ),
    ],
)
def test_when_is_said_on_the_places_clock(ends: datetime | None, said: str) -> None:
    assert spoken_when(datetime(2027, 6, 10, 13, 0, tzinfo=UTC), ends) == said


def test_inviting_many_writes_as_many_messages(ground: Ground) -> None:
    it = planned(ground)
    OutgoingMessage.objects.all().delete()
    services.invite(
        actor=ground.people["member"],
        workshop=it,
        people=[(f"p{n}@parish.example", "", "participant") for n in range(120)],
    )
    relay.drain()
    assert OutgoingMessage.objects.count() == 120
    assert OutgoingMessage.objects.values("dedupe_key").distinct().count() == 120
