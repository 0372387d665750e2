"""The socket of a board, end to end: a real server, real connections, the protocol as it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from collaboration.boards import states
from collaboration.boards.committing import actor_of
from collaboration.boards.engine.projecting import picture
from collaboration.boards.standing import standing_of
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import DIRECT, PLAIN, Client, guest
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)

Join = Callable[..., Client]


@pytest.fixture(params=[DIRECT, PLAIN], ids=["direct", "plain"])
def address(request: pytest.FixtureRequest, db: None, django_db_blocker: object) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker, **request.param) as where:
        yield where


@pytest.fixture
def hall(db: None) -> Hall:
    return Hall()


@pytest.fixture
def join(address: str, hall: Hall) -> Iterator[Join]:
    """Joins the hall as a guest in a role, says hello, and leaves at the end."""
    with ExitStack() as stack:

        def joined(role: str = "participant", **more: object) -> Client:
            _who, secret = guest(hall, role)
            return stack.enter_context(Client(address, hall, secret=secret)).hello(**more)

        yield joined


def test_a_whole_conversation(join: Join, hall: Hall) -> None:
    leader, ann, bob = join("facilitator"), join(), join()
    assert leader.frames[0]["role"] == "facilitator"
    assert leader.frames[0]["resume"] == "snapshot"
    assert leader.do("stage.next", from_=0)["t"] == "ack"
    column = next(id for id, thing in ann.things.items() if thing["type"] == "column")
    note = str(uuid4())
    ann.reach(2)
    answer = ann.do("note.add", note, column=column, text="The bus does not come")
    assert answer == {"t": "ack", "op_id": answer["op_id"], "seq": 3, "epoch": ann.epoch}
    for client in (leader, ann, bob):
        client.reach(3)
    assert ann.things[note]["mine"]
    assert note not in bob.things
    assert bob.frames[-1]["ops"] == [{"seq": 3, "t": "redacted"}]
    assert leader.do("stage.next", from_=1)["t"] == "ack"
    assert leader.do("reveal")["t"] == "ack"
    for client in (leader, ann, bob):
        client.reach(5)
        assert client.things[note]["text"] == "The bus does not come"
    again = ann.do("note.edit", note, text="The bus is late")
    assert bob.reach(again["seq"]).things[note]["text"] == "The bus is late"


def test_each_picture_is_the_servers_own_for_its_role(join: Join, hall: Hall) -> None:
    leader, ann, bob = join("facilitator"), join(), join()
    leader.do("stage.next", from_=0)
    column = next(id for id, thing in ann.things.items() if thing["type"] == "column")
    notes = [str(uuid4()) for _ in range(6)]
    for number, note in enumerate(notes):
        writer = (ann, bob)[number % 2]
        assert writer.do("note.add", note, column=column, text=f"note {number}")["t"] == "ack"
    late = join()
    leader.do("stage.next", from_=1)
    leader.do("stage.next", from_=2)
    head = bob.do("note.move", notes[1], into=column)["seq"]
    for client in (leader, ann, bob, late):
        client.reach(head)
        me = client.frames[0]["you"]
        who = next(p for p in hall.workshop.participations.all() if p.key == me)
        standing = standing_of(hall.board_id, who.pk)
        assert standing is not None
        with states.held(hall.board_id) as held:
            own = picture(held.state, actor_of(standing, hall.board_id, client.device))
        assert client.things == own


def test_an_op_sent_again_gets_its_first_answer(join: Join) -> None:
    leader = join("facilitator")
    first = leader.do("stage.next", from_=0, op_id=(op_id := str(uuid4())))
    assert leader.do("stage.next", from_=0, op_id=op_id) == first


def test_resuming_tells_what_was_missed(join: Join, address: str, hall: Hall) -> None:
    leader = join("facilitator")
    _who, secret = guest(hall)
    with Client(address, hall, secret=secret).hello() as ann:
        seq, epoch = ann.seq, ann.epoch
    for stage in range(3):
        leader.do("stage.next", from_=stage)
    with Client(address, hall, secret=secret) as ann:
        ann.seq = seq
        ann.hello(since=seq, epoch=epoch)
        assert ann.frames[0]["resume"] == "tail"
        assert ann.reach(seq + 3).seq == seq + 3
        ann.send(t="since", since=seq)
        told = ann.until("ops")
        assert told["ops"][0]["seq"] == seq + 1
    with Client(address, hall, secret=secret).hello(since=seq, epoch=str(uuid4())) as ann:
        assert ann.frames[0]["resume"] == "epoch"
        assert ann.seq == seq + 3
    with Client(address, hall, secret=secret).hello(since=999, epoch=epoch) as ann:
        assert ann.frames[0]["resume"] == "epoch"


def test_ping_heartbeat_counts_and_presence(join: Join) -> None:
    leader, ann = join("facilitator"), join()
    ann.send(t="ping")
    assert ann.until("heartbeat")["head_seq"] == 1
    people = ann.until("presence", within=6)
    assert people["here"] == 2
    assert people["all"]
    assert {person["here"] for person in people["people"]} == {True, False}
    leader.do("stage.next", from_=0)
    column = next(id for id, thing in ann.things.items() if thing["type"] == "column")
    ann.do("note.add", str(uuid4()), column=column, text="hidden")
    assert leader.until("counts")["counts"]["hidden"] == {column: 1}


def test_what_cannot_be_understood_is_answered_and_then_too_much(join: Join) -> None:
    ann = join()
    for number, sent in enumerate(['{"t":"op"', '{"t":"dance"}', "[1]", '{"t":"ops","ops":[],"more":1}', "NaN"]):
        ann.socket.send(sent)
        refused = ann.until("rejected")
        assert refused["op_id"] is None, number
        assert refused["sentence"]
    ann.send(t="ping")
    ann.until("heartbeat")
    with suppress(ConnectionClosed):
        for _ in range(20):
            ann.socket.send("{")
    assert ann.goodbye() == (4000, 4000)


def test_too_fast_is_asked_to_slow_down_and_then_ended(join: Join) -> None:
    ann = join()
    ops = [ann.raw("vote", str(uuid4())) for _ in range(45)]
    ann.send(t="ops", ops=ops)
    codes = {}
    while len(codes) < 45:
        refused = ann.until("rejected")
        codes[refused["op_id"]] = refused["code"], refused["text"]
    slowed = [op["op_id"] for op in ops if codes[op["op_id"]] == ("slow_down", "kept")]
    assert slowed == [op["op_id"] for op in ops][-len(slowed) :]
    assert 1 <= len(slowed) <= 5
    with suppress(ConnectionClosed):
        for _ in range(60):
            ann.op("vote", str(uuid4()))
    assert ann.goodbye() == (4029, 4029)


def test_before_hello_nothing_is_taken(address: str, hall: Hall) -> None:
    _who, secret = guest(hall)
    with Client(address, hall, secret=secret) as ann:
        ann.op("stage.next", from_=0)
        assert ann.until("rejected")["code"] == "unknown_frame"
        ann.send(t="hello", board=str(uuid4()))
        assert ann.until("rejected")["code"] == "other_board"
        ann.hello()
