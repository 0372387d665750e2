"""Following from pages: the button, the address alone, one's settings, and the links that mail leads by."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from frontend.pages.following.words import hour_words, sentences
from groundwork.events import relay
from notifications.models import Choice, Follow, FollowAsk, OutgoingMessage, Subscriber
from notifications.queries.follows import Shown, rhythm_for
from notifications.services import asking, subscribing
from tests.notifications.ground import Ground, lay
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    forget_cache()
    return lay()


def signed_in(ground: Ground, who: str = "member") -> Client:
    client = Client()
    client.force_login(ground.people[who].person)
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def wish(client: Client, **fields: object) -> object:
    return client.post("/follow/", {"area": "V1", "frequency": "weekly", "email": "rita@example.org", **fields})


def token_of(ask: FollowAsk) -> str:
    return asking.confirm_link(ask).rstrip("/").rsplit("/", 1)[1]


PAGES = (
    ("/areas/northwick/", "area=V1"),
    ("/organisations/vale-nhs/", "organisation=vale-nhs"),
    ("/initiatives/VAL-0042/", "initiative=VAL-0042"),
    ("/initiatives/?area=V1&sort=title", "area=V1"),
)


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_whoever_is_signed_in_follows_with_one_button(ground: Ground, page: str, query: str) -> None:
    client = signed_in(ground)
    shown = text(client.get(page))
    assert f'name="query" value="{query}"' in shown

    back = client.post(reverse("follow-add"), {"query": query, "next": page}, follow=True)

    assert back.redirect_chain == [(page, 302)]
    row = Follow.objects.get()
    assert row.query == query
    assert "You follow this: each week." in text(back)
    client.post(reverse("follow-stop", args=[row.pk]), {"next": page})
    assert not Follow.objects.exists()


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_everybody_else_gets_a_link_and_no_cookie(ground: Ground, page: str, query: str) -> None:
    client = Client()
    shown = client.get(page)

    assert f'href="/follow/?{query}"' in text(shown)
    assert not shown.cookies
    assert client.get(f"/follow/?{query}").status_code == 200
    assert client.post(reverse("follow-add"), {"query": query}).status_code == 302
    assert not Follow.objects.exists()


def test_the_button_asks_one_query_and_none_of_the_public(
    ground: Ground, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    from frontend.pages.following.boxes import box_of_view

    class Request:
        META: dict[str, str] = {}
        actor = ground.people["member"]

        @staticmethod
        def get_full_path() -> str:
            return "/"

    with django_assert_num_queries(1):  # type: ignore[operator]
        box_of_view(Request(), area="V1")  # type: ignore[arg-type]


def test_what_comes_back_is_never_somewhere_else(ground: Ground) -> None:
    client = signed_in(ground)
    for bad in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = client.post(reverse("follow-add"), {"query": "area=V1", "next": bad})
        assert response["Location"] == "/account/notifications/"
    assert client.post(reverse("follow-add"), {"query": "area=gone"}, follow=True).status_code == 200
    assert client.post(reverse("follow-add"), {"query": "initiative=VAL-9"}).status_code == 404


def test_a_reader_without_an_account_is_asked_and_says_yes(ground: Ground) -> None:
    client = Client()
    assert wish(client).headers["Location"] == "/follow/sent/"  # type: ignore[attr-defined]
    assert client.get("/follow/sent/").status_code == 200
    relay.drain()
    letter = OutgoingMessage.objects.get(kind="follow.asked")
    link = next(part for part in letter.text.split() if "/follow/confirm/" in part).removeprefix(
        "http://localhost:8000"
    )

    for _look in range(3):
        page = client.get(link)
        assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert "Northwick" in text(page)
    assert not Subscriber.objects.exists(), "looking changes nothing"

    done = client.post(link, follow=True)
    assert "You get one email each Tuesday at 8am about Northwick." in text(done)
    assert "Next: Tuesday 24 November 2026 at 8am" in text(done)
    again = client.get(link)
    assert again.status_code == 409
    assert "You have said yes already" in text(again)
    assert "/follow/link/" in text(again)
    assert client.get("/follow/confirm/forged/").status_code == 404


def test_bad_input_is_said_and_nothing_typed_is_lost(ground: Ground) -> None:
    client = Client()
    nothing = wish(client, area="", email="rita@")
    assert nothing.status_code == 422  # type: ignore[attr-defined]
    assert 'value="rita@"' in text(nothing)
    assert "Choose at least one thing to follow" in text(nothing)
    assert wish(client, frequency="daily").status_code == 422  # type: ignore[attr-defined]
    assert "There is no area “gone”." in text(client.get("/follow/?area=gone"))
    for _time in range(3):
        wish(client)
    refused = wish(client)
    assert refused.status_code == 429  # type: ignore[attr-defined]
    assert "rita@example.org" in text(refused)


def test_what_is_not_public_is_not_offered(ground: Ground) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.save()

    assert Client().get("/follow/?initiative=VAL-0042").status_code == 404
    assert "gt-follow" not in text(signed_in(ground, "lead").get("/initiatives/VAL-0042/"))


def test_the_page_behind_the_link_changes_and_stops(ground: Ground) -> None:
    wish(Client())
    subscriber = asking.confirm(token_of(FollowAsk.objects.get()))
    row = subscriber.follows.get()
    page = reverse("follow-manage", args=[asking.manage_token(subscriber)])
    client = Client()

    chosen = {f"follow-{row.pk}": "monthly", "weekday": "4", "hour": "17", "paused_until-day": "1"}
    wrong = client.post(page, chosen)
    assert wrong.status_code == 422
    assert "must include a month and year" in text(wrong)
    del chosen["paused_until-day"]
    saved = client.post(page, chosen, follow=True)
    assert "You get one email on the first of each month at 5pm about Northwick." in text(saved)

    stopped = client.post(page, {"stop": "all"}, follow=True)
    assert "You get nothing any more" in text(stopped)
    assert Follow.objects.get().frequency == "never"
    assert "Undo: send it again as before" in text(stopped)

    back = client.post(page, {"again": "all"}, follow=True)
    assert "You get it again as before." in text(back)
    assert Follow.objects.get().frequency == "monthly"
    assert "Undo" not in text(client.get(page))
    assert client.post(page, {"again": "all"}).status_code == 302, "there is nothing to take back, and nothing happens"
    assert Follow.objects.get().frequency == "monthly"
    assert client.get("/follow/manage/forged/").status_code == 404


def test_the_link_is_sent_to_the_address_itself(ground: Ground) -> None:
    for email in ("rita@example.org", "nobody@example.org"):
        assert Client().post("/follow/link/", {"email": email})["Location"] == "/follow/sent/"
    assert Client().post("/follow/link/", {"email": "no"}).status_code == 422


def settings_of(**fields: str) -> dict[str, str]:
    topics = dict.fromkeys(("topic-asked", "topic-actions", "topic-workshops", "topic-reminders"), "at_once")
    hours = {"weekday": "1", "hour": "8", "quiet_from": "18", "quiet_until": "8"}
    return {**topics, **hours, "quiet_weekends": "on", "quiet_holidays": "on", **fields}


def test_settings_say_in_words_what_will_happen(ground: Ground) -> None:
    client, page = signed_in(ground), reverse("account-notifications")
    assert "You get an email at once about what your organisation is asked, your actions" in text(client.get(page))
    assert not Subscriber.objects.exists(), "looking changes nothing"
    row = subscribing.follow(ground.people["member"], "area=V1")

    saved = client.post(page, settings_of(**{"topic-actions": "daily", f"follow-{row.pk}": "monthly"}), follow=True)

    said = text(saved)
    assert "You get one email each working day at 8am about your actions." in said
    assert "You get one email on the first of each month at 8am about Northwick." in said
    assert "Nothing comes between 6pm and 8am, at weekends or on bank holidays" in said
    assert "Next: Tuesday 24 November 2026 at 8am." in said
    assert Choice.objects.get().frequency == "daily"


def test_wrong_settings_are_said_and_none_is_kept(ground: Ground) -> None:
    client, page = signed_in(ground), reverse("account-notifications")
    past = {"paused_until-day": "1", "paused_until-month": "11", "paused_until-year": "2026"}
    for wrong in (settings_of(hour="24"), settings_of(weekday="x"), settings_of(**past)):
        response = client.post(page, wrong | {"topic-actions": "never"})
        assert response.status_code == 422
        assert "There is a problem" in text(response)
    assert not Choice.objects.exists()


def test_the_page_asks_as_much_for_three_things_as_for_one(
    ground: Ground, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = signed_in(ground), []
    for queries in (("initiative=VAL-0042",), ("area=V1", "organisation=vale-nhs")):
        for query in queries:
            subscribing.follow(ground.people["member"], query)
        client.get(reverse("account-notifications"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("account-notifications"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_next_digest_is_shown_as_it_would_come(ground: Ground) -> None:
    client, page = signed_in(ground), reverse("account-digest-preview")
    assert "No digest is on its way to you." in text(client.get(page))
    assert client.get(reverse("account-digest-preview-page")).status_code == 404
    subscribing.follow(ground.people["member"], "organisation=northwick")
    before = Subscriber.objects.get().next_at

    shown = text(client.get(page))

    assert "Tuesday 24 November 2026" in shown
    assert Subscriber.objects.get().next_at == before
    alone = client.get(reverse("account-digest-preview-page"))
    if alone.status_code == 200:
        assert alone["X-Frame-Options"] == "SAMEORIGIN"
        assert "sandbox" in alone["Content-Security-Policy"]


def test_a_partner_is_asked_once_and_nothing_is_on_before(ground: Ground) -> None:
    client = signed_in(ground)
    home, first = "/home/", reverse("account-digest-first")
    assert first in text(client.get(home))
    assert "An example" in text(client.get(first))
    assert client.post(first, {}).status_code == 422

    client.post(first, {"wanted": "no"})
    assert first not in text(client.get(home))
    assert Subscriber.objects.get().next_at is None

    other = signed_in(ground, "nurse")
    other.post(first, {"wanted": "yes"})
    assert Follow.objects.get().query == "organisation=vale-nhs"


def test_nobody_reaches_the_follows_of_others(ground: Ground) -> None:
    row = subscribing.follow(ground.people["member"], "area=V1")

    assert signed_in(ground, "officer").post(reverse("follow-stop", args=[row.pk])).status_code == 404
    page = reverse("account-notifications")
    signed_in(ground, "officer").post(page, settings_of(**{f"follow-{row.pk}": "never"}))
    assert Follow.objects.get().frequency == "weekly"


def test_an_officer_asks_an_address_for_an_organisation_without_accounts(ground: Ground) -> None:
    page = reverse("organisation-address", args=["young-vale"])
    officer = signed_in(ground, "officer")
    assert page in text(officer.get("/organisations/young-vale/"))
    assert page not in text(signed_in(ground).get("/organisations/young-vale/"))
    assert signed_in(ground).get(page).status_code == 403
    assert Client().get(page).status_code == 302

    officer.post(page, {"email": "office@young.example", "frequency": "monthly"})

    assert FollowAsk.objects.get().organisation == ground.empty
    listed = officer.get(page)
    assert "office@young.example" in text(listed)
    assert "Asked on 23 November 2026, has not answered" in text(listed)
    identifier = re.search(r'name="stop" value="([^"]+)"', listed.content.decode())
    assert identifier is not None
    assert signed_in(ground).post(page, {"stop": identifier[1]}).status_code == 403
    stopped = officer.post(page, {"stop": identifier[1]}, follow=True)
    assert "Nothing more is sent to this address" in text(stopped)
    assert "office@young.example" not in text(stopped)
    assert officer.post(page, {"stop": identifier[1]}).status_code == 404
    accounts = reverse("organisation-address", args=["northwick"])
    assert officer.post(accounts, {"email": "office@young.example", "frequency": "weekly"}).status_code == 409


@pytest.mark.parametrize(("hour", "words"), [(0, "midnight"), (8, "8am"), (12, "midday"), (13, "1pm"), (23, "11pm")])
def test_hours_in_words(hour: int, words: str) -> None:
    assert hour_words(hour) == words


def test_a_rest_is_said_first_and_many_things_are_counted(ground: Ground) -> None:
    member = ground.people["member"].person
    subscriber = Subscriber(person=member, paused_until=datetime(2026, 12, 7).date())
    things = [Shown(id=None, query="", title=f"Thing {n}", path="", frequency="weekly") for n in range(6)]

    told = sentences(rhythm_for(member, subscriber), things, {}, NOON)

    assert told[0].startswith("Everything rests until Monday 7 December 2026.")
    assert "about Thing 0, Thing 1, Thing 2 and 3 more." in told[1]
    assert sentences(rhythm_for(member, subscriber), [], {"actions": "never"}, NOON)[-1].startswith(
        "You get no email but"
    )
