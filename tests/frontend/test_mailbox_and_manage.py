"""The demo's mailbox, and the pages for those who look after the product."""

from __future__ import annotations

import dataclasses
from typing import Any

import html5lib
import pytest
from django.test import Client
from django.urls import reverse

from groundwork.access.actors import PersonActor
from groundwork.catalogue.models import CatalogueChange, CatalogueLoad
from groundwork.events.models import OutboxEvent
from groundwork.ids import uuid7
from notifications.models import OutgoingMessage
from notifications.services import send_due
from tests.notifications.ground import Ground, lay, message
from tests.notifications.occasions import OCCASIONS

pytestmark = pytest.mark.django_db

SECRET = "https://example.org/one-time-key"


@pytest.fixture
def ground() -> Ground:
    return lay()


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """That officers need one is shown elsewhere."""
    settings.REQUIRE_MFA = "none"


@pytest.fixture
def in_demo(settings: Any) -> None:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mode="demo")


def browser(actor: PersonActor | None = None) -> Client:
    client = Client()
    if actor is not None:
        client.force_login(actor.who)
    return client


def test_the_mailbox_shows_each_message_in_three_ways(ground: Ground, in_demo: None) -> None:
    OCCASIONS["partner.asked"](ground)
    send_due()
    row = OutgoingMessage.objects.get()
    client = browser()

    listed = client.get(reverse("demo_mail"))
    assert listed.status_code == 200
    assert "VAL-0042" in listed.text
    address = reverse("demo-letter", args=[row.pk])
    assert address in listed.text

    page = client.get(address)
    assert f'src="{reverse("demo-letter-html", args=[row.pk])}"' in page.text
    assert 'sandbox="' in page.text
    text = client.get(address + "?view=text")
    assert "Opening a link changes nothing" in text.text
    assert f'href="{row.html.split("href=")[1][1:].split(chr(34))[0]}"' in text.text
    headers = client.get(address + "?view=headers")
    assert row.message_id.strip("<>") in headers.text
    assert "auto-generated" in headers.text
    for answer in (listed, page, text, headers):
        html5lib.HTMLParser(strict=True).parse(answer.text)


def test_a_shown_message_can_do_nothing(ground: Ground, in_demo: None) -> None:
    row = message(
        html="<!DOCTYPE html><html><head><title>x</title></head><body><script>alert(1)</script></body></html>"
    )

    answer = browser().get(reverse("demo-letter-html", args=[row.pk]))

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.text


def test_the_mailbox_can_be_narrowed_to_one_reader(in_demo: None) -> None:
    message("a@example.org", subject="For A")
    message("b@example.org", subject="For B")

    narrowed = browser().get(reverse("demo_mail"), {"to": "a@example.org"}).text
    assert "For A" in narrowed
    assert "For B" not in narrowed
    nonsense = browser().get(reverse("demo_mail"), {"to": "<nobody>\x00", "view": "?"})
    assert nonsense.status_code == 200
    assert "For B" in nonsense.text


def test_an_empty_mailbox_says_what_to_do(in_demo: None) -> None:
    assert "No mail yet" in browser().get(reverse("demo_mail")).text


def test_there_is_no_mailbox_outside_a_demo() -> None:
    row = message(text=SECRET)
    for name in ("demo_mail", "demo-letter", "demo-letter-html"):
        answer = browser().get(reverse(name, args=[] if name == "demo_mail" else [row.pk]))
        assert answer.status_code == 404
        assert SECRET not in answer.text


def test_a_message_that_is_not_there_is_404(in_demo: None) -> None:
    assert browser().get(reverse("demo-letter", args=[uuid7()])).status_code == 404


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("manage-mail", {"officer", "operator"}),
        ("manage-outbox", {"operator"}),
        ("manage-catalogue", {"officer", "operator"}),
    ],
)
def test_who_may_see_which_page(name: str, allowed: set[str], ground: Ground) -> None:
    for who, actor in ground.people.items():
        answer = browser(actor).get(reverse(name))
        assert answer.status_code == (200 if who in allowed else 403), who
        if who in allowed:
            html5lib.HTMLParser(strict=True).parse(answer.text)
    anonymous = browser().get(reverse(name))
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))


def test_the_mail_page_shows_what_did_not_arrive_and_never_its_text(ground: Ground) -> None:
    dead = message("gone@example.org", status="dead", last_answer="550 No such user", text=SECRET, html=SECRET)
    message("lost@example.org", status="uncertain", text=SECRET)

    page = browser(ground.people["officer"]).get(reverse("manage-mail")).text

    assert "550 No such user" in page
    assert "gone@example.org" in page
    assert "lost@example.org" in page
    assert reverse("manage-mail-resend", args=[dead.pk]) in page
    assert SECRET not in page


def test_a_message_is_sent_again_from_the_page(ground: Ground) -> None:
    row = message(status="dead", attempts=3)
    client = browser(ground.people["officer"])
    address = reverse("manage-mail-resend", args=[row.pk])

    assert client.get(address).status_code == 405
    row.refresh_from_db()
    assert row.status == "dead", "looking changes nothing"

    answer = client.post(address, follow=True)
    assert "on its way again" in answer.text
    row.refresh_from_db()
    assert row.status == "due"

    row.status = "sent"
    row.save()
    refused = client.post(address, follow=True)
    assert "Only a message that did not arrive" in refused.text


@pytest.mark.parametrize("who", ["lead", "nurse", "scrutiny", "member"])
def test_nobody_else_sends_again(who: str, ground: Ground) -> None:
    row = message(status="dead")
    answer = browser(ground.people[who]).post(reverse("manage-mail-resend", args=[row.pk]))
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.status == "dead"


def test_a_parked_event_is_shown_and_retried(ground: Ground) -> None:
    event = OutboxEvent.objects.create(
        name="initiative.verified",
        payload={"initiative_id": 701, "reference": "VAL-0042"},
        status="parked",
        attempts=5,
        last_error="Traceback: <boom>",
    )
    client = browser(ground.people["operator"])
    address = reverse("manage-outbox-retry", args=[event.pk])

    page = client.get(reverse("manage-outbox")).text
    assert "initiative.verified" in page
    assert "&lt;boom&gt;" in page
    assert browser(ground.people["officer"]).post(address).status_code == 403
    event.refresh_from_db()
    assert event.status == "parked"

    assert "being handled again" in client.post(address, follow=True).text
    event.refresh_from_db()
    assert (event.status, event.attempts) == ("waiting", 0)
    assert "not parked" in client.post(address, follow=True).text
    assert client.post(reverse("manage-outbox-retry", args=[uuid7()])).status_code == 404


def test_loads_of_the_catalogue_are_shown_with_their_changes(ground: Ground) -> None:
    load = CatalogueLoad.objects.create(place="vale", digest="0" * 64, added=1, changed=1)
    CatalogueChange.objects.create(load=load, kind="area", key="V9", what="added")
    CatalogueChange.objects.create(
        load=load, kind="element", key="A1", what="changed", differences={"title": [None, "Live <well>"]}
    )

    page = browser(ground.people["officer"]).get(reverse("manage-catalogue")).text

    assert "1 added, 1 changed, 0 withdrawn" in page
    assert "area V9" in page
    assert "Live &lt;well&gt;" in page
    assert "Not stated" in page


@pytest.mark.parametrize("count", [1, 3])
def test_more_messages_cost_no_more_queries(count: int, ground: Ground, django_assert_max_num_queries: Any) -> None:
    for _each in range(count):
        message(status="dead", person=ground.people["lead"].person)
        message(person=ground.people["nurse"].person)
    client = browser(ground.people["officer"])
    client.get(reverse("manage-mail"))
    with django_assert_max_num_queries(14):
        client.get(reverse("manage-mail"))
