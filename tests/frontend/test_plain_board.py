"""The board in plain forms: a whole workshop without a script, sent twice, refused, overtaken, locked and large."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.boards.engine.stages import PERMITTED
from collaboration.boards.models import LogBatch
from collaboration.workshops import services
from collaboration.workshops.models import Participation, Workshop
from frontend.pages.joining_in import acts, board_forms, words
from tests.collaboration.workshops.ground import Ground, lay, opened
from tests.frontend.markup import assert_references_lead_somewhere
from tests.frontend.plain_board import Browser, joined, signed_in
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return lay()


@pytest.fixture
def workshop(ground: Ground) -> Workshop:
    return opened(ground)


class Room:
    """A facilitator with an account, and guests, all without scripts."""

    def __init__(self, ground: Ground, workshop: Workshop) -> None:
        self.code = workshop.code
        self.home = f"/w/{self.code}/simple/"
        self.fay = signed_in(ground["member"]).go(self.home)
        assert self.fay.path == self.home, self.fay.text
        self.fay.go(f"{self.home}run/").press("rules", names="shown")

    def guest(self, name: str) -> Browser:
        return joined(self.code, name)

    def on(self, times: int = 1) -> None:
        for _ in range(times):
            self.fay.go(f"{self.home}run/").press("on:")
            assert self.fay.status == 200

    def see(self, browser: Browser) -> str:
        return browser.go(self.home).text


@pytest.fixture
def room(ground: Ground, workshop: Workshop) -> Room:
    return Room(ground, workshop)


def write(browser: Browser, home: str, text: str, column: int = 0) -> Browser:
    browser.go(home)
    form, _ = browser.button("write")
    columns = [n.attrs["value"] for n in form.all("input") if n.attrs.get("name") == "column"]
    return browser.press("write", text=text, column=columns[column])


def first_column(browser: Browser, act: str = "write") -> str:
    form, _ = browser.button(act)
    return next(n.attrs["value"] for n in form.all("input") if n.attrs.get("name") == "column")


def item(browser: Browser, home: str, text: str) -> str:
    """The address of the note or group that says this."""
    browser.go(home)
    for link in browser.tree.one("main").all("a.gt-plain-open"):
        if text in link.text:
            return link.attrs["href"]
    raise AssertionError(f"nothing says {text!r}: {browser.text[:2000]}")


def test_a_whole_workshop_without_scripts(room: Room, workshop: Workshop) -> None:
    ann, ben = room.guest("Ann"), room.guest("Ben")
    assert "We have not begun" in room.see(ann)
    room.fay.go(f"{room.home}run/")
    assert "the rules of the workshop are fixed" in room.fay.text, "what a step does is said before it is taken"
    room.fay.press("rules", budget="2")
    room.on()
    # Write
    write(ann, room.home, "Buses to clinics")
    assert "Your note was added." in ann.tree.text
    assert "Only you see it." in ann.text
    write(ann, room.home, "A typo")
    write(ben, room.home, "Transport to the clinic", column=1)
    for browser in (ben, room.fay):
        assert "Buses" not in room.see(browser)
        assert "of others wait" in browser.text
    ann.go(item(ann, room.home, "A typo")).press("edit:", text="Too few nurses")
    assert "The note was changed." in ann.tree.text
    room.fay.go(f"{room.home}run/").press("timer", minutes="5")
    assert " s left" in room.see(ann)
    room.fay.go(f"{room.home}run/").press("minutes")
    room.fay.press("stop")
    assert " s left" not in room.see(ann)
    # Reveal
    room.on()
    assert "Buses" not in room.see(ben)
    room.fay.go(f"{room.home}run/").press("reveal")
    assert "Buses to clinics" in room.see(ben)
    assert "Ann" in ben.text
    assert "Buses to clinics" not in ann.go(f"{room.home}?only=others").text
    room.fay.go(f"{room.home}run/")
    room.fay.press("paper", text="A ramp at the door", name="Mrs Lee", column=first_column(room.fay, "paper"))
    assert "A ramp at the door" in room.see(ben)
    assert "Mrs Lee" in ben.text
    # Group
    room.on()
    ben.go(item(ben, room.home, "Buses to clinics"))
    ben.press("group:", other=next(o.attrs["value"] for o in ben.tree.all("option") if "Transport" in o.text))
    ben.go(_group(ben, room.home))
    ben.press("name:", title="Getting there")
    assert "Getting there" in room.see(ann)
    tick = [n.attrs["value"] for n in ann.tree.all("input") if n.attrs.get("name") == "notes"]
    ann.press("several", notes=tick, title="People and doors")
    assert "People and doors" in room.see(ben)
    ben.go(item(ben, room.home, "People and doors")).press("take-out:", notes=tick[0])
    ben.go(room.home).press("undo")
    assert "It was undone." in ben.tree.text
    # Vote
    room.on()
    assert "2 of 2 votes left." in room.see(ann)
    ann.press("vote:")
    assert "1 of 2 votes left." in ann.text
    ann.press("vote:")
    assert "0 of 2 votes left." in ann.text
    assert not ann.has("vote:"), "nothing is offered that would be refused"
    ann.press("unvote:")
    assert "1 of 2 votes left." in ann.text
    assert "1 vote" not in room.see(ben).replace("1 votes", ""), "totals are hidden while people vote"
    ben.go(item(ben, room.home, "Getting there")).press("vote:")
    room.fay.go(item(room.fay, room.home, "Getting there")).press("room:", count="12")
    # Discuss
    room.on()
    seen = room.see(ben)
    assert "1 vote" in seen
    assert "Tally for the room: 12." in seen
    assert "Place 1" in seen
    ben.go(item(ben, room.home, "Getting there")).press("agree:")
    ben.press("comment:", text="The 14 stops at six")
    assert "The 14 stops at six" in ann.go(item(ann, room.home, "Getting there")).text
    ben.press("edit-comment:", text="The 14 stops at seven")
    assert "at seven" in ben.text
    room.fay.go(item(room.fay, room.home, "Getting there")).press("spotlight:")
    assert "The facilitator points at: Getting there" in room.see(ann)
    # Commit
    room.on()
    ann.go(room.home).press(
        "propose", what="Ask the bus company", who="Ann", **{"due-day": "1", "due-month": "3", "due-year": "2027"}
    )
    assert "By 1 March 2027." in ann.text
    ben.go(room.home).press("claim:")
    assert "You do it." in ben.text
    assert "Ben does it." in room.see(ann)
    ann.go(ann.links(": Ask the bus company")[0]).press("edit-action:", what="Ask both bus companies")
    assert "Ask both bus companies" in ann.text
    # Close
    room.on()
    assert "Was it worth your time?" in room.see(ann)
    assert not ann.has("vote:")
    room.fay.go(f"{room.home}run/").press("back:")
    assert "Stage 6 of 7: Commit" in room.see(ann)


def _group(browser: Browser, home: str) -> str:
    browser.go(home)
    [group] = [n for n in browser.tree.all("li") if "gt-plain-note--group" in n.classes]
    return group.all("a.gt-plain-open")[-1].attrs["href"]


def written(kind: str) -> int:
    """How many ops of this kind the logs of all boards hold."""
    return sum(batch.body.count(f'"kind":"{kind}"') for batch in LogBatch.objects.all())


def test_a_form_that_comes_twice_takes_effect_once(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    path, data = ann.filled("write", text="Once", column=first_column(ann))
    ann.post(path, data)
    ann.post(path, data)
    assert written("note.add") == 1
    ann.post(path, data | {"text": "Other words with the same page"})
    assert written("note.add") == 2, "no text is ever thrown away"
    room.on(3)
    ann.go(room.home)
    path, data = ann.filled("vote:")
    ann.post(path, data)
    ann.post(path, data)
    assert "4 of 5 votes left." in room.see(ann)
    path, data = room.fay.go(f"{room.home}run/").filled("on:")
    room.fay.post(path, data)
    room.fay.post(path, data)
    assert "Stage 5 of 7" in room.see(ann), "two clicks go one step"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something first."),
        ("   ", "Write something first."),
        ("x" * 2001, "2000"),
        ("left\u202eright", "hidden mark"),
        ("bell\x07", "control character"),
    ],
)
def test_a_refused_text_stays_in_its_form(room: Room, text: str, sentence: str) -> None:
    room.on()
    ann = room.guest("Ann")
    ann.press("write", text=text, column=first_column(ann))
    assert ann.status == 422
    assert sentence in ann.text
    assert_references_lead_somewhere(ann.tree)
    box = next(n for n in ann.tree.all("textarea") if n.attrs.get("name") == "text")
    assert box.text.strip() == text.strip().replace("\x07", "").replace("\u202e", "")
    assert "Error:" in ann.tree.one("title").text


def test_a_text_that_comes_too_late_is_given_back(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    path, data = ann.filled("write", text="Still writing this", column=first_column(ann))
    room.on()
    ann.post(path, data)
    assert ann.status == 422
    assert "not possible in this stage" in ann.text
    assert "Still writing this" in ann.text
    room.fay.go(f"{room.home}run/")
    late, old = room.fay.filled("on:")
    room.fay.press("on:")
    room.fay.post(late, old | {"mark": "another page"})
    assert room.fay.status == 422
    assert "The stage was changed in the meantime." in room.fay.text


def test_what_was_deleted_meanwhile_gives_back_what_was_written_for_it(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    write(ann, room.home, "To be deleted")
    address = item(ann, room.home, "To be deleted")
    path, data = ann.go(address).filled("edit:", text="To be kept after all")
    ann.press("delete:")
    assert ann.path.startswith(room.home)
    ann.post(path, data)
    assert ann.status == 422
    assert "To be kept after all" in ann.text
    assert ann.go(address).path == f"{room.home}?done=gone"
    assert "not on the board any more" in ann.tree.text
    ann.go(f"{room.home}bin/").press("restore:")
    assert "To be deleted" in ann.text


def test_the_lock_stops_words_and_not_votes(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    path, data = ann.filled("write", text="Locked out", column=first_column(ann))
    room.fay.go(f"{room.home}run/").press("lock")
    assert "The facilitator locked editing." in room.see(ann)
    assert not ann.has("write")
    ann.post(path, data)
    assert "Locked out" in ann.text
    room.fay.go(f"{room.home}run/").press("unlock")
    assert room.guest("Ben").has("write")


def test_nobody_runs_the_workshop_by_asking_for_it(room: Room) -> None:
    ann = room.guest("Ann")
    assert ann.go(f"{room.home}run/").path == room.home
    ann.post(f"{room.home}run/", {"act": "on:0", "mark": "x", "seq": "1"})
    ann.post(room.home, {"act": "on:0", "mark": "x", "seq": "1"})
    assert "Only a facilitator can do that." in ann.text
    assert "Stage 0 of 7" in room.see(ann)
    for act in ("", "nonsense", "write:", "vote", "move:x", "up:x", "undo:999999", "timer", "take-out:x", "redact:x"):
        ann.post(room.home, {"act": act, "mark": "\x00", "seq": "99999999999999999999", "notes": ["x", "x"]})
        assert ann.status == 422, act
    assert ann.go(f"{room.home}column/x/").path.startswith(room.home)


def test_where_names_are_hidden_a_browser_still_knows_its_own(ground: Ground) -> None:
    workshop = opened(ground)
    room = Room(ground, workshop)
    room.fay.go(f"{room.home}run/").press("rules", names="hidden")
    room.on()
    ann, ben = room.guest("Ann"), room.guest("Ben")
    write(ann, room.home, "It was me")
    assert "Yours." in room.see(ann)
    room.on()
    room.fay.go(f"{room.home}run/").press("reveal")
    assert "Ann" not in room.see(ben).replace("Anna", "")
    assert "Yours." not in ben.text
    assert "Yours." in room.see(ann)
    ann.go(item(ann, room.home, "It was me")).press("edit:", text="It was me, said better")
    assert "said better" in room.see(ben)
    assert not any(ann.secret in entry.body for entry in LogBatch.objects.all())


def test_a_facilitator_sees_and_undoes_what_others_did(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    write(ann, room.home, "First")
    write(ann, room.home, "Second")
    room.on(2)
    tick = [n.attrs["value"] for n in ann.go(room.home).tree.all("input") if n.attrs.get("name") == "notes"]
    ann.press("several", notes=tick, title="By mistake")
    room.fay.go(f"{room.home}run/")
    assert "Ann made a group" in room.fay.text
    room.fay.press("undo:")
    assert "By mistake" not in room.see(ann)
    assert "First" in ann.text


def test_a_guest_who_facilitates_sees_to_the_lobby(ground: Ground) -> None:
    workshop = opened(ground, has_lobby=True)
    gus = joined(workshop.code, "Gus")
    part = Participation.objects.get(workshop=workshop, name="Gus")
    services.change_role(actor=ground["member"], participation=part, role="facilitator")
    run = f"/w/{workshop.code}/simple/run/"
    for name in ("Ann", "Ben"):
        joined(workshop.code, name)
    status = {each.name: each for each in Participation.objects.filter(workshop=workshop, person=None)}
    gus.go(run).press(f"admit:{status['Ann'].pk}")
    gus.press(f"refuse:{status['Ben'].pk}")
    found = dict(Participation.objects.filter(workshop=workshop).values_list("name", "status"))
    assert (found["Ann"], found["Ben"]) == ("admitted", "removed")
    gus.press("lock-joining")
    assert "Joining is locked" in gus.text
    gus.press("unlock-joining")
    for act in ("admit:999999", "refuse:x", "admit:"):
        assert gus.post(run, {"act": act}).status == 404
    ann = joined(workshop.code, "Cyd")
    assert ann.post(run, {"act": "admit-all"}).path == f"/w/{workshop.code}/", "who waits lets nobody in"


def test_columns_and_words_of_the_board(room: Room) -> None:
    fay = room.fay.go(f"{room.home}run/").press("add-column", title="Ideas", prompt="Anything")
    fay.press("words", title="A new title", prompt="What helps?")
    assert "A new title" in room.see(fay)
    [link] = [
        a.attrs["href"]
        for a in fay.tree.one("main").all("a")
        if "Change this column : Ideas" in a.text or a.text.endswith("Ideas")
    ][:1]
    fay.go(link).press("edit-column:", title="Bright ideas")
    fay.go(link).press("up:")
    headings = [h.text for h in fay.go(room.home).tree.all("h2")]
    assert headings.index("Bright ideas") < len(headings) - 1
    fay.go(link).press("delete-column:")
    assert "Bright ideas" not in room.see(fay)
    room.on()
    fay.go(f"{room.home}bin/").press("restore:")
    assert "Bright ideas" in room.see(fay)


def test_words_that_hurt_are_removed_for_good(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    write(ann, room.home, "Dr Canary is useless")
    room.on()
    room.fay.go(f"{room.home}run/").press("reveal")
    room.fay.go(item(room.fay, room.home, "Dr Canary")).press("redact:")
    assert "Canary" not in room.see(ann)
    assert not any("Canary" in entry.body for entry in LogBatch.objects.all())


def test_merging_splitting_moving_and_taking_apart(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")
    for text in ("One", "Two", "Three", "Three again"):
        write(ann, room.home, text)
    room.on(2)
    fay = room.fay
    fay.go(item(fay, room.home, "Three again"))
    fay.press("merge:", other=_option(fay, "merge", "Three"))
    assert "Three again" not in room.see(fay)
    fay.go(item(fay, room.home, "One")).press("down:")
    fay.press("up:")
    fay.go(item(fay, room.home, "One")).press("move:", place="first")
    tick = [n.attrs["value"] for n in fay.go(room.home).tree.all("input") if n.attrs.get("name") == "notes"]
    fay.press("several", notes=tick, title="All")
    fay.go(_group(fay, room.home)).press("split:", notes=tick[0], title="Part")
    assert "Part" in room.see(fay)
    fay.go(item(fay, room.home, "Part")).press("apart:")
    assert "Part" not in room.see(fay)


def _option(browser: Browser, act: str, words: str) -> str:
    form, _ = browser.button(f"{act}:")
    return next(o.attrs["value"] for o in form.all("option") if o.text == words)


def test_an_observer_reads_and_is_offered_nothing(ground: Ground, room: Room, workshop: Workshop) -> None:
    ann = room.guest("Ann")
    services.change_role(
        actor=ground["member"], participation=Participation.objects.get(workshop=workshop, name="Ann"), role="observer"
    )
    room.on()
    assert "You are watching." in room.see(ann)
    assert not ann.has("write")
    ann.post(room.home, {"act": "write", "text": "Let me", "mark": "m", "column": "x"})
    assert ann.status == 422
    assert "Let me" in ann.text


def test_a_reported_workshop_is_read_only(ground: Ground, room: Room, workshop: Workshop) -> None:
    ann = room.guest("Ann")
    room.on()
    path, data = room.guest("Ben").filled("write", text="Too late")
    services.report_workshop(actor=ground["member"], workshop=workshop)
    assert "You are watching." in room.see(ann)
    room.fay.post(path, data)
    assert room.fay.status == 422
    assert "Too late" in room.fay.text


def test_the_number_of_queries_does_not_grow_with_the_notes(room: Room) -> None:
    room.on()
    ann = room.guest("Ann")

    def count(path: str) -> int:
        ann.go(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ann.go(path)
        return len(queries)

    write(ann, room.home, "The first")
    before = count(room.home)
    for number in range(5):
        write(ann, room.home, f"Number {number}")
        joined(room.code, f"Guest {number}")
    assert count(room.home) == before


def test_two_hundred_notes_stay_a_usable_page(room: Room, workshop: Workshop) -> None:
    from collaboration.boards.services import perform

    room.on()
    ann = room.guest("Ann")
    part = Participation.objects.get(workshop=workshop, name="Ann")
    column = first_column(ann.go(room.home))
    ops: list[dict[str, Any]] = [
        {
            "op_id": str(uuid4()),
            "base_seq": 1,
            "kind": "note.add",
            "target": str(uuid4()),
            "props": {"column": column, "text": f"Note number {number}"},
        }
        for number in range(200)
    ]
    assert {each["t"] for each in perform(participation=part, device="d" * 30, ops=ops)} == {"ack"}
    room.on(3)
    ann.go(room.home)
    assert len([form for form in ann.forms() if form.all("button")]) <= 4, "one form, not one for each note"
    size = len(ann.client.get(room.home).content)
    assert size < 300_000, size
    assert_references_lead_somewhere(ann.tree)


def test_every_kind_of_op_has_a_plain_form() -> None:
    """Not what the server alone does."""
    asked = {
        *("note.add", "paper.add", "note.edit", "note.move", "group.move", "column.move", "group.make", "group.join"),
        *("group.split", "action.propose", "action.edit", "settings"),
    }
    plain = {name for name in acts.ACTS if name not in board_forms.FORMS}
    for name in acts.ACTS:
        assert name in words.DONE, f"nothing is said after {name}"
    kinds = asked | {kind for kind in PERMITTED if any(_asks_for(name, kind) for name in acts.ACTS)}
    assert kinds == set(PERMITTED) - {"bin.empty"}
    assert plain


def _asks_for(name: str, kind: str) -> bool:
    """Whether the act makes an op of this kind when nothing is on the board."""
    from types import SimpleNamespace

    from django.http import QueryDict

    board: Any = SimpleNamespace(head=1, columns=(), find=lambda _id: None)
    asked = acts.Asked(name, "x", {}, QueryDict(""), board)
    return acts.ACTS[name](asked)[0] == kind
