"""The frame, the fields and the components, in a browser: on a desk, on a phone, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets
from tests.e2e.conftest import Open

pytestmark = pytest.mark.django_db
PAGES = ("/form/", "/parts/")


@pytest.fixture
def live_site(django_db_setup: None, django_db_blocker: Any, _server: str, browser: Browser) -> Iterator[str]:
    """These pages only read, so the database need not be emptied after each."""
    with django_db_blocker.unblock():
        yield _server


@pytest.fixture(autouse=True)
def component_pages(live_site: str) -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.e2e.component_pages"):
        yield


@pytest.mark.parametrize("address", PAGES)
def test_on_a_desk(page: Page, address: str) -> None:
    page.goto(address)
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("address", PAGES)
def test_on_a_phone(phone: Page, address: str) -> None:
    phone.goto(address)
    assert_accessible(phone)
    assert_fits(phone)
    assert_targets(phone)


@pytest.mark.parametrize("address", PAGES)
def test_without_scripts(open_browser: Open, address: str) -> None:
    page = open_browser(scripts=False)
    page.goto(address)
    expect(page.locator("body")).not_to_have_class("js-enabled")
    assert_accessible(page)


@pytest.mark.parametrize("address", PAGES)
def test_at_320_pixels(open_browser: Open, address: str) -> None:
    """WCAG 1.4.10: a desktop at 400 % zoom is 320 pixels wide."""
    page = open_browser(width=320, height=256)
    page.goto(address)
    assert_fits(page)


def test_wrong_input_is_told_first_and_leads_to_its_field(page: Page) -> None:
    page.goto("/form/")
    page.get_by_label("Summary").fill("x" * 51)
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("feb")
    page.get_by_label("Year").fill("2027")
    page.get_by_role("button", name="Save and continue").click()
    expect(page).to_have_title("Error: Tell us \N{EN DASH} Golden Thread")
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert_accessible(page)
    summary.get_by_role("link", name="Start date must be a real date").click()
    expect(page.get_by_label("Day")).to_be_focused()
    expect(page.get_by_label("Month")).to_have_value("feb")
    expect(page.get_by_label("Summary")).to_have_value("x" * 51)


def test_a_form_works_without_scripts(page_without_js: Page) -> None:
    page = page_without_js
    page.goto("/form/")
    page.get_by_label("Title").fill("Dementia friendly")
    page.get_by_label("Summary").fill("Welcome")
    for part, value in (("Day", "2"), ("Month", "November"), ("Year", "2026")):
        page.get_by_label(part).fill(value)
    page.get_by_label("Idea").check()
    page.get_by_label("Shared vision").check()
    page.get_by_label("Password", exact=True).fill("a long enough phrase")
    page.get_by_label("I have checked this").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-notification-banner--success")).to_contain_text("It is saved")


def test_scripts_count_show_and_fold(page: Page, phone: Page) -> None:
    page.goto("/form/")
    page.get_by_label("Summary").fill("12345")
    expect(page.locator(".govuk-character-count__status:visible")).to_have_text("You have 45 characters remaining")
    page.get_by_role("button", name="Show password").click()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    page.get_by_label("Shared vision").check()
    page.get_by_label("None of these").check()
    expect(page.get_by_label("Shared vision")).not_to_be_checked()


def test_a_double_click_sends_once(page: Page) -> None:
    page.goto("/form/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Save and continue").dblclick()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert len(sent) == 1


def test_a_phone_shows_a_heat_map_as_cards_with_their_headings(phone: Page) -> None:
    phone.goto("/parts/")
    cell = phone.locator(".gt-heat tbody tr").nth(1).locator("td").nth(1)
    expect(cell.locator(".gt-heat__label")).to_be_visible()
    expect(cell).to_contain_text("Trusted leadership")
    expect(cell).to_contain_text("None")
    box = cell.locator(".gt-heat__cell").bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_first_view_is_light(page: Page) -> None:
    """Issue: at most 40 KB of CSS and JS, gzipped, and 6 requests."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/parts/", wait_until="networkidle")
    assert len(asked) <= 6, asked


def test_paper_shows_the_record_and_nothing_to_press(page: Page) -> None:
    page.goto("/parts/")
    page.emulate_media(media="print")
    expect(page.locator(".gt-filter")).to_be_hidden()
    expect(page.locator(".govuk-pagination")).to_be_hidden()
    expect(page.locator(".gt-heat")).to_be_visible()


def test_faults_are_noticed(page: Page, faults: Faults, live_site: str) -> None:
    page.goto("/parts/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("console.error('broken')")
    page.wait_for_timeout(100)
    assert any("broken" in fault for fault in faults)
    assert any("Content Security Policy" in fault for fault in faults), faults
    faults.clear()


def test_axe_notices(page: Page) -> None:
    page.goto("/parts/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"\"><input>')")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_small_targets_and_wide_pages_are_noticed(phone: Page) -> None:
    phone.goto("/form/")
    phone.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button>x</button>')")
    phone.evaluate("document.querySelector('main').lastElementChild.id = 'tiny'")
    phone.evaluate("document.getElementById('tiny').attributeStyleMap.set('width', CSS.px(10))")
    with pytest.raises(AssertionError, match="tiny"):
        assert_targets(phone)
    phone.evaluate("document.getElementById('tiny').attributeStyleMap.set('width', CSS.px(900))")
    with pytest.raises(AssertionError, match="wider"):
        assert_fits(phone)
