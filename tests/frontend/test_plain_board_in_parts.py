"""A large board in plain forms: a column at a time, a hundred notes at a time, and nothing lost by that."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from collaboration.boards.services import perform
from collaboration.workshops.models import Participation, Workshop
from frontend.pages.joining_in.paging import MOST_NOTES
from tests.collaboration.workshops.ground import Ground, lay, opened
from tests.frontend.markup import assert_references_lead_somewhere
from tests.frontend.plain_board import Browser
from tests.frontend.test_plain_board import Room
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 130
"""Notes in the first column; the second has a few."""


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return lay()


@pytest.fixture
def workshop(ground: Ground) -> Workshop:
    return opened(ground)


@pytest.fixture
def large(ground: Ground, workshop: Workshop) -> tuple[Room, Browser, list[str]]:
    """A board on which Ann wrote more than a page holds; its columns."""
    room = Room(ground, workshop)
    room.on()
    ann = room.guest("Ann")
    ann.go(room.home)
    form, _button = ann.button("write")
    columns = [n.attrs["value"] for n in form.all("input") if n.attrs.get("name") == "column"]
    part = Participation.objects.get(workshop=workshop, name="Ann")
    wanted = [(columns[0], f"First {n:03}") for n in range(MANY)] + [(columns[1], f"Second {n:03}") for n in range(5)]
    ops: list[dict[str, Any]] = [
        {
            "op_id": str(uuid4()),
            "base_seq": 1,
            "kind": "note.add",
            "target": str(uuid4()),
            "props": {"column": column, "text": text},
        }
        for column, text in wanted
    ]
    assert {each["t"] for each in perform(participation=part, device="d" * 30, ops=ops)} == {"ack"}
    return room, ann, columns


def said(browser: Browser) -> list[str]:
    """The notes on the page, in order."""
    words = [node.text.split() for node in browser.tree.all("p.gt-plain-note__text")]
    return [f"{each[0]} {each[1]}" for each in words]


def link(browser: Browser, words: str) -> str:
    found = next(node for node in browser.tree.one("main").all("a") if node.text.strip().startswith(words))
    href = found.attrs["href"]
    return href if href.startswith("/") else urlsplit(browser.path).path + href


def test_a_column_at_a_time_and_of_it_a_hundred_notes(large: tuple[Room, Browser, list[str]]) -> None:
    room, ann, columns = large
    ann.go(room.home)
    assert said(ann) == [f"First {n:03}" for n in range(MOST_NOTES)]
    assert f"Notes 1 to {MOST_NOTES} of {MANY}." in ann.text
    assert_references_lead_somewhere(ann.tree)
    ann.go(link(ann, "Next"))
    assert said(ann) == [f"First {n:03}" for n in range(MOST_NOTES, MANY)]
    assert f"Notes {MOST_NOTES + 1} to {MANY} of {MANY}." in ann.text
    ann.go(f"{room.home}?column={columns[1]}")
    assert said(ann) == [f"Second {n:03}" for n in range(5)]
    ann.go(link(ann, f"Show all {MANY + 5} notes"))
    assert len(said(ann)) == MANY + 5
    ann.go(link(ann, "Show the board in parts"))
    assert len(said(ann)) == MOST_NOTES


@pytest.mark.parametrize("asked", ["page=0", "page=99", "page=x", "column=nothing", "at=nothing", "page=2&column=%00"])
def test_an_address_that_leads_nowhere_shows_a_page_all_the_same(
    large: tuple[Room, Browser, list[str]], asked: str
) -> None:
    room, ann, _columns = large
    assert ann.go(f"{room.home}?{asked}").status == 200
    assert said(ann)


def test_who_votes_stays_where_they_are(large: tuple[Room, Browser, list[str]]) -> None:
    room, ann, _columns = large
    room.on(3)
    ann.go(room.home)
    ann.go(link(ann, "Next"))
    here = said(ann)
    ann.press("vote:")
    assert "Voted" in ann.text or "vote" in ann.text
    assert said(ann) == here
    assert "Yours: 1 vote." in ann.text


def test_from_a_note_one_comes_back_to_where_it_stands(large: tuple[Room, Browser, list[str]]) -> None:
    room, ann, columns = large
    room.on(2)
    ann.go(f"{room.home}?page=2")
    note = next(a for a in ann.tree.one("main").all("a.gt-plain-open") if "First 120" in a.text)
    ann.go(note.attrs["href"])
    back = ann.tree.one("a.govuk-back-link").attrs["href"].split("#")[0]
    assert "First 120" in said(ann.go(back))
    ann.go(note.attrs["href"]).press("move:", into=columns[1])
    assert said(ann) == [f"Second {n:03}" for n in range(5)] + ["First 120"]


def test_votes_in_their_order_are_shown_in_parts_too(large: tuple[Room, Browser, list[str]]) -> None:
    room, ann, _columns = large
    room.on(3)
    ann.go(f"{room.home}?page=2").press("vote:")
    room.on()
    ann.go(room.home)
    assert said(ann)[0] == f"First {MOST_NOTES:03}", "the one with a vote comes first"
    assert len(said(ann)) == MOST_NOTES
    ann.go(link(ann, "Next"))
    assert len(said(ann)) == MANY + 5 - MOST_NOTES
    ann.go(link(ann, "Show by column"))
    assert said(ann)[0] == "First 000"


def test_what_others_wrote_is_shown_in_parts_too(large: tuple[Room, Browser, list[str]]) -> None:
    room, ann, _columns = large
    room.on(2)
    ben = room.guest("Ben")
    ben.go(f"{room.home}?only=others")
    assert len(said(ben)) == MOST_NOTES
    assert said(ben.go(link(ben, "Next")))[0] == f"First {MOST_NOTES:03}"
    assert said(ann.go(f"{room.home}?only=others")) == []
