"""Boards through the API: read as one may see them, written on, taken along; and what came of them.

A board forgets nothing that was committed, so these tests commit, and are kept apart from those that take back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from collaboration.boards import pacing, states
from collaboration.boards.models import Board, Outcome, Ticket
from collaboration.workshops import services
from collaboration.workshops.models import Participation, Workshop
from tests.api.place import Place, Program
from tests.api.test_workshops import planned

FACILITATOR, WRITER, READER, WATCHER = "owner:member", "partner:lead", "partner:member", "other:lead"
"""Who runs it, two who take part, and an observer."""
OUTSIDE = ("public", "owner:lead", "owner:scrutiny", "other:scrutiny", "other:officer")
"""Who is not in it; the second looks after it for its host, the last is an officer of the place."""
EVERY_OTHER = (FACILITATOR, READER, WATCHER, *OUTSIDE)


class Room:
    """An open workshop with the four of them in it, and a program for everybody."""

    def __init__(self, place: Place, **fields: Any) -> None:
        self.place = place
        actor = place.world[FACILITATOR]
        fields = {"visibility": "partners", "title": "Canary workshop"} | fields
        names = fields.pop("names", "shown")
        self.workshop = planned(place, **fields)
        services.change_rules(
            actor=actor,
            workshop=self.workshop,
            version=None,
            names=names,
            budget=5,
            most=3,
            totals="hidden",
            grouping="everyone",
        )
        self.workshop = services.open_workshop(actor=actor, workshop=self.workshop)
        self.people = {
            role: services.join(actor=place.world[role], workshop=self.workshop, name=f"Name of {role}").participation
            for role in (FACILITATOR, WRITER, READER, WATCHER)
        }
        services.change_role(actor=actor, participation=self.people[WATCHER], role="observer")
        self.path = f"workshops/{self.workshop.uuid}/"

    @property
    def board(self) -> Board:
        return Board.objects.get(workshop=self.workshop)

    def program(self, role: str) -> Program:
        return self.place.program(role)

    def read(self, role: str) -> dict[str, Any]:
        answer = self.program(role).get(f"{self.path}board/", Board_Device=device(role))
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        return told

    def send(self, role: str, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.program(role).post(f"{self.path}board/ops/", {"ops": [*ops]}, Board_Device=device(role))
        assert answer.status_code == 200, answer.content
        answers: list[dict[str, Any]] = answer.json()["answers"]
        return answers

    def do(self, role: str, kind: str, target: str = "board", **props: Any) -> dict[str, Any]:
        (answer,) = self.send(role, op(kind, target, **props))
        assert answer["t"] == "ack", answer
        return answer

    def note(self, role: str, text: str) -> str:
        id = str(uuid4())
        self.do(role, "note.add", id, column=self.read(role)["columns"][0]["id"], text=text)
        return id

    def go(self, stage: int) -> None:
        while (present := self.read(FACILITATOR)["stage"]) < stage:
            self.do(FACILITATOR, "stage.next", from_=present)
            if present == 1:
                self.do(FACILITATOR, "reveal")


def test_who_asks_without_pause_is_asked_to_wait(room: Room) -> None:
    program = room.program(WRITER)
    for path in ("board/", "board/log/"):
        # A slow machine earns a look back now and then, so it is not told which of these is refused.
        answers = [program.get(room.path + path) for _time in range(pacing.LOOKS_AT_ONCE + 60)]
        assert {answer.status_code for answer in answers} == {200, 429}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert (refused.json()["code"], refused["Retry-After"]) == ("slow_down", "2")
    assert room.program(READER).get(f"{room.path}board/").status_code == 200


def device(role: str) -> str:
    return f"device-of-{role}".ljust(22, "-")


def op(kind: str, target: str = "board", **props: Any) -> dict[str, Any]:
    named = {name.rstrip("_"): value for name, value in props.items()}
    return {"op_id": str(uuid4()), "base_seq": 1, "kind": kind, "target": target, "props": named}


@pytest.fixture
def room(place: Place) -> Iterator[Room]:
    made = Room(place)
    yield made
    states.forget(made.board.pk)


def test_a_board_from_writing_to_what_came_of_it(room: Room) -> None:
    room.go(1)
    mine = room.note(WRITER, "No bus after six")
    (told,) = room.read(WRITER)["columns"][0]["items"]
    assert (told["id"], told["text"], told["mine"], told["shown"]) == (mine, "No bus after six", True, False)
    assert (room.read(READER)["columns"][0]["items"], room.read(READER)["counts"]["hidden"]) == ([], 1)
    room.go(2)
    (told,) = room.read(READER)["columns"][0]["items"]
    assert (told["name"], told["mine"]) == (f"Name of {WRITER}", False)
    assert told["by"] in {each["key"] for each in room.read(READER)["people"]}
    room.go(4)
    room.do(WRITER, "vote", mine)
    assert room.read(WRITER)["budget_left"] == 4
    said = room.program(FACILITATOR).get(f"{room.path}board/effects/?to=5").json()["sentences"]
    assert said
    assert room.program(WRITER).get(f"{room.path}board/effects/?to=5").status_code == 403
    assert room.program(FACILITATOR).get(f"{room.path}board/effects/?to=7").status_code == 409
    assert room.program(FACILITATOR).get(f"{room.path}board/effects/?to=9").status_code == 400
    room.go(6)
    assert room.read(READER)["columns"][0]["items"][0]["votes"] == 1
    proposal = str(uuid4())
    room.do(READER, "action.propose", proposal, what="Ask the bus company", as_="action", sources=[mine])
    body = {"kind": "action", "proposal": proposal, "due_on": "2030-04-30", "email": "ann@parish.example"}
    made = room.program(FACILITATOR).post(f"{room.path}outcomes/", body, Idempotency_Key="o1")
    assert made.status_code == 201, made.content
    assert room.program(FACILITATOR).post(f"{room.path}outcomes/", body, Idempotency_Key="o1").json() == made.json()
    assert (made.json()["votes"], made.json()["sources"], made.json()["ref"]) == (1, [mine], "A-0001")
    assert "1 vote on “No bus after six”" in made.json()["came_from"]
    learned = {"kind": "learning", "sources": [mine], "text": "Nobody knew."}
    assert room.program(FACILITATOR).post(f"{room.path}outcomes/", learned).status_code == 201
    assert room.program(FACILITATOR).post(f"{room.path}outcomes/", {"kind": "learning"}).status_code == 422
    (action,) = room.program(WRITER).whole("actions/")
    assert action["origin"]["label"] == made.json()["came_from"]
    assert room.program(WRITER).post(f"{room.path}outcomes/", learned).status_code == 403

    before = room.program(WRITER).get(f"{room.path}report/").json()
    assert (before["over"], before["feedback"], before["people"]) == (False, None, 4)
    room.program(WRITER).post(f"{room.path}feedback/", {"worth_it": 5, "text": "It was good"})
    assert room.program(FACILITATOR).post(f"{room.path}report/", {"tell": False}).status_code == 200
    told = room.program(WRITER).get(f"{room.path}report/").json()
    assert (told["over"], told["feedback"]["marks"], told["feedback"]["texts"]) == (True, [0, 0, 0, 0, 1], [])
    assert room.program(FACILITATOR).get(f"{room.path}report/").json()["feedback"]["texts"] == ["It was good"]
    assert [each["id"] for each in told["ranking"]] == [mine]
    assert [each["kind"] for each in told["outcomes"]] == ["action", "learning"]
    # Once it is over its board is for reading alone.
    (refused,) = room.send(WRITER, op("vote", mine))
    assert refused["t"] == "rejected"


def test_hearing_what_changed(room: Room) -> None:
    program = room.program(WRITER)
    welcome, snapshot, yours = program.get(f"{room.path}board/log/").json()["frames"]
    assert (welcome["t"], snapshot["t"], yours["t"]) == ("welcome", "snapshot", "yours")
    held = f"{room.path}board/log/?since={snapshot['seq']}&epoch={snapshot['epoch']}"
    assert [each["t"] for each in program.get(held).json()["frames"]] == ["heartbeat"]
    room.go(1)
    room.note(WRITER, "Mine alone")
    frames = program.get(held, Board_Device=device(WRITER)).json()["frames"]
    assert [each["t"] for each in frames] == ["welcome", "ops"]
    assert [each["seq"] for each in frames[1]["ops"]] == [snapshot["seq"] + 1, snapshot["seq"] + 2]
    assert "Mine alone" in str(frames)
    others = room.program(READER).get(held).json()["frames"]
    assert others[1]["ops"][-1]["t"] == "redacted"
    other_history = f"{room.path}board/log/?since=1&epoch={uuid4()}"
    assert program.get(other_history).json()["frames"][0]["resume"] == "epoch"
    for wrong in ("since=x&epoch=y", "since=1", f"epoch={uuid4()}", "since=99999999999999999999&epoch=a", "to=1"):
        assert program.get(f"{room.path}board/log/?{wrong}").status_code == 400, wrong


def test_an_op_sent_again_is_done_once(room: Room) -> None:
    room.go(1)
    column = room.read(WRITER)["columns"][0]["id"]
    one = op("note.add", str(uuid4()), column=column, text="Once")
    (first,) = room.send(WRITER, one)
    assert room.send(WRITER, one) == [first]
    assert len(room.read(WRITER)["columns"][0]["items"]) == 1
    answers = room.send(WRITER, op("stage.next", from_=1), {"kind": "note.add"}, "nonsense", 5)  # type: ignore[arg-type]
    assert [each["t"] for each in answers] == ["rejected"] * 4
    assert all(each["sentence"] for each in answers)


@pytest.mark.parametrize(
    "body",
    [{}, {"ops": []}, {"ops": "x"}, {"ops": [{}] * 51}, {"ops": [{}], "t": "hello"}, {"ops": [{}], "board": "x"}, []],
)
def test_a_frame_of_another_shape_is_refused(room: Room, body: Any) -> None:
    answer = room.program(WRITER).post(f"{room.path}board/ops/", body)
    assert answer.status_code == 422
    assert room.board.head_seq == 1


def test_what_is_too_large_or_too_fast_is_refused(room: Room) -> None:
    program = room.program(WRITER)
    assert program.post(f"{room.path}board/ops/", {"ops": ["x" * 70_000]}).status_code == 413
    assert program.post(f"{room.path}board/ops/", {"ops": [{}] * 40}).status_code == 200
    answer = program.post(f"{room.path}board/ops/", {"ops": [{}] * 40})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "slow_down", "2")
    for wrong in ("", "short", "a" * 65, "with a space in between", "é" * 22):
        assert program.get(f"{room.path}board/", Board_Device=wrong).status_code == 400


PLACES: dict[str, tuple[str, Any]] = {
    "board/": ("GET", None),
    "board/log/": ("GET", None),
    "board/ops/": ("POST", {"ops": [{}]}),
    "board/ticket/": ("POST", None),
}
"""For those who are in."""


@pytest.mark.parametrize("role", [FACILITATOR, WRITER, READER, WATCHER, *OUTSIDE])
def test_who_may_do_what(room: Room, role: str) -> None:
    program, wrong = room.program(role), []
    inside = role not in OUTSIDE

    def ask(method: str, path: str, body: Any, wanted: set[int]) -> None:
        status = program.ask(method, room.path + path, body).status_code
        if role == "public":
            wanted = {401} if method == "POST" else {404}
        if status not in wanted:
            wrong.append(f"{method} {path}: {status}, not {wanted}")

    for path, (method, body) in PLACES.items():
        ask(method, path, body, {200, 201} if inside else {403})
    organises = role in (FACILITATOR, "owner:lead")
    ask("GET", "board/effects/?to=1", None, {200} if role == FACILITATOR else {403})
    ask("GET", "board/export/", None, {200} if inside or organises else {404})
    ask("GET", "report/", None, {200} if inside or organises else {404})
    ask("GET", "outcomes/", None, {200} if inside or organises else {404})
    ask("POST", "board/import/", {"file": {}}, {409, 422} if organises else {403})
    # Of an officer too, while it is open.
    ask("POST", "board/history/", None, {403})
    ask("POST", "board/redact/", {"things": ["x"]}, {422} if organises or role == "other:officer" else {403})
    ask("POST", "outcomes/", {"kind": "risk"}, {422} if organises else {403} if inside else {404})
    key = room.people[READER].key
    ask("POST", f"participants/{key}/erase/", None, {200} if role in (READER, "other:officer") else {403})
    assert wrong == []


def test_who_may_only_read_writes_nothing(room: Room) -> None:
    program = room.place.program(FACILITATOR, "read")
    assert program.get(f"{room.path}board/").status_code == 200
    writes = ("board/ops/", "board/ticket/", "board/import/", "board/history/", "board/redact/", "outcomes/", "report/")
    for path in (*writes, f"participants/{room.people[READER].key}/erase/"):
        answer = program.post(room.path + path, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope"), path


def test_whoever_was_removed_is_out_at_once(room: Room) -> None:
    services.remove(actor=room.place.world[FACILITATOR], participation=room.people[READER])
    for path, (method, body) in PLACES.items():
        assert room.program(READER).ask(method, room.path + path, body).status_code == 403
    services.change_workshop(actor=room.place.world[FACILITATOR], workshop=room.workshop, version=None, has_lobby=True)
    assert room.program("other:approver").post(f"{room.path}join/").status_code == 201
    answer = room.program("other:approver").get(f"{room.path}board/")
    assert (answer.status_code, answer.json()["detail"]) == (403, "A facilitator has not let you in yet.")


def test_a_ticket_is_for_one_board_and_kept_as_a_digest(room: Room) -> None:
    told = room.program(WRITER).post(f"{room.path}board/ticket/").json()
    assert (told["board"], told["expires_in"]) == (str(room.board.pk), 60)
    assert told["socket"] == f"ws://testserver/live/{room.board.pk}/socket"
    assert told["ticket"] not in told["socket"]
    kept = Ticket.objects.get()
    assert (kept.participation_id, told["ticket"] in str(vars(kept))) == (room.people[WRITER].pk, False)


def test_a_board_taken_along_is_the_same_elsewhere(room: Room) -> None:
    room.go(1)
    room.note(WRITER, "Taken along")
    room.go(2)
    file = room.program(FACILITATOR).get(f"{room.path}board/export/").json()
    assert "Taken along" in str(file)
    other = planned(room.place, visibility="partners")
    path = f"workshops/{other.uuid}/board/"
    program = room.program(FACILITATOR)
    refused = program.post(f"{path}import/", {"file": {"format": "nothing"}})
    assert (refused.status_code, refused.json()["errors"].keys()) == (422, {"file"})
    assert program.post(f"{path}import/", {"file": file}).status_code == 200
    again = program.get(f"{path}export/").json()
    assert again["things"] == file["things"]
    assert [name for name in file if again[name] != file[name]] == ["board", "seq"]
    assert program.post(f"{path}import/", {"file": file}).status_code == 409


def test_words_and_people_go_for_good(room: Room) -> None:
    room.go(1)
    note = room.note(WRITER, "Must not stand")
    room.go(2)
    services.report_workshop(actor=room.place.world[FACILITATOR], workshop=room.workshop, tell=False)
    officer = room.program("other:officer")
    history = officer.post(f"{room.path}board/history/")
    assert "Must not stand" in history.content.decode()
    assert officer.post(f"{room.path}board/redact/", {"things": [note]}).status_code == 200
    assert officer.post(f"{room.path}board/redact/", {"things": [str(uuid4())]}).status_code == 409
    assert "Must not stand" not in officer.post(f"{room.path}board/history/").content.decode()
    key = room.people[WRITER].key
    gone = room.program(WRITER).post(f"{room.path}participants/{key}/erase/")
    assert (gone.status_code, gone.json()["name"], gone.json()["status"]) == (200, "", "removed")
    assert key not in officer.post(f"{room.path}board/history/").content.decode()
    assert not Participation.objects.filter(key=key).exists()


def gets(workshop: Workshop) -> Iterator[str]:
    """Every address of the API that can be read and has to do with a workshop, and lists beside."""
    one = [workshop.uuid]
    names = ("api-workshop", "api-board", "api-board-log", "api-board-export", "api-workshop-report", "api-outcomes")
    for name in (*names, "api-participants", "api-invitations"):
        yield reverse(name, args=one)
    for stage in range(8):
        yield f"{reverse('api-board-effects', args=one)}?to={stage}"
    yield from (reverse(name) for name in ("api-workshops", "api-actions", "api-initiatives", "api-organisations"))


@pytest.mark.parametrize("names", ["shown", "hidden"])
def test_nothing_hidden_leaves(place: Place, names: str) -> None:
    """Hidden text and votes, and where names are hidden whose a note is, stand in no answer to anybody else."""
    room = Room(place, names=names)
    since = room.program(FACILITATOR).get(f"{room.path}board/log/").json()["frames"][1]
    held = f"{room.path}board/log/?since={since['seq']}&epoch={since['epoch']}"
    seen: list[tuple[str, str, str]] = []

    def look() -> Iterator[tuple[str, str, str]]:
        for role in EVERY_OTHER:
            for path in (*gets(room.workshop), held):
                answer = room.program(role).get(path, Board_Device=device(role))
                assert answer.status_code < 500
                seen.append((role, path, answer.content.decode()))
                yield seen[-1]

    room.go(1)
    note = room.note(WRITER, "canary-hidden-text")
    own = room.program(WRITER).get(f"{room.path}board/", Board_Device=device(WRITER)).content.decode()
    assert "canary-hidden-text" in own
    for role, path, text in look():
        assert "canary-hidden-text" not in text, (role, path)
        assert note not in text, (role, path)
    room.go(4)
    room.do(WRITER, "vote", note)
    key = room.people[WRITER].key
    assert room.read(WRITER)["columns"][0]["items"][0]["my_votes"] == 1
    for role in EVERY_OTHER:
        if role in OUTSIDE:
            continue
        (item,) = room.read(role)["columns"][0]["items"]
        assert (item["votes"], item["my_votes"]) == (0, 0), role
        if names == "hidden":
            assert (item["by"], item["name"], item["at"]) == ("", "", None), role
            assert room.read(role)["people"] == []
    for role, path, text in look():
        if names == "hidden" and "/participants/" not in path:
            # Only those who let people in know who is there; nothing says what is whose.
            assert key not in text, (role, path)
            assert f"Name of {WRITER}" not in text, (role, path)
    services.report_workshop(actor=place.world[FACILITATOR], workshop=room.workshop, tell=False)
    for role, path, text in look():
        is_there = role in (FACILITATOR, READER, WATCHER, "owner:lead")
        if (names == "hidden" or not is_there) and "/participants/" not in path:
            assert f"Name of {WRITER}" not in text, (role, path)
            assert key not in text, (role, path)
    assert any("canary-hidden-text" in text for _role, _path, text in seen)
    states.forget(room.board.pk)


def test_outcomes_are_not_named_to_who_may_not_open_them(room: Room) -> None:
    room.go(1)
    note = room.note(WRITER, "No bus after six")
    room.go(2)
    body = {"kind": "action", "sources": [note], "visibility": "involved", "name": "Ann Osei"}
    assert room.program(FACILITATOR).post(f"{room.path}outcomes/", body).status_code == 201
    (told,) = room.program(READER).get(f"{room.path}outcomes/").json()["results"]
    assert (told["ref"], told["address"], told["who"]) == ("", "", "")
    assert Outcome.objects.count() == 1
