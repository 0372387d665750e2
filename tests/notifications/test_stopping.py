"""Stopping mail by its link: at once, without cookies, for one kind, undoable; and what was chosen, when it is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from groundwork.access.errors import Invalid, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.ids import uuid7
from notifications import queries, services
from notifications.kinds.registry import kinds
from notifications.models import Choice, Follow, OutgoingMessage, RestingAddress, Subscriber, Topic
from notifications.services import send_due, stopping, subscribing
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay, message
from tests.notifications.occasions import OCCASIONS

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def stream_of(link: str) -> stopping.Stream:
    return stopping.read(link.rstrip("/").rsplit("/", 1)[1])


def reader(ground: Ground, **fields: Any) -> Subscriber:
    return Subscriber.objects.create(person=ground.people["nurse"].person, confirmed_at=now(), **fields)


def following(subscriber: Subscriber, query: str, frequency: str = "weekly") -> Follow:
    return Follow.objects.create(subscriber=subscriber, query=query, anchor="words:", frequency=frequency)


def neighbour() -> Subscriber:
    return Subscriber.objects.create(email="neighbour@example.org", confirmed_at=now())


def frequencies(subscriber: Subscriber) -> list[str]:
    return list(subscriber.follows.order_by("created_at", "query").values_list("frequency", flat=True))


def test_every_kind_that_asks_something_names_a_topic_and_service_mail_none() -> None:
    for kind in kinds():
        assert (kind.mail_class == "asked") == (kind.topic in Topic.values), kind.name
        assert not (kind.pressing and kind.mail_class == "service"), kind.name


def test_one_topic_of_a_person_is_stopped_and_taken_back(ground: Ground) -> None:
    nurse = ground.people["nurse"].person
    Choice.objects.create(person=nurse, topic="asked", frequency="weekly")
    stream = stream_of(stopping.link_for(person=nurse, topic="asked"))
    assert (stream.named, stream.recipient) == ("What your organisation is asked", "nurse@example.org")
    stopping.stop(stream)
    stopping.stop(stream)
    assert stopping.frequency_of(stream) == "never"
    assert not Choice.objects.filter(topic="actions").exists()
    entry = AuditEntry.objects.get(action="mail.stop")
    assert (entry.person, entry.via, entry.changes) == (nurse, "mail", {"frequency": ["weekly", "never"]})
    stopping.begin_again(stream)
    stopping.begin_again(stream)
    assert stopping.frequency_of(stream) == "weekly"
    assert AuditEntry.objects.filter(action="mail.resume").count() == 1
    # Nobody gets quiet hours by stopping something.
    assert not Subscriber.objects.exists()


def test_a_topic_that_was_never_chosen_comes_at_once_again(ground: Ground) -> None:
    stream = stream_of(stopping.link_for(person=ground.people["nurse"].person, topic="actions"))
    stopping.stop(stream)
    stopping.begin_again(stream)
    assert stopping.frequency_of(stream) == "at_once"


def test_less_often_moves_a_topic_into_the_digest(ground: Ground) -> None:
    stream = stream_of(stopping.link_for(person=ground.people["nurse"].person, topic="actions"))
    assert stopping.offered(stream) == ("at_once", "daily", "weekly", "monthly")
    stopping.have_less(stream, "weekly")
    assert stopping.frequency_of(stream) == "weekly"
    assert Subscriber.objects.get().next_at is not None
    for wrong in ("never", "hourly", ""):
        with pytest.raises(Invalid):
            stopping.have_less(stream, wrong)


def test_one_thing_that_is_followed_is_stopped_and_the_others_go_on(ground: Ground) -> None:
    me = reader(ground)
    one, two = following(me, "initiative=VAL-0042"), following(me, "area=V1", "daily")
    stream = stream_of(stopping.link_for(subscriber=me, follow=one))
    assert "Warm homes" in stream.named
    stopping.stop(stream)
    assert [Follow.objects.get(pk=each.pk).frequency for each in (one, two)] == ["never", "daily"]
    stopping.begin_again(stream_of(stopping.link_for(subscriber=me, follow=one)))
    assert Follow.objects.get(pk=one.pk).frequency == "weekly"
    stopping.have_less(stream, "monthly")
    assert Follow.objects.get(pk=one.pk).frequency == "monthly"


def test_whole_digests_are_stopped_and_taken_back_as_they_were(ground: Ground) -> None:
    me = reader(ground)
    following(me, "area=V1", "daily")
    following(me, "initiative=VAL-0042", "monthly")
    Choice.objects.create(person=me.person, topic="asked", frequency="weekly")
    stream = stream_of(stopping.link_for(subscriber=me))
    assert stopping.frequency_of(stream) == "daily"
    stopping.stop(stream)
    assert frequencies(me) == ["never", "never"]
    assert stopping.frequency_of(stream) == "never"
    me.refresh_from_db()
    assert me.next_at is None
    stopping.begin_again(stream)
    assert sorted(frequencies(me)) == ["daily", "monthly"]
    assert Choice.objects.get().frequency == "weekly"


def test_digests_less_often_leave_alone_what_is_rarer_already(ground: Ground) -> None:
    me = reader(ground)
    for query, frequency in (("area=V1", "at_once"), ("ambition=V-A1", "monthly"), ("initiative=VAL-0042", "never")):
        following(me, query, frequency)
    Choice.objects.create(person=me.person, topic="asked", frequency="daily")
    stream = stream_of(stopping.link_for(subscriber=me))
    assert stopping.offered(stream) == ("daily", "weekly", "monthly")
    stopping.have_less(stream, "weekly")
    # What would come more often is chosen on the page of settings, thing by thing.
    assert stopping.offered(stream) == ("monthly",)
    with pytest.raises(Invalid):
        stopping.have_less(stream, "daily")
    assert sorted(frequencies(me)) == ["monthly", "never", "weekly"]
    assert Choice.objects.get().frequency == "weekly"


def test_an_address_without_an_account_stops_its_digest(ground: Ground) -> None:
    who = neighbour()
    following(who, "area=V1")
    stream = stream_of(stopping.link_for(subscriber=who))
    assert stream.recipient == "neighbour@example.org"
    assert stopping.offered(stream) == ("monthly",)
    stopping.have_less(stream, "monthly")
    assert frequencies(who) == ["monthly"]
    stopping.stop(stream)
    assert frequencies(who) == ["never"]
    assert AuditEntry.objects.filter(action="mail.stop", via="mail", person=None).exists()


def test_a_guest_stops_everything_but_what_they_ask_for_themselves(ground: Ground) -> None:
    OCCASIONS["workshop.report"](ground)
    row = OutgoingMessage.objects.get(recipient="sam@example.org")
    stream = stream_of(row.headers["List-Unsubscribe"].strip("<>"))
    assert stream.email == "sam@example.org"
    stopping.stop(stream)
    send_due(transport=Mailbox())
    row.refresh_from_db()
    assert (row.status, row.last_answer) == (
        "suppressed",
        "Mail to this address rests: its reader wants no more mail.",
    )
    OCCASIONS["account.sign_in"](ground)
    OutgoingMessage.objects.filter(kind="account.sign_in").update(recipient="Sam@example.org")
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.get(kind="account.sign_in").status == "sent"
    stopping.begin_again(stream)
    assert stopping.frequency_of(stream) == "at_once"


def test_beginning_again_does_not_end_the_rest_of_an_address_that_bounced(ground: Ground) -> None:
    row = message("gone@example.org")
    RestingAddress.objects.create(email="gone@example.org", reason="bounce")
    stopping.begin_again(stream_of(stopping.link_for(message_id=row.pk)))
    assert RestingAddress.objects.get().ended_at is None


def test_links_end_when_their_version_is_raised_or_their_subject_is_gone(ground: Ground) -> None:
    nurse = ground.people["nurse"].person
    early = stopping.link_for(person=nurse, topic="asked")
    me = reader(ground)
    follow = following(me, "area=V1")
    assert stream_of(early).person == nurse
    links = [
        early,
        stopping.link_for(subscriber=me),
        stopping.link_for(subscriber=me, follow=follow),
        stopping.link_for(message_id=uuid7()),
    ]
    Subscriber.objects.update(token_version=2)
    for link in links:
        with pytest.raises(NotFound, match="does not work"):
            stream_of(link)
    me.refresh_from_db()
    works = stopping.link_for(subscriber=me)
    assert stream_of(works).subscriber == me
    me.delete()
    with pytest.raises(NotFound):
        stream_of(works)
    with pytest.raises(ValueError, match="must say which"):
        stopping.link_for(person=nurse)


def test_only_what_we_signed_is_ours(ground: Ground, settings: Any) -> None:
    token = stopping.token_of(ground.people["nurse"].person, "asked", None, None, None)
    payload, signature = token.split(".")
    other = stopping.token_of(ground.people["lead"].person, "asked", None, None, None).split(".")[0]
    for wrong in ("", ".", payload, f"{other}.{signature}", f"{payload}.{signature[:-1]}", "é", "\0", token * 2):
        with pytest.raises(NotFound):
            stopping.read(wrong)
    settings.SECRET_KEY = "x" * 60
    with pytest.raises(NotFound):
        stopping.read(token)


def test_a_link_does_not_run_out(ground: Ground, clock: time_machine.Coordinates) -> None:
    link = stopping.link_for(person=ground.people["nurse"].person, topic="asked")
    clock.shift(timedelta(days=3_000))
    assert stream_of(link).topic == "asked"


@pytest.mark.parametrize("name", OCCASIONS)
def test_the_headers_are_whole_on_the_wire(name: str, ground: Ground) -> None:
    """Python would fold and encode a long address; mail programs look for it as it is."""
    OCCASIONS[name](ground)
    row = OutgoingMessage.objects.order_by("pk")[0]
    head = queries.compose(row).as_bytes().split(b"\r\n\r\n")[0].decode("ascii")
    if row.mail_class == "service":
        assert "List-Unsubscribe" not in head
        assert "/u/" not in row.text
    else:
        link = row.headers["List-Unsubscribe"]
        assert f"\r\nList-Unsubscribe: {link}\r\n" in head
        assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
        assert link.strip("<>") in row.text
        assert len(f"List-Unsubscribe: {link}") < 998
        assert stream_of(link.strip("<>")).recipient == row.recipient


@pytest.mark.parametrize(
    ("frequency", "reason"),
    [
        ("at_once", ""),
        ("daily", "The person wants this in their digest."),
        ("weekly", "The person wants this in their digest."),
        ("monthly", "The person wants this in their digest."),
        ("never", "The person wants no mail of this kind."),
    ],
)
def test_what_was_chosen_holds_for_mail_that_waits_already(frequency: str, reason: str, ground: Ground) -> None:
    OCCASIONS["partner.asked"](ground)
    nurse = ground.people["nurse"].person
    Choice.objects.create(person=nurse, topic="asked", frequency=frequency)
    Choice.objects.create(person=nurse, topic="actions", frequency="never")
    send_due(transport=Mailbox())
    row = OutgoingMessage.objects.get()
    assert (row.status, row.last_answer if reason else "") == ("suppressed" if reason else "sent", reason)


@pytest.mark.parametrize(("frequency", "status"), [("weekly", "sent"), ("never", "suppressed")])
def test_what_is_pressing_waits_for_no_digest(
    frequency: str, status: str, ground: Ground, clock: time_machine.Coordinates
) -> None:
    reader(ground)
    clock.move_to(NIGHT)
    Choice.objects.create(person=ground.people["nurse"].person, topic="workshops", frequency=frequency)
    OCCASIONS["workshop.cancelled"](ground)
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.get(recipient="nurse@example.org").status == status


def test_paused_mail_is_not_sent(ground: Ground) -> None:
    OCCASIONS["partner.asked"](ground)
    reader(ground, paused_until=date(2026, 12, 1))
    send_due(transport=Mailbox())
    row = OutgoingMessage.objects.get()
    assert (row.status, row.last_answer) == ("suppressed", "The person has paused their mail.")


def test_a_pause_holds_what_waits_already_until_it_is_over(ground: Ground, clock: time_machine.Coordinates) -> None:
    me = reader(ground)
    clock.move_to(NIGHT)
    OCCASIONS["partner.asked"](ground)
    OCCASIONS["workshop.cancelled"](ground)
    actor = ground.people["nurse"]
    subscribing.save_settings(actor, subscribing.Hours(paused_until=date(2026, 12, 8)), {})
    told = dict(OutgoingMessage.objects.filter(person=me.person).values_list("kind", "due_at"))
    assert told == {"partner.asked": datetime(2026, 12, 8, 8, 0, tzinfo=UTC), "workshop.cancelled": NIGHT}
    clock.move_to(datetime(2026, 12, 8, 8, 1, tzinfo=UTC))
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.get(kind="partner.asked").status == "sent"


def test_quiet_hours_are_for_those_who_chose_them(ground: Ground, clock: time_machine.Coordinates) -> None:
    clock.move_to(NIGHT)
    OCCASIONS["partner.asked"](ground)
    assert OutgoingMessage.objects.get().due_at == NIGHT
    OutgoingMessage.objects.all().delete()
    reader(ground)
    OCCASIONS["partner.asked"](ground)
    assert OutgoingMessage.objects.get().due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_service_mail_knows_no_quiet_hours(ground: Ground, clock: time_machine.Coordinates) -> None:
    clock.move_to(NIGHT)
    Subscriber.objects.create(person=ground.people["lead"].person, confirmed_at=now(), paused_until=date(2027, 1, 1))
    OCCASIONS["account.sign_in"](ground)
    assert OutgoingMessage.objects.get().due_at == NIGHT
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.get().status == "sent"


def test_service_mail_goes_to_an_address_that_rests_and_nothing_else(ground: Ground) -> None:
    RestingAddress.objects.create(email="nurse@example.org", reason="bounce")
    OCCASIONS["partner.asked"](ground)
    services.queue(
        kind="account.notice",
        mail_class="service",
        dedupe_key="n",
        recipient="Nurse@Example.org",
        person=None,
        reason="this is a test",
        template="account_notice",
        context={"heading": "Hello", "sentences": [], "link": "http://localhost:8000/"},
    )
    send_due(transport=Mailbox())
    assert dict(OutgoingMessage.objects.values_list("kind", "status")) == {
        "partner.asked": "suppressed",
        "account.notice": "sent",
    }
    RestingAddress.objects.update(ended_at=now())
    OutgoingMessage.objects.filter(kind="partner.asked").update(status="due")
    send_due(transport=Mailbox())
    assert OutgoingMessage.objects.get(kind="partner.asked").status == "sent"
