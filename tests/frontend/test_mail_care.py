"""Addresses that mail rests for, how each mail looks, and what GOV.UK Notify tells."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import html5lib
import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frontend.pages.mail_reports import notify
from groundwork.access.actors import PersonActor
from notifications.models import OutgoingMessage, RestingAddress
from notifications.queries.samples import FOLDER, Sample
from notifications.services.resting import rest
from tests.notifications.ground import Ground, lay, message

pytestmark = pytest.mark.django_db

CARE = ("manage-mail-addresses", "manage-mail-previews")
TOKEN = "the-token-that-was-agreed-with-notify"


@pytest.fixture
def ground() -> Ground:
    return lay()


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.REQUIRE_MFA = "none"


def browser(actor: PersonActor | None = None, **more: Any) -> Client:
    client = Client(**more)
    if actor is not None:
        client.force_login(actor.who)
    return client


def sound(page: Any) -> str:
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    return str(page.text)


def test_a_person_whose_address_rests_is_told_and_has_it_tried_again(ground: Ground) -> None:
    nurse = browser(ground.people["nurse"])
    rest("nurse@example.org", reason="bounce", detail="550 5.1.1 No <such> user")

    for address in ("/home/", "/account/", "/account/messages/", "/account/notifications/"):
        page = sound(nurse.get(address))
        assert "We stopped writing to nurse@example.org." in page
        assert "No &lt;such&gt; user" in page
        assert reverse("account-mail-again") in page
        assert "We stopped writing" not in browser(ground.people["lead"]).get(address).text
    assert RestingAddress.objects.filter(ended_at=None).exists(), "looking changes nothing"

    assert nurse.get(reverse("account-mail-again")).status_code == 405
    done = nurse.post(reverse("account-mail-again"), follow=True)
    assert "We write to you again." in done.text
    assert "We stopped writing" not in done.text
    assert "not resting" in nurse.post(reverse("account-mail-again"), follow=True).text


@pytest.mark.parametrize(("reason", "said"), [("complaint", "reported as unwanted"), ("stopped", "no more mail")])
def test_why_it_rests_is_said(reason: str, said: str, ground: Ground) -> None:
    rest("nurse@example.org", reason=reason)
    assert said in sound(browser(ground.people["nurse"]).get("/account/"))


def test_trying_again_needs_to_be_signed_in(ground: Ground) -> None:
    rest("nurse@example.org", reason="bounce")
    assert browser().post(reverse("account-mail-again")).status_code == 302
    strict = browser(ground.people["nurse"], enforce_csrf_checks=True)
    assert strict.post(reverse("account-mail-again")).status_code == 403
    assert RestingAddress.objects.filter(ended_at=None).exists()


def test_officers_see_the_addresses_and_have_one_tried_again(ground: Ground) -> None:
    bounced = rest("gone@example.org", reason="bounce", detail="550 5.1.1 No such user")
    unwanted = rest("cross@example.org", reason="complaint")
    officer = browser(ground.people["officer"])

    assert "2 addresses that mail rests for" in sound(officer.get(reverse("manage-mail")))
    page = sound(officer.get(reverse("manage-mail-addresses")))
    assert "550 5.1.1 No such user" in page
    assert reverse("manage-mail-try-again", args=[bounced.pk]) in page
    assert reverse("manage-mail-try-again", args=[unwanted.pk]) not in page, "its reader decides"

    told = officer.post(reverse("manage-mail-try-again", args=[bounced.pk]), follow=True)
    assert "Mail goes to gone@example.org again." in told.text
    assert officer.post(reverse("manage-mail-try-again", args=[unwanted.pk])).status_code == 403
    assert "not resting" in officer.post(reverse("manage-mail-try-again", args=[bounced.pk]), follow=True).text


def test_a_long_list_of_addresses_has_pages_and_costs_the_same(ground: Ground) -> None:
    officer = browser(ground.people["officer"])

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            officer.get(reverse("manage-mail-addresses"))
        return len(caught)

    rest("a0@example.org", reason="bounce")
    queries()
    one = queries()
    for number in range(1, 60):
        rest(f"a{number}@example.org", reason="bounce")
    assert queries() == one
    assert "?page=2" in sound(officer.get(reverse("manage-mail-addresses")))
    sound(officer.get(reverse("manage-mail-addresses"), {"page": "nonsense"}))


@pytest.mark.parametrize("name", CARE)
def test_nobody_else_sees_these_pages(name: str, ground: Ground) -> None:
    for who in ("lead", "nurse", "member", "scrutiny"):
        assert browser(ground.people[who]).get(reverse(name)).status_code == 403, who
    for who in ("officer", "operator"):
        sound(browser(ground.people[who]).get(reverse(name)))
    assert browser().get(reverse(name)).status_code == 302
    address = reverse("manage-mail-preview", args=["partner.asked"])
    for path in (address, address + "html/"):
        assert browser(ground.people["lead"]).get(path).status_code == 403
        assert browser().get(path).status_code == 302


def test_each_mail_is_shown_in_four_ways(ground: Ground) -> None:
    officer = browser(ground.people["officer"])
    listed = sound(officer.get(reverse("manage-mail-previews")))
    names = sorted(path.stem for path in FOLDER.glob("*.html"))
    for name in names:
        assert f'href="{reverse("manage-mail-preview", args=[name])}"' in listed
    for name in names[::12]:
        address = reverse("manage-mail-preview", args=[name])
        for view in ("html", "dark", "images-off", "text", "<nonsense>"):
            page = sound(officer.get(address, {"view": view}))
            assert ("<iframe" in page) is (view != "text")
            alone = officer.get(address + "html/", {"view": view})
            policy = alone["Content-Security-Policy"]
            assert policy.startswith("sandbox ")
            assert "allow-scripts" not in policy
            assert alone["X-Frame-Options"] == "SAMEORIGIN"
            assert ("prefers-color-scheme" in alone.text) is (view != "dark")
    text = officer.get(reverse("manage-mail-preview", args=["partner.asked"]), {"view": "text"}).text
    assert "Why am I getting this?" in text
    assert "http://localhost:8000/" in text


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2ftest_kinds", "partner.asked.txt", "<x>"])
def test_a_mail_that_is_not_there_is_404(name: str, ground: Ground) -> None:
    officer = browser(ground.people["officer"])
    assert officer.get(f"/manage/mail/preview/{name}/").status_code == 404


def test_an_installation_without_samples_says_so(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.queries.samples.FOLDER", tmp_path)
    assert "left out" in sound(browser(ground.people["officer"]).get(reverse("manage-mail-previews")))


def test_pictures_that_are_not_shown_leave_their_words() -> None:
    sample = Sample(
        name="x",
        subject="",
        headers=(),
        text="",
        html='<p style="background:url(x.png);color:red"><img src="a.png" alt="A map"><img src="b.png"></p>',
    )
    assert sample.without_pictures == '<p style="color:red">A map</p>'


@pytest.fixture
def agreed(settings: Any) -> None:
    settings.NOTIFY_REPORTS_TOKEN = TOKEN


def tell(told: Any, *, token: str | None = f"Bearer {TOKEN}") -> Any:
    headers = {} if token is None else {"Authorization": token}
    content = told if isinstance(told, (str, bytes)) else json.dumps(told)
    client = browser(enforce_csrf_checks=True)
    return client.post("/mail/reports/notify/", content, content_type="application/json", headers=headers)


def receipt(row: OutgoingMessage, status: str) -> dict[str, Any]:
    """As the documentation of Notify has it."""
    return {
        "id": str(uuid4()),
        "reference": str(row.pk),
        "to": row.recipient,
        "status": status,
        "created_at": "2026-11-23T12:00:00.000000Z",
        "completed_at": "2026-11-23T12:00:05.000000Z",
        "sent_at": "2026-11-23T12:00:01.000000Z",
        "notification_type": "email",
        "template_id": str(uuid4()),
        "template_version": 1,
    }


def test_notify_tells_that_an_address_is_not_there(agreed: None) -> None:
    row = message("gone@example.org", status="sent")
    for _twice in range(2):
        answer = tell(receipt(row, "permanent-failure"))
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.cookies == {}
    row.refresh_from_db()
    assert row.status == "dead"
    assert RestingAddress.objects.get().email == "gone@example.org"


def test_notify_tells_of_others_and_of_what_was_delivered(agreed: None) -> None:
    row = message(status="uncertain")
    assert tell(receipt(row, "delivered")).status_code == 204
    assert tell({**receipt(row, "permanent-failure"), "reference": str(uuid4())}).status_code == 204
    assert tell({**receipt(row, "permanent-failure"), "reference": "of another service"}).status_code == 204
    row.refresh_from_db()
    assert row.status == "sent"
    assert not RestingAddress.objects.exists()


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer \xff"])
def test_nobody_else_tells(token: str | None, agreed: None) -> None:
    row = message(status="sent")
    answer = tell(receipt(row, "permanent-failure"), token=token)
    assert answer.status_code == 401
    row.refresh_from_db()
    assert row.status == "sent"


@pytest.mark.parametrize(
    ("content", "status"),
    [("", 400), ("{", 400), (b"\xff\xfe", 400), ("[" * 9_000, 400), ("[]", 204), ("7", 204), (" " * 20_001, 413)],
)
def test_nonsense_is_refused_and_breaks_nothing(content: Any, status: int, agreed: None) -> None:
    assert tell(content).status_code == status


@pytest.mark.parametrize(("content", "status"), [(b"7", 204), (b" " * 20_001, 413)])
def test_a_body_that_does_not_say_its_length_is_bounded_too(content: bytes, status: int, agreed: None) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mail/reports/notify/",
        "headers": [(b"authorization", f"Bearer {TOKEN}".encode()), (b"transfer-encoding", b"chunked")],
    }
    body = BytesIO(content + b" " * 100_000 if status == 413 else content)
    assert notify(ASGIRequest(scope, body)).status_code == status
    assert body.tell() <= 20_001


def test_without_a_token_there_is_no_such_page() -> None:
    assert tell({}, token="Bearer ").status_code == 404
    assert browser().get("/mail/reports/notify/").status_code == 405
