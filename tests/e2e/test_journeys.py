"""The register's main job in a real browser: register, confirm as the partner, find, verify, update.

Once with scripts and once without, with axe on every page along the way. The place is the Essex catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from groundwork.accounts.models import Person
from groundwork.directory.models import Mandate
from groundwork.directory.queries import find_organisation
from notifications.models import OutgoingMessage
from tests.e2e.browsers import Faults, assert_accessible

SignIn = Callable[[Page, Any], None]
TITLE = "Strength and balance classes in sheltered housing"


def lead_of(organisation: str, name: str) -> Person:
    found = find_organisation(organisation)
    assert found, organisation
    person = Person.objects.create_user(f"{name.split()[0].lower()}@example.org", name=name)
    Mandate.objects.create(person=person, organisation=found, role="lead", valid_from=date(2026, 1, 1))
    return person


@pytest.fixture
def people(transactional_db: None) -> dict[str, Person]:
    call_command("load_place", "essex", verbosity=0)
    return {
        "district": lead_of("Rochford District Council", "Dana Reed"),
        "nhs": lead_of("NHS", "Nadia Bell"),
    }


def go_on(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    assert_accessible(page)


def section(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert_accessible(page)


def register(page: Page, faults: Faults) -> str:
    """From the home page to the confirmation, with one mistake on the way. Returns the reference."""
    page.goto("/home/")
    assert_accessible(page)
    page.get_by_role("button", name="Register joint work").click()
    page.get_by_label("What is it called?").fill(TITLE)
    go_on(page, "Start")

    section(page, "About the work")
    page.get_by_label("What is being done, in plain words?").fill("Classes in common rooms, led by residents.")
    page.get_by_label("Active", exact=True).check()
    starts = page.get_by_role("group", name=re.compile("When did it start"))
    for box, value in (("Day", "31"), ("Month", "2"), ("Year", "2026")):
        starts.get_by_label(box).fill(value)
    go_on(page, "Save and continue")
    expect(page).to_have_title(re.compile("^Error: "))
    faults.allow("status of 422")
    expect(page.get_by_label("What is being done, in plain words?")).to_have_value(re.compile("led by residents"))
    page.get_by_role("group", name=re.compile("When did it start")).get_by_label("Day").fill("28")
    go_on(page, "Save and continue")

    section(page, "Ambitions it answers to")
    page.get_by_label("Main strand", exact=True).select_option(label="Promoting independence wherever possible")
    page.locator("[name=contribution_1]").fill("People stay steady on their feet.")
    go_on(page, "Save and continue")

    section(page, "Building blocks")
    page.get_by_label("Delivery", exact=True).check()
    go_on(page, "Save and continue")

    section(page, "Places")
    page.get_by_label("District, borough or city").check()
    page.get_by_label("Rochford").check()
    go_on(page, "Save and continue")

    section(page, "Lead and partners")
    page.get_by_label(re.compile("Which organisation leads it")).select_option(label="Rochford District Council")
    line = page.get_by_role("group", name="Partner 1")
    line.get_by_label(re.compile("^Organisation")).select_option(label="NHS")
    line.get_by_label(re.compile("^Its part")).select_option(label="Funder")
    go_on(page, "Save and continue")

    section(page, "Contact and who may see it")
    page.get_by_label("Who can be asked about it?").fill("Housing officer")
    go_on(page, "Save and continue")

    page.get_by_role("button", name="Check your answers").click()
    assert_accessible(page)
    expect(page.get_by_text("This will ask 1 organisation to confirm its part")).to_be_visible()
    go_on(page, "Publish for everyone")
    expect(page.get_by_role("heading", level=1)).to_have_text("Published")
    found = re.search(r"ESX-\d{4,}", page.get_by_role("main").inner_text())
    assert found, "the confirmation gives a reference"
    return found[0]


def confirm(page: Page, reference: str) -> None:
    """The partner, from the mail it got."""
    mail = OutgoingMessage.objects.get(recipient="nadia@example.org", kind__contains="partner")
    assert TITLE in mail.subject + mail.text
    link = re.search(rf"/initiatives/{reference}/partners/\d+/answer/", mail.text)
    assert link, mail.text
    page.goto(link[0])
    assert_accessible(page)
    page.get_by_label("Yes, we have this part").check()
    go_on(page, "Send the answer")
    expect(page.get_by_text("Your answer has been passed on")).to_be_visible()


def find(page: Page, reference: str) -> None:
    """Anybody, by words that are not quite those of the record."""
    page.goto("/initiatives/")
    assert_accessible(page)
    page.get_by_label("Words").fill("balance class")
    page.get_by_role("button", name="Apply filters").click()
    assert_accessible(page)
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("main")).to_contain_text(reference)
    expect(page.get_by_role("main")).to_contain_text("Confirmed")
    assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_register_confirm_find_verify_update(
    open_browser: Callable[..., Page],
    people: dict[str, Person],
    sign_in: SignIn,
    drain: Callable[[], int],
    faults: Faults,
    scripts: bool,
) -> None:
    district, nhs, anybody = (open_browser(scripts=scripts) for _ in range(3))
    sign_in(district, people["district"])
    sign_in(nhs, people["nhs"])
    reference = register(district, faults)
    drain()
    confirm(nhs, reference)
    drain()
    find(anybody, reference)

    district.goto(f"/initiatives/{reference}/verify/")
    go_on(district, "Yes, still accurate")
    expect(district.get_by_role("main")).to_contain_text("Still accurate as of")

    phone = open_browser(width=360, height=740, is_mobile=True, has_touch=True, scripts=scripts)
    sign_in(phone, people["district"])
    phone.goto(f"/initiatives/{reference}/update/")
    assert_accessible(phone)
    phone.get_by_label("On track").check()
    phone.get_by_label("What happened since the last update?").fill("Twelve people came to the first class.")
    go_on(phone, "Add the update")
    expect(phone.get_by_role("main")).to_contain_text("Twelve people came to the first class.")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"the page is {width} px wide on a phone of 360"


READ = (
    "/", "/ambitions/", "/building-blocks/", "/initiatives/", "/coverage/", "/map/", "/organisations/", "/areas/",
    "/frameworks/", "/frameworks/future-of-essex/", "/updates/", "/search/?q=hospital", "/help/", "/accessibility/",
    "/privacy/", "/cookies/", "/data-licence/", "/terms/", "/status/", "/nominate/", "/sign-in/",
    "/initiatives/ESX-0001/", "/initiatives/ESX-0001/history/", "/initiatives/ESX-0001/problem/",
    "/thread/initiative/ESX-0001/", "/thread/element/FOE-A2/", "/organisations/rochford-district-council/",
    "/areas/rochford/",
)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 360])
def test_every_public_page_is_accessible_and_fits(
    open_browser: Callable[..., Page], people: dict[str, Person], width: int
) -> None:
    page = open_browser(width=width, height=800)
    for address in READ:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} px wide in {width}"


def test_text_of_twice_the_size_and_four_times_the_zoom_still_fit(
    open_browser: Callable[..., Page], people: dict[str, Person]
) -> None:
    """WCAG 2.2 success criteria 1.4.4 and 1.4.10: 1280 px at 400 % is a page of 320 px."""
    page = open_browser(width=320, height=256)
    for address in ("/", "/initiatives/", "/initiatives/ESX-0001/", "/sign-in/", "/nominate/"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{address} is {wide} px wide in 320"
