"""Sending many: what is asked of several messages at once, and how fast one is put together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork.accounts.models import Person
from groundwork.clock import now, today
from notifications.models import Choice, Follow, OutgoingMessage, RestingAddress, Subscriber
from notifications.queries.composing import compose, content_of
from notifications.rules import ask_together, held_back
from notifications.services import send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import lay, message

pytestmark = pytest.mark.django_db


def digest(number: int, initiatives: list[int]) -> OutgoingMessage:
    """A row as a digest leaves it, and its reader."""
    person = Person.objects.create_user(email=f"many{number}@example.org", name=f"Many {number}")
    reader = Subscriber.objects.create(person=person, confirmed_at=now())
    follow = Follow.objects.create(subscriber=reader, query="all=", anchor="all:", reported_until=now())
    return message(
        person.email,
        person=person,
        mail_class="digest",
        conditions={
            "useful_until": {"until": (now() + timedelta(days=7)).isoformat()},
            "digest_wanted": {"subscriber_id": str(reader.pk), "follows": [str(follow.pk)], "topics": ["asked"]},
            "person_reads": {"person_id": person.pk, "email": person.email},
            "chosen": {"person_id": person.pk, "topic": "asked"},
            "digest_seen": {"person_id": person.pk, "named": {"initiative": initiatives}},
            "digest_needs": {"person_id": person.pk, "organisation_id": None, "at": now().isoformat(), "named": []},
        },
    )


def queries_of_sending(number: int, initiatives: list[int]) -> int:
    start = OutgoingMessage.objects.count()
    for n in range(number):
        digest(start + n, initiatives)
    with CaptureQueriesContext(connection) as asked:
        tally = send_due(transport=Mailbox())
    assert tally.outcomes == {"accepted": number}
    return len([query for query in asked if "SAVEPOINT" not in query["sql"]])


def test_a_message_more_costs_one_statement_more() -> None:
    ground = lay()
    one, three, twenty = (queries_of_sending(number, [ground.initiative.pk]) for number in (1, 3, 20))

    assert three - one == 2
    assert twenty - one == 19


def test_what_is_asked_together_is_what_is_asked_of_each() -> None:
    ground = lay()
    rows = [digest(n, [ground.initiative.pk]) for n in range(13)]
    people = [row.person for row in rows]
    readers = [Subscriber.objects.get(person=person) for person in people]
    assert all(people)
    Subscriber.objects.filter(pk=readers[1].pk).delete()
    Subscriber.objects.filter(pk=readers[2].pk).update(paused_until=today() + timedelta(days=3))
    Follow.objects.filter(subscriber=readers[3]).update(frequency="never")
    Follow.objects.filter(subscriber=readers[4]).delete()
    Choice.objects.create(person=people[4], topic="asked", frequency="weekly")
    Choice.objects.create(person=people[5], topic="asked", frequency="never")
    Person.objects.filter(pk=people[6].pk).update(is_active=False)  # type: ignore[union-attr]
    Person.objects.filter(pk=people[7].pk).update(email="new@example.org")  # type: ignore[union-attr]
    RestingAddress.objects.create(email=rows[8].recipient, reason="bounce")
    rows[9].conditions["digest_seen"]["named"]["initiative"] = [ground.initiative.pk, 999_999]
    rows[12].conditions["digest_needs"]["named"] = [["partner.asked", ground.partner.pk]]
    rows[10].conditions["digest_wanted"]["subscriber_id"] = str(uuid4())
    # Each condition by itself too: the first that does not hold hides the others.
    alone = [
        OutgoingMessage(recipient=row.recipient, mail_class=row.mail_class, conditions={name: row.conditions[name]})
        for row in rows
        for name in row.conditions
    ]
    everything = [*rows, *alone]

    known = ask_together(everything)
    together = [held_back(row, known[row.pk]) for row in everything]

    assert together == [held_back(row) for row in everything]
    assert together[0] == together[11] == ""
    assert all(together[n] for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12))


def test_a_twin_that_fails_leaves_the_others_alone() -> None:
    ground = lay()
    wrong, right = digest(1, [ground.initiative.pk]), digest(2, [ground.initiative.pk])
    wrong.conditions["digest_wanted"]["subscriber_id"] = "nobody"
    wrong.save()

    send_due(transport=Mailbox())

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, right.status) == ("dead", "sent")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "", "html": ""},
        {
            "text": "First\n.dotted\n ends in a space \nÄ long line " + "x" * 1500,
            "html": "<p>£ – “é”</p>\r\n" + "=" * 90,
        },
        {
            "text": "no end of line \x85\u2028 \x0b \t\n\nFrom us\r\rto there",
            "html": "a" * 76 + "\n" + "b" * 77,
        },
        {"subject": "Due today: “Ask the parishes”, and 14 more"},
        {"subject": "  Two  spaces , commas; and =?utf-8?q?marks?= "},
        {"subject": "A long subject " * 9},
        {"subject": "12" * 60, "sender": "Priya “O'Brien”, MBE"},
        {"recipient": "o'hara+tag@bücher.example", "mail_class": "service", "holds_secret": True},
        {"recipient": f"{'long' * 15}@{'far.' * 20}example.org", "kind": "Digest due"},
        {"headers": {"Reply-To": "it@example.org", "List-Unsubscribe": f"<https://example.org/{'u' * 200}/>"}},
        {
            "headers": {
                "References": f"<t-{'1' * 80}@example.org>",
                "X-Fine": "",
                "to": "a@b.example",
                "X-fine": "é",
            }
        },
    ],
)
def test_what_is_sent_is_to_the_byte_what_python_makes_of_it(fields: dict[str, Any]) -> None:
    lay()
    row = message(**fields)

    assert content_of(row) == compose(row).as_bytes()
    assert content_of(row, "vale") == content_of(row)


@pytest.mark.parametrize("headers", [{"List-Unsubscribe": "<https://x>\r\nBcc: a@b"}, {"X-Two": "a\nb"}])
def test_what_cannot_stand_in_a_header_is_refused(headers: dict[str, str]) -> None:
    row = message(headers=headers)

    with pytest.raises(ValueError, match="linefeed"):
        content_of(row)
