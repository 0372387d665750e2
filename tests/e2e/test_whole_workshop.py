"""A whole workshop in three browsers at once: a facilitator who has only a keyboard, a phone whose line goes away while
its owner writes, and somebody without JavaScript on the plain board. Every stage is looked at by axe in all three.

With GT_SCREENSHOTS=folder the pictures are kept there, for somebody to look at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.outline import NOBODY, Group, outline, ranked
from collaboration.workshops.models import Participation
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import guest
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets
from tests.e2e.test_board_view import Seat

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]


class Keyboard(Seat):
    """A facilitator without a mouse."""

    def tab_to(self, words: str, *, most: int = 90) -> None:
        """Press Tab until what has the focus says (or is called) this."""
        for _ in range(most):
            self.press("Tab")
            focused = self.page.evaluate(
                """() => {
                    const e = document.activeElement;
                    if (e === document.body) return "";
                    return [e.getAttribute("aria-label"), e.innerText, e.labels?.[0]?.innerText, e.id].join("\\n");
                }"""
            )
            if re.search(words, focused, re.MULTILINE):
                return
        raise AssertionError(f"Tab does not reach {words}")

    def on(self, stage: str) -> None:
        """To the next stage, reading first what it will do."""
        self.tab_to(f"^Go on to {stage}")
        self.press("Enter")
        expect(self.page.get_by_role("dialog").get_by_text("Asking what this will do")).to_have_count(0)
        self.stands_on(f"Go on to {stage}")
        self.press("Enter")
        expect(self.page.locator("[aria-current=step]")).to_contain_text(stage)


class Plain:
    """Somebody on the plain board, with JavaScript switched off."""

    def __init__(self, hall: Hall, open_browser: Open, name: str) -> None:
        self.home = f"/w/{hall.workshop.code}/simple/"
        who, secret = guest(hall)
        Participation.objects.filter(pk=who.pk).update(name=name)
        self.page = open_browser(javascript=False)
        # axe needs JavaScript to look at a page: it gets the same page of the same person, with empty scripts.
        self.twin = open_browser(scripts=False)
        for page in (self.page, self.twin):
            cookie = {"name": settings.GUEST_COOKIE_NAME, "value": secret, "domain": "127.0.0.1", "path": "/"}
            page.context.add_cookies([cookie])  # type: ignore[list-item]

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def refresh(self) -> None:
        self.page.goto(self.home)

    def write(self, text: str, column: str) -> None:
        self.refresh()
        self.page.get_by_role("radio", name=column).check()
        self.page.get_by_role("textbox", name="Your note").fill(text)
        self.press("Add note")
        expect(self.page.get_by_text("Your note was added.")).to_be_visible()


def test_a_whole_workshop_by_keyboard_by_a_bad_line_and_without_scripts(
    open_browser: Open, live_site: str, faults: Faults, tmp_path: Path
) -> None:
    # What a browser says about a line that is cut on purpose.
    # A step taken before the server was asked what it will do: 409.
    faults.allow("ERR_INTERNET_DISCONNECTED", "WebSocket connection to", "status of 422", "status of 409")
    hall = Hall(columns=2)
    fay = Keyboard(hall, open_browser(), "facilitator", "Fay")
    ben = Seat(hall, open_browser(width=360, height=740, is_mobile=True, has_touch=True), name="Ben")
    cat = Plain(hall, open_browser, "Cat")
    fay.sit()
    ben.sit()
    folder = Path(os.environ.get("GT_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def looked_at(stage: str) -> None:
        cat.refresh()
        cat.twin.goto(cat.page.url)
        for who, page in (("keyboard", fay.page), ("phone", ben.page), ("plain", cat.twin)):
            page.screenshot(path=folder / f"whole-{stage}-{who}.png", full_page=True)
            assert_accessible(page)
            assert_fits(page)
        assert_targets(ben.page)

    def line(up: bool) -> None:
        ben.page.context.set_offline(not up)

    looked_at("0-lobby")

    fay.on("Write")
    ben.hears("Stage 1 of 7: Write.", urgent=True)
    fay.tab_to("at-composer")
    fay.page.keyboard.type("Buses to clinics")
    fay.press("Enter")
    fay.hears("Note added to Column 0, 1 of 1.")
    ben.write("Nobody answers the phone")
    expect(ben.note("Nobody").get_by_text("Saved")).to_be_visible()
    line(up=False)
    expect(ben.page.get_by_text("Offline", exact=False).first).to_be_visible()
    ben.write("Written in a tunnel")
    expect(ben.note("tunnel").get_by_text("Kept on this device")).to_be_visible()
    ben.page.get_by_label("Column", exact=True).select_option("Column 1")
    ben.write("And one more of those")
    looked_at("1-write-offline")
    # Meanwhile others go on.
    cat.write("A volunteer car", "Column 1")
    cat.write("Letters come too late", "Column 0")
    expect(fay.column(1).get_by_text("1 note by others, hidden")).to_be_visible()
    everywhere = fay.page.content() + cat.page.content()
    assert "tunnel" not in everywhere
    assert "Nobody answers" not in everywhere
    line(up=True)
    expect(ben.note("tunnel").get_by_text("Saved")).to_be_visible(timeout=20_000)
    expect(fay.column(1).get_by_text("2 notes by others, hidden")).to_be_visible()
    looked_at("1-write")
    # Away again, just when writing ends: what was written too late is not lost, and not on the board.
    line(up=False)
    expect(ben.page.get_by_text("Offline", exact=False).first).to_be_visible()
    ben.write("Too late by a minute")

    fay.on("Reveal")
    line(up=True)
    expect(ben.page.get_by_role("heading", name="My drafts (1)")).to_be_visible(timeout=20_000)
    expect(ben.page.get_by_text("Too late by a minute", exact=True)).to_be_visible()
    fay.tab_to("^Reveal 6 notes")
    fay.press("Enter")
    # The dialog begins with a box for each column, all of them ticked.
    fay.tab_to("^Reveal$")
    fay.press("Enter")
    expect(ben.note("Buses")).to_be_visible()
    cat.refresh()
    for words in ("Buses to clinics", "Written in a tunnel", "And one more of those", "A volunteer car"):
        expect(cat.page.get_by_text(words).first).to_be_visible()
    looked_at("2-reveal")

    fay.on("Group")
    fay.tab_to("^Buses")
    fay.press("g")
    fay.tab_to("Nobody answers the phone")
    fay.press("Space")
    fay.tab_to("^Group$")
    fay.press("Enter")
    fay.hears("Grouped with “Nobody answers the phone”, 2 notes.")
    cat.refresh()
    for words in ("A volunteer car", "And one more of those"):
        cat.page.get_by_role("checkbox", name=words).check(force=True)
    cat.page.get_by_label("Name of the group").fill("Getting there")
    cat.press("Group the ticked notes")
    expect(ben.page.locator(".gt-group", has_text="Getting there")).to_contain_text("A volunteer car")
    looked_at("3-group")

    fay.on("Vote")
    # The item that has the focus is voted for by a letter; votes are taken back by the same one.
    fay.tab_to("^Getting there")
    fay.press("v", "v", "Shift+V")
    fay.hears("4 of 5 votes left.")
    ben.page.locator(".gt-group", has_text="Getting there").get_by_role("button", name="Vote").first.click()
    ben.hears("Voted. 4 of 5 votes left.")
    cat.refresh()
    cat.page.get_by_role("button", name="Vote for Letters come too late").click()
    expect(cat.page.get_by_text("4 of 5 votes left.")).to_be_visible()
    looked_at("4-vote")

    fay.on("Discuss")
    expect(ben.page.locator(".gt-group", has_text="Getting there")).to_contain_text("2 votes")
    fay.tab_to("^Getting there")
    fay.press("c")
    fay.page.keyboard.type("The college has a minibus.")
    fay.tab_to("^Add comment")
    fay.press("Enter")
    expect(ben.page.get_by_text("The college has a minibus.")).to_be_visible()
    fay.tab_to("^Lock editing")
    fay.press("Enter")
    ben.hears("The facilitator locked editing.", urgent=True)
    looked_at("5-discuss")
    fay.tab_to("^Unlock editing")
    fay.press("Enter")
    ben.hears("Editing is open again.", urgent=True)

    fay.on("Commit")
    cat.refresh()
    cat.page.get_by_label("What is to be done").fill("Ask for evening buses")
    cat.press("Propose it")
    ben.page.get_by_role("button", name="I do it").click()
    expect(fay.page.get_by_text("Ben does it")).to_be_visible()
    looked_at("6-commit")

    fay.on("Close")
    ben.hears("Stage 7 of 7: Close.", urgent=True)
    looked_at("7-close")

    # All three hold the same, and it is what the server holds: nothing lost, nothing twice.
    board = outline(hall.state(), EVERYBODY, NOBODY)
    first, second = [row.item for row in ranked(board) if isinstance(row.item, Group)]
    assert (first.title, first.votes, len(first.notes), len(second.notes)) == ("Getting there", 2, 2, 2)
    texts = sorted(thing["text"] for thing in hall.state().things.values() if thing["type"] == "note")
    assert texts == sorted(
        (
            *("Buses to clinics", "Nobody answers the phone", "Written in a tunnel", "And one more of those"),
            *("A volunteer car", "Letters come too late"),
        )
    )
    cat.refresh()
    for page in (fay.page, ben.page, cat.page):
        shown = page.locator("main").inner_text()
        assert all(shown.count(text) >= 1 for text in texts), page.url
