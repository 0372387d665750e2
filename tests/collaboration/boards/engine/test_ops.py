"""Reading ops and frames: everything wrong is named, nothing raises, nothing wrong is kept."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest

from collaboration.boards.engine import limits
from collaboration.boards.engine.applying import Applied, apply
from collaboration.boards.engine.encoding import encode
from collaboration.boards.engine.ops import SHAPES, Op, depth, parse
from collaboration.boards.engine.reading import read_frame, read_op, read_ops
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.stages import PERMITTED
from collaboration.boards.engine.texts import BOARD, device_hash, is_id
from tests.collaboration.boards.engine.room import BOARD_ID, Room, freeze_bytes, thawed

ID = "0c5d5c6e-8f0f-4b1e-8a7d-1b1f6a2c3d4e"
OTHER = "1c5d5c6e-8f0f-4b1e-8a7d-1b1f6a2c3d4e"
DRILL = bool(os.environ.get("GT_DRILL"))


def raw(**changes: Any) -> dict[str, Any]:
    op: dict[str, Any] = {
        "op_id": ID,
        "base_seq": 1,
        "kind": "note.add",
        "target": OTHER,
        "props": {"column": ID, "text": "A note"},
    }
    for key, value in changes.items():
        if key in ("column", "text", "after", "pattern", "extra"):
            op["props"][key] = value
        else:
            op[key] = value
    return op


def test_a_good_op_is_read() -> None:
    op = parse(raw(text="  Buses\r\nto\tclinics \ufeff", board=BOARD_ID), board=BOARD_ID)
    assert op == Op(ID, 1, "note.add", OTHER, {"column": ID, "text": "Buses\nto\tclinics"})


class Shouted(str):
    pass


def test_what_is_told_and_kept_is_json() -> None:
    told = {"text": Shouted('é "quoted"\n\u2028\x7f'), "n": True, "none": None, "many": (1, 2)}
    assert json.loads(encode(told)) == {**told, "many": [1, 2]}
    assert encode({"a": "é"}) == '{"a":"é"}'.encode()
    with pytest.raises(TypeError):
        encode({"a": object()})
    with pytest.raises(UnicodeEncodeError):
        encode("\ud800")


def both_ways(data: bytes | str) -> Op | Rejected:
    """What is read of an op's frame, which is the same by the short way wherever that says anything."""
    frame = read_frame(data)
    slow = frame if isinstance(frame, Rejected) else read_ops(frame, board=BOARD_ID)[0][1]
    quick = read_op(data, board=BOARD_ID)
    if quick is not None or isinstance(slow, Op):
        assert quick == slow, data
    return slow


def test_the_short_way_takes_what_the_long_way_takes_and_nothing_else() -> None:
    good = {"t": "op", **raw(text="  Buses\r\nto\tclinics \ufeff", board=BOARD_ID)}
    whole = json.dumps(good)
    assert isinstance(both_ways(whole), Op)
    assert isinstance(both_ways(f" {whole}\n".encode()), Op)
    assert isinstance(both_ways(json.dumps({key: good[key] for key in reversed(good)}, ensure_ascii=False)), Op)
    assert both_ways(whole.replace("{", '{"base_seq": 7, ', 1)) == both_ways(whole)
    for data in (
        whole.replace("1,", "1.0,", 1),
        whole.replace("1,", "1e0,", 1),
        whole.replace("1,", "true,", 1),
        whole.replace("1,", f"{2**53},", 1),
        whole.replace("1,", f"{2**70},", 1),
        whole.replace("1,", "NaN,", 1),
        whole.replace("1,", "1e999,", 1),
        whole.replace("Buses", "\\ud800"),
        whole.replace("Buses", "\u202e"),
        whole.replace("Buses", "\x01"),
        whole.replace(BOARD_ID, OTHER),
        whole.replace(f'"{BOARD_ID}"', "null"),
        whole.replace(f'"{BOARD_ID}"', '""'),
        whole.replace('"op"', '"ops"'),
        whole.replace('"props"', '"propz"'),
        whole[:-1],
        whole + "x",
        "\ufeff" + whole,
        b"\xff" + whole.encode(),
        json.dumps({**good, "props": None}),
        json.dumps({**good, "props": {**good["props"], "text": "a" * limits.MOST_BYTES}}),
        "[" * 100_000,
        "",
    ):
        assert isinstance(both_ways(data), Rejected), data


BAD = [
    (raw(extra=1), "unknown_key"),
    (raw(surprise=1), "unknown_key"),
    (raw(kind="note.burn"), "unknown_kind"),
    (raw(kind=["note.add"]), "unknown_kind"),
    (raw(kind=None), "unknown_kind"),
    (raw(op_id="1"), "not_an_id"),
    (raw(op_id=ID.upper()), "not_an_id"),
    (raw(op_id="0c5d5c6e-8f0f-1b1e-8a7d-1b1f6a2c3d4e"), "not_an_id"),
    (raw(op_id=7), "not_an_id"),
    (raw(target="board"), "not_an_id"),
    (raw(target=ID + "\n"), "not_an_id"),
    (raw(kind="undo", target=ID, props={}), "wrong_type"),
    (raw(base_seq=-1), "out_of_range"),
    (raw(base_seq=2**53), "out_of_range"),
    (raw(base_seq=10**400), "out_of_range"),
    (raw(base_seq=True), "wrong_type"),
    (raw(base_seq=1.0), "wrong_type"),
    (raw(base_seq=float("nan")), "wrong_type"),
    (raw(base_seq="1"), "wrong_type"),
    (raw(props=[]), "wrong_type"),
    (raw(props=None), "wrong_type"),
    (raw(props={"text": "x"}), "missing_key"),
    (raw(column="elsewhere"), "not_an_id"),
    (raw(text=""), "text_empty"),
    (raw(text=" \n\t\u200b "), "text_empty"),
    (raw(text=["x"]), "wrong_type"),
    (raw(text="x" * 2001), "text_too_long"),
    (raw(text="é" * 9000), "text_too_long"),
    (raw(text="abc\u202edef"), "text_direction"),
    (raw(text="abc\u2066def"), "text_direction"),
    (raw(text="nul\x00"), "text_control"),
    (raw(text="esc\x1b[31m"), "text_control"),
    (raw(text="half \ud800"), "text_broken"),
    (raw(pattern=8), "out_of_range"),
    (raw(pattern="2"), "wrong_type"),
    (raw(after=5), "not_an_id"),
    (raw(board=OTHER), "other_board"),
    (raw(board=None), "other_board"),
    (raw(text={"a": {"b": {"c": 1}}}), "too_deep"),
    (raw(kind="group.make", props={"notes": []}), "missing_key"),
    (raw(kind="group.make", props={"notes": [ID, ID]}), "twice"),
    (raw(kind="group.make", props={"notes": ID}), "wrong_type"),
    (raw(kind="group.make", props={"notes": [ID] * 201}), "too_many"),
    (raw(kind="note.edit", props={}), "missing_key"),
    (raw(kind="react", props={"mark": "love"}), "wrong_type"),
    (raw(kind="action.edit", props={"due": "2027-02-30"}), "wrong_type"),
    (raw(kind="action.edit", props={"due": "9999-01-01"}), "out_of_range"),
    (raw(kind="vote", props={"count": 0}), "out_of_range"),
    (raw(kind="vote", props={"count": -3}), "out_of_range"),
    (raw(kind="lock", target="board", props={"editing": 1}), "wrong_type"),
    (raw(kind="settings", target="board", props={}), "missing_key"),
    (raw(kind="paper.add", props={"column": ID, "text": "x", "for": "<script>"}), "not_an_id"),
    (raw(kind="column.add", props={"title": "x" * 201}), "text_too_long"),
    ("op", "wrong_type"),
    (None, "wrong_type"),
    ([raw()], "wrong_type"),
    ({}, "missing_key"),
    ({1: 2}, "unknown_key"),
]


@pytest.mark.parametrize(("sent", "code"), BAD, ids=[f"{n}-{code}" for n, (_, code) in enumerate(BAD)])
def test_what_is_wrong_is_named(sent: Any, code: str) -> None:
    answer = parse(sent, board=BOARD_ID)
    assert isinstance(answer, Rejected), answer
    assert answer.code == code
    assert "%(" not in answer.sentence
    assert all(ord(letter) >= 32 for letter in answer.sentence)
    if isinstance(sent, dict):
        assert isinstance(both_ways(json.dumps({"t": "op", **sent})), Rejected)


FRAMES = [
    (b"{", "not_json"),
    (b"\xff\xfe", "not_json"),
    (b'{"t":"since","since":NaN}', "not_json"),
    (b'{"t":"since","since":Infinity}', "not_json"),
    (b'{"t":"since","since":1e400}', "wrong_type"),
    (b'{"t":"since","since":' + b"9" * 5000 + b"}", "not_json"),
    (b'{"t":"since","since":1,"more":1}', "unknown_key"),
    (b'{"t":"since"}', "missing_key"),
    (b'{"t":"hello","board":"x"}', "not_an_id"),
    (b'{"t":"hello","board":["x"]}', "too_deep"),
    (b'{"t":"hello","board":"%s","device":"short"}' % ID.encode(), "not_an_id"),
    (b'{"t":"dance"}', "unknown_frame"),
    (b'{"t":{}}', "unknown_frame"),
    (b"[]", "wrong_type"),
    (b"null", "wrong_type"),
    (b"", "not_json"),
    (b"[" * 60_000, "not_json"),
    (b" " * (64 * 1024 + 1), "too_large"),
    ('{"t":"ping"}' + "é" * 40_000, "too_large"),
    (b'{"t":"ops","ops":{}}', "wrong_type"),
    (b'{"t":"ops","ops":[' + b",".join([b"1"] * 51) + b"]}", "too_many"),
]


@pytest.mark.parametrize(("data", "code"), FRAMES, ids=[f"{n}-{code}" for n, (_, code) in enumerate(FRAMES)])
def test_frames_that_are_none(data: bytes | str, code: str) -> None:
    answer = read_frame(data)
    assert isinstance(answer, Rejected), answer
    assert answer.code == code


def test_frames_that_are_some() -> None:
    assert read_frame(b'{"t":"ping"}') == {"t": "ping"}
    hello = {"t": "hello", "board": ID, "since": 3, "epoch": OTHER, "device": "k" * 22}
    assert read_frame(json.dumps(hello)) == hello
    frame = read_frame(json.dumps({"t": "ops", "ops": [raw(board=BOARD_ID), raw(op_id="?"), 7]}))
    assert not isinstance(frame, Rejected)
    read = read_ops(frame, board=BOARD_ID)
    assert [op_id for op_id, _ in read] == [ID, None, None]
    assert isinstance(read[0][1], Op)
    assert [isinstance(op, Rejected) for _, op in read] == [False, True, True]
    assert read_ops({"t": "ping"}, board=BOARD_ID) == []


def test_depth_stops_counting_where_it_may() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert depth(deep, 4) == 5
    assert depth({"a": [1, {}]}, 4) == 3
    assert depth(1, 4) == 0
    while deep:
        deep = deep.pop()  # taken apart by hand: Python would recurse


def test_a_devices_hash_differs_from_board_to_board() -> None:
    assert device_hash(ID, "key") != device_hash(OTHER, "key")
    assert device_hash(ID, "key").startswith("~")
    assert not is_id(device_hash(ID, "key"))


# Many frames at random

STRANGE: list[Any] = [
    None, True, 0, -1, 2**53, 10**30, 1.5, float("nan"), float("inf"), "", "x", "\x00", "\u202e", "\ud800", "é" * 3000,
    [], {}, [[[[[]]]]], {"a": {"b": {"c": {"d": 1}}}}, ID, BOARD, "constructor", "__proto__", "<svg onload=x>", "=1+1",
]  # fmt: skip


def generated(chance: random.Random, room: Room) -> bytes | str:
    """A frame that is nearly good, spoilt somewhere, or nothing of the sort."""
    things = [*room.state.things, ID, OTHER]

    def value(depth: int = 0) -> Any:
        draw = chance.random()
        if draw < 0.4:
            return chance.choice(things)
        if draw < 0.8 or depth > 3:
            return chance.choice(STRANGE)
        if draw < 0.9:
            return [value(depth + 1) for _ in range(chance.randint(0, 4))]
        return {str(value(5))[:9]: value(depth + 1) for _ in range(chance.randint(0, 4))}

    possible = [kind for kind in SHAPES if room.state.stage in PERMITTED[kind].facilitator and "stage" not in kind]
    kind = chance.choice(possible if chance.random() < 0.8 else [*SHAPES])
    shape = SHAPES[kind]
    good = {
        "text": "Words", "title": "Words", "what": "Words", "count": 2, "mark": "agree", "from": int(room.state.stage),
        "seconds": 30, "editing": False, "column": room.columns[0], "due": "2027-01-01", "names": "hidden", "most": 2,
        "seq": room.state.head, "notes": [chance.choice(things)], "things": [chance.choice(things)],
    }  # fmt: skip
    names = [*shape.required, *(name for name in shape.optional if chance.random() < 0.4)]
    props = {name: good.get(name, chance.choice(things)) if chance.random() < 0.95 else value() for name in names}
    target = BOARD if shape.target == "board" else room.id() if shape.target == "new" else chance.choice(things)
    frame: Any = {
        "t": "op", "op_id": room.id(), "base_seq": chance.randint(0, room.state.head), "kind": kind, "target": target,
        "props": props, "board": BOARD_ID,
    }  # fmt: skip
    if chance.random() < 0.3:
        frame[chance.choice([*frame, "more"])] = value()
    if chance.random() < 0.1:
        frame = {"t": chance.choice(["ops", "hello", "since", "ping", "x"]), "ops": [frame, value()], "since": value()}
    elif chance.random() < 0.05:
        frame = value()
    data = json.dumps(frame)
    if chance.random() < 0.1:
        raw = bytearray(data.encode())
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    return data if chance.random() < 0.5 else data.encode()


@pytest.mark.drill
def test_generated_frames_raise_nothing_and_leave_nothing_invalid() -> None:
    chance = random.Random(18)
    applied = 0
    room = Room()
    for n in range(100_000 if DRILL else 3_000):
        if n % 500 == 0:
            room = Room(seed=n)
            room.stage(1)
            for _ in range(4):
                room.note(room.ann)
            room.stage((n // 500) % 6 + 1)
        actor = chance.choice([room.ann, room.ben, room.facilitator, room.facilitator, room.screen])
        frame = read_frame(generated(chance, room))
        if isinstance(frame, Rejected):
            assert frame.sentence
            continue
        for _, op in read_ops(frame, board=BOARD_ID):
            answer = op if isinstance(op, Rejected) else apply(room.state, op, actor, room.now, chance=chance)
            if isinstance(answer, Rejected):
                assert answer.sentence
            elif isinstance(answer, Applied):
                applied += 1
                room.log.append(answer.entry)
                stored = json.dumps(answer.entry.as_json(), ensure_ascii=False, allow_nan=False).encode("utf-8")
                assert b"\\u0000" not in stored
                for fact in answer.entry.facts:
                    for text in fact.get("set", {}).values():
                        assert not isinstance(text, str) or (len(text) <= limits.LONGEST_NOTE and "\u202e" not in text)
        if n % 500 == 499:
            assert freeze_bytes(room.folded()) == freeze_bytes(room.state) == freeze_bytes(thawed(room.state))
    assert applied > 150, "the generator makes nothing that is good enough to matter"
