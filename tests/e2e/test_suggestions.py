"""Notes that say the same in a real browser, on a phone and on a desk, with axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.collaboration.workshops.ground import Ground, lay, opened
from tests.e2e.browsers import Faults, assert_targets
from tests.e2e.test_plain_board import Open, looked_at, press, write
from tests.settings import forget_cache

SAID = (
    ("There is no bus to the clinic after six", "Barriers"),
    ("No bus to clinics after six", "Barriers"),
    ("There is no bus to our clinic after six o’clock", "Barriers"),
    ("Nobody knows whom to ask", "Barriers"),
    ("Volunteer cars", "Ideas"),
    ("A volunteer’s car", "Ideas"),
    ("A-very-long-word-without-an-end-" * 8, "Ideas"),
    ("A-very-long-word-without-an-end-" * 8, "Ideas"),
)


@pytest.fixture
def ground(live_site: str) -> Ground:
    forget_cache()
    return lay()


@pytest.mark.parametrize("size", [{"width": 360, "height": 740, "is_mobile": True, "has_touch": True}, {"width": 1280}])
def test_a_facilitator_confirms_what_is_grouped(
    ground: Ground,
    open_browser: Open,
    sign_in: Callable[[Page, Any], None],
    faults: Faults,
    size: dict[str, Any],
) -> None:
    faults.allow("status of 422")
    workshop = opened(ground)
    home = f"/w/{workshop.code}/simple/"
    page = open_browser(scripts=False, **size)
    sign_in(page, ground["member"].who)

    def on(stage: str) -> None:
        page.goto(f"{home}run/")
        press(page, f"Go on to {stage}")
        expect(page.get_by_role("heading", name=f": {stage}")).to_be_visible()

    on("Write")
    page.goto(home)
    for text, column in SAID:
        write(page, text, column)
    page.goto(f"{home}suggestions/")
    looked_at(page, "suggestions-too-early")
    on("Reveal")
    on("Group")
    page.goto(home)
    page.get_by_role("link", name="Notes that say the same").click()
    looked_at(page, "suggestions")
    if size["width"] == 360:
        assert_targets(page)
    cars = page.locator("section", has_text="Volunteer cars").first
    cars.get_by_role("checkbox").first.uncheck(force=True)
    cars.get_by_role("button", name="Group these").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least 2 notes.")
    looked_at(page, "suggestions-wrong")
    page.goto(f"{home}suggestions/")
    buses = page.locator("section", has_text="No bus to clinics after six").first
    buses.get_by_role("checkbox").last.uncheck(force=True)
    buses.get_by_label("Name of the group").fill("Late buses")
    buses.get_by_role("button", name="Group these").click()
    expect(page.get_by_text("The ticked notes were grouped.")).to_be_visible()
    looked_at(page, "suggestions-of-a-group")
    if size["width"] == 360:
        assert_targets(page)
    while page.get_by_role("button", name="Group these").or_(page.get_by_role("button", name="Put these")).count():
        page.locator("section button").first.click()
        page.wait_for_load_state()
    expect(page.get_by_text("No suggestions")).to_be_visible()
    looked_at(page, "suggestions-none")
    page.goto(home)
    expect(page.get_by_role("heading", name="Late buses (3 notes)")).to_be_visible()
