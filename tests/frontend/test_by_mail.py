"""Pages behind the links in mail: signed out, one button, looking changes nothing; one click to stop (RFC 8058)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from collaboration.actions.models import Action
from collaboration.initiatives.models import Initiative, Partner
from groundwork.access.actors import PersonActor
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.events import relay
from notifications.models import Choice, Follow, OutgoingMessage, RestingAddress, Subscriber
from notifications.services import mail_acts, stopping
from tests.frontend.test_headers import rows
from tests.frontend.test_registering import text
from tests.notifications.ground import Ground, lay
from tests.notifications.occasions import OCCASIONS, _action
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def act(name: str, who: PersonActor, subject: object) -> str:
    return path(mail_acts.link(name, person=who.person, mandate=who.mandate, subject=subject))


def path(link: str) -> str:
    return link.removeprefix(settings.BASE_URL)


def topic(ground: Ground, name: str = "asked") -> str:
    return path(stopping.link_for(person=ground.people["nurse"].person, topic=name))


def press(client: Client, address: str, **words: str) -> str:
    """Press the button of a page, with the token that the page holds, and read where it leads."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(address).content.decode())
    assert token is not None, "a page with a button"
    response = client.post(address, {"csrfmiddlewaretoken": token[1], **words}, follow=True)
    assert response.status_code == 200, response.status_code
    return text(response)


def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_still_accurate_takes_two_clicks_and_no_sign_in(ground: Ground) -> None:
    client, address = strict(), act("initiative.still_accurate", ground.people["lead"], "VAL-0042")
    page = text(client.get(address))
    assert "Is this still accurate?" in page
    assert "Warm homes" in page
    assert "You answer as Lena Lead, for Northwick Council." in page
    assert Initiative.objects.get(pk=701).verified_at is None
    done = press(client, address)
    assert "Thank you. The page says so now." in done
    assert Initiative.objects.get(pk=701).verified_at is not None
    assert "_auth_user_id" not in client.session


def test_done_already_is_said_and_has_no_button(ground: Ground, clock: time_machine.Coordinates) -> None:
    client, address = Client(), act("partner.confirm", ground.people["nurse"], 801)
    assert "Your organisation has confirmed this part." in press(client, address)
    assert "<form method" not in client.get(address).content.decode().split("<main")[1].split("</main")[0]
    # A second press from a page that was open before: nothing happens twice, and nothing is refused.
    assert client.post(address, follow=True).status_code == 200
    assert AuditEntry.objects.filter(action="partner.confirm").count() == 1


def test_decline_asks_for_a_reason_and_keeps_what_was_written(ground: Ground) -> None:
    address = act("partner.decline", ground.people["nurse"], 801)
    empty = Client().post(address, {"words": "  "})
    assert empty.status_code == 422
    assert "There is a problem" in text(empty)
    long = Client().post(address, {"words": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in long.content.decode()
    assert Partner.objects.get(pk=801).confirmation == "asked"
    assert "Your organisation has declined this part." in press(strict(), address, words="We left.\nIn spring.")
    assert Partner.objects.get(pk=801).declined_reason.startswith("We left.")


def test_seven_more_days_show_both_days(ground: Ground) -> None:
    _action(ground, status="accepted", answered_at=now())
    address = act("action.seven_more", ground.people["nurse"], "A-0007/2027-03-31")
    page = text(Client().get(address))
    assert "Wednesday 31 March 2027" in page
    assert "Wednesday 7 April 2027" in page
    assert "It is due on Wednesday 7 April 2027 now." in press(strict(), address)


def test_not_me_and_done(ground: Ground) -> None:
    _action(ground)
    nurse = ground.people["nurse"]
    assert "Whoever asked is told." in press(strict(), act("action.not_me", nurse, "A-0007"), words="Ask Ann.")
    assert Action.objects.get().declined_reason == "Ask Ann."
    Action.objects.update(status="accepted")
    assert "It is marked as done." in press(strict(), act("action.done", nurse, "A-0007"))


def test_it_acts_as_its_holder_whoever_is_signed_in(ground: Ground) -> None:
    client = strict()
    client.force_login(ground.people["scrutiny"].person)
    press(client, act("initiative.still_accurate", ground.people["lead"], "VAL-0042"))
    assert AuditEntry.objects.get(action="initiative.verify").person == ground.people["lead"].person


def test_without_the_pages_token_nothing_is_done(ground: Ground) -> None:
    address = act("initiative.still_accurate", ground.people["lead"], "VAL-0042")
    assert strict().post(address).status_code == 403
    assert not AuditEntry.objects.exists()


def test_what_may_not_be_done_any_more_says_why(ground: Ground) -> None:
    _action(ground)
    address = act("action.accept", ground.people["nurse"], "A-0007")
    Action.objects.update(owner=ground.people["member"].person)
    page = text(Client().get(address))
    assert "Only the person who was asked can answer." in page
    assert "Yes, I take it on" not in page
    assert Client().post(address).status_code == 403


def test_a_link_that_does_not_work_says_how_to_go_on(ground: Ground, clock: time_machine.Coordinates) -> None:
    address = act("initiative.still_accurate", ground.people["lead"], "VAL-0042")
    hidden = act("initiative.still_accurate", ground.people["scrutiny"], "VAL-0042")
    Initiative.objects.update(visibility="draft", title="A secret")
    gone = Client().get(hidden)
    assert gone.status_code == 410
    assert "A secret" not in text(gone)
    Initiative.objects.update(visibility="public")
    forged = Client().get(address[:-3] + "zz/")
    assert forged.status_code == 410
    assert "was changed on its way" in text(forged)
    assert "Sign in" in text(forged)
    Mandate.objects.filter(person=ground.people["lead"].person).update(valid_to="2021-01-01")
    assert "You do not act for the organisation any more" in text(Client().get(address))
    clock.shift(timedelta(days=31))
    assert "This link has run out. It worked for 30 days." in text(Client().post(address))


def test_the_address_travels_nowhere_and_is_kept_by_nobody(ground: Ground) -> None:
    for address in (act("partner.confirm", ground.people["nurse"], 801), topic(ground)):
        response = Client().get(address)
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]


def test_many_wrong_links_are_refused_before_they_are_looked_at(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.pages.by_mail.links.WRONG_LINKS", 3)
    statuses = [Client().get(f"/{way}/wrong/").status_code for way in ("act", "u", "act", "u", "act")]
    assert statuses == [410, 404, 410, 429, 429]
    # Who has a real one gets on.
    assert Client().get(topic(ground)).status_code == 200


GMAIL = {"data": b"List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
YAHOO = {
    "data": b'--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
    "content_type": "multipart/form-data; boundary=xyz",
}
FASTMAIL = {
    "data": b"List-Unsubscribe=One-Click",
    "content_type": "application/x-www-form-urlencoded; charset=utf-8",
    "HTTP_ORIGIN": "null",
    "HTTP_USER_AGENT": "Cyrus-JMAP",
}
BROKEN = {"data": b"--xyz\r\nnonsense", "content_type": "multipart/form-data"}
EMPTY = {"data": b"", "content_type": ""}


@pytest.mark.parametrize("shape", [GMAIL, YAHOO, FASTMAIL, BROKEN, EMPTY])
def test_one_click_stops_without_cookies_redirects_or_questions(shape: dict[str, Any], ground: Ground) -> None:
    client, address = strict(), topic(ground)
    for _again in range(3):
        response = client.generic("POST", address, secure=False, **shape)
        assert (response.status_code, dict(response.cookies)) == (200, {})
        assert response["Content-Type"].startswith("text/plain")
        assert "Location" not in response
    assert list(Choice.objects.values_list("topic", "frequency")) == [("asked", "never")]
    assert AuditEntry.objects.filter(action="mail.stop").count() == 1


@pytest.mark.parametrize("body", ["act=again", "act=less&frequency=daily", "List-Unsubscribe=no"])
def test_the_way_without_a_cookie_can_only_stop(body: str, ground: Ground) -> None:
    address = topic(ground)
    strict().generic("POST", address, body, content_type="application/x-www-form-urlencoded")
    assert Choice.objects.get().frequency == "never"
    refused = strict().generic("POST", f"{address}change/", body, content_type="application/x-www-form-urlencoded")
    assert refused.status_code == 403
    assert Choice.objects.get().frequency == "never"


def test_looking_offers_to_stop_to_have_less_and_to_take_it_back(ground: Ground) -> None:
    client, address = strict(), topic(ground)
    page = text(client.get(address))
    assert "Less email, or none" in page
    assert "nurse@example.org" in page
    assert "What your organisation is asked" in page
    assert not Choice.objects.exists()
    stopped = client.post(address, {"page": "1"}, follow=True)
    assert "These emails are stopped" in text(stopped)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', stopped.content.decode())
    assert token is not None
    known = {"csrfmiddlewaretoken": token[1]}
    back = client.post(f"{address}change/", {**known, "act": "again"}, follow=True)
    assert "Less email, or none" in text(back)
    less = client.post(f"{address}change/", {**known, "act": "less", "frequency": "weekly"}, follow=True)
    assert "Each week, in your digest" in text(less)
    wrong = client.post(f"{address}change/", {**known, "act": "less", "frequency": "hourly"})
    assert wrong.status_code == 422
    assert client.get(f"{address}change/").status_code == 302


def test_a_digest_and_a_guest_have_their_own_pages(ground: Ground) -> None:
    neighbour = Subscriber.objects.create(email="neighbour@example.org", confirmed_at=now())
    follow = Follow.objects.create(subscriber=neighbour, query="initiative=VAL-0042", anchor="initiative:VAL-0042")
    digest = path(stopping.link_for(subscriber=neighbour))
    assert "Your digest" in text(Client().get(digest))
    one = path(stopping.link_for(subscriber=neighbour, follow=follow))
    assert "Warm homes" in text(Client().get(one))
    Initiative.objects.update(visibility="draft")
    assert "Warm homes" not in text(Client().get(one))
    Client().post(digest)
    assert Follow.objects.get().frequency == "never"
    OCCASIONS["workshop.report"](ground)
    guest = OutgoingMessage.objects.get(recipient="sam@example.org").headers["List-Unsubscribe"].strip("<>")
    assert "All email to this address" in text(Client().get(path(guest)))
    Client().post(path(guest))
    assert RestingAddress.objects.get(email="sam@example.org").reason == "stopped"


def test_mail_that_was_passed_on_does_not_show_what_its_reader_follows(ground: Ground) -> None:
    forget_cache()
    neighbour = Subscriber.objects.create(email="neighbour@example.org", confirmed_at=now())
    Follow.objects.create(subscriber=neighbour, query="initiative=VAL-0042", anchor="initiative:VAL-0042")
    address = path(stopping.link_for(subscriber=neighbour))
    shown = Client().get(address)
    assert "/follow/manage/" not in shown.content.decode()
    assert "Warm homes" not in text(shown)
    client = strict()
    client.get(address)
    assert client.post(f"{address}change/", {"act": "link"}).status_code == 403

    for _time in range(3):
        sent = Client().post(f"{address}change/", {"act": "link"}, follow=True)
        assert "The link is on its way to neighbour@example.org." in text(sent)
        assert "/follow/manage/" not in sent.content.decode()
    relay.drain()
    letters = OutgoingMessage.objects.all()
    assert {(row.kind, row.recipient) for row in letters} == {("follow.link", "neighbour@example.org")}
    assert "/follow/manage/" in letters[0].text
    assert Client().post(f"{address}change/", {"act": "link"}).status_code == 429
    # Whoever has an account signs in instead.
    assert Client().post(f"{topic(ground)}change/", {"act": "link"}).status_code == 404


@pytest.mark.parametrize("name", OCCASIONS)
def test_scanners_that_open_every_link_three_times_change_nothing(name: str, ground: Ground) -> None:
    """Mail scanners follow what they find, with GET and HEAD, before the reader sees it (F21, E15)."""
    OCCASIONS[name](ground)
    before = rows()
    for row in OutgoingMessage.objects.all():
        found = set(re.findall(rf"{re.escape(settings.BASE_URL)}[^\s\"<>]*", row.html + row.text))
        found |= {link.strip("<>") for link in row.headers.get("List-Unsubscribe", "").split(", ") if link}
        assert found
        if name != "partner.asked":
            # In every mail; once is enough of the slowest page.
            found.discard(f"{settings.BASE_URL}/")
        for link in sorted(found):
            scanner = Client(raise_request_exception=False)
            for _time in range(3):
                for method in (scanner.get, scanner.head):
                    response = method(path(link))
                    assert response.status_code < 500, link
    after = rows()
    assert {table for table in after if after[table] != before[table]} == set()


def test_the_human_link_still_works_after_the_scanner(ground: Ground) -> None:
    OCCASIONS["partner.asked"](ground)
    confirm = re.findall(rf"{re.escape(settings.BASE_URL)}(/act/\S+)", OutgoingMessage.objects.get().text)[0]
    for _time in range(3):
        Client().get(confirm)
        Client().head(confirm)
    press(strict(), confirm)
    assert Partner.objects.get(pk=801).confirmation == "confirmed"
