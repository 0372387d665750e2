"""Sending: what becomes of a row on a good day, on a bad day, and when the sender dies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from notifications.models import OutgoingMessage
from notifications.services import send_due
from notifications.services.sending import BACK_OFF, LEASE, MAX_ATTEMPTS, _start, claim
from notifications.transports.mailbox import Mailbox
from notifications.transports.smtp import Server, Smtp
from tests.notifications.ground import lay, message
from tests.notifications.sink import Sink, running

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status


@pytest.fixture(scope="module", params=[True, False], ids=["many commands at once", "one by one"])
def server(request: pytest.FixtureRequest) -> Iterator[Sink]:
    with running(takes_many=request.param) as sink:
        yield sink


@pytest.fixture
def sink(server: Sink) -> Sink:
    server.faults.clear()
    server.taken.clear()
    server.recipients_per_message.clear()
    server.tried.clear()
    server.connections = 0
    return server


def test_each_due_message_is_sent_once_to_one_recipient_over_one_connection(sink: Sink) -> None:
    rows = [message(f"reader{n}@example.org") for n in range(25)]
    later = message("later@example.org", due_at=rows[0].due_at + timedelta(hours=1))

    tally = send_due(transport=sink.transport())
    again = send_due(transport=sink.transport())

    assert tally.outcomes == {"accepted": 25}
    assert again.outcomes == {}
    assert sorted(mail["To"] for mail in sink.taken) == sorted(row.recipient for row in rows)
    assert sink.recipients_per_message == [1] * 25
    assert sink.connections == 1
    assert all(mail["Cc"] is None and mail["Bcc"] is None for mail in sink.taken)
    assert set(OutgoingMessage.objects.filter(pk__in=[r.pk for r in rows]).values_list("status", flat=True)) == {"sent"}
    later.refresh_from_db()
    assert later.status == Status.DUE


def test_the_text_arrives_as_it_was_written(sink: Sink) -> None:
    message("reader@example.org", text="First\n.dotted\n..twice\nÄ long line " + "x" * 1500 + "\n")

    send_due(transport=sink.transport())

    (mail,) = sink.taken
    text, html = mail.get_payload()  # type: ignore[misc]
    assert text.get_payload(decode=True).decode().splitlines()[:3] == ["First", ".dotted", "..twice"]  # type: ignore[union-attr]
    assert "x" * 1500 in text.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert html.get_content_type() == "text/html"  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", ["421", "450", "data 451", "drop before"])
def test_not_now_is_tried_again_later_under_the_same_message_id(
    fault: str, sink: Sink, clock: time_machine.Coordinates
) -> None:
    row = message("slow@example.org")
    other = message("other@example.org")
    sink.faults["slow@example.org"] = [fault, fault]

    send_due(transport=sink.transport())
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.status, row.attempts) == (Status.DUE, 1)
    assert row.last_answer
    assert other.status == Status.SENT, "one recipient never holds up another"

    send_due(transport=sink.transport())
    assert sink.tried["slow@example.org"] == 1, "not before its time"

    for wait in BACK_OFF[:2]:
        clock.shift(wait + timedelta(seconds=1))
        send_due(transport=sink.transport())
    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.SENT, 3)
    assert [mail["Message-ID"] for mail in sink.to("slow@example.org")] == [row.message_id]


@pytest.mark.parametrize("fault", ["550", "data 554"])
def test_never_makes_it_dead_and_leaves_the_others_alone(fault: str, sink: Sink) -> None:
    row = message("gone@example.org")
    others = [message(f"reader{n}@example.org") for n in range(3)]
    sink.faults["gone@example.org"] = [fault]

    send_due(transport=sink.transport())

    row.refresh_from_db()
    assert row.status == Status.DEAD
    assert row.last_answer.startswith(fault.removeprefix("data "))
    assert [OutgoingMessage.objects.get(pk=o.pk).status for o in others] == [Status.SENT] * 3


def test_not_now_for_more_than_a_day_makes_it_dead(sink: Sink, clock: time_machine.Coordinates) -> None:
    row = message("slow@example.org")
    sink.faults["slow@example.org"] = ["450"] * 50

    begin = row.due_at
    for _each in range(40):
        send_due(transport=sink.transport())
        row.refresh_from_db()
        if row.status == Status.DEAD:
            break
        clock.move_to(row.due_at + timedelta(seconds=1))

    assert (row.status, row.attempts) == (Status.DEAD, MAX_ATTEMPTS)
    assert row.due_at - begin > timedelta(days=1)


@pytest.mark.parametrize("fault", ["drop after", "stall"])
def test_an_answer_lost_after_data_is_uncertain_and_not_sent_again(
    fault: str, sink: Sink, clock: time_machine.Coordinates
) -> None:
    row = message("lost@example.org", mail_class="asked")
    other = message("other@example.org")
    sink.faults["lost@example.org"] = [fault]

    send_due(transport=sink.transport())
    clock.shift(timedelta(days=3))
    send_due(transport=sink.transport())

    row.refresh_from_db()
    other.refresh_from_db()
    assert row.status == Status.UNCERTAIN
    assert len(sink.to("lost@example.org")) == 1
    assert other.status == Status.SENT


@pytest.mark.parametrize("fault", ["drop after", "stall"])
def test_a_sign_in_mail_is_repeated_once_under_the_same_message_id(
    fault: str, sink: Sink, clock: time_machine.Coordinates
) -> None:
    row = message("lost@example.org", mail_class="service")
    sink.faults["lost@example.org"] = [fault, fault, fault]

    for _each in range(4):
        send_due(transport=sink.transport())
        clock.shift(timedelta(hours=1))

    row.refresh_from_db()
    assert row.status == Status.UNCERTAIN
    taken = sink.to("lost@example.org")
    assert [mail["Message-ID"] for mail in taken] == [row.message_id] * 2
    assert taken[0].as_bytes() == taken[1].as_bytes(), "a repeat is the same message to the last byte"


def test_a_mail_server_that_is_away_costs_no_attempt(clock: time_machine.Coordinates, sink: Sink) -> None:
    rows = [message(f"reader{n}@example.org") for n in range(30)]
    nobody = Smtp(
        Server(host="127.0.0.1", port=9, username="", password="", tls="offered"), command_seconds=1, answer_seconds=1
    )

    for _each in range(20):
        send_due(transport=nobody)
        clock.shift(timedelta(minutes=1))
    assert set(OutgoingMessage.objects.values_list("status", "attempts", "lease_until")) == {("due", 0, None)}

    send_due(transport=sink.transport())
    assert len(sink.taken) == len(rows)


def test_a_sender_that_died_before_handing_over_is_taken_up_again(sink: Sink, clock: time_machine.Coordinates) -> None:
    row = message()
    assert [each.pk for each in claim(5)] == [row.pk]

    send_due(transport=sink.transport())
    assert sink.taken == [], "somebody else holds it"

    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=sink.transport())
    row.refresh_from_db()
    assert row.status == Status.SENT
    assert len(sink.taken) == 1


@pytest.mark.parametrize(("mail_class", "status", "copies"), [("asked", "uncertain", 0), ("service", "sent", 1)])
def test_a_sender_that_died_while_handing_over_leaves_a_doubt(
    mail_class: str, status: str, copies: int, sink: Sink, clock: time_machine.Coordinates
) -> None:
    row = message(mail_class=mail_class)
    (mine,) = claim(5)
    assert _start(mine)

    send_due(transport=sink.transport())
    row.refresh_from_db()
    assert row.status == Status.SENDING, "it may still be at it"

    clock.shift(LEASE + timedelta(seconds=1))
    for _each in range(3):
        send_due(transport=sink.transport())
        clock.shift(timedelta(minutes=10))
    row.refresh_from_db()
    assert row.status == status
    assert len(sink.taken) == copies


def test_where_a_repeat_is_harmless_nothing_is_uncertain(clock: time_machine.Coordinates) -> None:
    row = message()
    (mine,) = claim(5)
    _start(mine)

    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=Mailbox())
    clock.shift(timedelta(minutes=2))
    send_due(transport=Mailbox())

    row.refresh_from_db()
    assert row.status == Status.SENT


def test_a_lease_that_ran_out_is_not_used(clock: time_machine.Coordinates) -> None:
    message()
    (slow,) = claim(5)
    clock.shift(LEASE + timedelta(seconds=1))
    (quick,) = claim(5)

    assert not _start(slow)
    assert _start(quick)


def test_service_messages_go_first() -> None:
    for n in range(30):
        message(f"reader{n}@example.org", mail_class="digest")
    code = message("waiting@example.org", mail_class="service")

    assert claim(1)[0].pk == code.pk


def test_a_message_whose_reader_left_is_held_back() -> None:
    ground = lay()
    nurse = ground.people["nurse"].person
    assert nurse is not None
    row = message(nurse.email, person=nurse, conditions={"person_reads": {"person_id": nurse.pk, "email": nurse.email}})
    nurse.is_active = False
    nurse.save()

    send_due(transport=Mailbox())

    row.refresh_from_db()
    assert row.status == Status.SUPPRESSED
    assert row.last_answer == "The person no longer has an account."


def test_a_message_that_cannot_be_made_is_dead_and_does_not_stop_the_others() -> None:
    broken = message("reader@example.org", conditions={"nobody_registered_this": {}})
    forged = message("reader@example.org", headers={"X-Thing": "a\r\nBcc: everyone@example.org"})
    fine = message("reader@example.org")

    send_due(transport=Mailbox())

    status = dict(OutgoingMessage.objects.values_list("pk", "status"))
    assert status == {broken.pk: "dead", forged.pk: "dead", fine.pk: "sent"}


def test_a_worker_that_is_out_of_time_blames_no_message(
    monkeypatch: pytest.MonkeyPatch, sink: Sink, clock: time_machine.Coordinates
) -> None:
    from celery.exceptions import SoftTimeLimitExceeded

    row = message()
    with monkeypatch.context() as now_over:
        now_over.setattr("notifications.services.sending.content_of", _out_of_time)
        with pytest.raises(SoftTimeLimitExceeded):
            send_due(transport=sink.transport())
    row.refresh_from_db()
    assert row.status == Status.DUE

    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=sink.transport())
    row.refresh_from_db()
    assert row.status == Status.SENT


def _out_of_time(*_given: object) -> bytes:
    from celery.exceptions import SoftTimeLimitExceeded

    raise SoftTimeLimitExceeded


def test_a_one_time_link_does_not_stay_in_the_database(sink: Sink) -> None:
    secret = message("a@example.org", holds_secret=True, text="https://example.org/token")
    refused = message("b@example.org", holds_secret=True)
    put_off = message("c@example.org", holds_secret=True)
    sink.faults.update({"b@example.org": ["550"], "c@example.org": ["450"]})

    send_due(transport=sink.transport())

    texts = dict(OutgoingMessage.objects.values_list("pk", "text"))
    assert texts[secret.pk] == texts[refused.pk] == ""
    assert texts[put_off.pk] != ""
    assert len(sink.to("a@example.org")) == 1
