"""The board read out: in order, added up, and never more than the viewer's own picture holds."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collaboration.boards.engine.founding import Rules
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.stages import Stage
from collaboration.boards.outline import NOBODY, Group, Name, Note, outline, ranked
from tests.collaboration.boards.engine.room import Room

NAMES = {"ann": Name("Ann Lee", "Acre Council"), "ben": Name("Ben Roe", ""), "cat": Name()}


def everything_said(value: Any) -> str:
    return repr(dataclasses.asdict(value))


def test_what_stands_where_and_who_said_it() -> None:
    room = Room()
    room.stage(1)
    first, second = room.note(room.ann, "Buses"), room.note(room.ben, "Trains", pattern=2)
    third = room.note(room.cat, "Bicycles", column=1)
    room.stage(3)
    group = room.id()
    room.do(room.ann, "group.make", group, notes=[first, second], title="Transport")
    board = outline(room.state, room.ann, NAMES)
    assert [column.title for column in board.columns] == ["Column 0", "Column 1"]
    (made,) = board.columns[0].items
    assert isinstance(made, Group)
    assert (made.title, [note.text for note in made.notes]) == ("Transport", ["Buses", "Trains"])
    assert [(note.name, note.organisation, note.mine) for note in made.notes] == [
        ("Ann Lee", "Acre Council", True),
        ("Ben Roe", "", False),
    ]
    assert made.notes[1].pattern == 2
    assert [note.id for note in board.columns[1].loose] == [third]
    assert board.columns[0].groups == (made,)
    assert board.find(second) == made.notes[1]
    assert board.column_of(second) == board.columns[0]
    assert board.find("nothing") is None
    assert board.column_of("nothing") is None
    assert board.action("nothing") is None
    assert board.stage == Stage.GROUP
    assert board.title == "What helps?"
    assert board.head == room.state.head


def test_hidden_notes_are_a_number_to_others_and_a_text_to_their_writer() -> None:
    room = Room()
    room.stage(1)
    room.note(room.ann, "CANARY")
    for viewer in (room.ben, room.facilitator, room.screen):
        board = outline(room.state, viewer, NAMES)
        assert "CANARY" not in everything_said(board)
        assert (board.columns[0].hidden, board.columns[0].items, board.counts.hidden) == (1, (), 1)
    (own,) = outline(room.state, room.ann, NAMES).notes()
    assert (own.text, own.shown, own.mine) == ("CANARY", False, True)


def test_votes_are_added_up_where_they_are_told() -> None:
    room = Room()
    room.stage(1)
    first, second = room.note(room.ann, "Buses"), room.note(room.ben, "Trains")
    alone = room.note(room.cat, "Bicycles")
    room.stage(4)
    room.do(room.ann, "vote", first, count=2)
    room.do(room.ben, "vote", alone, count=3)
    during = outline(room.state, room.ann, NAMES)
    assert not during.tells_totals
    assert ranked(during) == []
    assert [item.votes for item in during.items()] == [0, 0, 0]
    assert during.budget_left == 3
    assert outline(room.state, room.screen, NOBODY).budget_left == 0
    room.stage(3)
    group = room.id()
    room.do(room.ann, "group.make", group, notes=[first, second])
    room.stage(4)
    room.do(room.ann, "vote", group)
    room.do(room.facilitator, "room.votes", group, count=7)
    room.stage(5)
    board = outline(room.state, room.ann, NAMES)
    made = board.find(group)
    assert isinstance(made, Group)
    assert (made.votes, made.my_votes, made.my_own, made.room, made.title) == (3, 3, 1, 7, "Buses")
    assert board.budget_left == 2
    order = [(entry.place, entry.tied, entry.item.id, entry.column.title) for entry in ranked(board)]
    places = {id: (place, tied) for place, tied, id, _column in order}
    assert places == {group: (1, False), alone: (2, False)}, "seven in the room have voted, too"


def test_items_without_votes_share_a_place_and_are_no_tie() -> None:
    room = Room()
    room.stage(1)
    notes = [room.note(room.ann, f"Note {n}") for n in range(3)]
    room.stage(4)
    room.do(room.ben, "vote", notes[1])
    room.stage(5)
    assert [(entry.place, entry.tied, entry.item.id) for entry in ranked(outline(room.state, room.ben, NAMES))] == [
        (1, False, notes[1]),
        (2, False, notes[0]),
        (2, False, notes[2]),
    ]


def test_what_is_said_about_an_item() -> None:
    room = Room()
    room.stage(1)
    note = room.note(room.ann, "Buses")
    room.stage(5)
    room.do(room.ben, "comment.add", room.id(), on=note, text="At night too")
    room.do(room.cat, "comment.add", room.id(), on=note, text="And on Sundays")
    room.do(room.cat, "react", note, mark="unsure")
    room.stage(6)
    action = room.id()
    room.do(room.ben, "action.propose", action, what="Ask the operator", who="Dee", due="2027-03-31", sources=[note])
    room.do(room.cat, "action.claim", action)
    board = outline(room.state, room.cat, {**NAMES, "cat": Name("Cat Orr", "Brook Trust")})
    (said,) = board.notes()
    assert [(each.text, each.name) for each in said.comments] == [
        ("At night too", "Ben Roe"),
        ("And on Sundays", "Cat Orr"),
    ]
    assert (said.marks.unsure, said.marks.total, said.my_mark) == (1, 1, "unsure")
    (proposed,) = board.actions
    assert (proposed.what, proposed.who, str(proposed.due), proposed.what_as) == (
        "Ask the operator",
        "Dee",
        "2027-03-31",
        "action",
    )
    assert proposed.sources == (note,)
    assert proposed.name == "Ben Roe"
    assert (proposed.claimed_name, proposed.claimed_organisation) == ("Cat Orr", "Brook Trust")
    assert board.action(action) == proposed


def test_where_names_are_hidden_no_reading_has_any() -> None:
    room = Room(Rules(names="hidden"))
    room.stage(1)
    note = room.note(room.ann, "Buses")
    room.stage(5)
    room.do(room.ben, "comment.add", room.id(), on=note, text="At night too")
    room.stage(6)
    room.do(room.ann, "action.propose", room.id(), what="Ask")
    for viewer in (room.cat, room.facilitator, room.screen):
        said = everything_said(outline(room.state, viewer, NAMES))
        assert not any(word in said for word in ("Ann", "Ben", "ann", "ben", "~")), said
    (own,) = outline(room.state, room.ann, NAMES).notes()
    assert own.mine
    assert not own.name


def test_the_bin_is_ones_own_and_facilitators() -> None:
    room = Room()
    room.stage(1)
    note = room.note(room.ann, "Buses")
    room.stage(2)
    room.do(room.facilitator, "reveal")
    room.do(room.ann, "note.delete", note)
    assert [(item.text, item.kind, item.mine) for item in outline(room.state, room.ann, NAMES).bin] == [
        ("Buses", "note", True)
    ]
    assert [item.mine for item in outline(room.state, room.facilitator, NAMES).bin] == [False]
    assert outline(room.state, room.ben, NAMES).bin == ()
    assert list(outline(room.state, room.ann, NAMES).notes()) == []


def test_the_timer_the_lock_and_the_spotlight() -> None:
    room = Room()
    room.stage(1)
    note = room.note(room.ann, "Buses")
    room.stage(2)
    room.do(room.facilitator, "reveal")
    room.do(room.facilitator, "timer.start", seconds=90, on=note)
    room.do(room.facilitator, "lock", editing=True)
    room.do(room.facilitator, "spotlight", on=note)
    board = outline(room.state, room.ben, NAMES)
    assert board.timer is not None
    assert (board.timer.seconds, board.timer.on) == (90, note)
    assert int(board.timer.ends.timestamp() * 1000) == room.now + 90_000
    assert board.locked
    assert board.spotlight == note
    assert board.rules.budget == 5
    assert board.rules.names == "shown"


def test_a_note_from_paper_keeps_the_name_it_was_given() -> None:
    room = Room()
    room.stage(2)
    room.do(room.facilitator, "paper.add", room.id(), column=room.columns[0], text="Benches", name="Mrs Hall")
    (note,) = outline(room.state, room.ben, NAMES).notes()
    assert isinstance(note, Note)
    assert note.paper
    assert note.name == "Mrs Hall"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ann", "ben", "cat"]), st.integers(0, 1), st.integers(0, 7)), max_size=12))
def test_no_reading_holds_an_id_its_viewers_picture_lacks(steps: list[tuple[str, int, int]]) -> None:
    room = Room()
    for name, column, stage in steps:
        if room.state.stage != Stage.WRITE:
            room.stage(1)
        room.note(getattr(room, name), f"By {name}", column)
        room.stage(stage)
    for viewer in (room.ann, room.ben, room.facilitator, room.screen, EVERYBODY):
        board, seen = outline(room.state, viewer, NAMES), room.sees(viewer)
        told = {note.id for note in board.notes()} | {item.id for item in board.bin}
        assert told == {id for id, thing in seen.items() if thing["type"] == "note"}
