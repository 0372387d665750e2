"""GOV.UK Notify: what it is given, how it is asked, and that nothing is lost or sent twice however lines break."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from notifications import transports
from notifications.models import OutgoingMessage, RestingAddress
from notifications.services import send_due
from notifications.services.queueing import wrap
from notifications.services.sending import LEASE, _start, claim
from notifications.transports.notify import Account, Notify, read_settings, unfolded
from notifications.transports.smtp import Smtp
from tests.notifications.ground import message
from tests.notifications.notify_server import KEY, SECRET, SERVICE, TEMPLATE, Notified, running
from tests.notifications.sink import running as sinking

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status


@pytest.fixture
def notify() -> Iterator[Notified]:
    with running() as server:
        yield server


def state(row: OutgoingMessage) -> str:
    row.refresh_from_db()
    return row.status


def test_a_message_is_handed_over_with_its_text_and_its_reference(notify: Notified) -> None:
    row = message(
        "reader@example.org",
        subject="Warm homes & “safe” streets",
        text="Hello\n\nPriya wrote:\n> Come\n> [Sign in](https://evil.example)\n",
        headers={
            "List-Unsubscribe": "<https://thread.example.org/u/tok/>, <mailto:golden-thread@example.org>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )

    send_due(transport=notify.transport())

    assert state(row) == Status.SENT
    (given,) = notify.taken
    assert given["email_address"] == "reader@example.org"
    assert given["template_id"] == TEMPLATE
    assert given["reference"] == str(row.pk)
    assert given["personalisation"]["subject"] == row.subject
    body = given["personalisation"]["body"]
    assert "^ Come" in body
    assert "](" not in body, "nobody's words become a link that says something else"
    assert given.get("one_click_unsubscribe_url", "") in ("", "https://thread.example.org/u/tok/")


def test_lines_that_were_folded_are_whole_again() -> None:
    long = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
    text = f"{long}\n\n- {long}\n- short\n\n> {long}\n\nLook:\nhttps://thread.example.org/x/\n"
    folded = wrap(text)
    assert folded.count("\n") > text.count("\n")
    assert unfolded(folded) == text.rstrip("\n").replace("> ", "^ ")


@pytest.mark.parametrize("fault", ["drop after", "stall"])
@pytest.mark.parametrize("mail_class", ["service", "asked"])
def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_sent_twice(
    fault: str, mail_class: str, notify: Notified, clock: time_machine.Coordinates
) -> None:
    row = message(mail_class=mail_class)
    notify.faults = [fault]

    send_due(transport=notify.transport())
    assert state(row) == Status.SENDING
    send_due(transport=notify.transport())
    assert notify.asked == [], "not at once: it may still be on its way"

    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=notify.transport())
    assert state(row) == Status.SENT
    assert len(notify.taken) == 1
    assert notify.asked == [str(row.pk)]


@pytest.mark.parametrize("fault", ["drop before", "500", "503"])
def test_what_never_arrived_is_handed_over_again(fault: str, notify: Notified, clock: time_machine.Coordinates) -> None:
    row = message()
    notify.faults = [fault]

    for _each in range(3):
        send_due(transport=notify.transport())
        clock.shift(LEASE + timedelta(seconds=1))

    assert state(row) == Status.SENT
    assert [each["reference"] for each in notify.taken] == [str(row.pk)]


def test_a_sender_that_died_while_handing_over_leaves_no_doubt(
    notify: Notified, clock: time_machine.Coordinates
) -> None:
    taken, lost = message(), message()
    for mine in claim(5):
        assert _start(mine)
    notify.taken.append({"id": "x", "reference": str(taken.pk)})

    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=notify.transport())
    assert (state(taken), state(lost)) == (Status.SENT, Status.DUE)
    clock.shift(timedelta(minutes=2))
    send_due(transport=notify.transport())
    assert state(lost) == Status.SENT
    assert [each["reference"] for each in notify.taken] == [str(taken.pk), str(lost.pk)]


def test_a_doubt_stays_while_nobody_answers(notify: Notified, clock: time_machine.Coordinates) -> None:
    row = message()
    (mine,) = claim(5)
    assert _start(mine)
    clock.shift(LEASE + timedelta(seconds=1))

    nobody = Notify(
        Account(service=SERVICE, secret=SECRET, template_id=TEMPLATE, address="http://127.0.0.1:9"),
        for_the_rest=notify.transport(),
        seconds=0.5,
    )
    send_due(transport=nobody)
    assert state(row) == Status.SENDING

    send_due(transport=notify.transport())
    assert state(row) == Status.DUE


def test_a_notify_that_is_away_or_wants_no_more_costs_no_attempt(
    notify: Notified, clock: time_machine.Coordinates
) -> None:
    rows = [message(f"reader{n}@example.org") for n in range(3)]
    nobody = Notify(
        Account(service=SERVICE, secret=SECRET, template_id=TEMPLATE, address="http://127.0.0.1:9"),
        for_the_rest=notify.transport(),
        seconds=0.5,
    )
    for _each in range(15):
        send_due(transport=nobody)
        clock.shift(timedelta(minutes=1))
    notify.faults = ["429"] * 3
    send_due(transport=notify.transport())
    assert set(OutgoingMessage.objects.values_list("status", "attempts", "lease_until")) == {("due", 0, None)}

    notify.faults = []
    for _each in range(2):
        clock.shift(timedelta(minutes=2))
        send_due(transport=notify.transport())
    assert sorted(each["email_address"] for each in notify.taken) == sorted(row.recipient for row in rows)


def test_a_key_that_is_wrong_holds_mail_up_and_kills_none(notify: Notified) -> None:
    row = message()
    account = Account(service=SERVICE, secret="0" * 36, template_id=TEMPLATE, address=f"http://127.0.0.1:{notify.port}")

    send_due(transport=Notify(account, for_the_rest=notify.transport()))

    assert state(row) == Status.DUE
    assert "Invalid token" in row.last_answer
    assert SECRET not in row.last_answer


def test_an_address_that_is_none_is_dead_and_rests(notify: Notified) -> None:
    row = message("nobody@example.org")
    notify.faults = ["400"]

    send_due(transport=notify.transport())

    assert state(row) == Status.DEAD
    assert RestingAddress.objects.get().email == "nobody@example.org"


def test_what_notify_could_not_deliver_is_found_when_it_is_asked(
    notify: Notified, clock: time_machine.Coordinates
) -> None:
    row = message("gone@example.org")
    notify.faults = ["drop after"]
    notify.states[str(row.pk)] = "permanent-failure"

    send_due(transport=notify.transport())
    clock.shift(LEASE + timedelta(seconds=1))
    send_due(transport=notify.transport())

    assert state(row) == Status.DEAD
    assert RestingAddress.objects.get().email == "gone@example.org"


def test_calendar_entries_go_by_smtp_and_a_server_that_is_away_holds_up_only_these(
    notify: Notified, clock: time_machine.Coordinates
) -> None:
    entry = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    invited = message("invited@example.org", calendar=entry)
    others = [message(f"reader{n}@example.org") for n in range(30)]
    with sinking() as sink:
        away = sink.transport(command_seconds=0.3)
        away.server = type(away.server)(**{**vars(away.server), "port": 9})
        send_due(transport=notify.transport(for_the_rest=away))
        assert state(invited) == Status.DUE
        assert {state(each) for each in others} == {Status.SENT}

        clock.shift(timedelta(minutes=2))
        send_due(transport=notify.transport(for_the_rest=sink.transport()))
        assert state(invited) == Status.SENT
        assert [mail["To"] for mail in sink.taken] == ["invited@example.org"]
    assert len(notify.taken) == 30


def test_many_messages_and_every_fault_lose_and_double_nothing(
    notify: Notified, clock: time_machine.Coordinates
) -> None:
    """E1 and E14 at short size: strictly once, because Notify can be asked."""
    chance = Random(14)
    rows = [message(f"reader{n}@example.org", mail_class=chance.choice(["service", "asked"])) for n in range(80)]
    notify.faults = [chance.choice(["", "", "", "drop before", "drop after", "500", "429"]) for _n in range(80)]

    for _each in range(12):
        send_due(transport=notify.transport())
        clock.shift(timedelta(minutes=3))

    assert {state(row) for row in rows} == {Status.SENT}
    references = [each["reference"] for each in notify.taken]
    assert sorted(references) == sorted(str(row.pk) for row in rows)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"api_key": "nonsense"}, "NOTIFY_API_KEY"),
        ({"template_id": ""}, "NOTIFY_TEMPLATE_ID"),
        ({"address": "http://notify.example"}, "NOTIFY_API_URL"),
    ],
)
def test_settings_that_are_wrong_are_told_without_the_key(given: dict[str, str], problem: str) -> None:
    good = {"api_key": KEY, "template_id": TEMPLATE, "address": "https://notify.example"}
    assert read_settings(**good) == Account(
        service=SERVICE, secret=SECRET, template_id=TEMPLATE, address="https://notify.example"
    )
    with pytest.raises(ImproperlyConfigured, match=problem) as refused:
        read_settings(**{**good, **given})
    assert SECRET not in str(refused.value)


def test_notify_is_chosen_by_its_key_and_needs_smtp_beside_it(settings: Any) -> None:
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID = KEY, TEMPLATE
    settings.SMTP_URL = None
    (problem,) = transports.address_of_server()
    assert "calendar" in problem.msg

    settings.SMTP_URL = "smtp://mail"
    chosen = transports.chosen()
    assert isinstance(chosen, Notify)
    assert isinstance(chosen.for_the_rest, Smtp)
    assert transports.address_of_server() == []
