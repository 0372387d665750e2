"""What can be done with boards from outside of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.boards import committing, oplog, services, states
from collaboration.boards.engine.delivery import Batch
from collaboration.boards.engine.entries import Entry, entry_of
from collaboration.boards.engine.people import EVERYBODY, Actor
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.snapshots import freeze
from collaboration.boards.engine.state import fold
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board, LogBatch, Outcome, Snapshot, Ticket
from collaboration.boards.services import keeping
from collaboration.workshops import registry
from collaboration.workshops.models import Participation
from groundwork.access.actors import Public, SystemActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.schedule.services import tick
from tests.collaboration.boards.hall import Hall, acting, device, organisation, person

pytestmark = pytest.mark.django_db


def dump() -> str:
    """Every byte that the database holds about boards."""
    rows: list[Any] = [*LogBatch.objects.values_list("body"), *Snapshot.objects.values_list("body")]
    rows += [*Participation.objects.values_list(), *Outcome.objects.values_list()]
    return repr(rows)


def frozen(state: Any) -> str:
    return json.dumps(freeze(state), sort_keys=True)


# Plain forms


def test_plain_forms_have_the_same_rules_and_answers() -> None:
    hall = Hall()
    hall.go(1)
    ann = hall.join()
    note = str(uuid4())
    good = hall.raw("note.add", note, column=hall.column(), text="From a form")
    answers = services.perform(
        participation=ann,
        device=device("ann"),
        ops=[good, {**good, "op_id": 5}, "nonsense", hall.raw("note.add", str(uuid4()), column=hall.column(), text="")],
    )
    assert [answer.get("code") for answer in answers] == [None, "not_an_id", "wrong_type", "text_empty"]
    assert answers[0] == {"t": "ack", "op_id": good["op_id"], "seq": 3, "epoch": str(hall.board.epoch)}
    assert answers[1]["op_id"] is None
    assert answers[3]["sentence"] == "Write something first."
    assert services.perform(participation=ann, device=device("ann"), ops=[good])[0] == answers[0]
    with CaptureQueriesContext(connection) as one:
        services.perform(participation=ann, device="", ops=[hall.raw("note.edit", note, text="Changed")])
    with CaptureQueriesContext(connection) as three:
        changes = [hall.raw("note.edit", note, text=f"Changed {n}") for n in range(3)]
        services.perform(participation=ann, device="", ops=changes)
    assert len(one) == len(three)
    assert hall.state().things[note]["text"] == "Changed 2"


# Founding


def test_a_workshop_has_a_board_from_the_first_moment() -> None:
    hall = Hall(columns=3, names="hidden", budget=7, most=2, totals="shown", grouping="facilitator", prompt="Why?")
    board = hall.state().things[BOARD]
    assert (board["title"], board["prompt"], board["stage"]) == ("What helps?", "Why?", 0)
    assert (board["names"], board["budget"], board["most"], board["totals"], board["grouping"]) == (
        "hidden", 7, 2, "shown", "facilitator",
    )  # fmt: skip
    assert [hall.state().things[id]["title"] for _order, id in hall.state().row(BOARD)] == [
        "Column 0", "Column 1", "Column 2",
    ]  # fmt: skip
    assert services.found_board(hall.workshop) == hall.board
    assert hall.board.head_seq == 1
    assert len(Hall(columns=0).state().row(BOARD)) == 1


def test_a_board_follows_its_plan_while_nobody_has_written() -> None:
    hall = Hall()
    with states.held(hall.board_id) as held:
        epoch = held.epoch
    hall.workshop.title = "Another question"
    hall.workshop.budget = 9
    hall.workshop.save()
    registry.tell_rules_changed(hall.workshop)
    assert str(hall.board.epoch) != epoch
    with states.held(hall.board_id) as held:
        assert held.state.things[BOARD]["title"] == "Another question"
        assert held.state.things[BOARD]["budget"] == 9
    hall.go(1)
    note = hall.note(hall.facilitator)
    hall.go(0)
    hall.workshop.title = "Too late"
    assert not services.found_again(hall.workshop)
    hall.go(1)
    assert hall.do(hall.facilitator, "note.delete", note)["t"] == "ack"
    hall.go(0)
    assert not services.found_again(hall.workshop)
    assert hall.state().things[BOARD]["title"] == "Another question"
    Board.objects.all().delete()
    assert not services.found_again(hall.workshop)


@pytest.mark.parametrize("columns", [[{"title": ""}], [{"title": "x\u202e"}], [{"title": "x"}] * 51])
def test_columns_that_no_board_may_hold_are_refused_with_a_sentence(columns: list[dict[str, str]]) -> None:
    hall = Hall()
    hall.workshop.columns = columns
    with pytest.raises(Invalid) as refused:
        services.found_again(hall.workshop)
    assert refused.value.errors["columns"][0].endswith(".")
    assert hall.board.head_seq == 1


# Files


def _busy() -> tuple[Hall, str]:
    hall = Hall()
    hall.go(1)
    note = hall.note(hall.facilitator, "Buses at night")
    hall.go(4)
    assert hall.do(hall.join(), "vote", note, count=2)["t"] == "ack"
    hall.go(6)
    return hall, note


def test_a_board_goes_into_a_file_and_comes_out_identical() -> None:
    hall, note = _busy()
    file = json.loads(json.dumps(services.export_board(hall.workshop)))
    other = Hall(columns=3, budget=9, grouping="facilitator", prompt="Of the template")
    actor = acting(other.workshop.host)
    services.import_board(actor=actor, workshop=other.workshop, file=file)
    assert picture(other.state(), EVERYBODY) == picture(hall.state(), EVERYBODY)
    assert other.board.stage == 6
    with states.held(other.board_id) as held:
        assert held.state.things[note]["text"] == "Buses at night"
    again = services.export_board(other.workshop)
    assert again["things"] == file["things"]
    other.workshop.refresh_from_db()
    assert other.workshop.columns == hall.workshop.columns
    rules = ("names", "budget", "most", "totals", "grouping", "prompt")
    assert [getattr(other.workshop, name) for name in rules] == [getattr(hall.workshop, name) for name in rules]
    with pytest.raises(Conflict):
        services.import_board(actor=actor, workshop=other.workshop, file=file)


def test_a_board_with_names_is_not_brought_in_where_people_joined_under_hidden_ones() -> None:
    hall, _note = _busy()
    other = Hall(names="hidden")
    actor = acting(other.workshop.host)
    other.join()
    with pytest.raises(Conflict, match="names stay hidden"):
        services.import_board(actor=actor, workshop=other.workshop, file=services.export_board(hall.workshop))
    other.workshop.refresh_from_db()
    assert (other.workshop.names, other.board.head_seq) == ("hidden", 1)


def test_a_file_that_is_no_board_changes_nothing() -> None:
    hall = Hall()
    actor = acting(hall.workshop.host)
    for file in (None, [], {"format": "golden-thread-board", "version": 1}, {"format": "x"}):
        with pytest.raises(Invalid) as refused:
            services.import_board(actor=actor, workshop=hall.workshop, file=file)
        assert refused.value.errors["file"][0].startswith("This file cannot be read as a board. ")
    with pytest.raises(NotAllowed):
        services.import_board(actor=acting(organisation()), workshop=hall.workshop, file={})
    with pytest.raises(NotAllowed):
        services.import_board(actor=Public(), workshop=hall.workshop, file={})
    assert hall.board.head_seq == 1
    Board.objects.all().delete()
    with pytest.raises(NotFound):
        services.import_board(actor=actor, workshop=hall.workshop, file={})
    with pytest.raises(NotFound):
        services.export_board(hall.workshop)


def test_a_facilitator_without_a_mandate_may_bring_a_board_in() -> None:
    from groundwork.access.actors import PersonActor

    hall, _note = _busy()
    other = Hall()
    who = person()
    other.join("facilitator", person=who)
    file = services.export_board(hall.workshop)
    services.import_board(actor=PersonActor(who=who), workshop=other.workshop, file=file)
    assert AuditEntry.objects.filter(action="board.import").count() == 1


def test_the_full_history_is_for_officers_and_noted() -> None:
    hall, _note = _busy()
    officer = acting(hall.workshop.host, "officer")
    with pytest.raises(NotAllowed, match="closed with a report"):
        services.export_history(actor=officer, workshop=hall.workshop)
    hall.workshop.status = "reported"
    hall.workshop.save()
    history = json.loads(json.dumps(services.export_history(actor=officer, workshop=hall.workshop)))
    entries = [entry_of(each) for each in history["entries"]]
    assert frozen(fold(entries, board=history["board"])) == frozen(hall.state())
    assert AuditEntry.objects.filter(action="board.history", object_id=str(hall.board_id)).count() == 1
    with pytest.raises(NotAllowed):
        services.export_history(actor=acting(hall.workshop.host), workshop=hall.workshop)
    Board.objects.all().delete()
    with pytest.raises(NotFound):
        services.export_history(actor=officer, workshop=hall.workshop)


# Erasure

CANARY = "zwitscher-canary"


def _with_snapshots(hall: Hall) -> None:
    """Snapshots in the middle of the log, as a long workshop has."""
    entries = list(oplog.read_all(hall.board_id))
    for upto in (len(entries) // 2, len(entries) - 2):
        state = fold(entries, board=str(hall.board_id), upto=upto)
        oplog.keep_snapshot(hall.board_id, str(hall.board.epoch), state.head, oplog.frozen(state))


def _spoken(hall: Hall, ann: Participation) -> str:
    """A note with the canary in it that was edited, moved, commented on, undone, put into an action's sources."""
    hall.go(1)
    note = hall.note(ann, CANARY)
    hall.do(ann, "note.edit", note, text=f"{CANARY} again")
    hall.do(ann, "undo")
    hall.do(ann, "redo")
    hall.go(3)
    hall.do(ann, "group.make", str(uuid4()), notes=[note], title="Plain")
    hall.go(5)
    hall.do(ann, "comment.add", str(uuid4()), on=note, text="Plain")
    hall.do(ann, "react", note, mark="agree")
    hall.go(6)
    hall.do(ann, "action.propose", str(uuid4()), what="Plain", sources=[note])
    return note


def test_redacted_words_are_in_no_byte_of_the_database() -> None:
    hall = Hall()
    ann = hall.join()
    note = _spoken(hall, ann)
    _with_snapshots(hall)
    before, epoch, head = dump(), str(hall.board.epoch), hall.board.head_seq
    assert CANARY in before
    services.redact(actor=acting(hall.workshop.host), workshop=hall.workshop, things=[note])
    assert CANARY not in dump()
    assert hall.board.head_seq == head + 1
    assert str(hall.board.epoch) != epoch
    assert [entry.seq for entry in oplog.read_all(hall.board_id)] == list(range(1, head + 2))
    assert hall.state().things[note]["text"] == ""
    assert hall.state().things[note]["erased"] is True
    with states.held(hall.board_id) as held:
        assert held.epoch == str(hall.board.epoch)
        assert frozen(held.state) == frozen(hall.state())
    assert AuditEntry.objects.filter(action="board.redact").count() == 1
    with pytest.raises(Conflict):
        services.redact(actor=acting(hall.workshop.host), workshop=hall.workshop, things=[str(uuid4())])
    with pytest.raises(Invalid):
        services.redact(actor=acting(hall.workshop.host), workshop=hall.workshop, things=[])
    with pytest.raises(NotAllowed):
        services.redact(actor=acting(organisation()), workshop=hall.workshop, things=[note])


def test_a_facilitators_redaction_on_the_live_board_is_as_thorough() -> None:
    """What the same round said of the words before is gone from what is told, too."""
    hall = Hall()
    ann = hall.join()
    note = _spoken(hall, ann)
    _with_snapshots(hall)
    told: list[tuple[str, list[Entry]]] = []
    heard = committing.on_landed(lambda _id, epoch, entries: told.append((epoch, entries)))
    try:
        answers = committing.commit(
            [
                hall.asked(
                    hall.facilitator,
                    hall.op("note.edit", note, text=f"{CANARY} for the last time"),
                    hall.op("redact", things=[note]),
                )
            ]
        )[0]
    finally:
        committing.not_landed(heard)
    assert [answer["t"] for answer in answers] == ["ack", "ack"]
    assert {answer["epoch"] for answer in answers} == {str(hall.board.epoch)} == {epoch for epoch, _ in told}
    assert CANARY not in dump()
    frames = [Batch(entries, epoch).bytes_for(Actor(ann.key)) for epoch, entries in told]
    assert CANARY.encode() not in b"".join(frames)
    with states.held(hall.board_id) as held:
        assert frozen(held.state) == frozen(hall.state())
    assert hall.do(ann, "action.propose", str(uuid4()), what="It goes on")["t"] == "ack"


def test_a_person_is_taken_out_of_a_board() -> None:
    hall = Hall()
    who = person()
    ann, ben = hall.join(person=who, email="ann@example.org", organisation_name="Her body"), hall.join()
    note = _spoken(hall, ann)
    hall.go(4)
    hall.do(ann, "vote", note)
    hall.go(6)
    key, name = ann.key, ann.name
    _with_snapshots(hall)
    with states.held(hall.board_id) as held:
        assert key in held.state.owned
    with pytest.raises(NotAllowed):
        services.erase_person(actor=acting(organisation()), participation=ann)
    services.erase_person(actor=SystemActor(), participation=ann)
    ann.refresh_from_db()
    assert ann.key != key
    kept = dump()
    assert key not in kept
    assert name not in kept
    assert "ann@example.org" not in kept
    assert hall.state().things[note]["by"] == ann.key
    assert hall.state().things[note]["text"] == f"{CANARY} again"
    with states.held(hall.board_id) as held:
        assert key not in held.state.owned
        assert frozen(held.state) == frozen(hall.state())
    assert committing.commit([hall.asked(ann, hall.op("undo"))])[0][0]["code"] == "watching"
    assert hall.do(ben, "action.propose", str(uuid4()), what="It goes on")["t"] == "ack"


def test_somebody_may_have_themselves_taken_out() -> None:
    from groundwork.access.actors import PersonActor

    hall = Hall()
    who = person()
    ann = hall.join(person=who)
    Board.objects.all().delete()
    services.erase_person(actor=PersonActor(who=who), participation=ann)
    ann.refresh_from_db()
    assert (ann.person, ann.name, ann.status) == (None, "", "removed")


# Bins, retention


def test_what_is_thirty_days_in_the_bin_goes_for_good_in_the_night(clock: Any) -> None:
    hall, fresh = Hall(), Hall()
    hall.go(1)
    note = hall.note(hall.facilitator, CANARY)
    hall.do(hall.facilitator, "note.delete", note)
    clock.shift(timedelta(days=29))
    assert not services.empty_bin(hall.board_id)
    recent = hall.note(hall.facilitator, "stays")
    hall.do(hall.facilitator, "note.delete", recent)
    clock.shift(timedelta(days=2))
    from groundwork.clock import now
    from groundwork.schedule.registry import jobs

    ours = [job for job in jobs() if job.name.startswith("boards.")]
    assert {job.name for job in ours} >= {"boards.empty_bins", "boards.forget_tickets"}
    token = services.issue_ticket(participation=hall.facilitator)
    clock.shift(timedelta(days=1))
    assert tick(at=now(), of=ours) == 2
    assert tick(at=now(), of=ours) == 0
    assert CANARY not in dump()
    assert note not in hall.state().things
    assert recent in hall.state().things
    assert fresh.board.head_seq == 1
    assert services.use_ticket(token=token, board_id=hall.board_id) is None
    assert not Ticket.objects.exists()
    assert not services.empty_bin(uuid4())


def test_what_was_said_is_forgotten_and_what_came_of_it_stays() -> None:
    hall, note = _busy()
    _with_snapshots(hall)
    Outcome.objects.create(
        board=hall.board, kind="learning", title="Learned", sources=[note], source_title="Buses at night", votes=2
    )
    services.forget_workshop(hall.workshop)
    assert "Buses at night" not in dump()
    assert note not in dump()
    outcome = Outcome.objects.get()
    assert (outcome.title, outcome.votes) == ("Learned", 2)
    assert hall.board.head_seq == 1
    assert hall.state().stage == 0
    with states.held(hall.board_id) as held:
        assert held.head[1] == 1
    Board.objects.all().delete()
    services.forget_workshop(hall.workshop)


def test_who_may_see_that_jobs_look_only_at_boards_that_changed(clock: Any) -> None:
    hall = Hall()
    hall.go(1)
    from groundwork.clock import now

    assert keeping.boards_that_changed_before(now()) == [hall.board_id]
    clock.shift(timedelta(days=61))
    assert keeping.boards_that_changed_before(now()) == []


# Tickets


def test_a_ticket_works_once_on_one_board_within_a_minute(clock: Any) -> None:
    """S2."""
    hall, other = Hall(), Hall()
    ann = hall.join()
    token = services.issue_ticket(participation=ann)
    assert token not in repr([*Ticket.objects.values_list()])
    assert services.use_ticket(token=token, board_id=other.board_id) is None
    for odd in ("nonsense\ud800", f"{token}.{'9' * 40}", f"{token}.-1", f"{token}.1", "."):
        assert services.use_ticket(token=odd, board_id=hall.board_id) is None
    assert services.use_ticket(token=token, board_id=hall.board_id) == ann
    assert services.use_ticket(token=token, board_id=hall.board_id) is None
    late = services.issue_ticket(participation=ann)
    clock.shift(timedelta(seconds=61))
    assert services.use_ticket(token=late, board_id=hall.board_id) is None
    with pytest.raises(NotAllowed):
        services.issue_ticket(participation=hall.join(status="removed"))
