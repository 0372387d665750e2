"""A workshop in a real browser without scripts: on a phone, on a desk and on the wall; in every stage, with axe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from collaboration.workshops import queries, services
from tests.collaboration.workshops.ground import Ground, invited, lay, opened
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets
from tests.settings import forget_cache

Open = Callable[..., Page]
SHOTS = os.environ.get("GT_SCREENSHOTS", "")


@pytest.fixture
def ground(live_site: str) -> Ground:
    forget_cache()
    return lay()


def looked_at(page: Page, name: str) -> None:
    """It is accessible and fits; with GT_SCREENSHOTS=folder a picture is kept, for somebody to look at."""
    assert_accessible(page)
    assert_fits(page)
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def write(page: Page, text: str, column: str) -> None:
    page.get_by_role("radio", name=column).check()
    page.get_by_role("textbox", name="Your note").fill(text)
    press(page, "Add note")
    expect(page.get_by_text("Your note was added.")).to_be_visible()


def test_a_workshop_is_the_same_for_a_phone_a_desk_and_the_wall(
    ground: Ground, open_browser: Open, sign_in: Callable[[Page, Any], None], faults: Faults
) -> None:
    faults.allow("status of 422")
    workshop = opened(ground, purpose="What keeps people from the clinic, and what would help?", venue="Village hall")
    home, run = f"/w/{workshop.code}/simple/", f"/w/{workshop.code}/simple/run/"
    phone = open_browser(width=360, height=740, scripts=False, is_mobile=True, has_touch=True)
    desk = open_browser(scripts=False)
    wall = open_browser(width=1920, height=1080)
    sign_in(desk, ground["member"].who)

    phone.goto("/w/")
    looked_at(phone, "code")
    phone.get_by_label("Code of the workshop").fill(f"{workshop.code[:4]} {workshop.code[4:]}".lower())
    press(phone, "Continue")
    looked_at(phone, "join")
    assert_targets(phone)
    press(phone, "Join")
    expect(phone.get_by_role("alert")).to_contain_text("Enter a name")
    looked_at(phone, "join-wrong")
    phone.get_by_label("Your name").fill("Sam")
    press(phone, "Join")
    phone.goto(home)
    looked_at(phone, "0-lobby")
    assert_targets(phone)
    phone.goto(f"/w/{workshop.code}/me/")
    looked_at(phone, "me")

    desk.goto(run)
    looked_at(desk, "run-lobby")
    wall.goto(f"/w/{workshop.code}/{queries.link_token(workshop)}/screen/")
    looked_at(wall, "screen-lobby")

    def on(stage: str) -> None:
        desk.goto(run)
        press(desk, f"Go on to {stage}")
        expect(desk.get_by_role("heading", name=f": {stage}")).to_be_visible()

    on("Write")
    # A script asks again every few seconds.
    expect(wall.get_by_text("Stage 1 of 7: Write")).to_be_visible()
    phone.goto(home)
    write(phone, "There is no bus to the clinic after six", "Barriers")
    write(phone, "The surgery phones people who miss a visit", "Enablers")
    write(phone, "A volunteer car", "Ideas")
    looked_at(phone, "1-write")
    assert_targets(phone)
    desk.goto(run)
    looked_at(desk, "run-write")
    on("Reveal")
    press(desk, "Reveal everything")
    phone.goto(home)
    looked_at(phone, "2-reveal")
    phone.get_by_role("link", name=": A volunteer car").click()
    looked_at(phone, "2-note")
    assert_targets(phone)
    on("Group")
    phone.goto(home)
    looked_at(phone, "3-group")
    for box in phone.get_by_role("checkbox").all()[:2]:
        box.check(force=True)
    phone.get_by_label("Name of the group").fill("Getting there")
    press(phone, "Group the ticked notes")
    looked_at(phone, "3-grouped")
    phone.get_by_role("link", name=": Getting there").click()
    looked_at(phone, "3-group-page")
    on("Vote")
    phone.goto(home)
    phone.get_by_role("button", name="Vote for Getting there").click()
    expect(phone.get_by_text("4 of 5 votes left.")).to_be_visible()
    looked_at(phone, "4-vote")
    assert_targets(phone)
    desk.goto(home)
    looked_at(desk, "4-vote")
    on("Discuss")
    phone.goto(home)
    looked_at(phone, "5-discuss")
    phone.get_by_role("link", name=": Getting there").click()
    phone.get_by_label("Your comment").fill("The 14 stops at six")
    press(phone, "Add comment")
    press(phone, "I agree")
    looked_at(phone, "5-item")
    desk.goto(phone.url.split("?")[0])
    looked_at(desk, "5-item")
    on("Commit")
    phone.goto(home)
    phone.get_by_label("What is to be done").fill("Ask the bus company for one later bus")
    press(phone, "Propose it")
    phone.get_by_role("button", name="I do it").click()
    looked_at(phone, "6-commit")
    assert_targets(phone)
    expect(wall.get_by_text("Ask the bus company")).to_be_visible()
    looked_at(wall, "screen-commit")
    assert wall.evaluate("document.documentElement.scrollWidth") == 1920
    on("Close")
    phone.goto(home)
    looked_at(phone, "7-close")
    phone.get_by_role("link", name="Was it worth your time?").click()
    looked_at(phone, "7-feedback")
    desk.goto(run)
    looked_at(desk, "run-close")


def test_joining_with_javascript_switched_off_leads_to_plain_forms(ground: Ground, open_browser: Open) -> None:
    workshop = opened(ground)
    page = open_browser(width=360, height=740, javascript=False)
    page.goto(f"/w/{workshop.code}/{queries.link_token(workshop)}/")
    page.get_by_label("Your name").fill("Sam")
    press(page, "Join")
    assert page.url.endswith(f"/w/{workshop.code}/simple/")


def test_the_lobby_lets_in_by_itself_where_there_are_scripts(
    ground: Ground, open_browser: Open, faults: Faults
) -> None:
    # The test ends while the board is still opening its connection.
    faults.allow("WebSocket is closed before the connection is established")
    workshop = opened(ground, has_lobby=True)
    page = open_browser(width=360, height=740)
    page.goto(f"/w/{workshop.code}/")
    press(page, "Continue")
    page.get_by_label("Your name").fill("Sam")
    press(page, "Join")
    expect(page.get_by_text("You are in the lobby.")).to_be_visible()
    looked_at(page, "waiting")
    part = queries.participants(workshop).get(name="Sam")
    services.admit(actor=ground["member"], participation=part)
    page.wait_for_url(f"**/w/{workshop.code}/board*", timeout=15_000)


def test_an_invitation_on_a_phone(ground: Ground, open_browser: Open) -> None:
    workshop = opened(ground)
    token = queries.invitation_token(invited(ground, workshop))
    page = open_browser(width=360, height=740, scripts=False)
    page.goto(f"/w/invitation/{token}/")
    looked_at(page, "invitation")


@pytest.mark.parametrize("size", ["large", "largest"])
def test_chosen_sizes_of_text_fit_a_phone(ground: Ground, open_browser: Open, size: str) -> None:
    workshop = opened(ground)
    page = open_browser(width=360, height=740, scripts=False)
    page.goto(f"/w/{workshop.code}/")
    press(page, "Continue")
    page.get_by_role("radio", name="Very large" if size == "largest" else "Large", exact=True).check()
    page.get_by_label("Your name").fill("Sam")
    press(page, "Join")
    page.goto(f"/w/{workshop.code}/simple/")
    looked_at(page, f"text-{size}")
    root = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert root == {"large": 20, "largest": 24}[size]
