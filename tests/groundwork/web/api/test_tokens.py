"""Who the API takes a caller for, and what a token may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from groundwork.accounts.models import ApiToken
from groundwork.accounts.services import tokens
from groundwork.accounts.services.people import close
from groundwork.clock import now, today
from groundwork.directory.models import Mandate
from tests.groundwork.directory.town import SYSTEM, Town, acting
from tests.groundwork.web.api.asking import THINGS, Program, problem, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.groundwork.web.api.addresses")]

ONE = "/api/v1/things/1/"


@pytest.fixture
def town() -> Town:
    return Town()


def test_what_is_public_reads_without_a_token(town):
    response = Program().get(ONE)
    assert response.json() == {"person": "", "for": "", "via": "api"}
    assert response["Cache-Control"] == "no-cache"


def test_a_token_acts_for_its_one_mandate(town):
    actor = acting(town.council, name="Lena Ford")
    Mandate.objects.create(person=actor.who, organisation=town.charity, role="member", valid_from=date(2020, 1, 1))
    secret = token_of(actor)
    for scheme in ("Bearer", "bearer", "BEARER "):
        response = Program().get(ONE, authorization=f"{scheme} {secret}")
        assert response.json() == {"person": "Lena Ford", "for": "Northwick Council", "via": "api"}
        assert response["Cache-Control"] == "private, no-store"


def test_a_cookie_says_nothing_here(town):
    actor = acting(town.council)
    browser = Client(raise_request_exception=False)
    browser.force_login(actor.who)
    assert browser.get(ONE).json() == {"person": "", "for": "", "via": "api"}
    problem(browser.post(THINGS, {"name": "x"}, content_type="application/json"), 401)
    # With a token it is the token's, and no cookie is set or changed.
    response = browser.get(ONE, headers={"authorization": f"Bearer {token_of(actor)}"})
    assert response.json()["for"] == "Northwick Council"
    assert not response.cookies


def test_answers_vary_by_token_and_not_by_cookie(town, settings):
    program = Program(token_of(acting(town.council)))
    settings.REQUIRE_MFA = "all"
    for path in (ONE, "/api/v1/nothing/", "/api/v1/broken/bug/"):
        vary = {each.strip().lower() for each in program.get(path)["Vary"].split(",")}
        assert "authorization" in vary
        assert "cookie" not in vary


def _expire(town, token, actor):
    ApiToken.objects.filter(pk=token.pk).update(created_at=now() - timedelta(days=9), expires_at=now())


def _revoke(town, token, actor):
    tokens.revoke(actor=actor, token=token)


def _close_account(town, token, actor):
    close(actor=SYSTEM, person=actor.who)


def _end_mandate(town, token, actor):
    Mandate.objects.filter(pk=actor.under.pk).update(valid_to=today())


def _end_mandate_but_keep_another(town, token, actor):
    Mandate.objects.create(person=actor.who, organisation=town.charity, role="lead", valid_from=date(2020, 1, 1))
    Mandate.objects.filter(pk=actor.under.pk).update(valid_to=today())


def _close_organisation(town, token, actor):
    town.council.status = "closed"
    town.council.save()


def _end_organisation(town, token, actor):
    town.council.valid_to = today()
    town.council.save()


def _forget(town, token, actor):
    token.delete()


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (_expire, "token_expired", "This token worked until"),
        (_revoke, "token_revoked", "This token was taken back on"),
        (_close_account, "account_closed", "The account of this token is closed."),
        (_end_mandate, "mandate_ended", "no longer acts for Northwick Council"),
        (_end_mandate_but_keep_another, "mandate_ended", "no longer acts for Northwick Council"),
        (_close_organisation, "mandate_ended", "no longer acts for Northwick Council"),
        (_end_organisation, "mandate_ended", "no longer acts for Northwick Council"),
        (_forget, "token_unknown", "This token is not known here."),
    ],
)
def test_a_token_that_ended_is_refused_for_reading_too(town, end, code, said):
    actor = acting(town.council)
    token, secret = tokens.create(actor=actor, name="Report", scope="write")
    program = Program(secret)
    assert program.get(ONE).status_code == 200
    end(town, token, actor)
    for method, path in (("GET", ONE), ("HEAD", ONE), ("POST", THINGS), ("PATCH", ONE)):
        response = program.ask(method, path, {} if method in ("POST", "PATCH") else None)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
        assert response["Cache-Control"] == "private, no-store"
    found = problem(program.get(ONE), 401)
    assert found["code"] == code
    assert said in found["detail"]


def test_a_mandate_that_has_yet_to_begin_gives_nothing(town):
    actor = acting(town.council)
    secret = token_of(actor)
    Mandate.objects.filter(pk=actor.under.pk).update(valid_from=today() + timedelta(days=1))
    assert problem(Program(secret).get(ONE), 401)["code"] == "mandate_ended"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Bearer gt_", "Bearer gt_" + "a" * 43, "Bearer gt_" + "a" * 100_000,
     "Bearer gt_" + "\xe9" * 43, "Basic dXNlcjpwYXNz", "gt_" + "a" * 43, "Token abc", "Bearer a b c", "Bearer \x00"],
)  # fmt: skip
def test_what_is_no_token_is_refused_and_not_taken_for_nobody(town, header):
    found = problem(Program().get(ONE, authorization=header), 401)
    assert found["code"] in ("token_unknown", "unauthenticated")


def test_whoever_writes_needs_a_token(town):
    response = Program().post(THINGS, {"name": "x"})
    found = problem(response, 401)
    assert found["code"] == "unauthenticated"
    assert "send a token" in found["detail"]
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_read_token_does_not_write(town):
    program = Program(token_of(acting(town.council), scope="read"))
    assert program.get(ONE).json()["for"] == "Northwick Council"
    for method, path in (("POST", THINGS), ("PATCH", ONE)):
        # Whatever is in the body: who may not write is told so first.
        found = problem(program.ask(method, path, b"{"), 403)
        assert found["code"] == "scope"
        assert "may only read" in found["detail"]


def test_a_token_costs_one_query_and_none_is_free(town, django_assert_num_queries):
    program = Program(token_of(acting(town.council)))
    town.place.data_licence = "Open Government Licence v3.0"
    town.place.save()
    program.get(ONE)
    with django_assert_num_queries(1):
        program.get(ONE)
    with django_assert_num_queries(0):
        Program().get(ONE)


def test_the_last_use_is_kept_to_the_hour(town, clock, django_assert_num_queries):
    actor = acting(town.council)
    program = Program(token_of(actor))
    made_at = now()
    program.get(ONE)
    assert ApiToken.objects.get().last_used_at == made_at
    clock.shift(timedelta(minutes=59))
    program.get(ONE)
    assert ApiToken.objects.get().last_used_at == made_at
    clock.shift(timedelta(minutes=1))
    program.get(ONE)
    assert ApiToken.objects.get().last_used_at == now()


def test_asking_what_may_be_asked_needs_no_token(town):
    for program in (Program(), Program("gt_" + "a" * 43)):
        response = program.ask("OPTIONS", THINGS)
        assert response.status_code == 204
        assert response.content == b""
        assert {each.strip() for each in response["Allow"].split(",")} == {"GET", "POST", "HEAD", "OPTIONS"}


def test_head_is_get_without_a_body(town):
    program = Program(token_of(acting(town.council)))
    got, head = program.get(ONE), program.ask("HEAD", ONE)
    assert head.status_code == 200
    assert head.content == b""
    assert head["ETag"] == got["ETag"] == '"7"'
    assert head["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "MAKE"])
def test_a_method_that_is_not_taken_is_refused_before_anybody_is_asked(town, method):
    for program in (Program(), Program("gt_" + "a" * 43), Program(token_of(acting(town.council), scope="read"))):
        response = program.ask(method, THINGS, b"{")
        found = problem(response, 405)
        assert found["code"] == "method_not_allowed"
        assert {each.strip() for each in response["Allow"].split(",")} == {"GET", "POST", "HEAD", "OPTIONS"}
