"""The page of one's tokens."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from groundwork.accounts.models import ApiToken
from groundwork.accounts.services import tokens
from groundwork.clock import today
from groundwork.directory.models import Mandate
from tests.groundwork.directory.town import Town, acting, somebody

PAGE = "/account/tokens/"
FORM = {"name": "Our report", "scope": "read", "days": "90"}


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.who)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_token_is_made_shown_once_and_works(town, clock):
    client = browser(acting(town.council))
    page = client.get(PAGE)
    assert "You have no tokens yet." in text(page)
    assert "It will act for Northwick Council as lead" in text(page)
    made = client.post(PAGE, FORM)
    assert made.status_code == 200
    found = re.search(r"<textarea [^>]*>(gt_[\w-]{43})</textarea>", made.content.decode())
    assert found is not None
    secret = found[1]
    assert f"Bearer {secret}&quot; http://testserver/api/v1/initiatives/" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert tokens.use(secret=secret).name == "Our report"
    listed = client.get(PAGE)
    assert secret[7:] not in listed.content.decode()
    for words in (
        "Our report",
        secret[:7],
        "Reads for Northwick Council (lead)",
        "Until 21 February 2027",
        "Last used",
    ):
        assert words in text(listed)
    assert "1 token" in text(client.get("/account/"))


def test_sending_the_form_twice_makes_one(town, clock):
    client = browser(acting(town.council))
    client.post(PAGE, FORM)
    again = client.post(PAGE, FORM)
    assert again.status_code == 422
    assert "You have a token with this name." in text(again)
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter what you will use it for"),
        ({"name": "x" * 101}, "100 characters"),
        ({"name": "a\x00b"}, ""),
        ({"scope": "admin"}, ""),
        ({"scope": ""}, "Choose what it may do"),
        ({"days": "400"}, ""),
        ({"days": ""}, "Choose how long it will work"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(town, changed, sentence):
    client = browser(acting(town.council))
    response = client.post(PAGE, FORM | changed)
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    assert sentence in text(response)
    assert not ApiToken.objects.exists()


def test_taking_back_is_confirmed_by_a_form(town, clock):
    actor = acting(town.council)
    token, secret = tokens.create(actor=actor, name="Our report")
    client = browser(actor)
    path = f"{PAGE}{token.pk}/take-back/"
    assert path in client.get(PAGE).content.decode()
    for _twice in range(2):
        assert "Take back “Our report”?" in text(client.get(path))
    assert tokens.use(secret=secret)
    assert client.post(path)["Location"] == PAGE
    with pytest.raises(tokens.TokenRefused):
        tokens.use(secret=secret)
    listed = text(client.get(PAGE))
    assert "“Our report” no longer works." in listed
    assert "Taken back on 23 November 2026" in listed
    assert client.post(path)["Location"] == PAGE
    assert "was taken back already" in text(client.get(PAGE))


def test_nobody_sees_or_ends_a_token_of_others(town):
    token, _secret = tokens.create(actor=acting(town.council), name="Our report")
    other = browser(acting(town.council))
    path = f"{PAGE}{token.pk}/take-back/"
    assert "Our report" not in other.get(PAGE).content.decode()
    assert other.get(path).status_code == other.post(path).status_code == 404
    assert other.get(f"{PAGE}999999/take-back/").status_code == 404
    for method in ("get", "post"):
        for address in (PAGE, path):
            asked = getattr(Client(), method)(address, FORM)
            assert asked.status_code == 302
            assert asked["Location"].startswith("/sign-in/")
    assert ApiToken.objects.get().revoked_at is None


def test_who_acts_for_nobody_is_told_so(town):
    person = somebody()
    client = Client()
    client.force_login(person)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "You act for no organisation" in text(page)
    assert '<form method="post" novalidate' not in page.content.decode()
    refused = client.post(PAGE, FORM)
    assert refused.status_code == 403
    assert "You act for no organisation" in text(refused)


def test_how_each_token_stands_is_said(town, clock):
    actor = acting(town.council)
    for name, days in (("Week", 7), ("Year", 366), ("Day", 1)):
        tokens.create(actor=actor, name=name, days=days, scope="write")
    clock.shift(timedelta(days=1))
    client = browser(actor)
    listed = text(client.get(PAGE))
    assert "Expires soon Reads and writes" in listed
    assert "Works Reads and writes" in listed
    assert "Expired Reads and writes" in listed
    assert client.get(PAGE).content.decode().count("take-back/") == 2
    Mandate.objects.create(person=actor.who, organisation=town.charity, role="lead", valid_from=date(2020, 1, 1))
    Mandate.objects.filter(pk=actor.under.pk).update(valid_to=today())
    listed = text(client.get(PAGE))
    assert listed.count("Mandate ended") == 2
    assert "It will act for Vale Volunteers" in listed
    assert "None" in text(client.get("/account/"))


def test_the_page_costs_the_same_for_one_and_three_tokens(town, clock, django_assert_num_queries):
    actor = acting(town.council)
    client = browser(actor)
    tokens.create(actor=actor, name="One")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for name in ("Two", "Three"):
        tokens.create(actor=actor, name=name)
    with django_assert_num_queries(len(one)):
        client.get(PAGE)


def test_an_officer_without_a_second_step_reaches_no_token(town, settings):
    settings.REQUIRE_MFA = "officers"
    officer = acting(town.convening, "officer")
    client = browser(officer)
    for answer in (client.get(PAGE), client.post(PAGE, FORM)):
        assert answer["Location"] == "/account/second-step/"
    assert not ApiToken.objects.exists()
    Authenticator.objects.create(user=officer.who, type=Authenticator.Type.TOTP, data={})
    assert client.post(PAGE, FORM).status_code == 200
    assert ApiToken.objects.get().mandate == officer.under


def test_a_token_acts_for_whom_one_acts_now(town):
    actor = acting(town.council)
    other = Mandate.objects.create(
        person=actor.who, organisation=town.charity, role="member", valid_from=date(2020, 1, 1)
    )
    client = browser(actor)
    client.post("/acting/", {"mandate": other.pk})
    assert "Choose another organisation" in text(client.get(PAGE))
    client.post(PAGE, FORM)
    assert ApiToken.objects.get().mandate == other
