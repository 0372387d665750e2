"""Many writers, stalls, failures, kills and revocations against a real database."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import login, logout
from django.db import connection, connections, transaction
from django.test import RequestFactory

from collaboration.boards import oplog, states
from collaboration.boards.committing import Answer, Writer, commit
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.models import Board, LogBatch
from collaboration.boards.standing import Holder, still_there
from collaboration.workshops import registry
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import PersonActor, SystemActor
from groundwork.accounts.rules import SEEN_AT
from groundwork.accounts.services import people as accounts
from groundwork.accounts.sessions import SessionStore
from groundwork.clock import now
from groundwork.directory.services import end_mandate
from tests.collaboration.boards.hall import Hall, acting, person, seqs_of

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = Path(__file__).with_name("writing_process.py")


@pytest.fixture
def writer() -> Iterator[Writer]:
    it = Writer()
    yield it
    it.stop()


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def whole(hall: Hall) -> None:
    """The log is contiguous, its head is the board's, and what is warm is what it folds to."""
    head = hall.board.head_seq
    assert seqs_of(hall.board_id) == list(range(1, head + 1))
    with states.held(hall.board_id) as held:
        assert held.head[1] == head
        assert held.state.things == hall.state().things
        assert held.state.ballots == hall.state().ballots


def environment() -> dict[str, str]:
    """What another process needs to meet this test's database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        it = connection.settings_dict
        url = f"postgres://{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT']}/{name}"
    else:
        url = f"sqlite:///{name}"
    return {**os.environ, "DATABASE_URL": url, "GOLDENTHREAD_MODE": "test"}


def process(hall: Hall, seed: int, ops: int, people: list[Participation]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(hall.board_id), str(seed), str(ops), *(str(each.pk) for each in people)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )


# E9


@contextmanager
def stalls() -> Iterator[None]:
    """Every commit of entries takes up to 20 ms more, just before it commits, with all its locks held."""
    append = oplog.append
    chance = random.Random(9)

    def slow(grown: Any) -> None:
        append(grown)
        time.sleep(chance.random() * 0.02)

    oplog.append = slow
    try:
        yield
    finally:
        oplog.append = append


def test_many_writers_leave_no_hole_and_readers_see_all_once_in_order() -> None:
    """E9, small: here 24 writers in three writers' threads and beside them, with 6 readers that follow the log."""
    hall = Hall()
    hall.go(1)
    column, board_id = hall.column(), hall.board_id
    crowd = [hall.join() for _ in range(24)]
    ops_each = 8
    last = 2 + len(crowd) * ops_each
    writers = [Writer() for _ in range(3)]

    def write(number: int) -> list[Answer]:
        answers = []
        for _ in range(ops_each):
            asked = hall.asked(
                crowd[number], hall.op("note.add", str(uuid4()), base=2, column=column, text=str(number))
            )
            if number % 4 == 3:
                answers += commit([asked])[0]
            else:
                answers += writers[number % 4].submit(asked).result(30)
        return answers

    def follow(_number: int) -> list[int]:
        seen: list[int] = []
        until = time.monotonic() + 60
        while (not seen or seen[-1] < last) and time.monotonic() < until:
            seen += [entry.seq for entry in oplog.read(board_id, seen[-1] if seen else 0, limit=7)]
            time.sleep(0.002)
        return seen

    with stalls():
        answers = in_threads(30, lambda number: write(number) if number < 24 else follow(number))
    for it in writers:
        it.stop()
    acked = [answer["seq"] for each in answers[:24] for answer in each if answer["t"] == "ack"]
    assert sorted(acked) == list(range(3, last + 1))
    assert all(seen == list(range(1, last + 1)) for seen in answers[24:])
    whole(hall)


def test_two_processes_on_one_board() -> None:
    hall = Hall()
    hall.go(1)
    crowd = [hall.join() for _ in range(6)]
    others = [process(hall, seed, 10, crowd[seed * 3 : seed * 3 + 3]) for seed in (0, 1)]
    acked = []
    for other in others:
        out, _err = other.communicate(timeout=120)
        assert other.returncode == 0
        acked += [int(line.split()[1]) for line in out.splitlines()[1:]]
    assert sorted(acked) == list(range(3, 63))
    whole(hall)


def test_killed_in_mid_burst_nothing_acknowledged_is_missing_and_nothing_is_twice() -> None:
    """kill -9, then the same ops again from a new process: what was acknowledged is there, everything is there once."""
    hall = Hall()
    hall.go(1)
    crowd = [hall.join() for _ in range(4)]
    chance = random.Random(1)
    acked: dict[str, int] = {}
    for _kill in range(2):
        running = process(hall, 7, 40, crowd)
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        wanted = len(acked) + chance.randrange(5, 40)
        for line in running.stdout:
            op_id, seq = line.split()
            assert acked.setdefault(op_id, int(seq)) == int(seq)
            if len(acked) >= wanted:
                break
        running.send_signal(signal.SIGKILL)
        for line in running.communicate(timeout=30)[0].splitlines():
            if line.count(" ") == 1 and line.split()[1].isdigit():
                acked.setdefault(line.split()[0], int(line.split()[1]))
        found = oplog.lookup_many([(hall.board_id, op_id) for op_id in acked])
        assert {op_id: seq for (_board, op_id), (seq, _by) in found.items()} == acked
        whole(hall)
    last = process(hall, 7, 40, crowd)
    out, _err = last.communicate(timeout=120)
    assert last.returncode == 0
    for line in out.splitlines()[1:]:
        op_id, seq = line.split()
        assert acked.setdefault(op_id, int(seq)) == int(seq)
    assert len(acked) == 160
    assert hall.board.head_seq == 2 + 160
    whole(hall)


# Limits


def test_of_a_hundred_votes_at_once_three_are_kept(writer: Writer) -> None:
    """S20."""
    hall = Hall(budget=3, most=3)
    hall.go(1)
    note = hall.note(hall.facilitator)
    hall.go(4)
    ann = hall.join()

    def vote(number: int) -> Answer:
        asked = hall.asked(ann, hall.op("vote", note))
        return writer.submit(asked).result(30)[0] if number % 2 else commit([asked])[0][0]

    answers = in_threads(20, lambda number: [vote(number + n) for n in range(5)])
    flat = [answer for each in answers for answer in each]
    assert len(flat) == 100
    assert sum(answer["t"] == "ack" for answer in flat) == 3
    assert {answer["code"] for answer in flat if answer["t"] != "ack"} == {"no_votes_left"}
    assert hall.state().ballots[note] == {ann.key: 3}
    whole(hall)


# The writer


def test_a_writer_commits_together_what_waits_together(writer: Writer) -> None:
    hall = Hall()
    hall.go(1)
    column = hall.column()
    futures = [
        writer.submit(hall.asked(hall.facilitator, hall.op("note.add", str(uuid4()), column=column, text="x")))
        for _ in range(50)
    ]
    assert [future.result(30)[0]["seq"] for future in futures] == list(range(3, 53))
    writer.note_fan_out(0.01)
    assert writer.waiting == 0
    whole(hall)


def test_a_full_writer_asks_to_slow_down(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    monkeypatch.setattr("collaboration.boards.committing.MOST_WAITING", 1)
    asked = hall.asked(hall.facilitator, hall.op("stage.next", from_=0), hall.op("stage.next", from_=0))
    answers = writer.submit(asked).result(1)
    assert [(answer["code"], answer["text"]) for answer in answers] == [("slow_down", "kept")] * 2
    hopeless = hall.asked(hall.facilitator, (None, Rejected("not_json")), (None, Rejected("not_json")))
    assert writer.submit(hopeless).result(1)[0]["code"] == "not_json"


def test_a_writer_rests_and_begins_again(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collaboration.boards.committing.IDLE_SECONDS", 0.01)
    monkeypatch.setattr("collaboration.boards.committing.IDLE_ROUNDS", 2)
    hall = Hall()
    assert writer.submit(hall.asked(hall.facilitator, hall.op("stage.next", from_=0))).result(30)[0]["t"] == "ack"
    until = time.monotonic() + 10
    while writer._thread is not None and time.monotonic() < until:
        time.sleep(0.01)
    assert writer._thread is None
    assert writer.submit(hall.asked(hall.facilitator, hall.op("stage.next", from_=1))).result(30)[0]["t"] == "ack"
    writer.stop()
    assert writer.submit(hall.asked(hall.facilitator, hall.op("stage.next", from_=2))).result(30)[0]["t"] == "ack"


# Failures


@contextmanager
def full_disk() -> Iterator[None]:
    """The database has no room left for another entry: SQLite's own answer, or PostgreSQL's code for it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # What earlier tests left free is given back first.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        else:
            cursor.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER full_disk BEFORE INSERT ON boards_logbatch FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 1073741823")
            else:
                cursor.execute("DROP TRIGGER full_disk ON boards_logbatch")
                cursor.execute("DROP FUNCTION full_disk()")


def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_is_lost() -> None:
    hall = Hall()
    hall.go(1)
    column = hall.column()
    # More than fits into the pages that are half empty.
    ops = [hall.op("note.add", str(uuid4()), base=2, column=column, text="long " * 300) for _ in range(50)]
    asked = hall.asked(hall.facilitator, *ops)
    with full_disk():
        answers = commit([asked])[0]
        assert {(answer["code"], answer["text"]) for answer in answers} == {("not_saved", "kept")}
        assert hall.board.head_seq == 2
        whole(hall)
    assert [answer["seq"] for answer in commit([asked])[0]] == list(range(3, 53))
    whole(hall)


def test_a_log_that_refuses_an_entry_refuses_the_whole_round() -> None:
    """A constraint that fails for good: every op is answered, the states are what the log says, others go on."""
    hall, other = Hall(), Hall()
    for each in (hall, other):
        each.go(1)
    # A row that is not the board's business stands where the next entry should.
    LogBatch.objects.create(board_id=hall.board_id, seq=3, last=3, op_ids=uuid4().bytes, body="[]")
    asked = [
        each.asked(each.facilitator, each.op("note.add", str(uuid4()), column=each.column(), text="x"))
        for each in (other,)
    ]
    broken = hall.asked(hall.facilitator, hall.op("stage.next", from_=1))
    answers = commit([broken, *asked])
    assert {answer["code"] for each in answers for answer in each} == {"not_saved"}
    assert commit(asked)[0][0]["t"] == "ack"
    whole(other)


# Revocation


class Flood:
    """Somebody who writes without a pause until nothing is accepted any more, in several threads."""

    def __init__(self, hall: Hall, who: Participation, holder: Holder | None) -> None:
        self.hall, self.who, self.holder = hall, who, holder
        self.column = hall.column()
        self.accepted: list[int] = []
        self.refused = threading.Event()
        self.started = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(3)]

    def run(self) -> None:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                op = self.hall.op("note.add", str(uuid4()), column=self.column, text="x")
                answer = commit([self.hall.asked(self.who, op, holder=self.holder)])[0][0]
                if answer["t"] == "ack":
                    self.accepted.append(answer["seq"])
                    if len(self.accepted) > 5:
                        self.started.set()
                elif answer["code"] == "watching":
                    self.refused.set()
                    return
        finally:
            connections.close_all()


def signed_in(who: Any) -> tuple[Any, Any]:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    login(request, who, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    request.user = who
    return request, request.session


def removed(hall: Hall, who: Participation, _request: Any) -> None:
    Participation.objects.filter(pk=who.pk).update(status=Participation.Status.REMOVED)
    registry.tell_access_changed([hall.workshop.pk])


def closed(hall: Hall, _who: Participation, _request: Any) -> None:
    Workshop.objects.filter(pk=hall.workshop.pk).update(status=Workshop.Status.REPORTED)
    registry.tell_access_changed([hall.workshop.pk])


def mandate_ended(_hall: Hall, who: Participation, _request: Any) -> None:
    assert who.mandate is not None
    end_mandate(actor=SystemActor(), mandate=who.mandate)


def account_closed(_hall: Hall, who: Participation, _request: Any) -> None:
    assert who.person is not None
    accounts.close(actor=SystemActor(), person=who.person)


def signed_out(_hall: Hall, _who: Participation, request: Any) -> None:
    logout(request)


def signed_out_everywhere(_hall: Hall, who: Participation, _request: Any) -> None:
    assert who.person is not None
    accounts.end_sessions(actor=PersonActor(who=who.person), person=who.person)


def password_changed(_hall: Hall, who: Participation, _request: Any) -> None:
    from allauth.account.adapter import get_adapter

    get_adapter().set_password(who.person, "a new and long enough password")


@pytest.mark.parametrize(
    "revoke",
    [removed, closed, mandate_ended, account_closed, signed_out, signed_out_everywhere, password_changed],
)
def test_nothing_is_accepted_after_a_revocation_was_committed(revoke: Callable[..., None]) -> None:
    """E17, S5: in mid-stream, whatever ends somebody's right to be here."""
    hall = Hall()
    hall.go(1)
    actor = acting(hall.workshop.host, who=person())
    request, session = signed_in(actor.who)
    who = hall.join(person=actor.who, mandate=actor.under)
    holder = Holder(who.pk, session_key=session.session_key)
    bystander = hall.join()
    assert still_there([holder, Holder(bystander.pk)]) == set()
    flood = Flood(hall, who, holder)
    for thread in flood.threads:
        thread.start()
    assert flood.started.wait(30)
    with transaction.atomic():
        revoke(hall, who, request)
        # The board's row is locked by now: this is the last seq before the revocation commits.
        last = Board.objects.get(pk=hall.board_id).head_seq
    for thread in flood.threads:
        thread.join(30)
    assert flood.refused.is_set()
    assert max(flood.accepted) <= last
    assert hall.board.head_seq == last
    # Who was in a workshop that is over may go on looking; all others are to be shown out.
    assert still_there([holder]) == (set() if revoke is closed else {holder})
    if revoke is not closed:
        assert hall.note(bystander)
    whole(hall)


def test_a_session_that_nothing_keeps_in_use_does_not_outlive_its_idle_time(clock: Any) -> None:
    """Whoever left the board open and went away: connected, and no word from them."""
    hall = Hall()
    held: list[Holder] = []
    for role in ("lead", "officer"):
        actor = acting(hall.workshop.host, role)
        _request, session = signed_in(actor.who)
        session[SEEN_AT] = int(now().timestamp())
        session.save()
        who = hall.join(person=actor.who, mandate=actor.under)
        held.append(Holder(who.pk, session_key=session.session_key))
    lead, officer = held
    guest = Holder(hall.join().pk)
    steps: list[tuple[float, set[Holder]]] = [(0.4, set()), (0.2, {officer}), (11, {officer}), (1, {lead, officer})]
    for hours, gone in steps:
        clock.shift(timedelta(hours=hours))
        assert still_there([*held, guest], silent={*held, guest}) == gone
    assert still_there([lead]) == set(), "who asks for something uses it"


def test_a_mandate_that_ends_by_its_date_ends_the_standing(clock: Any) -> None:
    hall = Hall()
    hall.go(1)
    actor = acting(hall.workshop.host)
    assert actor.under is not None
    actor.under.valid_to = actor.under.valid_from + timedelta(days=31)
    actor.under.save()
    who = hall.join(person=actor.who, mandate=actor.under)
    assert hall.note(who)
    clock.shift(timedelta(days=1))
    op = hall.op("note.add", str(uuid4()), column=hall.column(), text="too late")
    assert commit([hall.asked(who, op)])[0][0]["code"] == "watching"


def test_a_sender_that_is_gone_costs_nobody_the_writer(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()

    def gone(_answers: list[Answer]) -> None:
        raise RuntimeError("this loop is closed")

    assert writer.give(hall.asked(hall.facilitator, hall.op("stage.next", from_=0)), gone)
    assert writer.submit(hall.asked(hall.facilitator, hall.op("stage.next", from_=1))).result(30)[0]["t"] == "ack"
    monkeypatch.setattr("collaboration.boards.committing.commit", gone)
    answers = writer.submit(hall.asked(hall.facilitator, hall.op("stage.next", from_=2))).result(30)
    assert (answers[0]["code"], answers[0]["text"]) == ("not_saved", "kept")
