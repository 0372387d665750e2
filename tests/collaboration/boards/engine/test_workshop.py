"""What people do in a workshop, one thing at a time."""

from __future__ import annotations

import json

import pytest

from collaboration.boards.engine import limits
from collaboration.boards.engine.applying import Applied, Repeated, apply
from collaboration.boards.engine.effects import effects
from collaboration.boards.engine.exporting import export_board
from collaboration.boards.engine.founding import Rules
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import OutOfStep, absorb
from collaboration.boards.engine.tallies import tally
from collaboration.boards.engine.texts import BOARD
from tests.collaboration.boards.engine.room import START, Room


@pytest.fixture
def room() -> Room:
    return Room()


def grouped(room: Room) -> tuple[str, str, str]:
    """Stage *Group*, with Ann's and Ben's notes in one group."""
    room.stage(1)
    ann, ben = room.note(room.ann, "Buses"), room.note(room.ben, "Trains", column=1)
    room.stage(3)
    group = room.id()
    room.do(room.cat, "group.make", group, notes=[ann, ben], title="Transport")
    return group, ann, ben


# Writing and revealing


def test_in_write_each_sees_their_own_and_counts(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann, "Only mine")
    assert room.sees(room.ann)[note]["mine"] is True
    for other in (room.ben, room.facilitator, room.screen):
        assert note not in room.sees(other)
    assert counts(room.state)["hidden"] == {room.columns[0]: 1}


def test_a_note_typed_in_for_somebody_is_theirs_too(room: Room) -> None:
    room.stage(1)
    note = room.id()
    room.do(room.facilitator, "paper.add", note, column=room.columns[0], text="From paper", for_="ann")
    assert room.sees(room.ann)[note]["mine"] is True
    assert room.sees(room.facilitator)[note]["text"] == "From paper"
    assert note not in room.sees(room.ben)
    room.stage(2)
    doris = room.id()
    room.do(room.facilitator, "paper.add", doris, column=room.columns[0], text="Of Doris", name="Doris")
    assert room.sees(room.screen)[doris] == {
        **room.sees(room.screen)[doris],
        "name": "Doris",
        "paper": True,
        "shown": True,
    }
    assert "typed_by" not in room.sees(room.screen)[doris]


def test_where_names_are_hidden_paper_has_none() -> None:
    room = Room(Rules(names="hidden"))
    room.stage(1)
    column = room.columns[0]
    for extra in ({"for_": "ann"}, {"name": "Doris"}):
        assert (
            room.refused(room.facilitator, "paper.add", room.id(), column=column, text="x", **extra) == "names_hidden"
        )
    room.do(room.facilitator, "paper.add", room.id(), column=column, text="x")
    keyless = Actor("zed", "participant")
    assert room.refused(keyless, "note.add", room.id(), column=column, text="x") == "no_device"


def test_reveal_goes_column_by_column(room: Room) -> None:
    room.stage(1)
    first, second = room.note(room.ann), room.note(room.ben, column=1)
    room.stage(2)
    room.do(room.facilitator, "reveal", columns=[room.columns[1]])
    assert second in room.sees(room.screen)
    assert first not in room.sees(room.screen)
    assert room.refused(room.facilitator, "reveal", columns=[room.columns[1]]) == "nothing_to_reveal"
    room.do(room.facilitator, "reveal")
    assert first in room.sees(room.screen)


def test_going_on_to_group_reveals_what_is_left_and_says_so(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann)
    room.stage(2)
    assert "1 hidden notes are revealed." in [effect.sentence for effect in effects(room.state, Stage.GROUP)]
    room.stage(3)
    assert note in room.sees(room.screen)


def test_back_in_write_what_was_shown_stays_and_what_is_new_is_hidden(room: Room) -> None:
    room.stage(1)
    old = room.note(room.ann)
    room.stage(2)
    room.do(room.facilitator, "reveal")
    assert any("stay visible" in effect.sentence for effect in effects(room.state, Stage.WRITE))
    room.stage(1)
    new = room.note(room.ann)
    assert old in room.sees(room.ben)
    assert new not in room.sees(room.ben)


def test_every_step_says_its_effect(room: Room) -> None:
    grouped(room)
    room.stage(4)
    said = [effect.sentence for effect in effects(room.state, Stage.GROUP)]
    assert said == ["Votes stay where they are: 0. New groups start at 0."]
    for goal in range(4, 8):
        room.stage(goal)
        for next_stage in {goal - 1, goal + 1} & set(range(8)):
            assert all(effect.sentence for effect in effects(room.state, Stage(next_stage)))


def test_two_facilitators_who_press_at_once_go_one_stage(room: Room) -> None:
    room.do(room.facilitator, "stage.next", from_=0)
    assert room.refused(room.person("fred", "facilitator"), "stage.next", from_=0) == "stage_moved"
    assert room.state.stage == 1


# Rules and limits


def test_rules_are_fixed_before_writing(room: Room) -> None:
    room.do(room.facilitator, "settings", names="hidden", budget=7, most=2, totals="shown", grouping="facilitator")
    room.stage(1)
    room.note(room.ann)
    room.stage(0)
    assert room.refused(room.facilitator, "settings", names="shown") == "settings_fixed"


def test_a_board_holds_two_thousand_notes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.MOST_NOTES == 2_000
    room.stage(1)
    for _ in range(limits.MOST_NOTES):
        last = room.note(room.ann)
    assert room.refused(room.ann, "note.add", room.id(), column=room.columns[0], text="x") == "board_full"
    room.do(room.ann, "note.delete", last)
    room.note(room.ann)
    assert room.refused(room.ann, "restore", last) == "board_full"


def test_a_column_with_notes_stays(room: Room) -> None:
    room.stage(1)
    room.note(room.ann)
    assert room.refused(room.facilitator, "column.delete", room.columns[0]) == "column_not_empty"
    room.do(room.facilitator, "column.delete", room.columns[1])
    room.do(room.ann, "note.delete", room.row(room.columns[0])[0])
    assert room.refused(room.facilitator, "column.delete", room.columns[0]) == "last_column"
    room.do(room.facilitator, "restore", room.columns[1])
    assert room.row(BOARD) == room.columns


def test_ids_are_taken_once(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann)
    assert room.refused(room.ben, "note.add", note, column=room.columns[0], text="x") == "id_taken"


# Order


def test_places_are_kept_and_a_lost_neighbour_means_the_end(room: Room) -> None:
    room.stage(1)
    a, b, c = (room.note(room.ann, name) for name in "abc")
    room.do(room.ann, "note.move", c, into=room.columns[0], after=None)
    assert room.row(room.columns[0]) == [c, a, b]
    room.do(room.ann, "note.move", c, into=room.columns[0], after=a)
    assert room.row(room.columns[0]) == [a, c, b]
    room.do(room.ann, "note.move", a, into=room.columns[0], after=room.id())
    assert room.row(room.columns[0]) == [c, b, a]


def test_a_row_without_room_is_numbered_anew(room: Room) -> None:
    room.stage(1)
    a, b = room.note(room.ann, "a"), room.note(room.ann, "b")
    for _ in range(400):
        room.do(room.ann, "note.move", b, into=room.columns[0], after=None)
        a, b = b, a
        new = room.note(room.ann, "n", after=a)
        room.do(room.ann, "note.delete", new)
    assert all(len(thing["order"]) <= limits.LONGEST_ORDER for thing in room.state.things.values() if "order" in thing)
    first = room.note(room.ann, "first", after=None)
    ids = [first]
    for _ in range(200):
        ids.insert(1, room.note(room.ann, "x", after=first))
    assert [id for id in room.row(room.columns[0]) if id in ids] == ids
    assert any("renumbered" in fact for entry in room.log for fact in entry.facts)


# Groups and votes


def test_groups_are_made_named_split_and_taken_apart(room: Room) -> None:
    group, ann, ben = grouped(room)
    assert room.row(group) == [ann, ben]
    assert room.row(room.columns[0]) == [group]
    half = room.id()
    room.do(room.ben, "group.split", group, as_=half, notes=[ben], title="Rail")
    assert room.row(room.columns[0]) == [group, half]
    room.do(room.ben, "group.join", group, notes=[ben])
    assert room.row(group) == [ann, ben]
    room.do(room.ben, "group.name", group, title=None)
    assert "title" not in room.thing(group)
    room.do(room.ben, "ungroup", group, notes=[ann])
    assert room.row(room.columns[0]) == [group, ann, half]
    room.do(room.ben, "ungroup", group)
    assert room.row(room.columns[0]) == [ben, ann, half]


def test_votes_survive_regrouping(room: Room) -> None:
    group, ann, ben = grouped(room)
    room.stage(4)
    room.do(room.ann, "vote", group, count=3)
    room.do(room.ben, "vote", group)
    room.stage(3)
    room.do(room.facilitator, "ungroup", group)
    assert room.state.ballots == {ann: {"ann": 3, "ben": 1}}
    again = room.id()
    room.do(room.ann, "group.make", again, notes=[ann])
    assert room.state.ballots == {ann: {"ann": 3, "ben": 1}}
    room.do(room.facilitator, "merge", ann, into=ben)
    assert room.state.ballots == {ben: {"ann": 3, "ben": 1}}
    room.do(room.facilitator, "undo")
    assert room.state.ballots == {ann: {"ann": 3, "ben": 1}}


def test_the_budget_holds(room: Room) -> None:
    group, ann, ben = grouped(room)
    room.do(room.cat, "ungroup", group)
    room.stage(4)
    assert room.refused(room.ann, "vote", ann, count=4) == "most_on_one"
    room.do(room.ann, "vote", ann, count=3)
    assert room.refused(room.ann, "vote", ann) == "most_on_one"
    room.do(room.ann, "vote", ben, count=2)
    assert room.refused(room.ann, "vote", ben) == "no_votes_left"
    room.do(room.ann, "unvote", ann)
    assert room.refused(room.ann, "unvote", ann, count=3) == "no_vote_there"
    room.do(room.ann, "vote", ben)
    assert room.state.spent == {"ann": 5}


def test_one_person_has_one_budget_on_all_devices_even_without_a_name() -> None:
    room = Room(Rules(names="hidden"))
    _, ann, _ = grouped(room)
    room.do(room.cat, "ungroup", room.thing(ann)["in"])
    room.stage(4)
    phone = Actor("ann", "participant", "~" + "0" * 32)
    room.do(room.ann, "vote", ann, count=2)
    room.do(phone, "vote", ann)
    assert room.refused(phone, "vote", ann) == "most_on_one"


def test_a_note_in_a_group_is_voted_for_with_the_group(room: Room) -> None:
    group, ann, _ = grouped(room)
    room.stage(4)
    assert room.refused(room.ann, "vote", ann) == "in_a_group"
    room.do(room.ann, "vote", group)


def test_totals_are_hidden_until_voting_ends_and_again_when_it_resumes(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.ann, "vote", group, count=2)
    assert "votes" not in room.sees(room.facilitator)[group]
    assert room.sees(room.ann)[group]["my_votes"] == 2
    room.stage(5)
    assert room.sees(room.screen)[group]["votes"] == 2
    room.stage(4)
    assert "votes" not in room.sees(room.screen)[group]


def test_the_tally_of_the_room_stands_beside_the_votes(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.facilitator, "room.votes", group, count=14)
    room.do(room.ann, "vote", group)
    room.stage(5)
    assert room.sees(room.screen)[group]["room"] == 14
    assert room.sees(room.screen)[group]["votes"] == 1
    assert tally(room.state, {})[group].room == 14


def test_where_totals_are_hidden_the_tally_of_the_room_waits_with_them(room: Room) -> None:
    group, _, _ = grouped(room)
    others = (room.ann, room.screen, Actor("o", "observer"))
    watching = [room.connect(actor) for actor in others]
    beside = room.connect(room.person("fred", "facilitator"))
    room.stage(4)
    room.do(room.facilitator, "room.votes", group, count=14)
    for client in [*watching, beside]:
        room.catch_up(client)
    counted = [json.loads(client.received[-1])["ops"][-1] for client in watching]
    assert counted == [{"seq": room.state.head, "t": "redacted"}] * 3
    assert beside.things[group]["room"] == room.sees(room.facilitator)[group]["room"] == 14
    assert all("room" not in room.sees(actor)[group] for actor in others)
    assert all("room" not in room.connect(actor).things[group] for actor in others)
    assert export_board(room.state)["things"][group].get("room") is None

    room.stage(5)
    for client in [*watching, beside]:
        room.catch_up(client)
        assert client.things[group]["room"] == 14
    room.stage(4)
    for client in watching:
        room.catch_up(client)
        assert "room" not in client.things[group]
    room.catch_up(beside)
    assert beside.things[group]["room"] == 14
    room.stage(5)
    room.do(room.facilitator, "undo")
    assert "room" not in room.sees(room.screen)[group], "entered before the step, taken back after it"


def test_where_totals_are_shown_everybody_is_told_the_tally_at_once() -> None:
    room = Room(Rules(totals="shown"))
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.facilitator, "room.votes", group, count=14)
    assert room.sees(room.screen)[group]["room"] == room.connect(room.ann).things[group]["room"] == 14


def test_deleting_gives_votes_back(room: Room) -> None:
    group, ann, _ = grouped(room)
    room.do(room.cat, "ungroup", group)
    room.stage(4)
    room.do(room.ben, "vote", ann, count=3)
    room.do(room.facilitator, "note.delete", ann)
    assert room.state.spent == {}
    room.do(room.facilitator, "undo")
    assert room.state.ballots == {ann: {"ben": 3}}


def test_a_tally_never_tells_of_fewer_than_three_voters() -> None:
    room = Room(Rules(names="hidden"))
    group, _, _ = grouped(room)
    room.stage(4)
    labels = {}
    for n in range(9):
        voter = room.person(f"v{n}")
        labels[f"v{n}"] = "county" if n < 4 else "health" if n < 8 else "parish"
        room.do(voter, "vote", group)
    assert tally(room.state, labels) == {}
    room.stage(5)
    found = tally(room.state, labels)[group]
    # One voter of the parish could be had by subtraction: the smallest others join.
    assert (found.total, dict(found.by), found.others) == (9, {"health": 4}, 5)
    labels["v8"] = "health"
    assert dict(tally(room.state, labels)[group].by) == {"county": 4, "health": 5}


def test_where_names_are_shown_a_tally_is_plain(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.ann, "vote", group)
    room.stage(5)
    assert dict(tally(room.state, {"ann": "county"})[group].by) == {"county": 1}


# Discussing and committing


def test_marks_are_counted_and_ones_own_is_told(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(5)
    room.do(room.ann, "react", group, mark="agree")
    room.do(room.ben, "react", group, mark="agree")
    room.do(room.ben, "react", group, mark="unsure")
    seen = room.sees(room.ben)[group]
    assert (seen["agree"], seen["unsure"], seen["my_mark"]) == (1, 1, "unsure")
    room.do(room.ben, "react", group, mark="none")
    assert "unsure" not in room.sees(room.ben)[group]


def test_comments_go_and_come_back_with_what_they_are_on(room: Room) -> None:
    group, ann, _ = grouped(room)
    room.stage(5)
    comment = room.id()
    room.do(room.ben, "comment.add", comment, on=ann, text="Which ones?")
    room.do(room.facilitator, "note.delete", ann)
    assert comment not in room.sees(room.cat)
    assert room.refused(room.facilitator, "restore", comment) == "in_bin"
    room.do(room.facilitator, "restore", ann)
    assert room.sees(room.cat)[comment]["on"] == ann
    assert "with" not in room.sees(room.cat)[comment]
    assert room.row(group)[-1] == ann


def test_actions_are_proposed_and_claimed(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(6)
    action, what = room.id(), "Ask the bus company"
    assert room.refused(room.ann, "action.propose", room.id(), what=what, as_="initiative") == "not_your_role"
    room.do(room.ann, "action.propose", action, what=what, sources=[group], who="Ben", due="2027-03-31")
    room.do(room.ben, "action.claim", action)
    assert room.refused(room.cat, "action.claim", action) == "claimed"
    assert room.refused(room.cat, "action.release", action) == "not_yours"
    assert room.refused(room.cat, "action.edit", action, what="x") == "not_yours"
    room.do(room.facilitator, "action.edit", action, as_="initiative")
    assert room.sees(room.screen)[action]["claimed_by"] == "ben"


def test_the_timer_runs_on_the_servers_clock(room: Room) -> None:
    room.stage(1)
    assert room.refused(room.facilitator, "timer.extend", seconds=60) == "no_timer"
    room.do(room.facilitator, "timer.start", seconds=60)
    assert room.thing(BOARD)["timer"] == {"ends": START + 60_000, "seconds": 60}
    room.now += 300_000
    room.do(room.facilitator, "timer.extend", seconds=60)
    assert room.thing(BOARD)["timer"]["ends"] == room.now + 60_000
    room.note(room.ann, "Late, and still welcome")
    room.stage(2)
    assert "timer" not in room.thing(BOARD)


def test_the_spotlight_leaves_what_is_deleted(room: Room) -> None:
    _group, ann, _ = grouped(room)
    room.do(room.facilitator, "spotlight", on=ann)
    room.do(room.facilitator, "note.delete", ann)
    assert "spotlight" not in room.thing(BOARD)
    assert room.refused(room.facilitator, "spotlight", on=room.id()) == "unknown_thing"


# Undo


def test_undo_takes_back_ones_own_and_redo_does_it_again(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann, "One")
    room.do(room.ann, "note.edit", note, text="Two")
    room.do(room.ann, "undo")
    assert room.thing(note)["text"] == "One"
    room.do(room.ann, "undo")
    assert room.thing(note)["deleted"]
    assert room.refused(room.ann, "undo") == "nothing_to_undo"
    room.do(room.ann, "redo")
    room.do(room.ann, "redo")
    assert room.thing(note)["text"] == "Two"
    assert room.refused(room.ann, "redo") == "nothing_to_redo"


def test_a_new_act_ends_what_can_be_done_again(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann)
    room.do(room.ann, "note.edit", note, text="x")
    room.do(room.ann, "undo")
    room.note(room.ann)
    assert room.refused(room.ann, "redo") == "nothing_to_redo"


def test_fifty_steps_are_kept(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann, "0")
    for n in range(1, 61):
        room.do(room.ann, "note.edit", note, text=str(n))
    for _ in range(limits.UNDO_STEPS):
        room.do(room.ann, "undo")
    assert room.thing(note)["text"] == "10"
    assert room.refused(room.ann, "undo") == "nothing_to_undo"


def test_what_somebody_changed_since_is_not_undone_away(room: Room) -> None:
    _group, ann, _ = grouped(room)
    room.do(room.ann, "note.edit", ann, text="Mine")
    room.do(room.facilitator, "note.edit", ann, text="Clearer")
    assert room.refused(room.ann, "undo") == "overtaken"


def test_a_facilitator_undoes_what_others_did_within_ten_minutes(room: Room) -> None:
    group, _, ben = grouped(room)
    seq = room.state.head
    assert room.refused(room.ann, "undo", seq=seq) == "not_yours"
    room.now += limits.FACILITATOR_UNDO_MS + 1
    assert room.refused(room.facilitator, "undo", seq=seq) == "too_late"
    room.now -= 1
    room.do(room.facilitator, "undo", seq=seq)
    assert room.row(room.columns[1]) == [ben]
    assert room.thing(group)["deleted"]


def test_what_was_done_in_private_is_undone_by_nobody_else(room: Room) -> None:
    room.stage(1)
    note = room.note(room.ann, "A first, rash draft")
    room.do(room.ann, "note.edit", note, text="Better")
    seq = room.state.head
    room.stage(2)
    room.do(room.facilitator, "reveal")
    assert room.refused(room.facilitator, "undo", seq=seq) == "not_yours"


def test_undo_needs_the_stage_of_what_is_undone(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.ann, "vote", group)
    room.stage(5)
    assert room.refused(room.ann, "undo") == "not_in_stage"


def test_a_group_that_has_votes_is_not_undone(room: Room) -> None:
    group, _, _ = grouped(room)
    room.stage(4)
    room.do(room.ann, "vote", group)
    room.stage(3)
    assert room.refused(room.cat, "undo") == "overtaken"


def test_a_spent_budget_is_not_overdrawn_by_doing_again(room: Room) -> None:
    group, ann, ben = grouped(room)
    room.do(room.cat, "ungroup", group)
    third = room.id()
    room.do(room.facilitator, "paper.add", third, column=room.columns[0], text="Third")
    room.stage(4)
    room.do(room.ben, "vote", ann, count=3)
    room.stage(5)
    room.do(room.facilitator, "note.delete", ann)
    seq = room.state.head
    room.stage(4)
    room.do(room.ben, "vote", ben, count=3)
    assert room.refused(room.facilitator, "undo", seq=seq) == "overtaken"
    room.do(room.facilitator, "restore", ann)
    assert room.state.spent == {"ben": 3}


# Sending again


def test_the_same_op_again_gets_the_same_answer(room: Room) -> None:
    room.stage(1)
    op = room.op("note.add", room.id(), column=room.columns[0], text="Once")
    first = room.send(room.ann, op)
    assert isinstance(first, Applied)
    assert room.send(room.ann, op) == Repeated(first.entry.seq)
    assert room.send(room.ben, op) == Rejected("op_id_taken")
    room.crash()
    assert room.send(room.ann, op) == Repeated(first.entry.seq)


def test_an_op_of_long_ago_is_for_the_log_to_know(room: Room) -> None:
    room.stage(1)
    op = room.op("note.add", room.id(), column=room.columns[0], text="Old")
    room.send(room.ann, op)
    note = room.note(room.ann)
    for n in range(limits.REMEMBERED_OPS):
        room.do(room.ann, "note.edit", note, text=str(n))
    assert op.op_id not in room.state.recent
    assert len(room.state.recent) == limits.REMEMBERED_OPS


def test_a_client_of_another_history_is_told(room: Room) -> None:
    assert apply(room.state, room.op("undo", base=99), room.ann, room.now) == Rejected("ahead")


def test_only_the_next_entry_is_absorbed(room: Room) -> None:
    with pytest.raises(OutOfStep):
        absorb(room.state, room.log[0])
