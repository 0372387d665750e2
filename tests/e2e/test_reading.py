"""Every public page in a browser: nothing axe objects to, nothing wider than the screen, targets a thumb can hit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import assert_accessible, assert_fits, assert_targets
from tests.e2e.conftest import Open
from tests.frontend.reading import PAGES, Vale, vale
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(live_site: str) -> Vale:
    forget_cache()
    return vale()


def addresses(place: Vale) -> list[str]:
    return [
        *PAGES,
        "/ambitions/v-a1/",
        "/building-blocks/b-1/",
        "/frameworks/vision/",
        "/frameworks/plan/",
        "/organisations/northwick-council/",
        "/areas/northwick/",
        "/thread/element/V-A3/",
        f"/thread/initiative/{place.full.reference}/",
        f"/initiatives/{place.full.reference}/",
        f"/initiatives/{place.bare.reference}/",
        "/initiatives/?stage=paused&year=abc&words=zebra",
        "/initiatives/?ambition=V-A1&words=homes",
        "/coverage/?measure=money",
        "/search/?words=northwick",
    ]


def check_all(page: Page, place: Vale, *checks: Callable[[Page], None]) -> None:
    """Make every check on every page, and tell all that fail at once."""
    failures = []
    for address in addresses(place):
        page.goto(address)
        for check in checks:
            try:
                check(page)
            except AssertionError as failure:
                failures.append(f"{address}: {failure}")
    assert not failures, "\n\n".join(failures)


def test_on_a_desk(page: Page, place: Vale) -> None:
    check_all(page, place, assert_accessible, assert_fits)


def test_on_a_phone(phone: Page, place: Vale) -> None:
    check_all(phone, place, assert_accessible, assert_fits, assert_targets)


def test_at_320_pixels(open_browser: Open, place: Vale) -> None:
    """WCAG 1.4.10: a desktop at 400 % zoom is 320 pixels wide."""
    page = open_browser(width=320, height=256)
    check_all(page, place, assert_fits)


def test_finding_and_reading_work_without_javascript(page_without_js: Page, place: Vale) -> None:
    page = page_without_js
    page.goto("/")
    page.get_by_label("What happens near me?").select_option(label="Northwick")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url("/areas/northwick/")
    page.goto("/initiatives/")
    page.get_by_label("Ambition").select_option(label="Live well for longer")
    page.get_by_text("More filters").click()
    page.get_by_label("Organisation").fill("vale nhs")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("status")).to_have_text("1 initiative")
    page.get_by_role("link", name="Remove filter: Organisation: Vale NHS").click()
    page.get_by_role("link", name=place.full.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(place.full.title)
    page.goto("/coverage/")
    page.get_by_label("Partners").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table").first).to_contain_text("3")


def test_a_record_and_the_coverage_can_be_printed(page: Page, place: Vale) -> None:
    page.emulate_media(media="print")
    for address in (f"/initiatives/{place.full.reference}/", "/coverage/", "/frameworks/vision/", "/map/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".govuk-service-navigation")).to_be_hidden()
        expect(page.locator(".gt-no-print").first).to_be_hidden()
