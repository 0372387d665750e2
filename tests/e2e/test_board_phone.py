"""The live board on a phone, 360 pixels wide: fingers drag and swipe, and little of the screen is spent on nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.collaboration.boards.hall import Hall
from tests.e2e.test_board_view import Seat

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]
Point = tuple[float, float]

RESTING = 400
"""Milliseconds. A finger that rests for a quarter of a second picks a note up."""
AT_ONCE = 150
"""Milliseconds within which a finger has moved that does not rest."""


class Finger:
    """One finger on the glass, as the browser hears of it from the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.glass = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: Point) -> None:
        self.glass.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    @contextmanager
    def down(self, at: Point, *, resting: int = 0) -> Iterator[Callable[[Point], None]]:
        here = at

        def move(to: Point) -> None:
            nonlocal here
            for step in range(1, 9):
                part = step / 8
                self._touch("touchMove", (here[0] + (to[0] - here[0]) * part, here[1] + (to[1] - here[1]) * part))
                self.page.wait_for_timeout(16)
            here = to

        self._touch("touchStart", at)
        self.page.wait_for_timeout(resting)
        yield move
        self._touch("touchEnd")


def middle(of: Locator) -> Point:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def corner(of: Locator) -> Point:
    """A place on a note where there is no button."""
    box = of.bounding_box()
    assert box
    return box["x"] + 30, box["y"] + 14


@pytest.fixture
def ben(open_browser: Open, live_site: str) -> Any:
    """Somebody with a phone at a board of three columns, with two notes in the first, in *Group*."""
    hall = Hall(columns=3)
    hall.go(1)
    for text in ("first", "second"):
        hall.note(hall.facilitator, text)
    hall.go(3)
    seat = Seat(hall, open_browser(width=360, height=740, is_mobile=True, has_touch=True), name="Ben").sit()
    expect(seat.note("second")).to_be_visible()
    return seat


def place(of: Locator) -> float:
    return float(of.evaluate("(it) => it.scrollLeft"))


def test_a_finger_that_rests_on_a_note_drags_it_onto_another(ben: Seat) -> None:
    finger = Finger(ben.page)
    ben.note("second").scroll_into_view_if_needed()
    with finger.down(corner(ben.note("second")), resting=RESTING) as move:
        expect(ben.page.locator(".gt-ghost")).to_have_count(1)
        move(middle(ben.note("first").first))
    ben.hears("Grouped with “first”, 2 notes.")
    expect(ben.page.locator(".gt-ghost")).to_have_count(0)
    expect(ben.column(0).locator(".gt-group")).to_contain_text("second")


def test_at_the_edge_the_next_column_comes_and_takes_the_note(ben: Seat) -> None:
    finger, columns = Finger(ben.page), ben.page.locator(".gt-columns")
    ben.note("second").scroll_into_view_if_needed()
    start = corner(ben.note("second"))
    with finger.down(start, resting=RESTING) as move:
        move((352, start[1]))
        for _turn in range(60):
            ben.page.wait_for_timeout(50)
            if place(columns) > 300:
                break
        move((180, start[1]))
    ben.hears("Moved to Column 1, 1 of 1.")
    expect(ben.column(1)).to_contain_text("second")


def test_a_finger_that_moves_at_once_swipes_and_takes_nothing_along(ben: Seat) -> None:
    finger, columns = Finger(ben.page), ben.page.locator(".gt-columns")
    ben.note("second").scroll_into_view_if_needed()
    y = corner(ben.note("second"))[1]
    ben.page.evaluate("""() => {
        window.began = []
        for (const sort of ["touchstart", "touchmove"])
            addEventListener(sort, (event) => window.began.push([sort, event.timeStamp]), true)
    }""")
    for _turn in range(5):
        # A busy machine makes a finger rest that was to move: then it took the note up and let it down where it was.
        with finger.down((300, y)) as move:
            move((40, y))
        told = ben.page.evaluate("() => window.began.splice(0)")
        began, moved = (next(at for sort, at in told if sort == wanted) for wanted in ("touchstart", "touchmove"))
        if moved - began < AT_ONCE:
            break
    else:
        pytest.fail("this machine is too busy to move a finger at once")
    expect(ben.page.locator(".gt-ghost")).to_have_count(0)
    chosen = ben.page.get_by_label("3 columns: choose one, or swipe")
    expect(chosen.locator("option:checked")).to_contain_text("Column 1")
    ben.page.wait_for_timeout(800)
    wide = float(columns.evaluate("(it) => it.clientWidth"))
    assert abs(place(columns) - wide) < 20, "it rests at one column, and the finger threw it no further than the next"
    expect(chosen.locator("option:checked")).to_contain_text("Column 1")
    assert [thing["in"] for thing in ben.hall.state().things.values() if thing["type"] == "note"] == [
        ben.hall.column(0)
    ] * 2


def test_the_choice_of_columns_follows_what_is_swiped_to_and_leads_there(ben: Seat) -> None:
    columns = ben.page.locator(".gt-columns")
    chosen = ben.page.get_by_label("3 columns: choose one, or swipe")
    for number in (2, 1, 0):
        columns.evaluate("(it, number) => it.scrollTo({ left: number * it.clientWidth })", number)
        expect(chosen.locator("option:checked")).to_contain_text(f"Column {number}")
        assert chosen.evaluate("(it) => it.selectedIndex") == number
    chosen.select_option(index=2)
    ben.page.wait_for_timeout(600)
    assert place(columns) > 600
    assert chosen.evaluate("(it) => it.selectedIndex") == 2
    # Columns that are added come without loading the page again.
    assert ben.hall.do(ben.hall.facilitator, "column.add", str(uuid4()), title="A fourth")["t"] == "ack"
    expect(ben.column(3)).to_contain_text("A fourth")
    chosen = ben.page.get_by_label("4 columns: choose one, or swipe")
    columns.evaluate("(it) => it.scrollTo({ left: 0 })")
    expect(chosen.locator("option:checked")).to_contain_text("Column 0")
    assert chosen.evaluate("(it) => it.selectedIndex") == 0


def test_where_nothing_is_said_nothing_is_left_empty_for_it(ben: Seat) -> None:
    ben.page.wait_for_timeout(300)
    heading, main = ben.page.locator("h1").bounding_box(), ben.page.locator("main").bounding_box()
    assert heading
    assert main
    assert heading["y"] - main["y"] < 32
    before = heading["y"]
    ben.hall.do(ben.hall.facilitator, "lock", editing=True)
    ben.hears("The facilitator locked editing.", urgent=True)
    after = ben.page.locator("h1").bounding_box()
    assert after
    assert after["y"] == before, "what is said moves nothing"
