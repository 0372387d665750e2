"""Links and codes: once, for minutes, and the same answer for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from groundwork.access.errors import Invalid
from groundwork.accounts.models import Person, SignInRequest, Tries
from groundwork.accounts.services import signing_in
from groundwork.accounts.services.limits import TooMany
from notifications.models import OutgoingMessage
from tests.groundwork.directory.town import at_once, somebody

CALLER = "192.0.2.1"


def ask(email: str = "known@example.org", **more: Any) -> SignInRequest:
    return signing_in.ask_to_sign_in(email=email, caller=CALLER, **more)


def last_mail() -> OutgoingMessage:
    mail = OutgoingMessage.objects.order_by("-created_at", "-pk").first()
    assert mail is not None
    return mail


def token_of(mail: OutgoingMessage) -> str:
    return mail.text.split("/sign-in/link/")[1].split("/")[0]


def code_of(mail: OutgoingMessage) -> str:
    return next(line.strip() for line in mail.text.splitlines() if len(line.strip()) == 9 and line.strip()[4] == "-")


@pytest.mark.django_db
def test_a_known_address_gets_a_link_and_a_code_and_nothing_of_them_is_kept(clock):
    person = somebody(email="known@example.org")
    asked = ask(" Known@Example.org ")
    mail = last_mail()
    assert (mail.kind, mail.recipient, asked.person) == ("account.sign_in", "known@example.org", person)
    token, code = token_of(mail), code_of(mail)
    assert len(token) >= 43  # 256 bits
    kept = " ".join(str(value) for value in SignInRequest.objects.values().get(pk=asked.pk).values())
    assert token not in kept
    assert code.replace("-", "") not in kept


@pytest.mark.django_db
def test_a_link_works_once_and_takes_the_code_with_it(clock):
    somebody(email="known@example.org")
    asked = ask()
    token, code = token_of(last_mail()), code_of(last_mail())
    assert signing_in.look_at_link(token=token).pk == asked.pk
    assert signing_in.use_link(token=token).person.email == "known@example.org"  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        signing_in.use_link(token=token)
    with pytest.raises(Invalid):
        signing_in.use_code(asked_id=asked.pk, code=code, caller=CALLER)


@pytest.mark.django_db
def test_unknown_used_and_old_links_are_refused_with_the_same_sentence(clock):
    somebody(email="known@example.org")
    ask()
    used = token_of(last_mail())
    signing_in.use_link(token=used)
    ask()
    old = token_of(last_mail())
    clock.shift(timedelta(minutes=15))
    sentences = set()
    for token in ("never-made", used, old, "", "x" * 5000, "\x00"):
        with pytest.raises(Invalid) as refused:
            signing_in.use_link(token=token)
        sentences.add(refused.value.message)
    assert len(sentences) == 1


@pytest.mark.django_db
def test_the_newest_link_is_the_last_one_that_works(clock):
    somebody(email="known@example.org")
    ask()
    first = token_of(last_mail())
    clock.shift(1)
    ask()
    signing_in.use_link(token=token_of(last_mail()))
    with pytest.raises(Invalid):
        signing_in.use_link(token=first)


@pytest.mark.parametrize("as_typed", ["{}", " {} ", "{0:.4} {0:.4}"])
@pytest.mark.django_db
def test_a_code_is_read_however_it_is_typed(clock, as_typed):
    somebody(email="known@example.org")
    asked = ask()
    code = code_of(last_mail())
    typed = f" {code[:4].lower()} {code[5:].lower()} " if "0" in as_typed else as_typed.format(code)
    assert signing_in.use_code(asked_id=asked.pk, code=typed, caller=CALLER).person is not None


@pytest.mark.django_db
def test_ten_wrong_codes_and_then_not_even_the_right_one(clock):
    somebody(email="known@example.org")
    asked = ask()
    for _each in range(10):
        with pytest.raises(Invalid):
            signing_in.use_code(asked_id=asked.pk, code="BBBB-BBBB", caller=CALLER)
    with pytest.raises(TooMany):
        signing_in.use_code(asked_id=asked.pk, code=code_of(last_mail()), caller=CALLER)
    # The owner is not locked out: the link in the mail still works.
    assert signing_in.use_link(token=token_of(last_mail())).person is not None


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_with_the_right_code_let_one_in():
    somebody(email="known@example.org")
    asked = ask()
    code = code_of(last_mail())
    # Each from a network address of its own, and under the limit of wrong guesses.
    got = at_once(9, lambda n: signing_in.use_code(asked_id=asked.pk, code=code, caller=f"192.0.2.{n}"))
    assert sum(isinstance(one, SignInRequest) for one in got) == 1
    assert all(isinstance(one, SignInRequest | Invalid) for one in got), got


@pytest.mark.django_db(transaction=True)
def test_fifty_wrong_codes_at_once_are_looked_at_ten_times_at_most():
    somebody(email="known@example.org")
    asked = ask()
    got = at_once(50, lambda n: signing_in.use_code(asked_id=asked.pk, code="BBBBBBBB", caller=f"192.0.2.{n}"))
    assert sum(isinstance(one, Invalid) for one in got) == 10
    assert sum(isinstance(one, TooMany) for one in got) == 40


@pytest.mark.django_db
def test_an_unknown_address_gets_a_link_that_opens_an_account(clock):
    asked = ask("new@example.org")
    assert (asked.person, last_mail().kind) == (None, "account.open")
    used = signing_in.use_link(token=token_of(last_mail()))
    assert used.person is None
    assert not Person.objects.exists()
    person = signing_in.open_account(asked_id=used.pk, name="  Mo Achebe ")
    assert (person.email, person.name, person.has_usable_password()) == ("new@example.org", "Mo Achebe", False)
    assert person.emailaddress_set.get().verified
    with pytest.raises(Invalid):
        signing_in.open_account(asked_id=used.pk, name="Mo Achebe")


@pytest.mark.django_db
def test_no_account_opens_without_the_link_having_been_used(clock):
    asked = ask("new@example.org")
    with pytest.raises(Invalid):
        signing_in.open_account(asked_id=asked.pk, name="Mo Achebe")
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "Mo\x00", "Mo\nAchebe", "Mo \u202egnirts"])
@pytest.mark.django_db
def test_names_that_are_refused_open_nothing_and_may_be_given_again(clock, name):
    used = None
    ask("new@example.org")
    used = signing_in.use_link(token=token_of(last_mail()))
    with pytest.raises(Invalid) as refused:
        signing_in.open_account(asked_id=used.pk, name=name)
    assert "name" in refused.value.errors
    assert signing_in.open_account(asked_id=used.pk, name="Mo").name == "Mo"


@pytest.mark.django_db
def test_a_closed_account_gets_a_mail_without_a_link(clock):
    person = somebody(email="known@example.org")
    person.is_active = False
    person.save()
    asked = ask()
    assert last_mail().kind == "account.closed"
    assert "/sign-in/link/" not in last_mail().text
    assert asked.used_at is not None


@pytest.mark.django_db
def test_closing_an_account_stops_links_already_sent(clock):
    person = somebody(email="known@example.org")
    ask()
    person.is_active = False
    person.save()
    with pytest.raises(Invalid):
        signing_in.use_link(token=token_of(last_mail()))


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.org", "x" * 250 + "@example.org", "a\x00@example.org"]
)
@pytest.mark.django_db
def test_what_is_no_address_is_refused_and_nothing_is_sent(clock, email):
    with pytest.raises(Invalid) as refused:
        ask(email)
    assert "email" in refused.value.errors
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_an_inbox_cannot_be_flooded_whoever_it_belongs_to(clock):
    somebody(email="known@example.org")
    for email in ("known@example.org", "unknown@example.org"):
        for _each in range(5):
            ask(email)
        with pytest.raises(TooMany):
            ask(email)
    assert OutgoingMessage.objects.count() == 10
    clock.shift(timedelta(minutes=10, seconds=1))
    assert ask().pk


@pytest.mark.django_db
def test_old_requests_are_forgotten(clock):
    ask("unknown@example.org")
    clock.shift(timedelta(hours=25))
    ask("other@example.org")
    assert signing_in.forget_old() == 1
    assert Tries.objects.exists()
