"""Signing in, one's account and the people of an organisation, in a real browser."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from groundwork.accounts.models import Person
from groundwork.directory.models import Mandate
from groundwork.directory.services import invite, request_to_join
from tests.e2e.browsers import Faults, assert_accessible
from tests.groundwork.accounts.test_signing_in import code_of, last_mail, token_of
from tests.groundwork.directory.town import Town, acting, somebody

SIZES = [(1280, 900), (360, 740)]


def sign_in(page: Page, person: Person) -> None:
    """By the link of the mail, with its one button."""
    page.goto("/sign-in/")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    page.goto(f"/sign-in/link/{token_of(last_mail())}/")
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(home|acting)/"))


def fits(page: Page) -> None:
    """Nothing is cut off or scrolls sideways."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def looked_at(page: Page, *paths: str) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 400, path
        assert_accessible(page)
        fits(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_in_by_link_choose_for_whom_and_out_again(open_browser: Any, faults: Faults, javascript: bool) -> None:
    town = Town()
    actor = acting(town.council)
    Mandate.objects.create(person=actor.who, organisation=town.charity, role="member", valid_from="2020-01-01")
    page = open_browser(javascript=javascript)
    sign_in(page, actor.who)
    expect(page).to_have_title(re.compile("Who do you act for"))
    page.get_by_label("Vale Volunteers").check()
    page.get_by_role("button", name="Continue").click()
    page.goto("/account/")
    expect(page.get_by_role("banner")).to_contain_text("acting for Vale Volunteers")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.goto("/account/")
    expect(page).to_have_title(re.compile("Sign in"))


def test_the_code_can_be_pasted_and_a_wrong_one_is_explained(page: Page, faults: Faults) -> None:
    person = somebody()
    page.goto("/sign-in/")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_role("button", name="Email me a link").click()
    page.get_by_label("Code").fill("BCDF GHJK")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("not the code we sent")
    assert_accessible(page)
    page.get_by_label("Code").evaluate(
        """(box, text) => {
            box.value = "";
            const data = new DataTransfer();
            data.setData("text/plain", text);
            box.focus();
            if (box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }))) {
              document.execCommand("insertText", false, text);
            }
        }""",
        code_of(last_mail()),
    )
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/home/")
    faults.allow("422")


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_without_an_account(open_browser: Any, faults: Faults, size: tuple[int, int]) -> None:
    town = Town()
    _row, token = invite(actor=acting(town.council), organisation=town.council, email="new@example.org", role="member")
    page = open_browser(width=size[0], height=size[1])
    looked_at(
        page,
        "/sign-in/",
        "/sign-in/password/",
        "/sign-in/password/forgotten/",
        "/sign-in/password/forgotten/sent/",
        "/sign-in/closed/",
        f"/invitations/{token}/",
    )
    page.goto("/sign-in/")
    page.get_by_label("Email address").fill("unknown@example.org")
    page.get_by_role("button", name="Email me a link").click()
    assert_accessible(page)
    fits(page)
    looked_at(page, f"/sign-in/link/{token_of(last_mail())}/")
    page.get_by_role("button", name="Continue").click()
    assert_accessible(page)
    page.get_by_label("Your full name").fill("Mo Achebe")
    page.get_by_role("button", name="Open my account").click()
    page.wait_for_url("**/home/")
    for path in ("/sign-in/link/x/", "/invitations/x/"):
        page.goto(path)
        assert_accessible(page)
        fits(page)
    faults.allow("422")


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_an_account(open_browser: Any, size: tuple[int, int]) -> None:
    town = Town()
    lead = acting(town.council, name="Lena Ford")
    member = acting(town.council, "member", name="Ben Vale").under
    assert member is not None
    invite(actor=lead, organisation=town.council, email="a.very.long.address@northwick.example.org", role="member")
    asked = request_to_join(actor=acting(None, name="Ada Quill"), organisation=town.council, message="I run the parks")
    page = open_browser(width=size[0], height=size[1])
    sign_in(page, lead.who)
    people = f"/organisations/{town.council.slug}/people/"
    looked_at(
        page,
        "/account/",
        "/account/details/",
        "/account/email/",
        "/account/password/first/",
        "/account/sessions/",
        "/account/second-step/",
        "/account/second-step/totp/activate/",
        "/account/second-step/webauthn/",
        "/account/second-step/webauthn/add/",
        "/acting/",
        people,
        f"{people}{member.pk}/end/",
        f"/account/mandates/{lead.under.pk}/leave/" if lead.under else "/account/",
        f"/organisations/{town.charity.slug}/join/",
        "/join-requests/",
        f"/join-requests/{asked.pk}/",
        "/sign-out/",
    )


def test_an_invitation_and_a_request_to_join_without_javascript(open_browser: Any) -> None:
    town = Town()
    lead, asker = acting(town.council), acting(None, name="Ada Quill")
    page = open_browser(javascript=False)
    sign_in(page, asker.who)
    page.goto(f"/organisations/{town.council.slug}/join/")
    page.get_by_label("What do you do there?").fill("I run the parks")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("You asked to join Northwick Council")
    other = open_browser(javascript=False)
    sign_in(other, lead.who)
    other.goto("/join-requests/")
    other.get_by_role("link", name="Answer").click()
    other.get_by_label("Approve", exact=True).check()
    other.get_by_role("radio", name="Approver").check()
    other.get_by_role("button", name="Answer").click()
    expect(other.locator("main")).to_contain_text("Ada Quill now acts for Northwick Council")
    page.goto("/account/")
    expect(page.get_by_role("banner")).to_contain_text("acting for Northwick Council")


def test_an_authenticator_app_and_then_a_second_step(open_browser: Any) -> None:
    person = somebody()
    page = open_browser()
    sign_in(page, person)
    page.goto("/account/second-step/totp/activate/")
    secret = page.locator("code").inner_text()
    page.get_by_role("textbox", name="Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.locator("main").get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_accessible(page)
    recovery = page.locator("main code").first.inner_text()
    other = open_browser()
    other.goto("/sign-in/")
    other.get_by_label("Email address").fill(person.email)
    other.get_by_role("button", name="Email me a link").click()
    other.get_by_label("Code").fill(code_of(last_mail()))
    other.get_by_role("button", name="Continue").click()
    expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    assert_accessible(other)
    other.get_by_label("Code").fill(recovery)
    other.locator("main").get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/home/")


def test_a_passkey_is_added_and_signs_in_alone(open_browser: Any, live_site: str, faults: Faults) -> None:
    person = somebody()
    # A passkey belongs to a name, and an address of numbers is none; the browser sees the same server.
    site = live_site.replace("127.0.0.1", "localhost")
    page = open_browser()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_role("button", name="Email me a link").click()
    page.get_by_label("Code").fill(code_of(last_mail()))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/home/")
    page.goto(f"{site}/account/second-step/webauthn/add/")
    assert_accessible(page)
    page.get_by_label("Name of this passkey").fill("Office laptop")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{site}/account/second-step/webauthn/")
    expect(page.locator("main")).to_contain_text("Office laptop")
    assert_accessible(page)
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/sign-in/")
    expect(page.get_by_text("The passkey could not be used")).to_be_hidden()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/home/")
    page.goto(f"{site}/account/")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    faults.allow(f"somebody else: {site}/")


def test_the_warning_before_the_end_and_one_key_that_extends(page: Page) -> None:
    """Warned five minutes before; Enter extends; what stands in the form stays (U7)."""
    actor = acting(Town().convening, "officer")
    sign_in(page, actor.who)
    page.goto("/account/details/")
    page.get_by_label("Job title").fill("Half a sentence")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_hidden()
    # The browser believes that it was last used 26 minutes ago, and looks because the page is shown again.
    past = "localStorage.setItem('gt-seen', String(Date.now() - 26 * 60 * 1000))"
    page.evaluate(f"{past}; document.dispatchEvent(new Event('visibilitychange'))")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You will soon be signed out")
    assert_accessible(page)
    with page.expect_response("**/account/stay/") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 204
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Job title")).to_have_value("Half a sentence")
