"""The ways around WebSockets: the same frames and the same answers over plain HTTP."""

from __future__ import annotations

import http.client
import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client as Browser

from collaboration.boards import pacing
from tests.collaboration.boards.hall import Hall, device
from tests.collaboration.boards.wire import DIRECT, Client, guest
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(db: None) -> Hall:
    return Hall()


class Phone:
    """A guest's browser on plain HTTP."""

    def __init__(self, hall: Hall, role: str = "participant", **options: Any) -> None:
        self.hall = hall
        self.who, self.secret = guest(hall, role)
        self.browser = Browser(**options)
        self.browser.cookies[settings.GUEST_COOKIE_NAME] = self.secret
        self.headers = {"Board-Device": device(self.secret[:8])}

    def path(self, what: str) -> str:
        return f"/live/{self.hall.board_id}/{what}"

    def poll(self, query: str = "", **headers: str) -> Any:
        answer = self.browser.get(self.path("poll") + query, headers={**self.headers, **headers})
        return answer.json()

    def post(self, *ops: dict[str, Any], body: bytes | None = None) -> tuple[int, Any]:
        sent = json.dumps({"t": "ops", "ops": ops}).encode() if body is None else body
        answer = self.browser.post(self.path("ops"), sent, content_type="application/json", headers=self.headers)
        return answer.status_code, answer.json()


def test_whoever_asks_without_pause_is_told_nothing_for_a_while(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    # So slow that a busy machine does not let the bucket fill again meanwhile.
    monkeypatch.setattr(pacing, "LOOKS_PER_SECOND", 0.001)
    monkeypatch.setattr(pacing, "LOOKS_AT_ONCE", 2)
    ann, ben = Phone(hall), Phone(hall)
    told = [ann.poll() for _time in range(3)]
    assert [len(frames) for frames in told] == [3, 3, 0]
    # Others have their own pace.
    assert ben.poll()[0]["t"] == "welcome"


def test_ops_by_post_and_hearing_by_asking(hall: Hall) -> None:
    leader, ann = Phone(hall, "facilitator"), Phone(hall)
    frames = ann.poll()
    assert [frame["t"] for frame in frames] == ["welcome", "snapshot", "yours"]
    assert frames[0]["you"] == ann.who.key
    seq, epoch = frames[1]["seq"], frames[1]["epoch"]
    step = hall.raw("stage.next", from_=0)
    assert leader.post(step) == (200, [{"t": "ack", "op_id": step["op_id"], "seq": 2, "epoch": epoch}])
    assert leader.post(step) == (200, [{"t": "ack", "op_id": step["op_id"], "seq": 2, "epoch": epoch}])
    note = hall.raw("note.add", str(uuid4()), column=hall.column(), text="By post")
    late = hall.raw("vote", note["target"])
    status, answers = ann.post(note, late)
    assert status == 200
    assert [answer["t"] for answer in answers] == ["ack", "rejected"]
    assert answers[1]["code"] == "not_in_stage"
    frames = ann.poll(f"?since={seq}&epoch={epoch}")
    assert [frame["t"] for frame in frames] == ["welcome", "ops"]
    assert frames[0]["resume"] == "tail"
    assert [op["seq"] for op in frames[1]["ops"]] == [2, 3]
    assert frames[1]["ops"][1]["set"][note["target"]]["mine"]
    assert [frame["t"] for frame in ann.poll(f"?since=3&epoch={epoch}")] == ["heartbeat"]
    others = leader.poll(f"?since=2&epoch={epoch}")
    assert others[1]["ops"] == [{"seq": 3, "t": "redacted"}]
    assert ann.poll("", **{"Last-Event-ID": f"{epoch}:2"})[1]["ops"][0]["seq"] == 3
    assert ann.poll(f"?since=3&epoch={uuid4()}")[0]["resume"] == "epoch"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"[]", "wrong_type"),
        (b'{"t":"hello","board":"x"}', "not_an_id"),
        (b'{"t":"ping"}', "unknown_frame"),
        (b'{"t":"ops","ops":[' + b" " * 70_000 + b"]}", "too_large"),
        (b'{"t":"ops","ops":"\xff"}', "not_json"),
    ],
)
def test_a_post_that_cannot_be_read_is_answered(hall: Hall, body: bytes, code: str) -> None:
    status, answers = Phone(hall).post(body=body)
    assert status == 400
    assert [(answer["t"], answer["op_id"], answer["code"]) for answer in answers] == [("rejected", None, code)]


def test_too_many_posts_are_asked_to_slow_down(hall: Hall) -> None:
    ann = Phone(hall)
    for _ in range(2):
        status, answers = ann.post(*[hall.raw("vote", str(uuid4())) for _ in range(30)])
    assert status == 429
    assert {(answer["code"], answer["text"]) for answer in answers} == {("slow_down", "kept")}
    assert len(answers) == 30


def test_a_post_needs_the_token_of_a_form(hall: Hall) -> None:
    ann = Phone(hall, enforce_csrf_checks=True)
    answer = ann.browser.post(ann.path("ops"), b'{"t":"ops","ops":[]}', content_type="application/json")
    assert answer.status_code == 403


@pytest.mark.parametrize("what", ["poll", "events", "effects"])
def test_strangers_and_those_who_were_removed_are_turned_away(hall: Hall, what: str) -> None:
    stranger, ann = Browser(), Phone(hall)
    assert stranger.get(f"/live/{hall.board_id}/{what}").status_code == 404
    assert stranger.get(f"/live/{uuid4()}/{what}").status_code == 404
    assert stranger.post(f"/live/{hall.board_id}/ops", b"", content_type="application/json").status_code == 404
    ann.who.status = "removed"
    ann.who.save()
    refused = ann.browser.get(ann.path(what))
    assert refused.status_code == 403
    assert refused.json()[0]["code"] == 4003
    ann.who.status = "waiting"
    ann.who.save()
    refused = ann.browser.get(ann.path(what))
    assert "let you in" in refused.json()[0]["sentence"]


def test_another_sites_page_cannot_listen_in_somebodys_name(hall: Hall) -> None:
    ann = Phone(hall)
    for what in ("poll", "events"):
        assert ann.browser.get(ann.path(what), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_what_a_step_would_do_is_told_to_facilitators(hall: Hall) -> None:
    leader, ann = Phone(hall, "facilitator"), Phone(hall)
    assert ann.browser.get(ann.path("effects?to=1")).status_code == 403
    told = leader.browser.get(leader.path("effects?to=1"))
    assert told.status_code == 200
    assert "the rules of the workshop are fixed" in told.json()["sentences"][0]
    for wrong in ("?to=4", "?to=-1", "?to=x", ""):
        assert leader.browser.get(leader.path(f"effects{wrong}")).status_code == 409


@contextmanager
def listening(address: str, ann: Phone, query: str = "", **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=15)
    cookie = f"{settings.GUEST_COOKIE_NAME}={ann.secret}"
    connection.request("GET", ann.path("events") + query, headers={"Cookie": cookie, **ann.headers, **headers})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    assert answer.headers["Content-Type"].startswith("text/event-stream")

    def each() -> Iterator[dict[str, str]]:
        event: dict[str, str] = {}
        while line := answer.readline():
            if line == b"\n":
                if event:
                    yield event
                event = {}
                continue
            name, _, value = line.decode().rstrip("\n").partition(": ")
            event[name] = value

    try:
        yield each()
    finally:
        answer.close()
        connection.close()


def heard(events: Iterator[dict[str, str]], wanted: str) -> tuple[dict[str, Any], str]:
    """The next frame of a sort, and the id of its event."""
    for event in events:
        if "data" in event and (frame := json.loads(event["data"]))["t"] == wanted:
            return frame, event.get("id", "")
    raise AssertionError(f"no {wanted} came")


def test_hearing_by_events_and_resuming_by_the_last_id(hall: Hall, django_db_blocker: object) -> None:
    from goldenthread.asgi import application

    ann = Phone(hall)
    _who, secret = guest(hall, "facilitator")
    with (
        served(application, django_db_blocker, **DIRECT) as address,
        Client(address, hall, secret=secret).hello() as leader,
    ):
        with listening(address, ann) as events:
            assert next(events) == {"retry": "2000"}
            assert heard(events, "welcome")[0]["resume"] == "snapshot"
            snapshot, id = heard(events, "snapshot")
            assert id == f"{snapshot['epoch']}:1"
            heard(events, "yours")
            leader.do("stage.next", from_=0)
            ops, id = heard(events, "ops")
            assert id == f"{snapshot['epoch']}:2"
            assert ops["ops"][0]["kind"] == "stage.next"
            assert leader.until("presence", within=6)["here"] == 2
        leader.do("stage.next", from_=1)
        with listening(address, ann, **{"Last-Event-ID": id}) as events:
            assert heard(events, "welcome")[0]["resume"] == "tail"
            assert [op["seq"] for op in heard(events, "ops")[0]["ops"]] == [3]
            ann.who.status = "removed"
            ann.who.save()
            from collaboration.workshops import registry

            registry.tell_access_changed([hall.workshop.pk])
            assert heard(events, "bye")[0]["code"] == 4003
            assert not list(events)


def test_a_stream_is_told_that_the_server_stops(hall: Hall, django_db_blocker: object) -> None:
    from goldenthread.asgi import application

    ann = Phone(hall)
    streams = []
    with served(application, django_db_blocker, **DIRECT) as address:
        opened = listening(address, ann)
        events = opened.__enter__()
        streams.append(opened)
        heard(events, "yours")
    bye, _id = heard(events, "bye")
    assert bye["code"] == 1012
    assert 0 <= bye["after"] < 4000
    streams[0].__exit__(None, None, None)


def test_streams_asked_for_at_once_are_counted_one_by_one(hall: Hall, django_db_blocker: object) -> None:
    from goldenthread.asgi import application

    ann = Phone(hall)
    # Asked for here: a thread would leave its connection to the database behind.
    path = ann.path("events")
    first: list[str] = []

    def begin(address: str) -> None:
        host, _colon, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=15) as connection:
            connection.settimeout(15)
            cookie = f"{settings.GUEST_COOKIE_NAME}={ann.secret}"
            asked = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n"
            together.wait()
            connection.sendall(asked.encode())
            came = b""
            while not any(word in came for word in (b'"welcome"', b'"bye"')):
                came += connection.recv(65_536)
            first.append("welcome" if b'"welcome"' in came else "bye")
            # Nobody goes before everybody was answered.
            together.wait()

    together = Barrier(20, timeout=30)
    with served(application, django_db_blocker, **DIRECT) as address:
        threads = [Thread(target=begin, args=(address,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(first) == {
        "welcome": settings.BOARD_SOCKETS_PER_PERSON,
        "bye": 20 - settings.BOARD_SOCKETS_PER_PERSON,
    }
