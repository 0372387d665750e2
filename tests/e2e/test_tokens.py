"""Making a token and taking it back, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from groundwork.accounts.services import tokens
from tests.e2e.browsers import Faults, assert_accessible, assert_fits
from tests.groundwork.directory.town import Town, acting

SIZES = [(1280, 900), (360, 740)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_make_copy_use_and_take_back(open_browser: Any, sign_in: Any, faults: Faults, width: int, height: int) -> None:
    actor = acting(Town().council)
    page = open_browser(width=width, height=height)
    sign_in(page, actor.who)
    page.goto("/account/")
    page.get_by_role("link", name="View API tokens").click()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Make the token").click()
    expect(page).to_have_title(re.compile("^Error: "))
    faults.allow("status of 422")
    assert_accessible(page)
    page.get_by_label("What will you use it for?").fill("Our report")
    page.get_by_label("Read and write").check()
    page.get_by_role("button", name="Make the token").click()
    assert_accessible(page)
    assert_fits(page)
    secret = page.get_by_label("The token", exact=True).input_value()
    assert tokens.use(secret=secret).may_write
    page.get_by_role("link", name="I have kept it").click()
    expect(page.locator("main")).not_to_contain_text(secret)
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Take back Our report").click()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("no longer works")
    with pytest.raises(tokens.TokenRefused):
        tokens.use(secret=secret)
