"""Mail servers on a bad day, all at once: what is lost, doubled or left over. ``make drill`` sends 10,000 (E14)."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
import time_machine

from notifications.models import OutgoingMessage, RestingAddress
from notifications.services import send_due
from tests.notifications.ground import message
from tests.notifications.sink import running

pytestmark = pytest.mark.django_db

DRILL = bool(os.environ.get("GT_DRILL"))
MANY = int(os.environ.get("GT_DRILL_MAILS") or 10_000)

Status = OutgoingMessage.Status

FAULTS = ("421", "450", "550", "drop before", "drop after", "stall")
SHARE = 0.05
"""Of all messages, for each fault."""
ANSWER_SECONDS = 1.5
"""Longer than a busy machine keeps an answer back; a server that stalls says nothing for three times as long."""
ANSWER_SECONDS_OF_MANY = 0.7


@pytest.mark.parametrize("seed", [1, 2])
def test_a_mail_server_on_a_bad_day_loses_and_doubles_nothing(seed: int, clock: time_machine.Coordinates) -> None:
    a_bad_day(60, seed, clock, ANSWER_SECONDS)


@pytest.mark.drill
@pytest.mark.skipif(not DRILL, reason="a long drill: set GT_DRILL=1 or make drill")
def test_neither_does_one_with_very_many(clock: time_machine.Coordinates) -> None:
    a_bad_day(MANY, int(os.environ.get("GT_DRILL_SEED") or 3), clock, ANSWER_SECONDS_OF_MANY)


def a_bad_day(number: int, seed: int, clock: time_machine.Coordinates, answer_seconds: float) -> None:
    chance = Random(seed)
    planned = [fault for fault in FAULTS for _each in range(round(number * SHARE))]
    planned += [""] * (number - len(planned))
    chance.shuffle(planned)
    classes = [chance.choice(["service", "asked", "digest"]) for _each in planned]
    rows = [
        message(f"reader{n}@example.org", mail_class=mail_class, dedupe_key=f"bad:{n}")
        for n, mail_class in enumerate(classes)
    ]
    with running() as sink:
        sink.faults.update({row.recipient: [fault] for row, fault in zip(rows, planned, strict=True) if fault})
        for _each in range(10):
            transport = sink.transport(command_seconds=10.0, answer_seconds=answer_seconds)
            send_due(transport=transport, limit=2 * number, seconds=3_600)
            clock.shift(timedelta(minutes=5))

        copies = Counter(mail["To"] for mail in sink.taken)
        ids = {mail["Message-ID"] for mail in sink.taken}
        assert set(sink.recipients_per_message) == {1}
    resting = set(RestingAddress.objects.values_list("email", flat=True))
    for row, fault, mail_class in zip(rows, planned, classes, strict=True):
        row.refresh_from_db()
        case = (fault, mail_class, row.status, row.last_answer)
        answer_lost = fault in ("drop after", "stall")
        if fault == "550":
            assert row.status == Status.DEAD, case
            assert copies[row.recipient] == 0, case
        elif answer_lost and mail_class != "service":
            assert row.status == Status.UNCERTAIN, case
            assert copies[row.recipient] == 1, case
        else:
            assert row.status == Status.SENT, case
            assert copies[row.recipient] == (2 if answer_lost else 1), case
        assert (row.recipient in resting) is (fault == "550"), case
        assert row.lease_until is None, case
    assert ids <= {row.message_id for row in rows}, "a repeat has the Message-ID of the first"
