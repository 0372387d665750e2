"""The live board's page in a real browser, against the product: every stage, keys, fingers and no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from collaboration.workshops.models import Participation
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import guest
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]


class Seat:
    """Somebody of the workshop, in front of their own browser."""

    def __init__(self, hall: Hall, page: Page, role: str = "participant", name: str = "") -> None:
        self.hall, self.page = hall, page
        self.who, self.secret = guest(hall, role)
        if name:
            Participation.objects.filter(pk=self.who.pk).update(name=name)
        cookie = {"name": settings.GUEST_COOKIE_NAME, "value": self.secret, "domain": "127.0.0.1", "path": "/"}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    def sit(self) -> Seat:
        self.page.goto(reverse("board", args=[self.hall.workshop.code]))
        expect(self.page.get_by_text("Connected", exact=True)).to_be_visible()
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.get_by_label("New note").fill(text)
        self.page.get_by_role("button", name="Add note").click()

    def note(self, text: str) -> Locator:
        return self.page.locator("li.gt-note", has_text=text)

    def column(self, number: int = 0) -> Locator:
        return self.page.locator(".gt-column").nth(number)

    def hears(self, text: str, *, urgent: bool = False) -> None:
        expect(self.page.locator("#board-alert" if urgent else "#board-status")).to_contain_text(text)

    def stands_on(self, text: str) -> None:
        expect(self.page.locator(":focus")).to_contain_text(text)

    def go_on(self, stage: str) -> None:
        self.page.get_by_role("button", name=f"Go on to {stage}").click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog.get_by_text("Asking what this will do")).to_have_count(0)
        dialog.get_by_role("button", name=f"Go on to {stage}").click()
        expect(self.page.locator("[aria-current=step]")).to_contain_text(stage)


@pytest.fixture
def seats(open_browser: Open, live_site: str) -> tuple[Seat, Seat, Seat]:
    """A facilitator and a participant at desks, and a participant with a phone."""
    hall = Hall(columns=3)
    fay = Seat(hall, open_browser(), "facilitator", "Fay")
    ann = Seat(hall, open_browser(), name="Ann")
    ben = Seat(hall, open_browser(width=360, height=740, is_mobile=True, has_touch=True), name="Ben")
    return fay.sit(), ann.sit(), ben.sit()


def test_a_whole_workshop(seats: tuple[Seat, Seat, Seat]) -> None:
    fay, ann, ben = seats
    everybody = (fay, ann, ben)

    def looked_at() -> None:
        for seat in everybody:
            assert_accessible(seat.page)
            assert_fits(seat.page)
        assert_targets(ben.page)

    expect(ann.page.get_by_role("heading", name="Try it out")).to_be_visible()
    looked_at()

    fay.go_on("Write")
    ann.hears("Stage 1 of 7: Write.", urgent=True)
    ann.write("Buses to clinics")
    ann.hears("Note added to Column 0, 1 of 1.")
    expect(ann.note("Buses").get_by_text("Saved")).to_be_visible()
    ben.page.get_by_label("Column", exact=True).select_option("Column 0")
    ben.write("Nobody answers the phone")
    expect(fay.column().get_by_text("2 notes by others, hidden")).to_be_visible()
    assert "Buses" not in fay.page.content() + ben.page.content()
    looked_at()

    fay.go_on("Reveal")
    ben.hears("Stage 2 of 7", urgent=True)
    fay.page.get_by_role("button", name="Reveal 2 notes").click()
    fay.page.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    expect(ben.note("Buses").get_by_text("New to you")).to_be_visible()
    looked_at()

    fay.go_on("Group")
    ben.note("Nobody").get_by_role("button", name="Actions").click()
    ben.page.get_by_role("button", name="Group with…").click()
    ben.page.get_by_role("dialog").get_by_label("Buses to clinics").check()
    looked_at()
    ben.page.get_by_role("dialog").get_by_role("button", name="Group").click()
    ben.hears("Grouped with “Buses to clinics”, 2 notes.")
    expect(ann.page.locator(".gt-group")).to_contain_text("Group without a name")
    looked_at()

    fay.go_on("Vote")
    group = ben.page.locator(".gt-group")
    group.get_by_role("button", name="Vote", exact=False).first.click()
    ben.hears("Voted. 4 of 5 votes left.")
    expect(group).to_contain_text("1 vote of yours")
    expect(ann.page.locator(".gt-group")).not_to_contain_text("1 vote")
    looked_at()

    fay.go_on("Discuss")
    expect(ann.page.locator(".gt-group")).to_contain_text("1 vote")
    ann.page.locator(".gt-group").press("c")
    ann.page.get_by_label("Comment", exact=True).fill("The college has a minibus.")
    ann.page.get_by_role("button", name="Add comment").click()
    expect(ben.page.get_by_text("The college has a minibus.")).to_be_visible()
    fay.page.get_by_role("button", name="Lock editing").click()
    ann.hears("The facilitator locked editing.", urgent=True)
    looked_at()
    fay.page.get_by_role("button", name="Unlock editing").click()

    fay.go_on("Commit")
    ben.page.get_by_role("button", name="Propose an action").click()
    ben.page.get_by_label("What is to be done?").fill("Ask for evening buses")
    ben.page.get_by_label("By when?").fill("2027-03-31")
    looked_at()
    ben.page.get_by_role("button", name="Propose", exact=True).click()
    ann.page.get_by_role("button", name="I do it").click()
    expect(ben.page.get_by_text("Ann does it")).to_be_visible()
    expect(ben.page.get_by_text("By 31 March 2027")).to_be_visible()
    looked_at()

    fay.go_on("Close")
    ann.hears("Stage 7 of 7: Close.", urgent=True)
    expect(ann.page.get_by_role("link", name="Leave feedback")).to_be_visible()
    looked_at()


def test_by_keyboard_alone(open_browser: Open, live_site: str, faults: Faults) -> None:
    # Whoever is quicker than the sentences about a step has taken it when the server is asked what it will do.
    faults.allow("status of 409")
    hall = Hall(columns=2)
    fay = Seat(hall, open_browser(), "facilitator", "Fay").sit()
    page = fay.page

    def until(text: str) -> None:
        for _ in range(60):
            fay.press("Tab")
            if re.search(text, page.evaluate("document.activeElement.innerText || document.activeElement.id") or ""):
                return
        raise AssertionError(f"Tab does not reach {text}")

    until("Go on to Write")
    fay.press("Enter")
    fay.stands_on("Go on to Write")
    fay.press("Enter")
    fay.hears("Stage 1 of 7: Write.", urgent=True)
    until("at-composer")
    for text in ("one", "two", "three"):
        page.keyboard.type(text)
        fay.press("Enter")
        fay.hears("Note added to Column 0")
    until("^one")
    fay.press("ArrowDown")
    fay.stands_on("two")
    fay.press("End")
    fay.stands_on("three")
    fay.press("ArrowRight")
    fay.stands_on("Column 1")
    fay.press("ArrowLeft", "Home")
    fay.stands_on("one")

    fay.press("Space")
    fay.hears("Picked up “one”.")
    fay.press("ArrowDown")
    fay.hears("Column 0, 2 of 3.")
    fay.press("Escape")
    fay.hears("Put back.")
    fay.press("Space", "ArrowRight", "Space")
    fay.hears("Moved to Column 1, 1 of 1.")
    fay.stands_on("one")
    fay.press("m")
    fay.press("ArrowUp", "Enter")
    fay.hears("Moved to Column 0, 3 of 3.")
    fay.stands_on("one")

    fay.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" more")
    until("Save")
    fay.press("Enter")
    expect(fay.note("one more")).to_be_visible()
    fay.stands_on("one more")
    fay.press("Home", "Delete")
    fay.stands_on("Cancel")
    fay.press("Shift+Tab", "Enter")
    fay.hears("Deleted. It is in the bin.")
    fay.stands_on("three")
    fay.press("Control+z")
    fay.hears("Undone.")
    fay.stands_on("three")
    fay.press("?")
    expect(page.get_by_role("heading", name="Keys of the board")).to_be_visible()
    fay.press("Escape", "n")
    expect(page.get_by_label("New note")).to_be_focused()

    # What was being written when writing ends is not lost.
    page.keyboard.type("half a thought")
    hall.go(2)
    expect(page.get_by_role("heading", name="My drafts (1)")).to_be_visible()
    expect(page.get_by_text("half a thought", exact=True)).to_be_visible()
    expect(page.locator("#at-task")).to_be_focused()


def test_letters_can_be_switched_off(open_browser: Open, live_site: str) -> None:
    hall = Hall()
    hall.go(1)
    ann = Seat(hall, open_browser()).sit()
    ann.write("a note")
    ann.page.get_by_role("heading", name="Settings").click()
    ann.page.get_by_label("Letters are keys of the board").uncheck()
    ann.note("a note").focus()
    ann.press("e")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    ann.press("Tab")
    ann.stands_on("Actions")
    ann.press("Enter")
    expect(ann.page.get_by_role("dialog")).to_contain_text("Edit")


def test_dragging_onto_a_note_and_to_another_column(open_browser: Open, live_site: str) -> None:
    hall = Hall()
    hall.go(1)
    ann = Seat(hall, open_browser()).sit()
    ann.write("first")
    ann.write("second")
    expect(ann.note("second").get_by_text("Saved")).to_be_visible()
    hall.go(3)
    expect(ann.note("second").get_by_role("button", name="Actions")).to_be_visible()

    def drag(text: str, target: Locator) -> None:
        start, end = ann.note(text).bounding_box(), target.bounding_box()
        assert start
        assert end
        mouse = ann.page.mouse
        mouse.move(start["x"] + 30, start["y"] + 12)
        mouse.down()
        mouse.move(start["x"] + 40, start["y"] + 20, steps=3)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
        mouse.up()

    drag("second", ann.column(1))
    ann.hears("Moved to Column 1, 1 of 1.")
    expect(ann.column(1)).to_contain_text("second")
    drag("second", ann.note("first"))
    ann.hears("Grouped with “first”, 2 notes.")
    expect(ann.column(0).locator(".gt-group")).to_contain_text("second")


def test_after_a_step_of_stages_undo_asks_about_the_step_and_takes_back_nothing_older(
    open_browser: Open, live_site: str
) -> None:
    hall = Hall()
    hall.go(1)
    fay = Seat(hall, open_browser(), "facilitator").sit()
    fay.write("first")
    expect(fay.note("first").get_by_text("Saved")).to_be_visible()
    fay.go_on("Reveal")
    fay.column().locator("h2").focus()
    fay.press("Control+z")
    dialog = fay.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Go back to Write")
    expect(fay.note("first")).to_be_visible()
    fay.press("Escape")
    fay.page.get_by_role("button", name="Undo", exact=True).click()
    dialog.get_by_role("button", name="Go back to Write").click()
    expect(fay.page.locator("[aria-current=step]")).to_contain_text("Write")
    assert len(hall.state().row(hall.column())) == 1


def test_without_a_script_the_simple_version_is_offered(open_browser: Open, live_site: str) -> None:
    hall = Hall()
    ann = Seat(hall, open_browser(javascript=False))
    ann.page.goto(reverse("board", args=[hall.workshop.code]))
    ann.page.get_by_role("link", name="Use the simple version of the board").first.click()
    expect(ann.page).to_have_url(re.compile(r"/simple/$"))


def test_when_the_board_does_not_come_the_simple_version_is_offered(open_browser: Open, live_site: str) -> None:
    hall = Hall()
    ann = Seat(hall, open_browser(scripts=False))
    ann.page.goto(reverse("board", args=[hall.workshop.code]))
    late = ann.page.get_by_role("link", name="Use the simple version of the board").last
    expect(late).not_to_be_visible()
    expect(late).to_be_visible(timeout=9_500)
    assert_accessible(ann.page)


@pytest.mark.parametrize(
    "options", [{"width": 320, "height": 256}, {"forced_colors": "active"}], ids=["zoom", "forced"]
)
def test_at_four_hundred_per_cent_and_in_forced_colours(
    open_browser: Open, live_site: str, options: dict[str, Any]
) -> None:
    hall = Hall()
    hall.go(1)
    ann = Seat(hall, open_browser(**options)).sit()
    ann.write("a note with a-very-long-word-that-nobody-broke-into-lines-because-it-is-one-word-and-stays-one")
    assert_accessible(ann.page)
    assert_fits(ann.page)
    ann.page.get_by_role("button", name=re.compile("^Actions")).click()
    assert_accessible(ann.page)
    assert_fits(ann.page)
