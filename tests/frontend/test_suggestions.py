"""Notes that say the same, on a page for facilitators: nothing is grouped until they confirm it, and then once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.workshops.models import Workshop
from tests.collaboration.workshops.ground import Ground, lay, opened
from tests.frontend.markup import assert_references_lead_somewhere
from tests.frontend.plain_board import Browser
from tests.frontend.test_plain_board import Room, item, write, written
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)

SAME = ("Buses to clinics", "Bus to the clinic", "More buses to clinics")
OTHERS = ("Short term funding", "Loneliness of older people")


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return lay()


@pytest.fixture
def workshop(ground: Ground) -> Workshop:
    return opened(ground)


@pytest.fixture
def room(ground: Ground, workshop: Workshop) -> Room:
    return Room(ground, workshop)


def filled(room: Room, *texts: str) -> Browser:
    """A room in which Ann wrote these, at the stage Group; a facilitator looks for what says the same."""
    room.on()
    ann = room.guest("Ann")
    for text in texts:
        write(ann, room.home, text)
    room.on(2)
    looks(room)
    return ann


def looks(room: Room) -> Browser:
    return room.fay.go(f"{room.home}suggestions/")


def ticks(browser: Browser, act: str = "gather:") -> dict[str, str]:
    """Ids of the notes that can be ticked in a form, by their words."""
    form, _button = browser.button(act)
    words = {label.attrs["for"]: label.text for label in form.all("label") if "for" in label.attrs}
    boxes = [node for node in form.all("input") if node.attrs.get("name") == "notes"]
    assert all("checked" in box.attrs for box in boxes)
    return {words[box.attrs["id"]]: box.attrs["value"] for box in boxes}


def made(kind: str = "group.make") -> int:
    return written(kind)


def test_nothing_is_grouped_until_a_facilitator_confirms(room: Room) -> None:
    ann = filled(room, *SAME, *OTHERS)
    assert room.fay.go(room.home).links("Notes that say the same") == [f"{room.home}suggestions/"]
    room.fay.follow("Notes that say the same")
    assert "3 notes like" in room.fay.text
    assert "Ann" in room.fay.text
    assert not any(other in room.fay.text for other in OTHERS)
    assert_references_lead_somewhere(room.fay.tree)
    assert made() == 0
    found = ticks(room.fay)
    assert set(found) == set(SAME)
    room.fay.press("gather:", notes=[found[text] for text in SAME[:2]], title="Getting there")
    assert "The ticked notes were grouped." in room.fay.tree.text
    assert made() == 1
    assert "Getting there (2 notes)" in room.see(ann)
    # What was left out is like the group now.
    assert "1 note like the group \u2018Getting there’" in looks(room).text
    found = ticks(room.fay, "gather-into:")
    room.fay.press("gather-into:", notes=list(found.values()))
    assert "The ticked notes were put into the group." in room.fay.tree.text
    assert "Getting there (3 notes)" in room.see(ann)
    assert "No suggestions" in room.fay.text
    room.fay.press("undo")
    assert "It was undone." in room.fay.tree.text
    assert "Getting there (2 notes)" in room.see(ann)


def test_a_form_that_comes_twice_takes_effect_once(room: Room) -> None:
    filled(room, *SAME)
    found = list(ticks(room.fay).values())
    path, data = room.fay.filled("gather:", notes=found[:2], title="Getting there")
    for _click in range(3):
        room.fay.post(path, data)
        assert (room.fay.status, made()) == (200, 1), room.fay.text
    path, data = looks(room).filled("gather-into:", notes=found[2:])
    for _click in range(3):
        room.fay.post(path, data)
        assert (room.fay.status, made("group.join")) == (200, 1), room.fay.text


def test_too_few_ticks_are_asked_for_again_with_what_was_typed(room: Room) -> None:
    filled(room, *SAME)
    found = ticks(room.fay)
    room.fay.press("gather:", notes=found[SAME[0]], title="Getting there")
    assert room.fay.status == 422
    assert "Tick at least 2 notes." in room.fay.text
    assert_references_lead_somewhere(room.fay.tree)
    form, _button = room.fay.button("gather:")
    boxes = {n.attrs["value"]: "checked" in n.attrs for n in form.all("input") if n.attrs.get("name") == "notes"}
    assert boxes == {id: text == SAME[0] for text, id in found.items()}
    assert any(n.attrs.get("value") == "Getting there" for n in form.all("input"))
    path, data = room.fay.filled("gather:")
    room.fay.post(path, data | {"notes": []})
    assert "Tick at least 2 notes." in room.fay.text
    room.fay.post(path, data | {"notes": list(found.values()), "title": "x" * 201})
    assert room.fay.status == 422
    assert made() == 0


def test_what_others_grouped_meanwhile_is_not_taken_from_them(room: Room) -> None:
    ann = filled(room, *SAME)
    found = ticks(room.fay)
    path, data = room.fay.filled("gather:", notes=list(found.values()), title="Words to keep")
    ann.go(room.home).press("several", notes=[found[SAME[0]], found[SAME[1]]], title="Ann's")
    room.fay.post(path, data)
    assert room.fay.status == 422
    assert "grouped in the meantime" in room.fay.text
    assert "Words to keep" in room.fay.text
    assert_references_lead_somewhere(room.fay.tree)
    assert "Ann's (2 notes)" in room.see(ann)
    # A note that was deleted meanwhile.
    path, data = looks(room).filled("gather-into:")
    ann.go(item(ann, room.home, SAME[2])).press("delete:")
    room.fay.post(path, data | {"notes": [found[SAME[2]]]})
    assert room.fay.status == 422
    assert "This was deleted in the meantime." in room.fay.text
    assert "No suggestions" in room.fay.text
    for junk in ({"notes": ["x", "\x00"]}, {"notes": ["x"] * 300}, {"act": "gather"}, {"act": "gather-into:x"}, {}):
        room.fay.post(path, data | junk)
        assert room.fay.status == 422, junk
    assert made() == 1


def test_it_is_the_facilitators_page_and_of_its_stages(room: Room) -> None:
    ann = filled(room, *SAME)
    path, data = room.fay.filled("gather:", notes=list(ticks(room.fay).values()), title="Words to keep")
    assert ann.go(f"{room.home}suggestions/").path == room.home
    assert not ann.links("Notes that say the same")
    live = f"/w/{room.code}/board"
    assert room.fay.go(live).links("Notes that say the same") == [f"{room.home}suggestions/"]
    assert not ann.go(live).links("Notes that say the same")
    assert Browser().go(f"{room.home}suggestions/").path == f"/w/{room.code}/"
    room.on()
    assert "Votes that were given stay" in looks(room).text
    assert room.fay.has("gather:")
    room.on(2)
    assert "In this stage notes cannot be grouped any more." in looks(room).text
    assert not room.fay.has("gather:")
    room.fay.post(path, data)
    assert room.fay.status == 422
    assert "not possible in this stage" in room.fay.text
    assert "Words to keep" in room.fay.text
    assert not room.fay.go(room.home).links("Notes that say the same")
    assert made() == 0


def test_nothing_that_waits_to_be_revealed_is_on_the_page(room: Room) -> None:
    room.on()
    for name in ("Ann", "Ben"):
        write(room.guest(name), room.home, "CANARY buses to clinics")
    for _stage in (1, 2):
        assert "CANARY" not in looks(room).tree.text
        assert "from the stage Group on" in room.fay.text
        room.on()
    assert "2 notes like \u2018CANARY" in looks(room).text


def test_more_suggestions_cost_no_more_queries(room: Room) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            looks(room)
        return len(queries)

    ann = filled(room, *SAME[:2])
    before = count()
    room.fay.go(f"{room.home}run/").press("back:")
    room.fay.go(f"{room.home}run/").press("back:")
    for text in ("Damp housing", "Housing is damp", "Short term funding", "Funding is short term", *SAME):
        write(ann, room.home, text)
    room.on(2)
    assert count() == before
    assert len([form for form in room.fay.forms() if form.all("button")]) == 3
