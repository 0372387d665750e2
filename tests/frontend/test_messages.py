"""The bell in the header, the page of messages, one message, and what a script tells of records that were looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.pages.messages import REASONS_NOT_SENT
from groundwork.clock import now
from groundwork.ids import uuid7
from notifications.models import Follow, OutgoingMessage, Seen, Subscriber
from tests.frontend.reading import words
from tests.notifications.ground import Ground, lay, message

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGE = "/account/messages/"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """That officers need one is shown elsewhere."""
    settings.REQUIRE_MFA = "none"


@pytest.fixture
def ground() -> Ground:
    return lay()


def browser(ground: Ground, who: str = "nurse", **more: Any) -> Client:
    client = Client(**more)
    client.force_login(ground.people[who].who)
    return client


def write(ground: Ground, who: str = "nurse", **fields: Any) -> OutgoingMessage:
    person = ground.people[who].who
    return message(person.email, person=person, **fields)


def bell(client: Client, address: str = "/help/") -> str:
    """The words beside the bell of a page, or "" where there is none."""
    page = client.get(address).text
    return page.partition("data-gt-bell-words>")[2].partition("<")[0]


def test_the_bell_says_in_words_how_many(ground: Ground) -> None:
    client = browser(ground)
    assert bell(client) == "Messages"
    write(ground)
    assert bell(client) == "1 unread message"
    write(ground)
    assert bell(client) == "2 unread messages"
    assert bell(browser(ground, "lead")) == "Messages"
    assert bell(Client()) == ""
    assert 'aria-current="page"><svg' in client.get(PAGE).text


def test_the_bell_costs_one_query_and_the_public_none(ground: Ground) -> None:
    client = browser(ground)

    def about_mail(client: Client) -> int:
        client.get("/help/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/help/").status_code == 200
        return sum("notifications_" in each["sql"] for each in asked)

    assert about_mail(Client()) == 0
    for _ in range(4):
        assert about_mail(client) == 1
        write(ground)


def test_the_list_and_marking_it_as_read(ground: Ground) -> None:
    root = {"References": f"<initiative-{ground.initiative.number}@localhost>"}
    write(ground, subject="Please confirm", reason="your hospital is named", status="sent", headers=root)
    write(ground, kind="account.sign_in", holds_secret=True, subject="Sign in")
    client = browser(ground)
    page = client.get(PAGE)
    html5lib.HTMLParser(strict=True).parse(page.text)
    said = words(client, PAGE)
    for part in ("Unread Please confirm", "About Warm homes", "Your hospital is named", "Sent", "Mark all as read"):
        assert part in said, part
    assert "Sign in" not in said
    until = page.context["until"]
    later = write(ground, subject="Just now")
    answer = client.post(f"{PAGE}read/", {"until": until})
    assert answer.status_code == 302
    assert answer["Location"] == PAGE
    said = words(client, PAGE)
    assert "Unread Just now" in said
    assert "Unread Please" not in said
    assert bell(client) == "1 unread message"
    client.post(f"{PAGE}read/", {"until": later.created_at.isoformat()})
    assert bell(client) == "Messages"
    assert "Mark all as read" not in words(client, PAGE)


@pytest.mark.parametrize("until", ["", "yesterday", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00", "\x00", "9" * 400])
def test_a_strange_instant_means_now(ground: Ground, until: str) -> None:
    write(ground)
    client = browser(ground)
    assert client.post(f"{PAGE}read/", {"until": until}).status_code == 302
    assert bell(client) == "Messages"


def test_no_messages_yet(ground: Ground) -> None:
    assert "No messages yet" in words(browser(ground), PAGE)


MONDAY_NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
STATES: list[tuple[dict[str, Any], str]] = [
    ({"status": "sent"}, "Sent"),
    ({"status": "due"}, "On its way"),
    ({"status": "sending"}, "Being sent"),
    ({"status": "due", "due_at": MONDAY_NIGHT + timedelta(hours=10)}, "Held until 8am on Tuesday 24 November"),
    ({"status": "due", "due_at": MONDAY_NIGHT + timedelta(minutes=90)}, "Held until 11:30pm"),
    (
        {"status": "due", "due_at": MONDAY_NIGHT + timedelta(minutes=5), "attempts": 2},
        "Not taken yet: tried again at 10:05pm",
    ),
    ({"status": "uncertain"}, "Sent, but it may not have arrived"),
    ({"status": "dead", "last_answer": "550 5.1.1 nobody"}, "Not sent: your mail server did not take it"),
    ({"status": "suppressed", "last_answer": "The question was answered."}, "Not sent: it was no longer needed"),
    (
        {"status": "suppressed", "last_answer": "The person wants this in their digest."},
        "Not sent: you asked for this in your digest",
    ),
]


@pytest.mark.parametrize(("fields", "said"), STATES)
def test_its_state_in_words(ground: Ground, fields: dict[str, Any], said: str) -> None:
    with time_machine.travel(MONDAY_NIGHT, tick=False):
        row = write(ground, mail_class="service", **fields)
        client = browser(ground)
        assert f" {said} " in words(client, PAGE) + " "
        assert f"State {said}" in words(client, f"{PAGE}{row.pk}/")
        assert "550" not in client.get(PAGE).text


def test_every_reason_with_words_of_its_own_is_one_that_is_given() -> None:
    sources = "".join(each.read_text() for each in (ROOT / "notifications").rglob("*.py"))
    for begins, _words in REASONS_NOT_SENT:
        assert f'"{begins}' in sources, begins


def test_one_message(ground: Ground) -> None:
    row = write(
        ground, subject="Please confirm", text="See <b>this</b>\nhttps://example.org/page/ now\n", status="sent"
    )
    page = browser(ground).get(f"{PAGE}{row.pk}/")
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "See &lt;b&gt;this" in page.text
    assert '<a href="https://example.org/page/"' in page.text
    for who in ("lead", "officer", "operator"):
        assert browser(ground, who).get(f"{PAGE}{row.pk}/").status_code == 404
    assert browser(ground).get(f"{PAGE}{uuid7()}/").status_code == 404
    anonymous = Client().get(f"{PAGE}{row.pk}/")
    assert anonymous["Location"].startswith("/sign-in/")


def test_what_may_not_be_shown_says_so(ground: Ground) -> None:
    secret = write(ground, kind="workshop.report", holds_secret=True, text="KEY", status="sent", subject="The report")
    write(ground, topic="asked", subject="Secret plans", text="Secret plans", status="suppressed")
    client = browser(ground)
    assert "words of this message are not kept" in words(client, f"{PAGE}{secret.pk}/")
    said = client.get(PAGE).text
    assert "Secret plans" not in said
    assert "About what your organisation is asked" in said


def test_posted_only_and_by_people_only(ground: Ground) -> None:
    for address in (f"{PAGE}read/", "/seen/"):
        assert browser(ground).get(address).status_code == 405
        assert browser(ground, enforce_csrf_checks=True).post(address).status_code == 403
    assert Client().post(f"{PAGE}read/")["Location"].startswith("/sign-in/")
    assert Client().post("/seen/", {"kind": "initiative", "key": "VAL-0042"}).status_code == 403
    assert not Seen.objects.exists()


def test_a_script_tells_of_a_record_that_was_looked_at(ground: Ground) -> None:
    client = browser(ground)
    look = {"kind": "initiative", "key": ground.initiative.reference}
    assert client.post("/seen/", look).status_code == 204
    assert not Seen.objects.exists()
    subscriber = Subscriber.objects.create(person=ground.people["nurse"].who, confirmed_at=now())
    Follow.objects.create(subscriber=subscriber, query="area=V1", anchor="area:V1")
    assert client.post("/seen/", look).status_code == 204
    assert Seen.objects.get().subject == f"initiative:{ground.initiative.pk}"
    for wrong in ({"key": "VAL-0043"}, {"key": "\x00"}, {"kind": "x"}, {"kind": "workshop"}, {"key": "V" * 5000}):
        assert client.post("/seen/", {**look, **wrong}).status_code == 404
    record = f"/initiatives/{ground.initiative.reference}/"
    assert f'data-key="{ground.initiative.reference}"' in client.get(record).text
    assert "data-gt-seen" not in Client().get(record).text
