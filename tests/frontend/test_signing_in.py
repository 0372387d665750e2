"""Signing in and out as a browser does it."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import resolve, reverse

from groundwork.accounts.models import Person, SignInRequest
from groundwork.accounts.services import people
from groundwork.audit.models import AuditEntry
from groundwork.directory.models import Mandate
from groundwork.directory.services import end_mandate, grant_mandate
from notifications.models import OutgoingMessage
from tests.groundwork.accounts.test_signing_in import code_of, last_mail, token_of
from tests.groundwork.directory.town import SYSTEM, Town, acting, at_once, somebody

PASSWORD = "three odd words, unguessed"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def sign_in(client: Client, person: Person) -> Any:
    client.post("/sign-in/", {"email": person.email})
    return client.post(f"/sign-in/link/{token_of(last_mail())}/")


def with_password(email: str = "known@example.org") -> Person:
    person = somebody(email=email)
    person.set_password(PASSWORD)
    person.save()
    return person


def words(response: Any) -> str:
    """What a person sees, without the form's token."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return re.sub(r"\s+", " ", text)


# The link ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_link_signs_in_from_another_browser_and_only_by_its_button(clock):
    person = somebody(email="known@example.org")
    asking = Client()
    assert asking.post("/sign-in/", {"email": person.email}).headers["Location"] == "/sign-in/code/"
    path = f"/sign-in/link/{token_of(last_mail())}/"
    scanner = Client()
    for _each in range(3):
        page = scanner.get(path)
        assert page.status_code == 200
        assert scanner.head(path).status_code == 200
    assert b"<button" in page.content
    assert not is_in(scanner)
    assert SignInRequest.objects.get().used_at is None
    phone = Client()
    assert phone.post(path).headers["Location"] == "/account/arrive/"
    assert is_in(phone)
    assert not is_in(asking)
    assert not is_in(scanner)
    again = Client()
    assert again.post(path).status_code == 422
    assert not is_in(again)


@pytest.mark.django_db
def test_looking_at_pages_writes_nothing(clock):
    somebody(email="known@example.org")
    Client().post("/sign-in/", {"email": "known@example.org"})
    before = [list(m.objects.values_list()) for m in (SignInRequest, OutgoingMessage, AuditEntry, Person)]
    client = Client()
    for path in ("/sign-in/", f"/sign-in/link/{token_of(last_mail())}/", "/sign-in/link/x/", "/invitations/x/"):
        client.get(path)
    assert [list(m.objects.values_list()) for m in (SignInRequest, OutgoingMessage, AuditEntry, Person)] == before
    assert not client.cookies.get("session")


@pytest.mark.django_db
def test_the_code_signs_in_where_it_was_asked_for(clock):
    somebody(email="known@example.org")
    client = Client()
    client.post("/sign-in/", {"email": "known@example.org", "next": "/account/details/"})
    wrong = client.post("/sign-in/code/", {"code": "BCDF-GHJK"})
    assert wrong.status_code == 422
    assert "not the code we sent" in wrong.content.decode()
    right = client.post("/sign-in/code/", {"code": code_of(last_mail())})
    assert right.headers["Location"] == "/account/arrive/?next=%2Faccount%2Fdetails%2F"
    assert client.get(right.headers["Location"]).headers["Location"] == "/account/details/"


@pytest.mark.django_db
def test_a_code_is_worth_nothing_in_another_browser(clock):
    somebody(email="known@example.org")
    Client().post("/sign-in/", {"email": "known@example.org"})
    other = Client()
    assert other.post("/sign-in/code/", {"code": code_of(last_mail())}).headers["Location"] == "/sign-in/"
    assert not is_in(other)


@pytest.mark.django_db
def test_known_and_unknown_addresses_get_the_same_answers(clock):
    somebody(email="aaaaa@example.org")
    answers = []
    for email in ("aaaaa@example.org", "bbbbb@example.org"):
        client = Client()
        first = client.post("/sign-in/", {"email": email})
        page = client.get("/sign-in/code/")
        wrong = client.post("/sign-in/code/", {"code": "BCDFGHJK"})
        reset = Client().post("/sign-in/password/forgotten/", {"email": email})
        password = Client().post("/sign-in/password/", {"login": email, "password": "wrong wrong wrong"})
        seen = [first.status_code, first.headers["Location"], reset.status_code, reset.headers["Location"]]
        seen += [wrong.status_code, password.status_code]
        seen += [words(r).replace(email, "…") for r in (page, wrong, password)]
        answers.append(seen)
    assert answers[0] == answers[1]
    assert {m.kind for m in OutgoingMessage.objects.all()} == {
        "account.sign_in",
        "account.open",
        "account.password_reset",
        "account.no_account",
    }


@pytest.mark.django_db
def test_who_has_no_account_opens_one_with_a_name(clock):
    client = Client()
    client.post("/sign-in/", {"email": "New@Example.org"})
    page = client.post(f"/sign-in/link/{token_of(last_mail())}/")
    assert page.headers["Location"] == "/sign-in/name/"
    assert client.post("/sign-in/name/", {"name": ""}).status_code == 422
    assert not Person.objects.exists()
    assert client.post("/sign-in/name/", {"name": "Mo Achebe"}).status_code == 302
    assert is_in(client)
    assert Person.objects.get().name == "Mo Achebe"
    assert client.post("/sign-in/name/", {"name": "Again"}).status_code == 302
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\x00"]
)
@pytest.mark.django_db
def test_nobody_is_sent_elsewhere_after_signing_in(clock, wanted):
    person = somebody()
    client = Client()
    client.post("/sign-in/", {"email": person.email, "next": wanted})
    client.post(f"/sign-in/link/{token_of(last_mail())}/")
    assert client.get("/account/arrive/", {"next": wanted}).headers["Location"] == "/home/"
    assert "evil" not in Client().get("/sign-in/", {"next": wanted}).content.decode()


@pytest.mark.parametrize("email", ["", "x", "x" * 3000, "a\x00@example.org", "<script>@example.org"])
@pytest.mark.django_db
def test_bad_addresses_get_a_sentence(clock, email):
    answer = Client().post("/sign-in/", {"email": email})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()


# Sessions ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_session_id_known_before_signing_in_is_worth_nothing_after(clock):
    person = somebody()
    client = Client()
    client.post("/sign-in/", {"email": person.email})
    before = client.cookies["session"].value
    client.post("/sign-in/code/", {"code": code_of(last_mail())})
    after = client.cookies["session"].value
    assert after != before
    thief = Client()
    thief.cookies["session"] = before
    assert not is_in(thief)
    assert is_in(client)


@pytest.mark.django_db
def test_signing_out_ends_every_session(clock):
    person = somebody()
    laptop, phone = Client(), Client()
    sign_in(laptop, person)
    clock.shift(1)
    sign_in(phone, person)
    stolen = laptop.cookies["session"].value
    assert phone.get("/sign-out/").status_code == 200
    assert is_in(phone)
    phone.post("/sign-out/")
    assert not is_in(phone)
    assert not is_in(laptop)
    thief = Client()
    thief.cookies["session"] = stolen
    assert not is_in(thief)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"person.sign_in", "person.sign_out"}


@pytest.mark.django_db
def test_closing_an_account_ends_its_sessions_at_once(clock):
    person = somebody()
    client = Client()
    sign_in(client, person)
    people.close(actor=SYSTEM, person=person)
    assert not is_in(client)
    people.reopen(actor=SYSTEM, person=person)
    assert not is_in(client)


@pytest.mark.django_db
def test_a_new_password_ends_the_other_sessions_and_not_this_one(clock):
    person = with_password()
    here, there = Client(), Client()
    sign_in(here, person)
    clock.shift(1)
    sign_in(there, person)
    new = "entirely other words here"
    wrong = here.post("/account/password/", {"oldpassword": "no", "password1": new, "password2": new})
    assert "present password" in wrong.content.decode()
    here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(here)
    assert not is_in(there)
    assert last_mail().kind == "account.notice"


@pytest.mark.django_db
def test_ending_the_other_sessions_from_the_list(clock):
    person = somebody()
    here, there = Client(HTTP_USER_AGENT="Here"), Client(HTTP_USER_AGENT="There")
    sign_in(here, person)
    clock.shift(1)
    sign_in(there, person)
    page = here.get("/account/sessions/").content.decode()
    assert "Here" in page
    assert "There" in page
    here.post("/account/sessions/")
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("role", "idle", "ends"),
    [
        ("member", timedelta(hours=11, minutes=59), False),
        ("member", timedelta(hours=12), True),
        ("officer", timedelta(minutes=29), False),
        ("officer", timedelta(minutes=30), True),
    ],
)
@pytest.mark.django_db
def test_idle_sessions_end(clock, role, idle, ends):
    town = Town()
    actor = acting(town.convening, role)
    client = Client()
    sign_in(client, actor.who)
    assert is_in(client)
    clock.shift(idle)
    assert is_in(client) is not ends


@pytest.mark.parametrize(("role", "step", "longest"), [("officer", 1200, 12 * 3600), ("member", 6 * 3600, 14 * 86400)])
@pytest.mark.django_db
def test_sessions_in_use_end_all_the_same(clock, role, step, longest):
    actor = acting(Town().convening, role)
    client = Client()
    sign_in(client, actor.who)
    lived = 0
    while is_in(client):
        clock.shift(step)
        lived += step
        assert lived <= longest + step
    assert lived == longest


@pytest.mark.django_db
def test_saying_that_one_is_still_there_extends_the_session(clock):
    actor = acting(Town().convening, "officer")
    client = Client()
    sign_in(client, actor.who)
    for _each in range(3):
        clock.shift(timedelta(minutes=28))
        assert client.post("/account/stay/").status_code == 204
    assert is_in(client)
    assert client.get("/account/stay/").status_code == 405
    assert 'data-seconds="1800"' in client.get("/account/").content.decode()


@pytest.mark.django_db
def test_what_was_written_when_the_session_had_ended_is_kept(clock):
    """No character is lost: signed in again, one button sends the same form to the same page (U7)."""
    person = somebody(name="Before")
    client = Client()
    sign_in(client, person)
    clock.shift(timedelta(hours=13))
    typed = "Zoë “O'Brien” <b> & Söhne"
    late = client.post("/account/details/", {"name": typed, "job_title": "Line one"})
    assert late.headers["Location"] == "/sign-in/?next=%2Faccount%2Farrive%2F"
    assert Person.objects.get().name == "Before"
    assert "what you wrote is kept" in client.get(late.headers["Location"]).content.decode()
    client.post("/sign-in/", {"email": person.email, "next": "/account/arrive/"})
    client.post("/sign-in/code/", {"code": code_of(last_mail())})
    assert client.get("/account/arrive/").headers["Location"] == "/account/kept/"
    page = client.get("/account/kept/").content.decode()
    assert "Zoë “O&#x27;Brien” &lt;b&gt; &amp; Söhne" in page
    again = client.post("/account/kept/", {"name": typed, "job_title": "Line one", "kept_action": "send"})
    assert (again.status_code, again.headers["Location"]) == (307, "/account/details/")
    assert client.post("/account/details/", {"name": typed, "job_title": "Line one"}).status_code == 302
    assert Person.objects.get().name == typed
    assert client.get("/account/kept/").headers["Location"] == "/account/arrive/"


@pytest.mark.django_db
def test_what_somebody_else_wrote_is_not_shown(clock):
    first, second = somebody(), somebody()
    client = Client()
    sign_in(client, first)
    clock.shift(timedelta(hours=13))
    client.post("/account/details/", {"name": "A secret of the first", "job_title": ""})
    sign_in(client, second)
    assert client.get("/account/kept/").status_code == 302
    sign_in(client, first)
    assert client.get("/account/kept/").status_code == 302


@pytest.mark.django_db
def test_passwords_are_never_kept(clock):
    person = with_password()
    client = Client()
    sign_in(client, person)
    clock.shift(timedelta(hours=13))
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "x", "password2": "x", "other": "words"})
    kept = client.session["kept_form"]
    assert PASSWORD not in str(kept)
    assert "words" in str(kept)


# Passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_password_signs_in(clock):
    person = with_password()
    client = Client()
    assert client.post("/sign-in/password/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert is_in(client)


@pytest.mark.django_db(transaction=True)
def test_fifty_wrong_guesses_at_once_and_the_owner_gets_in_by_mail(monkeypatch):
    person = with_password()
    looked_at: list[str] = []
    check = Person.check_password

    def counted(self: Person, raw_password: str) -> bool:
        looked_at.append(raw_password)
        return check(self, raw_password)

    monkeypatch.setattr(Person, "check_password", counted)
    # Each guess claims to come from somewhere else: a header that anybody can write changes nothing.
    got = at_once(
        50,
        lambda n: (
            Client(headers={"X-Forwarded-For": f"198.51.100.{n}"})
            .post("/sign-in/password/", {"login": person.email, "password": f"guess number {n}"})
            .status_code
        ),
    )
    assert set(got) == {422}
    assert len(looked_at) == 10
    client = Client()
    blocked = client.post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    assert "tried too often" in blocked.content.decode()
    sign_in(client, person)
    assert is_in(client)


@pytest.mark.django_db
def test_guesses_at_many_accounts_from_one_address_end_too(clock, settings):
    from groundwork.accounts.models import Tries
    from groundwork.accounts.services.limits import WRONG_FROM_ADDRESS, take

    for _each in range(WRONG_FROM_ADDRESS.times):
        take(WRONG_FROM_ADDRESS, "127.0.0.1")
    person = with_password()
    blocked = Client().post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    assert "tried too often" in blocked.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    elsewhere.post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    assert is_in(elsewhere)
    assert Tries.objects.exists()


@pytest.mark.django_db
def test_behind_a_proxy_of_ours_the_last_address_counts(clock, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    from groundwork.accounts.services.limits import WRONG_FROM_ADDRESS, take

    for _each in range(WRONG_FROM_ADDRESS.times):
        take(WRONG_FROM_ADDRESS, "198.51.100.7")
    person = with_password()
    guessing = Client(headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    honest = Client(headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    for client in (guessing, honest):
        client.post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    assert not is_in(guessing)
    assert is_in(honest)


@pytest.mark.django_db
def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(clock):
    person = with_password()
    other = Client()
    sign_in(other, person)
    client = Client()
    client.post("/sign-in/password/forgotten/", {"email": person.email})
    path = re.search(r"https?://[^/]+(/sign-in/password/new/\S+)", last_mail().text)
    assert path is not None
    page = client.get(path[1], follow=True)
    action = page.redirect_chain[-1][0]
    new = "entirely other words here"
    short = client.post(action, {"password1": "short", "password2": "short"})
    assert "12 characters" in short.content.decode()
    client.post(action, {"password1": new, "password2": new})
    assert not is_in(other)
    assert client.post("/sign-in/password/", {"login": person.email, "password": new}).status_code == 302
    assert "does not work" in Client().get(path[1], follow=True).content.decode()


@pytest.mark.django_db
def test_a_megabyte_of_password_is_refused_before_it_is_hashed(clock):
    person = with_password()
    answer = Client().post("/sign-in/password/", {"login": person.email, "password": "x" * 1_000_000})
    assert answer.status_code == 422
    assert "256 characters" in answer.content.decode()


# A changed address ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_address_is_changed_by_a_link_to_the_new_one(clock):
    person = somebody(email="old@example.org")
    client = Client()
    sign_in(client, person)
    client.post("/account/email/", {"email": "New@example.org", "action_add": "1"})
    person.refresh_from_db()
    assert person.email == "old@example.org"
    mail = OutgoingMessage.objects.get(kind="account.confirm_address")
    assert mail.recipient == "new@example.org"
    path = re.search(r"https?://[^/]+(/account/email/\S+)", mail.text)
    assert path is not None
    assert client.get(path[1]).status_code == 200
    person.refresh_from_db()
    assert person.email == "old@example.org"
    client.post(path[1])
    person.refresh_from_db()
    assert person.email == "new@example.org"


@pytest.mark.django_db
def test_an_address_of_somebody_else_cannot_be_taken(clock):
    somebody(email="taken@example.org")
    person = somebody(email="old@example.org")
    client = Client()
    sign_in(client, person)
    client.post("/account/email/", {"email": "taken@example.org", "action_add": "1"})
    for mail in OutgoingMessage.objects.filter(kind="account.confirm_address"):
        path = re.search(r"https?://[^/]+(/account/email/\S+)", mail.text)
        assert path is not None
        assert client.post(path[1]).status_code < 500
    person.refresh_from_db()
    assert person.email == "old@example.org"


# For whom ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_holds_several_mandates_chooses_and_every_page_says_which(clock):
    town = Town()
    actor = acting(town.council)
    second = grant_mandate(actor=SYSTEM, person=actor.who, organisation=town.charity, role="member")
    client = Client()
    arrival = sign_in(client, actor.who).headers["Location"]
    assert client.get(arrival).headers["Location"].startswith("/acting/")
    assert client.post("/acting/", {"mandate": "999999"}).status_code == 422
    assert client.post("/acting/", {}).status_code == 422
    assert client.post("/acting/", {"mandate": second.pk, "next": "/account/"}).headers["Location"] == "/account/"
    assert "acting for <strong>Vale Volunteers</strong>" in client.get("/account/").content.decode()
    end_mandate(actor=SYSTEM, mandate=second)
    page = client.get("/account/").content.decode()
    assert "acting for no organisation" in page
    client.post("/acting/", {"mandate": actor.under.pk})  # type: ignore[union-attr]
    assert "acting for <strong>Northwick Council</strong>" in client.get("/account/").content.decode()


@pytest.mark.django_db
def test_somebody_elses_mandate_cannot_be_chosen(clock):
    town = Town()
    other = acting(town.charity)
    client = Client()
    sign_in(client, acting(town.council).who)
    assert client.post("/acting/", {"mandate": other.under.pk}).status_code == 422  # type: ignore[union-attr]
    assert "Vale Volunteers" not in client.get("/account/").content.decode()


# The second step --------------------------------------------------------------------------------------------------


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


@pytest.mark.django_db
def test_a_second_step_is_asked_for_after_a_link_and_its_code_counts_once(clock):
    person = somebody()
    TOTP.activate(person, SECRET)
    client = Client()
    assert sign_in(client, person).headers["Location"] == "/account/second-step/authenticate/"
    assert not is_in(client)
    wrong = client.post("/account/second-step/authenticate/", {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    assert client.post("/account/second-step/authenticate/", {"code": code_now()}).status_code == 302
    assert is_in(client)
    clock.shift(1)
    again = Client()
    sign_in(again, person)
    again.post("/account/second-step/authenticate/", {"code": code_now()})
    assert not is_in(again)


@pytest.mark.django_db
def test_secrets_of_the_second_step_are_encrypted_at_rest(clock):
    person = somebody()
    kept = str(TOTP.activate(person, SECRET).instance.data)
    kept += str(RecoveryCodes.activate(person).instance.data)
    assert SECRET not in kept
    assert RecoveryCodes.activate(person).get_unused_codes()[0] not in kept


@pytest.mark.django_db
def test_a_recovery_code_works_once(clock):
    person = somebody()
    TOTP.activate(person, SECRET)
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        clock.shift(1)
        sign_in(client, person)
        client.post("/account/second-step/authenticate/", {"code": code})
    assert is_in(first)
    assert not is_in(second)


@pytest.mark.django_db
def test_ten_wrong_second_steps_and_then_a_rest(clock):
    person = somebody()
    TOTP.activate(person, SECRET)
    client = Client()
    sign_in(client, person)
    for number in range(10):
        client.post("/account/second-step/authenticate/", {"code": f"{number:06}"})
    answer = client.post("/account/second-step/authenticate/", {"code": code_now()})
    assert "tried too often" in answer.content.decode()
    assert not is_in(client)
    clock.shift(301)
    client.post("/account/second-step/authenticate/", {"code": code_now()})
    assert is_in(client)


@pytest.mark.django_db
def test_an_authenticator_app_is_set_up_and_codes_are_shown(clock):
    client = Client()
    sign_in(client, somebody())
    page = client.get("/account/second-step/totp/activate/").content.decode()
    assert "<svg" in page
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/account/second-step/totp/activate/", {"code": "000000"}).status_code == 200
    done = client.post("/account/second-step/totp/activate/", {"code": code})
    assert done.headers["Location"] == "/account/second-step/recovery-codes/"
    assert len(re.findall(r"<code>\d{8}</code>", client.get(done.headers["Location"]).content.decode())) == 10


MADE_UP = (
    '{"rawId": "aa", "id": "aa", "type": "public-key", "response": '
    '{"userHandle": "MQ", "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}'
)


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", "1", '{"id": 5}', "[" * 9000, "x" * 30_000, '{"response": {"userHandle": 7}}', MADE_UP],
)
@pytest.mark.django_db
def test_made_up_passkeys_are_refused(clock, credential):
    person = somebody()
    client = Client()
    assert client.get("/account/second-step/webauthn/login/", headers={"Accept": "application/json"}).status_code == 200
    answer = client.post("/account/second-step/webauthn/login/", {"credential": credential})
    assert answer.status_code == 302
    assert not is_in(client)
    sign_in(client, person)
    client.get("/account/second-step/webauthn/add/")
    assert client.post("/account/second-step/webauthn/add/", {"name": "x", "credential": credential}).status_code == 200


# Who must have a second step --------------------------------------------------------------------------------------


def every_path() -> list[str]:
    """An address for every route that takes no argument, and for those that do one that may or may not exist."""
    from django.urls import URLPattern, URLResolver, get_resolver

    found: list[str] = []

    def walk(patterns: list[Any], before: str) -> None:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                path = re.sub(r"\(\?P<token>[^)]+\)", "x" * 22, route)
                path = re.sub(r"<(int:)?pk>|<int:\w+>", "1", path)
                path = re.sub(r"<workshop:code>", "7KDMQ2RX", path)
                path = re.sub(r"<(\w+:)?reference>", "VAL-0001", path)
                path = re.sub(r"<uuid:\w+>", "01890000-0000-7000-8000-000000000000", path)
                path = re.sub(r"<[^>]+>", "x", path)
                found.append("/" + re.sub(r"[\^$]|\(\?P|\[[^\]]+\]\+?|\.\+\)|[()\\]", "", path))

    walk(get_resolver().url_patterns, "")
    return sorted(set(found))


@pytest.mark.parametrize("who", ["officer", "operator"])
@pytest.mark.django_db
def test_without_a_second_step_they_reach_only_the_pages_that_add_one(clock, settings, who):
    settings.REQUIRE_MFA = "officers"
    town = Town()
    actor = acting(town.convening, "officer") if who == "officer" else acting(None, is_operator=True)
    client = Client()
    sign_in(client, actor.who)
    paths = every_path()
    assert len(paths) > 40
    for path in paths:
        if path.startswith("/api/"):
            # A browser that is signed in is the public there.
            continue
        answer = client.get(path)
        name = resolve(path).url_name
        enrolling = str(name).startswith("mfa_") or name in (
            "account_logout",
            "account_reauthenticate",
            "account_set_password",
            "account_inactive",
            "account_confirm_email",
        )
        if not enrolling:
            assert (answer.status_code, answer.headers.get("Location")) in (
                (302, "/account/second-step/"),
                (404, None),
            ), path
            posted = client.post(path)
            assert posted.status_code in (302, 404, 405), path
    assert client.get("/account/second-step/").status_code == 200
    TOTP.activate(actor.who, SECRET)
    assert client.get("/account/").status_code == 200


@pytest.mark.django_db
def test_others_and_demo_people_need_none(clock, settings):
    settings.REQUIRE_MFA = "officers"
    town = Town()
    member, demo = Client(), Client()
    sign_in(member, acting(town.convening, "member").who)
    assert is_in(member)
    sign_in(demo, acting(town.convening, "officer", is_demo=True).who)
    assert is_in(demo)
    settings.REQUIRE_MFA = "all"
    assert not is_in(member)


@pytest.mark.django_db
def test_choosing_the_officers_mandate_later_asks_for_it_then(clock, settings):
    settings.REQUIRE_MFA = "officers"
    town = Town()
    actor = acting(town.council, "member")
    officer = Mandate.objects.create(
        person=actor.who, organisation=town.convening, role="officer", valid_from="2020-01-01"
    )
    client = Client()
    sign_in(client, actor.who)
    client.post("/acting/", {"mandate": actor.under.pk})  # type: ignore[union-attr]
    assert is_in(client)
    client.post("/acting/", {"mandate": officer.pk})
    assert client.get("/account/").headers["Location"] == "/account/second-step/"


# The pages --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_wears_our_templates_and_holds_nothing_inline(clock):
    town = Town()
    person = acting(town.council, "lead").who
    person.set_password(PASSWORD)
    person.save()
    out, inside = Client(), Client()
    inside.post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    pages = [
        out.get(p) for p in ("/sign-in/", "/sign-in/password/", "/sign-in/password/forgotten/", "/sign-in/closed/")
    ]
    pages += [
        out.get(p) for p in ("/sign-in/password/forgotten/sent/", "/sign-in/link/x/", "/sign-in/password/new/1-x/")
    ]
    names = ["account", "account_details", "account_email", "account_change_password", "usersessions_list", "mfa_index"]
    names += ["account_reauthenticate", "acting", "join_requests", "account_logout", "mfa_list_webauthn"]
    pages += [inside.get(reverse(name)) for name in names]
    TOTP.activate(person, SECRET)
    pages.append(inside.get(reverse("mfa_reauthenticate")))
    stage = Client()
    stage.post("/sign-in/password/", {"login": person.email, "password": PASSWORD})
    pages.append(stage.get(reverse("mfa_authenticate")))
    for page in pages:
        text = page.content.decode()
        where = page.request["PATH_INFO"]
        assert page.status_code in (200, 422), where
        assert 'class="govuk-template' in text, where
        assert text.count("<h1") == 1, where
        assert not re.search(r'style="|\son\w+="|<script(?![^>]*(src=|type="application/json"))', text), where
        assert "placeholder=" not in text, where
        assert "login.txt" not in text


@pytest.mark.django_db
def test_password_managers_and_paste_are_welcome(clock):
    page = Client().get("/sign-in/password/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    client = Client()
    client.post("/sign-in/", {"email": "a@example.org"})
    assert 'autocomplete="one-time-code"' in client.get("/sign-in/code/").content.decode()
