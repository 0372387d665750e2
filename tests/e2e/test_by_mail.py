"""Links in mail, in a browser that is signed out: on a small phone, by keyboard, and without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from collaboration.actions.models import Action
from collaboration.actions.services import asking, making, records
from collaboration.initiatives.models import Partner
from notifications.models import Choice
from notifications.services import mail_acts, stopping
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets
from tests.notifications.ground import Ground, lay


@pytest.fixture
def ground(transactional_db: None) -> Ground:
    return lay()


def act(ground: Ground, name: str, subject: object) -> str:
    nurse = ground.people["nurse"]
    link = mail_acts.link(name, person=nurse.person, mandate=nurse.mandate, subject=subject)
    return link.removeprefix(settings.BASE_URL)


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name)


def test_a_part_is_declined_on_a_phone(phone: Page, ground: Ground, faults: Faults) -> None:
    faults.allow("422")
    phone.goto(act(ground, "partner.decline", 801))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Is Vale NHS Trust part of this?")
    for check in (assert_accessible, assert_fits, assert_targets):
        check(phone)
    button(phone, "No, we do not have this part").click()
    expect(phone.get_by_role("alert")).to_contain_text("There is a problem")
    assert_accessible(phone)
    phone.get_by_label("Why not?").fill("We left this in spring.")
    button(phone, "No, we do not have this part").click()
    expect(phone.get_by_text("Thank you. Your answer has been passed on.")).to_be_visible()
    expect(button(phone, "No, we do not have this part")).to_have_count(0)
    assert_accessible(phone)
    assert Partner.objects.get(pk=801).declined_reason == "We left this in spring."


def test_a_part_is_confirmed_without_scripts(page_without_js: Page, ground: Ground) -> None:
    page_without_js.goto(act(ground, "partner.confirm", 801))
    button(page_without_js, "Yes, we have this part").click()
    expect(page_without_js.get_by_text("Your organisation has confirmed this part.")).to_be_visible()
    assert Partner.objects.get(pk=801).confirmation == "confirmed"


def test_mail_is_stopped_and_begun_again(phone: Page, ground: Ground) -> None:
    phone.goto(stopping.link_for(person=ground.people["nurse"].person, topic="asked").removeprefix(settings.BASE_URL))
    for check in (assert_accessible, assert_fits, assert_targets):
        check(phone)
    button(phone, "Stop these emails").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("These emails are stopped")
    assert_accessible(phone)
    assert Choice.objects.get().frequency == "never"
    button(phone, "Undo: send them again").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Less email, or none")
    phone.get_by_label("Each week, in your digest").check()
    button(phone, "Save").click()
    expect(phone.locator("dl")).to_contain_text("Each week, in your digest")
    assert Choice.objects.get().frequency == "weekly"


def test_who_has_no_account_answers_for_an_action(page: Page, ground: Ground) -> None:
    action = making.make(
        actor=ground.people["lead"], what="Ask the café", who=asking.somebody(email="gwen@example.org", name="Gwen")
    )
    page.goto(f"/actions/answer/{records.token_of(action)}/")
    page.get_by_label("Yes").check()
    button(page, "Send your answer").click()
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    assert Action.objects.get().status == "accepted"


def test_a_link_that_does_not_work_says_what_to_do(phone: Page, ground: Ground, faults: Faults) -> None:
    faults.allow("410")
    phone.goto("/act/wrong/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link does not work")
    assert_accessible(phone)
    assert_fits(phone)
