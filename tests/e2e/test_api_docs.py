"""The page about the API in a browser: readable as it is, and a workbench that keeps to our policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Faults, assert_accessible, assert_fits
from tests.e2e.conftest import Open
from tests.frontend.reading import Vale, vale
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)

DOCS = "/api/v1/docs/"


@pytest.fixture
def place(live_site: str) -> Vale:
    forget_cache()
    return vale()


def test_the_page_can_be_read_by_everybody(page: Page, phone: Page, open_browser: Open, place: Vale) -> None:
    for window in (page, phone, open_browser(width=320, height=256)):
        window.goto(DOCS)
        # What is folded away is looked at too.
        window.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert_accessible(window)
        assert_fits(window)


def test_without_scripts_there_is_no_workbench_and_nothing_is_missing(page_without_js: Page, place: Vale) -> None:
    page_without_js.goto(DOCS)
    expect(page_without_js.get_by_text("Open the workbench")).to_be_hidden()
    page_without_js.get_by_text("GET /api/v1/coverage/").click()
    expect(page_without_js.get_by_text("What the columns are.")).to_be_visible()


def test_operations_can_be_tried(page: Page, place: Vale, faults: Faults) -> None:
    """Nothing of the workbench breaks the policy, and nobody else is asked: `faults` would say so."""
    page.goto(DOCS)
    page.get_by_role("button", name="Open the workbench").click()
    coverage = page.locator("#operations-Coverage-coverage_read")
    # Thousands of lines of description are drawn first.
    coverage.locator("button.opblock-summary-control").click(timeout=60_000)
    coverage.get_by_role("button", name="Try it out").click()
    coverage.get_by_role("button", name="Execute").click()
    answer = coverage.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_have_text("200")
    expect(answer).to_contain_text("V-A1")
    assert faults == []

    page.locator(".auth-wrapper button.authorize").first.click()
    page.locator(".modal-ux input").fill("gt_wrong")
    page.locator(".modal-ux button.authorize").click()
    page.locator(".modal-ux button.btn-done").click()
    initiatives = page.locator("#operations-Initiatives-initiatives_list")
    initiatives.locator("button.opblock-summary-control").click()
    initiatives.get_by_role("button", name="Try it out").click()
    initiatives.get_by_role("button", name="Execute").click()
    expect(initiatives.locator(".live-responses-table .response .response-col_status").first).to_contain_text("401")
    assert len(faults) == 1
    assert "401" in faults.pop(), "the browser tells of a refusal, and of nothing else"
    # The token is forgotten with the page.
    assert page.evaluate("JSON.stringify(localStorage)").count("gt_wrong") == 0
