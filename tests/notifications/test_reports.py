"""What comes back: reports of mail servers and of GOV.UK Notify, and addresses that mail rests for."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError

from groundwork.access.actors import Public
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from notifications import queries
from notifications.models import OutgoingMessage, RestingAddress
from notifications.reports import NotAReport, What, read, read_notify
from notifications.services import asking, send_due
from notifications.services.resting import rest, try_address_again, try_again
from notifications.transports.smtp import refuses_address
from tests.notifications.ground import Ground, lay, message
from tests.notifications.sink import running

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status


def bounce(
    row_id: object, *, action: str = "failed", status: str = "5.1.1", said: str = "smtp; 550 5.1.1 No such user"
) -> bytes:
    """As Postfix writes it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: golden-thread@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0000 (GMT)

Final-Recipient: rfc822; forwarded-to@elsewhere.example
Original-Recipient: rfc822;reader@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.elsewhere.example
Diagnostic-Code: {said}

--B
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Golden Thread <golden-thread@example.org>
To: reader@example.org
Subject: Hello
Message-ID: <{row_id}@localhost>

Hello
--B--
""".encode()


def headers_only(row_id: object) -> bytes:
    """As Exchange writes it: the headers alone, in a part of their own."""
    whole = bounce(row_id).decode()
    return whole.replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers").encode()


def complaint(row_id: object, kind: str = "abuse") -> bytes:
    """As the feedback loop of a large provider writes it (RFC 5965)."""
    return f"""\
From: <abusedesk@provider.example>
Subject: FW: Hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message.

--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <redacted@provider.example>

--B
Content-Type: message/rfc822
Content-Disposition: inline

From: Golden Thread <golden-thread@example.org>
Message-ID: <{row_id}@localhost>
Subject: Hello

Hello
--B--
""".encode()


def take(content: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the command as a mail server does. Returns what it says."""
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    call_command("take_bounce", stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.parametrize("written", [bounce, headers_only])
def test_a_message_that_came_back_puts_the_address_to_rest(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = message("Reader@example.org", status="sent")

    for _twice in range(2):
        assert "rests now" in take(written(row.pk), monkeypatch)

    row.refresh_from_db()
    assert row.status == Status.DEAD
    assert "No such user" in row.last_answer
    resting = RestingAddress.objects.get()
    # The address that we wrote to, wherever it was forwarded.
    assert (resting.email, resting.reason, resting.times) == ("reader@example.org", "bounce", 1)
    assert AuditEntry.objects.filter(action="mail.rest").count() == 1


@pytest.mark.parametrize(
    ("status", "said", "rests"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown", True),
        ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.0.0", "smtp; 550 No such user here", True),
        ("5.2.1", "", True),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", False),
        ("5.7.1", "smtp; 550 5.7.1 Our policy does not like you", False),
        ("5.1.8", "smtp; 550 5.1.8 Bad sender's system address", False),
        ("4.4.7", "smtp; 421 4.4.7 Delivery expired", False),
        ("5.0.0", "", False),
        ("5.4.1", "smtp; 550 spam from 5.1.1.9 is refused", False),
    ],
)
def test_only_a_mailbox_that_is_not_there_rests(
    status: str, said: str, rests: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = message(status="sent")

    take(bounce(row.pk, status=status, said=said), monkeypatch)

    row.refresh_from_db()
    assert row.status == Status.DEAD
    assert RestingAddress.objects.exists() is rests


def test_a_delay_changes_nothing_and_an_arrival_settles_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, doubt = message(status="sent"), message(status="uncertain")

    assert "still on its way" in take(bounce(sent.pk, action="delayed", status="4.4.1"), monkeypatch)
    assert "arrived" in take(bounce(doubt.pk, action="delivered", status="2.0.0", said=""), monkeypatch)

    sent.refresh_from_db()
    doubt.refresh_from_db()
    assert (sent.status, doubt.status) == (Status.SENT, Status.SENT)
    assert doubt.sent_at is not None
    assert not RestingAddress.objects.exists()


def test_a_complaint_puts_the_address_to_rest_and_the_message_stays_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    row = message(status="sent")
    rest(row.recipient, reason="bounce")

    assert "unwanted" in take(complaint(row.pk), monkeypatch)

    row.refresh_from_db()
    assert row.status == Status.SENT
    assert RestingAddress.objects.get().reason == "complaint", "it outweighs a bounce"
    take(bounce(row.pk), monkeypatch)
    assert RestingAddress.objects.get().reason == "complaint"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: I am on holiday\n\nBack on Monday.\n",
        complaint(uuid4(), kind="not-spam"),
        bounce("somebody-else"),
        bounce(uuid4()),
        bounce(uuid4(), action=""),
        bounce(uuid4()).split(b"--B\nContent-Description: Undelivered")[0],
    ],
)
def test_what_says_nothing_about_a_message_of_ours_is_left_alone(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert take(content, monkeypatch)
    assert not RestingAddress.objects.exists()


def test_a_report_that_is_broken_anywhere_never_breaks_us() -> None:
    chance = Random(7)
    whole = bounce(uuid4()) + complaint(uuid4())
    for _each in range(300):
        content = bytearray(whole[chance.randrange(len(whole)) :] if chance.random() < 0.3 else whole)
        for _place in range(chance.randrange(1, 40)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(NotAReport):
            read(bytes(content))


def test_a_database_that_is_away_has_the_mail_server_try_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_report: object) -> str:
        raise OperationalError

    monkeypatch.setattr("notifications.management.commands.take_bounce.take_report", away)
    with pytest.raises(SystemExit) as ended:
        take(bounce(uuid4()), monkeypatch)
    assert ended.value.code == 75


@pytest.mark.parametrize(
    ("told", "what", "about_address"),
    [
        ("delivered", What.ARRIVED, False),
        ("permanent-failure", What.CAME_BACK, True),
        ("temporary-failure", What.CAME_BACK, False),
        ("technical-failure", What.CAME_BACK, False),
    ],
)
def test_what_notify_tells(told: str, what: What, about_address: bool) -> None:
    pk = uuid4()
    report = read_notify({"id": str(uuid4()), "reference": str(pk), "to": "a@example.org", "status": told})
    assert (report.message_id, report.what, report.about_address) == (pk, what, about_address)


@pytest.mark.parametrize("told", [None, [], {}, {"reference": None}, {"reference": 7, "status": "delivered"}, "x"])
def test_what_notify_never_tells_is_no_report(told: object) -> None:
    with pytest.raises(NotAReport):
        read_notify(told)


@pytest.mark.parametrize(
    ("text", "code", "about"),
    [
        ("550 5.1.1 gone", 550, True),
        ("550 Not today", 550, True),
        ("552 too much", 552, False),
        ("554 5.7.1 go away", 554, False),
        ("550 5.7.26 not authenticated", 550, False),
        ("554 5.1.1 gone", None, True),
        ("550 gone", None, False),
    ],
)
def test_which_refusals_mean_the_address(text: str, code: int | None, about: bool) -> None:
    assert refuses_address(text, code) is about


def test_a_refusal_when_the_recipient_is_named_puts_the_address_to_rest(clock: time_machine.Coordinates) -> None:
    gone, content = message("Gone@example.org"), message("picky@example.org")
    with running() as sink:
        sink.faults.update({"Gone@example.org": ["550"], "picky@example.org": ["data 554"]})
        send_due(transport=sink.transport())
        assert [each.email for each in RestingAddress.objects.all()] == ["gone@example.org"]

        later = message("gone@example.org")
        code = message("gone@example.org", mail_class="service")
        send_due(transport=sink.transport())
        gone.refresh_from_db()
        content.refresh_from_db()
        later.refresh_from_db()
        code.refresh_from_db()
    assert (gone.status, content.status) == (Status.DEAD, Status.DEAD)
    assert later.status == Status.SUPPRESSED
    assert "rests" in later.last_answer
    assert code.status == Status.SENT, "a sign-in link still goes: without it nobody could have it tried again"


@pytest.fixture
def ground() -> Ground:
    return lay()


def test_a_person_has_their_own_address_tried_again(ground: Ground, clock: time_machine.Coordinates) -> None:
    nurse = ground.people["nurse"]
    with pytest.raises(NotFound):
        try_again(actor=nurse)
    rest("NURSE@example.org", reason="complaint")
    found = queries.resting_address_of(nurse)
    assert found is not None
    assert queries.resting_address_of(ground.people["lead"]) is None
    assert queries.resting_address_of(Public()) is None

    try_again(actor=nurse)
    assert queries.resting_address_of(nurse) is None
    entry = AuditEntry.objects.get(action="mail.try_again")
    assert entry.person == nurse.person

    clock.shift(timedelta(days=1))
    rest("nurse@example.org", reason="bounce", detail="550")
    again = RestingAddress.objects.get()
    assert (again.times, again.reason, again.ended_at) == (2, "bounce", None)
    with pytest.raises(NotAllowed):
        try_again(actor=Public())


def test_officers_have_an_address_tried_again_but_not_against_its_readers_will(ground: Ground) -> None:
    bounced, unwanted = rest("a@example.org", reason="bounce"), rest("b@example.org", reason="complaint")
    officer = ground.people["officer"]

    try_address_again(actor=officer, resting_id=bounced.pk)
    with pytest.raises(NotFound):
        try_address_again(actor=officer, resting_id=bounced.pk)
    with pytest.raises(NotAllowed):
        try_address_again(actor=officer, resting_id=unwanted.pk)
    for who in ("lead", "nurse", "member", "scrutiny"):
        with pytest.raises(NotAllowed):
            try_address_again(actor=ground.people[who], resting_id=unwanted.pk)
        with pytest.raises(NotAllowed):
            queries.resting_addresses(actor=ground.people[who])
    assert [each.email for each in queries.resting_addresses(actor=officer)] == ["b@example.org"]


def test_whoever_asks_for_mail_by_a_link_in_it_gets_it_again(ground: Ground) -> None:
    ask = asking.ask_address("Rita@example.org", ["area=V1"], "weekly", caller="192.0.2.1")
    rest("rita@example.org", reason="stopped")
    rest("other@example.org", reason="stopped")

    asking.confirm(asking.confirm_link(ask).rstrip("/").rsplit("/", 1)[1])

    assert [each.email for each in RestingAddress.objects.filter(ended_at=None)] == ["other@example.org"]


_NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_500))
_CHARSET = (
    b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
    b"A: b\n\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers; %s\n\n"
    b"Message-ID: <\xff@x>\n--b--\n"
)


@pytest.mark.parametrize(
    "content",
    [
        _NESTED,
        b"Content-Type: message/rfc822\n\n" * 1_500,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 100_000,
        b"Content-Type: message/delivery-status\n\n" + b"A: b\n\n" * 100_000,
        _CHARSET % b"charset*=utf-8'en'x%%00",
        _CHARSET % b'charset="a\0b"',
        b"\0" * 1_000,
    ],
)
def test_what_was_made_to_harm_is_no_report(content: bytes) -> None:
    with pytest.raises(NotAReport):
        read(content)
