"""Ops are decided, logged, committed and only then acknowledged."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from collaboration.boards import committing, oplog, standing, states, transacting
from collaboration.boards.committing import Asked, commit
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.limits import REMEMBERED_OPS
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.snapshots import freeze
from collaboration.boards.engine.state import fold
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board, Snapshot
from collaboration.workshops.models import Participation
from tests.collaboration.boards.hall import Hall, device, seqs_of

pytestmark = pytest.mark.django_db


def frozen(state: Any) -> str:
    return json.dumps(freeze(state), sort_keys=True)


def test_an_op_is_kept_and_acknowledged() -> None:
    hall = Hall()
    hall.go(1)
    ann = hall.join()
    note = hall.note(ann, "The bus does not come")
    assert hall.state().things[note]["text"] == "The bus does not come"
    head = oplog.heads([hall.board_id])[hall.board_id]
    assert head.head_seq == 3
    assert hall.board.stage == 1
    with states.held(hall.board_id) as held:
        assert held.head == (head.epoch, 3)
        assert frozen(held.state) == frozen(hall.state())


def test_an_op_sent_again_gets_its_first_answer() -> None:
    hall = Hall()
    hall.go(1)
    op = hall.op("note.add", str(uuid4()), column=hall.column(), text="Once")
    asked = hall.asked(hall.facilitator, op)
    first = commit([asked])
    assert commit([asked]) == first
    assert first[0][0]["t"] == "ack"
    assert commit([hall.asked(hall.facilitator, op, op)])[0] == [first[0][0], first[0][0]]
    assert hall.board.head_seq == 3


def test_several_boards_and_people_share_one_transaction() -> None:
    halls = [Hall() for _ in range(3)]
    for hall in halls:
        hall.go(1)
    heard: list[tuple[UUID, str, list[Entry]]] = []
    asked = [
        hall.asked(hall.facilitator, *(hall.op("note.add", str(uuid4()), column=hall.column(), text="x") for _ in "ab"))
        for hall in reversed(halls)
    ]
    function = committing.on_landed(lambda *landed: heard.append(landed))
    try:
        answers = commit(asked)
    finally:
        committing.not_landed(function)
    assert [[answer["seq"] for answer in each] for each in answers] == [[3, 4]] * 3
    assert {board_id for board_id, _epoch, _entries in heard} == {hall.board_id for hall in halls}
    assert all([entry.seq for entry in entries] == [3, 4] for _id, _epoch, entries in heard)


@pytest.mark.parametrize(("boards", "people"), [(1, 1), (3, 4)])
def test_the_number_of_statements_does_not_grow(boards: int, people: int) -> None:
    halls = [Hall() for _ in range(boards)]
    crowd = {hall.board_id: [hall.join() for _ in range(people)] for hall in halls}
    for hall in halls:
        hall.go(1)

    def all_of_them() -> list[Asked]:
        return [
            hall.asked(each, hall.op("note.add", str(uuid4()), base=2, column=hall.column(), text="x"))
            for hall in halls
            for each in crowd[hall.board_id]
        ]

    asked = all_of_them()
    with CaptureQueriesContext(connection) as first:
        commit(asked)
    asked = all_of_them()
    with CaptureQueriesContext(connection) as later:
        commit(asked)
    # Locks, who may do what, entries, heads; within a savepoint here. PostgreSQL takes the last two together.
    together = connection.vendor == "postgresql"
    assert len(first) == 6 - together
    assert len(later) == 5 - together


def test_what_cannot_be_read_or_done_is_refused_by_itself() -> None:
    hall = Hall()
    hall.go(1)
    ann = hall.join()
    good = hall.op("note.add", str(uuid4()), column=hall.column(), text="kept")
    answers = commit(
        [
            hall.asked(
                ann,
                (None, Rejected("not_json")),
                good,
                hall.op("stage.next", from_=1),
                hall.op("note.add", str(uuid4()), base=10_000, column=hall.column(), text="from the future"),
            )
        ]
    )[0]
    assert [answer.get("code") for answer in answers] == ["not_json", None, "not_your_role", "ahead"]
    assert answers[2]["sentence"] == "Only a facilitator can do that."
    assert [answer.get("text") for answer in answers] == ["drafts", None, "drafts", "drafts"]
    assert answers[0]["op_id"] is None
    assert hall.board.head_seq == 3


def test_a_board_that_is_not_there_refuses() -> None:
    hall = Hall()
    op = hall.op("stage.next", from_=0)
    nowhere = Asked(board_id=uuid4(), participation_id=hall.facilitator.pk, device="", ops=[op])
    assert commit([nowhere])[0][0]["code"] == "other_board"
    assert commit([]) == []


def test_only_who_is_admitted_on_this_board_while_it_is_open_changes_it() -> None:
    hall, other = Hall(), Hall()
    hall.go(1)
    column = hall.column()

    def code(who: Participation) -> str | None:
        op = hall.op("note.add", str(uuid4()), column=column, text="x")
        return commit([hall.asked(who, op)])[0][0].get("code")

    assert code(hall.join()) is None
    assert code(hall.join(status="waiting")) == "watching"
    assert code(hall.join(status="removed")) == "watching"
    assert code(hall.join("observer")) == "watching"
    assert code(other.facilitator) == "watching"
    for status in ("planned", "reported", "archived", "cancelled"):
        late = Hall(status=status)
        assert late.do(late.facilitator, "stage.next", from_=0)["code"] == "watching"
        seen = standing.standing_of(late.board_id, late.facilitator.pk)
        assert (seen.role if seen else None) == ("observer" if status in ("planned", "reported") else None)


def test_nobody_is_the_server_by_leaving_something_out() -> None:
    hall = Hall()
    asked = Asked(board_id=hall.board_id, participation_id=0, device=device(1), ops=[hall.op("bin.empty")])
    assert commit([asked])[0][0]["code"] == "watching"


def test_an_op_older_than_what_is_remembered_is_found_in_the_log() -> None:
    hall = Hall()
    hall.go(1)
    ann, ben = hall.join(), hall.join()
    first = hall.op("note.add", str(uuid4()), base=2, column=hall.column(), text="early")
    answer = commit([hall.asked(ann, first)])
    many = [hall.op("board.edit", base=3, title=f"Title {n}") for n in range(REMEMBERED_OPS + 5)]
    for begin in range(0, len(many), 500):
        commit([hall.asked(hall.facilitator, *many[begin : begin + 500])])
    head = hall.board.head_seq
    with states.held(hall.board_id) as held:
        assert first[1].op_id not in held.state.recent
    assert commit([hall.asked(ann, first)]) == answer
    assert commit([hall.asked(ben, first)])[0][0]["code"] == "op_id_taken"
    # Told with another base_seq than at first, it meets the log's own index, and the others of its round are kept.
    lying = hall.op("note.add", str(uuid4()), op_id=first[0], base=head, column=hall.column(), text="again")
    fresh = hall.op("note.add", str(uuid4()), base=head, column=hall.column(), text="beside")
    answers = commit([hall.asked(ben, fresh), hall.asked(ann, lying)])
    assert answers[1] == answer[0]
    assert answers[0][0] == {"t": "ack", "op_id": fresh[0], "seq": head + 1, "epoch": str(hall.board.epoch)}
    assert hall.board.head_seq == head + 1
    # From then on such ids are looked up, and nothing has to be folded again.
    with CaptureQueriesContext(connection) as queries:
        assert commit([hall.asked(ann, lying)])[0] == answer[0]
    assert not any("snapshot" in query["sql"] for query in queries)


def test_an_op_that_the_engine_forgets_in_the_same_round_is_not_applied_again() -> None:
    hall = Hall()
    hall.go(1)
    ann = hall.join()
    note = hall.note(ann, "The bus does not come")
    again = hall.op("note.edit", note, base=3, text="The bus comes late")
    answer = commit([hall.asked(ann, again)])
    many = [hall.op("board.edit", base=3, title=f"Title {n}") for n in range(REMEMBERED_OPS - 1)]
    for begin in range(0, len(many), 500):
        commit([hall.asked(hall.facilitator, *many[begin : begin + 500])])
    with states.held(hall.board_id) as held:
        assert next(iter(held.state.recent)) == again[1].op_id
    head = hall.board.head_seq

    pushes_out = hall.op("board.edit", base=head, title="One more")
    answers = commit([hall.asked(hall.facilitator, pushes_out), hall.asked(ann, again)])

    assert answers[1] == answer[0]
    assert hall.board.head_seq == head + 1


def test_states_stay_what_the_log_folds_to_and_snapshots_shorten_the_way() -> None:
    hall = Hall()
    hall.go(1)
    ann, column = hall.join(), hall.column()
    for _ in range(4):
        ops = [hall.op("note.add", str(uuid4()), column=column, text=f"n{n}") for n in range(300)]
        asked = [hall.asked(ann, *ops)]
        commit(asked)
        committing.keep_snapshots([hall.board_id])
    seqs = list(Snapshot.objects.filter(board=hall.board_id).values_list("seq", flat=True))
    assert seqs == [1202, 602]
    assert oplog.heads([hall.board_id])[hall.board_id].horizon == 602
    whole = frozen(hall.state())
    states.forget(hall.board_id)
    with states.held(hall.board_id) as held:
        assert frozen(held.state) == whole
    # A snapshot of a version that cannot be read here costs time, and nothing else.
    Snapshot.objects.filter(board=hall.board_id).update(body=json.dumps({"format": 99}))
    states.forget(hall.board_id)
    with states.held(hall.board_id) as held:
        assert frozen(held.state) == whole


def test_a_snapshot_of_another_history_or_the_same_again_is_not_kept() -> None:
    hall = Hall()
    with transaction.atomic():
        assert not oplog.keep_snapshot(hall.board_id, str(uuid4()), 1, "{}")
        assert not oplog.keep_snapshot(uuid4(), str(uuid4()), 1, "{}")
        assert oplog.keep_snapshot(hall.board_id, str(hall.board.epoch), 1, oplog.frozen(hall.state()))
        assert not oplog.keep_snapshot(hall.board_id, str(hall.board.epoch), 1, "{}")
    assert hall.board.horizon == 0


def test_a_state_that_others_moved_on_catches_up() -> None:
    hall = Hall()
    hall.go(1)
    with states.held(hall.board_id) as held:
        before = held.state
    # As another process would: a transaction of its own, nothing warm.
    with transaction.atomic():
        committing.within(
            [hall.asked(hall.facilitator, hall.op("note.add", str(uuid4()), column=hall.column(), text="there"))]
        )
    with states.held(hall.board_id) as held:
        assert held.state is before
        assert held.head[1] == 3
        assert b"snapshot" in held.display.snapshot(held.epoch)


def test_a_state_ahead_of_the_log_or_of_another_history_is_folded_again() -> None:
    hall = Hall()
    hall.go(1)
    with states.held(hall.board_id) as held:
        held.state.head += 1
    with states.held(hall.board_id) as held:
        assert held.head[1] == 2
        before = held.state
    Board.objects.filter(pk=hall.board_id).update(epoch=uuid4())
    with states.held(hall.board_id) as held:
        assert held.state is not before
        assert held.head == (str(hall.board.epoch), 2)


def test_the_coldest_boards_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MOST", 2)
    halls = [Hall() for _ in range(4)]
    for hall in halls:
        with states.held(hall.board_id):
            pass
    assert states.warm() == 2
    monkeypatch.setattr(states, "MOST_THINGS", 3)
    with states.held(halls[3].board_id) as held:
        assert held.head[1] == 1
    assert states.warm() == 1
    from groundwork.access.errors import NotFound

    with pytest.raises(NotFound), states.held(uuid4()):
        pass
    assert states.warm() == 1


def test_a_state_is_not_looked_at_before_it_is_caught_up() -> None:
    with states.held_all([uuid4()]) as held, pytest.raises(RuntimeError):
        next(iter(held.values())).state  # noqa: B018


def test_an_op_on_which_the_engine_breaks_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    hall.go(1)
    apply = transacting.apply

    def breaking(state: Any, op: Any, actor: Any, at: int) -> Any:
        answer = apply(state, op, actor, at)
        if op.props.get("text") == "poison":
            raise ZeroDivisionError
        return answer

    monkeypatch.setattr(transacting, "apply", breaking)
    notes = [hall.op("note.add", str(uuid4()), column=hall.column(), text=text) for text in ("a", "poison", "b")]
    answers = commit([hall.asked(hall.facilitator, *notes)])[0]
    assert [answer["t"] for answer in answers] == ["ack", "rejected", "ack"]
    assert (answers[1]["code"], answers[1]["text"]) == ("not_saved", "kept")
    with states.held(hall.board_id) as held:
        assert frozen(held.state) == frozen(hall.state())


def test_a_listener_that_breaks_costs_nobody_anything() -> None:
    hall = Hall()

    @committing.on_landed
    def broken(board_id: UUID, epoch: str, entries: list[Entry]) -> None:
        raise ZeroDivisionError

    try:
        assert committing.on_landed(broken) is broken
        assert hall.do(hall.facilitator, "stage.next", from_=0)["t"] == "ack"
    finally:
        committing.not_landed(broken)
        committing.not_landed(broken)


def test_refusals_are_said_in_the_language_of_who_asked(settings: Any) -> None:
    hall = Hall()
    answer = commit([hall.asked(hall.join(), hall.op("stage.next", from_=0), language="cy")])[0][0]
    assert answer["code"] == "not_your_role"
    assert committing.refusal(None, Rejected("too_large", {"most": 5}), "en")["sentence"].endswith("5 bytes.")


def test_within_is_a_part_of_the_callers_transaction() -> None:
    hall = Hall()
    op = hall.op("stage.next", from_=0)

    with transaction.atomic():
        assert committing.within([hall.asked(hall.facilitator, op)])[0][0]["t"] == "ack"
        transaction.set_rollback(True)
    assert hall.board.head_seq == 1
    assert seqs_of(hall.board_id) == [1]


def test_lookup_and_reading() -> None:
    hall = Hall()
    hall.go(2)
    entries = list(oplog.read_all(hall.board_id))
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert oplog.read(hall.board_id, 1, limit=1) == entries[1:2]
    there = hall.board_id, entries[1].op_id
    assert oplog.lookup_many([there, (hall.board_id, str(uuid4())), (uuid4(), entries[1].op_id)]) == {
        there: (2, hall.facilitator.key)
    }
    assert oplog.lookup_many([]) == {}
    assert oplog.heads([]) == oplog.locked([]) == {}
    assert frozen(fold(entries, board=str(hall.board_id))) == frozen(hall.state())
    assert hall.state().things[BOARD]["stage"] == 2
