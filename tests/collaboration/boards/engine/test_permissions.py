"""Who may do what in which stage: every cell of the table is tried, and what the product promises is in the table."""

from __future__ import annotations

import pytest

from collaboration.boards.engine.applying import Applied, apply
from collaboration.boards.engine.deciding import RULES
from collaboration.boards.engine.limits import BIN_MS
from collaboration.boards.engine.ops import SHAPES, Op
from collaboration.boards.engine.people import SERVER, Actor
from collaboration.boards.engine.refusals import SENTENCES, Rejected
from collaboration.boards.engine.stages import PERMITTED, Stage
from collaboration.boards.engine.texts import BOARD
from tests.collaboration.boards.engine.room import Room

ROLES = ["participant", "facilitator", "observer", "screen", "system"]


class Furnished(Room):
    """A room in which every kind of op has something to act on, in every stage."""

    def __init__(self, stage: int, actor: str) -> None:
        super().__init__(columns=3)
        me = self.me = {
            "participant": self.ann,
            "facilitator": self.facilitator,
            "observer": self.person("olga", "observer"),
            "screen": self.screen,
            "system": SERVER,
        }[actor]
        self.before = self.op("board.edit", title="Too early")
        if stage == 0:
            self.mine = self.other = self.group = self.second = self.comment = self.action = self.old = self.id()
            return
        self.stage(1)
        writer = me if actor in ("participant", "facilitator") else self.ann
        self.mine, self.other = self.note(writer), self.note(self.ben, column=1)
        members = [self.note(self.ben) for _ in range(4)]
        self.old = self.note(writer)
        self.stage(5)
        self.group, self.second = self.id(), self.id()
        self.do(self.facilitator, "group.make", self.group, notes=members[:2])
        self.do(self.facilitator, "group.make", self.second, notes=members[2:])
        self.do(self.facilitator, "note.delete", self.old)
        self.comment, self.action = self.id(), self.id()
        self.do(writer, "comment.add", self.comment, on=self.other, text="Yes")
        self.stage(4)
        self.do(writer, "vote", self.mine)
        self.stage(6)
        self.do(writer, "action.propose", self.action, what="Ask")
        self.do(self.facilitator, "timer.start", seconds=60)
        self.do(writer, "action.claim", self.action)
        self.stage(stage)
        if stage != 7:
            self.do(self.facilitator, "timer.start", seconds=60)

    def op_of(self, kind: str) -> Op:
        """An op that can be refused for nothing but its role and stage."""
        column, item = self.columns[1], self.other
        match kind:
            case "note.add" | "paper.add":
                return self.op(kind, self.id(), column=column, text="New")
            case "note.edit":
                return self.op(kind, self.mine, text="Changed")
            case "note.move":
                return self.op(kind, self.mine, into=column)
            case "note.delete":
                return self.op(kind, self.mine)
            case "restore":
                return self.op(kind, self.old)
            case "column.add":
                return self.op(kind, self.id(), title="New")
            case "column.edit":
                return self.op(kind, column, title="Changed")
            case "column.move":
                return self.op(kind, column, after=None)
            case "column.delete":
                return self.op(kind, self.columns[2])
            case "group.make":
                return self.op(kind, self.id(), notes=[self.mine])
            case "group.join":
                return self.op(kind, self.group, notes=[self.mine])
            case "group.name":
                return self.op(kind, self.group, title="Named")
            case "group.move":
                return self.op(kind, self.group, into=column)
            case "group.split":
                return self.op(kind, self.group, as_=self.id(), notes=self.row(self.group)[:1] or [self.mine])
            case "ungroup":
                return self.op(kind, self.group)
            case "merge":
                return self.op(kind, self.group, into=self.second)
            case "vote":
                return self.op(kind, item)
            case "unvote":
                return self.op(kind, self.mine)
            case "room.votes":
                return self.op(kind, item, count=4)
            case "comment.add":
                return self.op(kind, self.id(), on=item, text="And")
            case "comment.edit":
                return self.op(kind, self.comment, text="No")
            case "comment.delete":
                return self.op(kind, self.comment)
            case "react":
                return self.op(kind, item, mark="agree")
            case "action.propose":
                return self.op(kind, self.id(), what="Do")
            case "action.edit":
                return self.op(kind, self.action, what="Do it")
            case "action.claim" | "action.release" | "action.delete":
                return self.op(kind, self.action)
            case "stage.next" | "stage.back":
                return self.op(kind, from_=int(self.state.stage))
            case "timer.start" | "timer.extend":
                return self.op(kind, seconds=60)
            case "lock":
                return self.op(kind, editing=True)
            case "spotlight":
                return self.op(kind, on=item)
            case "settings":
                return self.op(kind, budget=3)
            case "board.edit":
                return self.op(kind, title="Changed")
            case "redact":
                return self.op(kind, things=[item])
            case _:
                return self.op(kind)


EXCUSES = {
    "reveal": {"nothing_to_reveal"},
    "timer.extend": {"no_timer"},
    "timer.stop": {"no_timer"},
    "bin.empty": {"not_in_bin"},
    "redact": {"unknown_thing"},
    "undo": {"nothing_to_undo", "not_in_stage"},
    "redo": {"nothing_to_redo"},
}
"""Refusals that are no matter of role or stage, of ops for which a furnished room has nothing."""


@pytest.mark.parametrize("stage", list(Stage), ids=lambda stage: stage.label)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table(stage: Stage, role: str) -> None:
    for kind, permission in PERMITTED.items():
        room = Furnished(stage, role)
        answer = apply(room.state, room.op_of(kind), room.me, room.now, chance=room.chance)
        allowed = {
            "participant": stage in permission.participant,
            "facilitator": stage in permission.facilitator,
            "system": permission.system,
        }.get(role, False)
        cell = (kind, role, stage.label, answer)
        if isinstance(answer, Applied):
            assert allowed, cell
            continue
        assert isinstance(answer, Rejected), cell
        assert answer.sentence
        if allowed:
            assert answer.code in EXCUSES.get(kind, ()), cell
        elif role in ("observer", "screen"):
            assert answer.code == "watching", cell
        else:
            assert answer.code in ("not_in_stage", "not_your_role"), cell


def test_everything_is_said_once_for_every_kind() -> None:
    assert set(PERMITTED) == set(SHAPES) == set(RULES)


PROMISED = [
    ("note.add", "participant", "1"),
    ("note.add", "facilitator", "1"),
    ("paper.add", "facilitator", "123456"),
    ("paper.add", "participant", ""),
    ("group.make", "participant", "3"),
    ("merge", "participant", ""),
    ("vote", "participant", "4"),
    ("vote", "facilitator", "4"),
    ("room.votes", "participant", ""),
    ("comment.add", "participant", "5"),
    ("react", "participant", "5"),
    ("action.propose", "participant", "6"),
    ("stage.back", "facilitator", "1234567"),
    ("stage.next", "facilitator", "0123456"),
    ("stage.next", "participant", ""),
    ("settings", "facilitator", "0"),
    ("reveal", "participant", ""),
    ("spotlight", "participant", ""),
]
"""What product.md's table of stages says, by itself: kind, role, stages."""


@pytest.mark.parametrize(("kind", "role", "stages"), PROMISED)
def test_the_table_keeps_what_was_promised(kind: str, role: str, stages: str) -> None:
    assert {str(stage.value) for stage in getattr(PERMITTED[kind], role)} == set(stages)


def test_in_close_nothing_changes_but_the_way_back_and_erasure() -> None:
    open_still = {kind for kind, it in PERMITTED.items() if Stage.CLOSE in it.participant | it.facilitator}
    assert open_still == {"stage.back", "redact"}


@pytest.mark.parametrize(
    ("kind", "props", "stage"),
    [("note.edit", {"text": "Mine now"}, 1), ("note.delete", {}, 2), ("note.edit", {"text": "Mine now"}, 3)],
)
def test_only_the_writer_changes_a_note(kind: str, props: dict[str, str], stage: int) -> None:
    room = Furnished(3, "participant")
    assert room.refused(room.cat, kind, room.mine, **props) == "not_yours"
    room.stage(stage)
    assert room.refused(room.cat, kind, room.mine, **props) == "not_yours"
    room.do(room.ann, kind, room.mine, **props)


def test_in_write_participants_move_their_own_only_and_in_group_any() -> None:
    room = Furnished(1, "participant")
    assert room.refused(room.cat, "note.move", room.mine, into=room.columns[1]) == "not_yours"
    hidden = room.note(room.ben)
    assert room.refused(room.cat, "note.move", hidden, into=room.columns[1]) == "unknown_thing"
    room.stage(3)
    room.do(room.cat, "note.move", room.mine, into=room.columns[1])


def test_the_lock_stops_participants_but_not_their_votes() -> None:
    room = Furnished(4, "participant")
    room.do(room.facilitator, "lock", editing=True)
    room.do(room.ann, "vote", room.other)
    room.stage(3)
    assert room.refused(room.ann, "note.edit", room.mine, text="x") == "locked"
    assert room.refused(room.ann, "undo") in ("locked", "not_in_stage")
    room.do(room.facilitator, "note.edit", room.mine, text="Facilitators go on")
    room.do(room.facilitator, "lock", editing=False)
    room.do(room.ann, "note.edit", room.mine, text="Open again")


def test_a_person_without_a_key_cannot_act() -> None:
    room = Furnished(1, "participant")
    assert room.refused(Actor("", "participant"), "note.add", room.id(), column=room.columns[0], text="x") == "watching"


def test_the_server_empties_the_bin_after_thirty_days() -> None:
    room = Furnished(6, "participant")
    assert room.refused(SERVER, "bin.empty") == "not_in_bin"
    room.now += BIN_MS
    room.do(SERVER, "bin.empty")
    assert room.old not in room.state.things
    assert BOARD in room.state.things


def test_refusals_have_a_sentence_and_say_what_becomes_of_the_text() -> None:
    assert {code for code in SENTENCES if Rejected(code).text == "kept"} == {"slow_down", "not_saved"}
    assert Rejected("no_votes_left", {"budget": 5}).sentence == "All of your 5 votes are spent. Take one back first."
