"""Making tokens of the API, taking them back, and the command that makes one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from goldenthread.cli import commands
from groundwork.access.actors import PersonActor, Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.accounts import tasks
from groundwork.accounts.models import ApiToken, Person
from groundwork.accounts.queries import find_token, token_by_digest, tokens_of, working_tokens
from groundwork.accounts.services import tokens
from groundwork.accounts.services.people import close, reopen
from groundwork.audit.models import AuditEntry
from groundwork.clock import now, today
from groundwork.directory.models import Mandate
from groundwork.schedule.registry import Slot
from notifications.models import OutgoingMessage
from tests.groundwork.directory.town import SYSTEM, Town, acting, at_once, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def made(actor: PersonActor, **more: Any) -> tuple[ApiToken, str]:
    return tokens.create(actor=actor, **{"name": "Report", "scope": "read", **more})


def test_a_token_is_told_once_and_kept_as_a_digest(town, clock):
    actor = acting(town.council)
    token, secret = made(actor, days=30)
    assert re.fullmatch(r"gt_[A-Za-z0-9_-]{43}", secret)
    assert secret.startswith(token.prefix)
    assert len(token.prefix) == 7
    assert token.digest == tokens.digest_of(secret)
    assert (token.person, token.mandate, token.scope) == (actor.who, actor.under, "read")
    assert token.expires_at == now() + timedelta(days=30)
    assert tokens.use(secret=secret).pk == token.pk
    entry = AuditEntry.objects.get(action="token.create")
    assert (entry.person, entry.organisation, entry.object_id) == (actor.who, town.council, str(token.pk))
    assert secret[7:] not in str(entry.changes)


def test_its_person_is_told_by_mail(town, clock):
    actor = acting(town.council, email="lena@example.org")
    _token, secret = made(actor, name="Our report")
    mail = OutgoingMessage.objects.get()
    assert mail.recipient == "lena@example.org"
    assert "“Our report” acts for Northwick Council until 21 February 2027" in " ".join(mail.text.split())
    assert "/account/tokens/" in mail.text
    assert secret[7:] not in mail.text + mail.html


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scope": "admin"}, "scope"),
        ({"scope": ""}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
        ({"days": -1}, "days"),
        ({"days": True}, "days"),
        ({"days": "30"}, "days"),
    ],
)
def test_what_makes_no_token(town, more, field):
    with pytest.raises(Invalid) as refusal:
        made(acting(town.council), **more)
    assert list(refusal.value.errors) == [field]
    assert not ApiToken.objects.exists()


def test_who_may_make_one(town, settings):
    officer = acting(town.convening, "officer")
    assert can(officer, "token.create")
    assert can(acting(town.council, "scrutiny"), "token.create")
    assert not can(Public(), "token.create")
    assert not can(acting(None), "token.create")
    assert not can(replace(acting(town.council), via="api"), "token.create")
    with pytest.raises(NotAllowed, match="You act for no organisation"):
        made(acting(None))
    with pytest.raises(Invalid, match="say for whom"):
        tokens.create(actor=SYSTEM, name="x")


def test_an_officer_without_a_second_step_makes_none_where_they_must_have_one(town, settings):
    settings.REQUIRE_MFA = "officers"
    officer = acting(town.convening, "officer")
    with pytest.raises(NotAllowed, match="Add a second step"):
        made(officer)
    # Recovery codes alone are no second step.
    Authenticator.objects.create(user=officer.who, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not can(officer, "token.create")
    Authenticator.objects.create(user=officer.who, type=Authenticator.Type.TOTP, data={})
    assert made(officer)
    assert made(acting(town.council))


def test_names_tell_working_tokens_apart(town, clock):
    actor = acting(town.council)
    first, _secret = made(actor, name="Report", days=1)
    with pytest.raises(Invalid, match="with this name"):
        made(actor, name=" report ")
    made(acting(town.council), name="Report")
    tokens.revoke(actor=actor, token=first)
    second, _secret = made(actor, name="Report", days=1)
    clock.shift(timedelta(days=1))
    assert made(actor, name="Report")[0].pk != second.pk


def test_so_many_and_no_more(town):
    actor = acting(town.council)
    for number in range(tokens.MOST_TOKENS):
        made(actor, name=f"Token {number}")
    with pytest.raises(Conflict, match="There are 20 tokens already"):
        made(actor, name="One more")
    tokens.revoke(actor=actor, token=ApiToken.objects.first())
    assert made(actor, name="One more")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_both_become_the_last():
    actor = acting(Town().council)
    for number in range(tokens.MOST_TOKENS - 1):
        made(actor, name=f"Token {number}")
    results = at_once(4, lambda number: made(actor, name=f"Late {number}"))
    assert sum(isinstance(each, Conflict) for each in results) == 3
    assert working_tokens(actor.who) == tokens.MOST_TOKENS


def test_only_its_owner_takes_a_token_back(town):
    actor, colleague = acting(town.council), acting(town.council)
    token, secret = made(actor)
    with pytest.raises(NotFound):
        tokens.revoke(actor=colleague, token=token)
    with pytest.raises(NotFound):
        find_token(colleague, token.pk)
    with pytest.raises(NotFound):
        find_token(Public(), token.pk)
    with pytest.raises(NotFound):
        find_token(actor, token.pk + 1)
    tokens.revoke(actor=actor, token=token)
    with pytest.raises(tokens.TokenRefused, match="taken back"):
        tokens.use(secret=secret)
    with pytest.raises(Conflict):
        tokens.revoke(actor=actor, token=token)
    assert AuditEntry.objects.filter(action="token.revoke").count() == 1
    with pytest.raises(NotFound):
        tokens.revoke(actor=actor, token=ApiToken(pk=0))


def test_a_closed_account_ends_its_tokens_for_good(town):
    actor = acting(town.council)
    _token, secret = made(actor)
    close(actor=SYSTEM, person=actor.who)
    reopen(actor=SYSTEM, person=Person.objects.get(pk=actor.who.pk))
    with pytest.raises(tokens.TokenRefused, match="taken back"):
        tokens.use(secret=secret)


def test_a_mandate_given_back_lets_its_token_work_again_and_no_other(town, clock):
    actor = acting(town.council)
    _token, secret = made(actor, days=366)
    Mandate.objects.filter(pk=actor.under.pk).update(valid_to=today())
    Mandate.objects.create(person=actor.who, organisation=town.council, role="lead", valid_from=today())
    with pytest.raises(tokens.TokenRefused) as refusal:
        tokens.use(secret=secret)
    assert refusal.value.code == "mandate_ended"
    assert (refusal.value.status, working_tokens(actor.who)) == (401, 0)


def test_a_guess_costs_no_query_unless_it_could_be_one(town, django_assert_num_queries):
    with django_assert_num_queries(0):
        for guess in (
            "",
            "gt_",
            "x" * 46,
            "gt_" + "a" * 42,
            "gt_" + "a" * 44,
            "gt_" + "a" * 42 + "\n",
            "gt_" + "ä" * 43,
        ):
            with pytest.raises(tokens.TokenRefused):
                tokens.use(secret=guess)
    with django_assert_num_queries(1), pytest.raises(tokens.TokenRefused):
        tokens.use(secret="gt_" + "a" * 43)


def test_tokens_are_listed_newest_first_in_one_query(town, clock, django_assert_num_queries):
    actor = acting(town.council)
    for number in range(3):
        made(actor, name=f"Token {number}")
        clock.shift(60)
    made(acting(town.council))
    with django_assert_num_queries(1):
        found = [(each.name, each.mandate.organisation.name, each.mandate_stands) for each in tokens_of(actor.who)]
    assert found == [(f"Token {number}", "Northwick Council", True) for number in (2, 1, 0)]
    assert token_by_digest("x") is None


def test_that_the_last_use_cannot_be_written_refuses_nobody(town, monkeypatch):
    _token, secret = made(acting(town.council))

    def locked(*_args: Any, **_more: Any) -> int:
        raise DatabaseError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", locked)
    assert tokens.use(secret=secret).last_used_at is None


def test_tokens_that_ended_long_ago_are_forgotten(town, clock):
    actor = acting(town.council)
    made(actor, name="expired", days=1)
    taken_back, _secret = made(actor, name="taken back", days=366)
    tokens.revoke(actor=actor, token=taken_back)
    clock.shift(timedelta(days=365))
    kept, _secret = made(actor, name="works")
    tasks.forget_old(Slot(period="x", due_at=now()))
    assert ApiToken.objects.count() == 3
    clock.shift(timedelta(days=2))
    tasks.forget_old(Slot(period="x", due_at=now()))
    assert ApiToken.objects.get() == kept


def test_one_for_somebody_else_is_made_by_the_system_alone(town):
    actor = acting(town.council)
    with pytest.raises(Invalid):
        tokens.create_for(actor=actor, person=actor.who, mandate=actor.under, name="x")
    with pytest.raises(Invalid):
        tokens.create_for(actor=SYSTEM, person=somebody(), mandate=actor.under, name="x")
    token, _secret = tokens.create_for(actor=SYSTEM, person=actor.who, mandate=actor.under, name="x")
    assert token.may_write


def command(*arguments: str) -> tuple[str, str]:
    out, said = StringIO(), StringIO()
    call_command("create_token", *arguments, stdout=out, stderr=said, no_color=True)
    return out.getvalue(), said.getvalue()


def test_the_command_prints_the_token_and_nothing_else(town, clock):
    actor = acting(town.council, email="lena@example.org")
    out, said = command(" Lena@Example.org ")
    secret = out.removesuffix("\n")
    token = tokens.use(secret=secret)
    assert (token.mandate, token.scope, token.expires_at - now()) == (actor.under, "write", timedelta(days=90))
    assert "for Northwick Council (lead), may read and write, and works until 2027-02-21" in said
    assert secret[7:] not in said
    assert AuditEntry.objects.get(action="token.create").acted_as == "create_token"
    # Made by a script each night, perhaps: no name stands in the way of the next.
    clock.shift(1)
    assert command("lena@example.org", "--scope", "read", "--days", "1")[0] != out


def test_the_command_takes_the_organisation_of_several(town, clock):
    actor = acting(town.council, email="lena@example.org")
    Mandate.objects.create(person=actor.who, organisation=town.charity, role="member", valid_from=date(2020, 1, 1))
    out, said = command(
        "lena@example.org", "--organisation", "Vale Volunteers".lower().replace(" ", "-"), "--name", "x"
    )
    token = tokens.use(secret=out.strip())
    assert (token.mandate.organisation, token.name) == (town.charity, "x")
    _out, said = command("lena@example.org")
    assert "for Northwick Council" in said
    assert "choose with --organisation: Vale Volunteers" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.org"], "Nobody has an account with the address nobody@example.org."),
        (["idle@example.org"], "does not act for any organisation now"),
        (["lena@example.org", "--organisation", "vale-volunteers"], "does not act for vale-volunteers now"),
        (["lena@example.org", "--organisation", "Atlantis"], "There is no organisation “Atlantis”."),
        (["lena@example.org", "--days", "400"], "from 1 to 366 days"),
        (["lena@example.org", "--days", "0"], "from 1 to 366 days"),
        (["lena@example.org", "--name", "x" * 101], "100 characters or fewer"),
        (["lena@example.org", "--scope", "admin"], "invalid choice"),
        (["closed@example.org"], "This account is closed."),
        (["former@example.org"], "does not act for any organisation now"),
    ],
)
def test_the_command_says_why_it_makes_none(town, arguments, sentence):
    acting(town.council, email="lena@example.org")
    acting(None, email="idle@example.org")
    close(actor=SYSTEM, person=acting(town.council, email="closed@example.org").who)
    former = acting(town.council, email="former@example.org")
    Mandate.objects.filter(pk=former.under.pk).update(valid_to=today())
    with pytest.raises(CommandError, match=re.escape(sentence)):
        command(*arguments)
    assert not ApiToken.objects.exists()


def test_the_command_is_listed():
    assert "token" in commands()["create-token"]
