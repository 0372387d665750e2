"""What is kept and handed on: snapshots, erasure, exports, order keys, frames, bytes shared by many."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from collaboration.boards.engine import frames
from collaboration.boards.engine.applying import Applied, apply
from collaboration.boards.engine.delivery import Batch, Display
from collaboration.boards.engine.erasing import without_person, without_words
from collaboration.boards.engine.exporting import export_board, import_board
from collaboration.boards.engine.founding import Column, Rules, found
from collaboration.boards.engine.limits import LONGEST_ORDER
from collaboration.boards.engine.order import between, fresh, is_order
from collaboration.boards.engine.people import EVERYBODY, SERVER, Actor
from collaboration.boards.engine.projecting import picture, project
from collaboration.boards.engine.reading import read_frame, read_ops
from collaboration.boards.engine.refusals import SENTENCES, Rejected
from collaboration.boards.engine.resuming import resume
from collaboration.boards.engine.snapshots import freeze, rewind, thaw
from collaboration.boards.engine.stages import PERMITTED, table
from collaboration.boards.engine.state import fold
from collaboration.boards.engine.texts import BOARD, device_hash
from collaboration.boards.engine.typescript import typescript
from tests.collaboration.boards.engine.room import BOARD_ID, EPOCH, START, Room, freeze_bytes, thawed
from tests.collaboration.boards.engine.test_machine import long_session

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "protocol" / "board.md"


def full_room(seed: int = 3) -> Room:
    """A board with some of everything on it."""
    return long_session(seed, 25).room


# Snapshots, and any moment


def test_a_snapshot_and_its_tail_are_the_whole_log() -> None:
    room = full_room()
    whole = freeze_bytes(room.folded())
    for horizon in range(0, room.state.head, 7):
        snapshot = json.loads(json.dumps(freeze(fold(room.log, board=BOARD_ID, upto=horizon))))
        assert freeze_bytes(fold(room.log[horizon:], thaw(snapshot))) == whole


def test_a_snapshot_of_tomorrow_is_not_misread() -> None:
    with pytest.raises(ValueError, match="format 2"):
        thaw({**freeze(Room().state), "format": 2})


def test_the_board_is_wound_back_to_a_moment() -> None:
    room = Room()
    room.stage(1)
    first = room.note(room.ann)
    room.now += 60_000
    room.note(room.ann)
    before = rewind(fold([], board=BOARD_ID), room.log, START + 59_999)
    assert room.row(room.columns[0])[0] == first
    assert [id for _, id in before.row(room.columns[0])] == [first]


@pytest.mark.parametrize(
    ("since", "epoch", "how"),
    [
        (None, None, "snapshot"),
        (5, None, "snapshot"),
        (20, EPOCH, "tail"),
        (10, EPOCH, "tail"),
        (9, EPOCH, "snapshot"),
        (21, EPOCH, "epoch"),
        (15, "another", "epoch"),
    ],
)
def test_how_somebody_is_brought_up_to_date(since: int | None, epoch: str | None, how: str) -> None:
    assert resume(since=since, epoch=epoch, head=20, horizon=10, current=EPOCH) == how


# Erasure


def test_redacted_words_are_in_no_entry_and_the_log_stays_whole() -> None:
    room = Room()
    room.stage(1)
    note, other = room.note(room.ann, "SECRETWORD of a patient"), room.note(room.ben, "Stays")
    room.do(room.ann, "note.edit", note, text="SECRETWORD again")
    room.do(room.ann, "note.edit", note, text="Better")
    room.do(room.ann, "undo")
    room.stage(2)
    room.do(room.facilitator, "reveal")
    client = room.connect(room.screen)
    room.do(room.facilitator, "redact", things=[note])
    room.catch_up(client)
    assert client.things[note]["text"] == ""
    assert client.things[note]["erased"] is True
    assert "SECRETWORD" not in freeze_bytes(room.state).decode()
    rewritten = [without_words(entry, {note}) for entry in room.log]
    assert "SECRETWORD" not in json.dumps([entry.as_json() for entry in rewritten])
    assert "Stays" in json.dumps([entry.as_json() for entry in rewritten])
    assert [entry.seq for entry in rewritten] == [entry.seq for entry in room.log]
    assert freeze_bytes(fold(rewritten, board=BOARD_ID)) == freeze_bytes(room.state)
    assert room.refused(room.ann, "note.edit", note, text="SECRETWORD once more") == "erased"
    assert room.refused(room.ann, "undo") in ("nothing_to_undo", "not_in_stage")
    assert other in room.sees(room.screen)


def test_a_person_is_taken_out_and_everything_else_stays() -> None:
    room = Room()
    room.stage(1)
    note = room.note(room.ann, "Ann’s")
    room.stage(4)
    room.do(room.ann, "vote", note, count=2)
    room.stage(6)
    action = room.id()
    room.do(room.ann, "action.propose", action, what="Ask")
    room.do(room.ann, "action.claim", action)
    rewritten = [without_person(entry, "ann", "former-1") for entry in room.log]
    assert '"ann"' not in json.dumps([entry.as_json() for entry in rewritten])
    state = fold(rewritten, board=BOARD_ID)
    assert freeze_bytes(state).replace(b"former-1", b"ann") == freeze_bytes(room.state)
    assert state.ballots == {note: {"former-1": 2}}


def test_emptying_the_bin_takes_the_words_along() -> None:
    room = Room()
    room.stage(1)
    note = room.note(room.ann, "SECRETWORD")
    client = room.connect(room.ann)
    room.do(room.ann, "note.delete", note)
    room.now += 31 * 24 * 3600 * 1000
    room.do(SERVER, "bin.empty")
    room.catch_up(client)
    assert note not in client.things
    assert "SECRETWORD" not in freeze_bytes(room.state).decode()
    rewritten = [without_words(entry, {note}) for entry in room.log]
    assert freeze_bytes(fold(rewritten, board=BOARD_ID)) == freeze_bytes(room.state)


# Exports


@pytest.mark.parametrize("seed", range(6))
def test_a_file_makes_the_identical_board(seed: int) -> None:
    room = full_room(seed)
    file = json.loads(json.dumps(export_board(room.state)))
    entry = import_board(file, op_id=room.id(), by="facil", at=room.now)
    assert not isinstance(entry, Rejected), entry
    again = fold([entry], board=BOARD_ID)
    assert {**export_board(again), "seq": 0} == {**file, "seq": 0}
    assert picture(again, room.screen) == picture(room.state, room.screen)
    assert freeze_bytes(thawed(again)) == freeze_bytes(again)


def test_an_imported_board_goes_on_with_its_totals() -> None:
    room = Room(Rules(totals="shown"))
    room.stage(1)
    note = room.note(room.ann)
    room.stage(4)
    room.do(room.ann, "vote", note, count=3)
    entry = import_board(export_board(room.state), op_id=room.id(), by="facil", at=room.now)
    assert not isinstance(entry, Rejected)
    room.log = [entry]
    room.crash()
    room.do(room.ann, "vote", note, count=2)
    assert room.sees(room.screen)[note]["votes"] == 5


def spoilt(change: Any) -> Any:
    room = Room()
    room.stage(1)
    note = room.note(room.ann)
    room.stage(3)
    file = export_board(room.state)
    return change(json.loads(json.dumps(file)), note, room.columns[0])


BAD_FILES = [
    (lambda file, note, column: [], "wrong_type"),
    (lambda file, note, column: {**file, "version": 9}, "wrong_type"),
    (lambda file, note, column: {**file, "things": {}}, "missing_key"),
    (lambda file, note, column: {**file, "things": {BOARD: 1}}, "wrong_type"),
    (lambda file, note, column: {**file, "things": {**file["things"], "x": {}}}, "not_an_id"),
    (lambda file, note, column: {**file, "things": {BOARD: file["things"][BOARD]}}, "last_column"),
    (lambda file, note, column: file["things"][note].update({"in": note}) or file, "unknown_thing"),
    (lambda file, note, column: file["things"][note].update({"in": BOARD}) or file, "unknown_thing"),
    (lambda file, note, column: file["things"][note].update({"order": "Z"}) or file, "wrong_type"),
    (lambda file, note, column: file["things"][note].update({"shown": False}) or file, "not_shown"),
    (lambda file, note, column: file["things"][note].update({"deleted": 1}) or file, "unknown_key"),
    (lambda file, note, column: file["things"][note].update({"text": "\u202e"}) or file, "text_direction"),
    (lambda file, note, column: file["things"][note].update({"votes": 10**9}) or file, "out_of_range"),
    (lambda file, note, column: file["things"][note].pop("text") and file, "missing_key"),
    (lambda file, note, column: file["things"][note].update({"type": []}) or file, "wrong_type"),
    (lambda file, note, column: file["things"][BOARD].update({"timer": 5}) or file, "wrong_type"),
]


@pytest.mark.parametrize(("change", "code"), BAD_FILES)
def test_a_bad_file_is_refused_with_a_sentence(change: Any, code: str) -> None:
    answer = import_board(spoilt(change), op_id=EPOCH, by="facil", at=START)
    assert isinstance(answer, Rejected)
    assert answer.code == code
    assert answer.sentence


def test_a_short_file_cannot_ask_for_millions_of_marks() -> None:
    def marked(count: int) -> Any:
        def change(file: Any, note: str, column: str) -> Any:
            copies = {str(UUID(int=n, version=4)): file["things"][note] | {"agree": 10_000} for n in range(count)}
            return {**file, "things": {**file["things"], **copies}}

        return import_board(spoilt(change), op_id=EPOCH, by="facil", at=START)

    refused = marked(21)
    assert isinstance(refused, Rejected)
    assert refused.code == "too_many"
    assert not isinstance(marked(20), Rejected)


def test_a_template_that_is_none_is_a_mistake_of_the_caller() -> None:
    for columns in ([], [Column("x", "A")], [Column(EPOCH, "A"), Column(EPOCH, "B")]):
        with pytest.raises(ValueError, match="columns"):
            found(op_id=EPOCH, by="facil", at=START, title="T", columns=columns)


# Order keys


def test_order_keys_stay_between_and_short() -> None:
    chance = random.Random(5)
    keys: list[str] = []
    renumbered = 0
    for _ in range(5_000):
        at = chance.choice([0, len(keys), chance.randint(0, len(keys)), len(keys) // 2])
        low, high = (keys[at - 1] if at else None), (keys[at] if at < len(keys) else None)
        key = between(low, high)
        if key is None:
            renumbered += 1
            keys = fresh(len(keys))
            continue
        assert is_order(key)
        assert len(key) <= LONGEST_ORDER
        assert low is None or low < key
        assert high is None or key < high
        keys.insert(at, key)
    assert keys == sorted(keys)
    assert renumbered < 50


def test_appending_never_makes_keys_longer() -> None:
    key = between(None, None)
    for _ in range(10_000):
        later = between(key, None)
        assert key is not None
        assert later is not None
        assert key < later
        assert len(later) == 6
        key = later


# Bytes


def test_who_may_see_the_same_gets_the_same_bytes() -> None:
    room = Room()
    room.stage(1)
    room.note(room.ann)
    batch = Batch(room.log[1:], EPOCH)
    assert batch.bytes_for(room.ben) is batch.bytes_for(room.cat) is batch.bytes_for(room.screen)
    assert batch.bytes_for(room.ann) != batch.bytes_for(room.ben)
    assert batch.bytes_for(room.facilitator) is batch.bytes_for(room.person("fred", "facilitator"))


@pytest.mark.parametrize("seed", range(4))
def test_a_display_says_what_a_new_one_says(seed: int) -> None:
    machine = long_session(seed, 10)
    room = machine.room
    for _ in range(20):
        room.display.snapshot(EPOCH)
        machine.ask(room.chance.getrandbits(32))
        for facilitates in (False, True):
            told = room.display.snapshot(EPOCH, facilitates=facilitates)
            assert told == Display(thawed(room.state)).snapshot(EPOCH, facilitates=facilitates)
            assert room.display.snapshot(EPOCH, facilitates=facilitates) is told


# The page and the types


def test_the_page_holds_the_table_of_stages() -> None:
    assert table() in PAGE.read_text("utf-8")


def test_the_page_names_every_code_kind_frame_and_goodbye() -> None:
    page = PAGE.read_text("utf-8")
    missing = [name for name in [*PERMITTED, *SENTENCES, *map(str, frames.BYE)] if f"`{name}`" not in page]
    assert missing == []
    for frame in [*frames.ClientFrame.__args__, *frames.ServerFrame.__args__]:
        (name,) = get_type_hints(frame)["t"].__args__
        assert f"`{name}`" in page, name


def test_the_pages_example_is_what_the_engine_does() -> None:
    """The worked example of the page, line by line, against a board with the page's ids."""
    page = PAGE.read_text("utf-8").split("## A worked example")[1]
    blocks = [block.split("```")[0] for block in page.split("```text")[1:]]
    lines = [line for block in blocks for line in block.splitlines() if line]
    room = Room()
    column, at = "22222222-2222-4222-8222-222222222222", 1795435200000
    room.log = [found(op_id=EPOCH, by="facil", at=at, title="What helps?", columns=[Column(column, "Ideas")])]
    room.crash()
    people = {
        "Ann": Actor("ann", "participant", device_hash(BOARD_ID, "ann-device")),
        "Ben": Actor("ben", "participant", device_hash(BOARD_ID, "ben-device")),
        "Fay": Actor("facil", "facilitator", device_hash(BOARD_ID, "fay-device")),
    }
    answered: list[dict[str, Any]] = []
    seen = 0
    for line in lines:
        sign, who, text = line.split(" ", 2)
        actor, frame = people[who], json.loads(text)
        if sign == ">":
            read = read_frame(text)
            assert not isinstance(read, Rejected), (line, read)
            answered = []
            for op_id, op in read_ops(read, board=BOARD_ID):
                answer = op if isinstance(op, Rejected) else apply(room.state, op, actor, at)
                if isinstance(answer, Rejected):
                    said = {"code": answer.code, "sentence": answer.sentence, "text": answer.text}
                    answered.append({"t": "rejected", "op_id": op_id, **said})
                else:
                    if isinstance(answer, Applied):
                        room.log.append(answer.entry)
                        room.state = answer.state
                    seq = answer.entry.seq if isinstance(answer, Applied) else answer.seq
                    answered.append({"t": "ack", "op_id": op_id, "seq": seq, "epoch": EPOCH})
        elif frame["t"] in ("ack", "rejected"):
            assert frame in answered, (line, answered)
            seen += 1
        elif frame["t"] == "ops":
            told = [project(entry, actor) for entry in room.log if entry.seq in {op["seq"] for op in frame["ops"]}]
            assert frame == {"t": "ops", "epoch": EPOCH, "ops": told}, (line, json.dumps(told))
            seen += 1
        elif frame["t"] == "snapshot":
            assert frame == json.loads(Display(room.state).snapshot(EPOCH)), line
            seen += 1
        elif frame["t"] == "yours":
            assert frame == json.loads(Display(room.state).yours(actor)), line
            seen += 1
    assert seen >= 15
    assert picture(room.state, EVERYBODY)


def test_typescript_knows_every_frame_kind_and_code(tmp_path: Path) -> None:
    made = typescript()
    for name in ("Hello", "OpFrame", "Snapshot", "ToldOps", "Redacted", "Refusal", "ServerFrame", "Kind", "Code"):
        assert f"export interface {name} " in made or f"export type {name} =" in made
    assert '"note.add"' in made
    assert "op_id?: string" in made
    assert "ops: (ToldOp | Redacted)[];" in made
    compiler = ROOT / "frontend" / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        pytest.skip("the TypeScript compiler is not installed")
    (tmp_path / "frames.ts").write_text(made)
    (tmp_path / "use.ts").write_text(
        'import type { AskedOp, ServerFrame } from "./frames";\n'
        "export function seq(frame: ServerFrame): number {\n"
        '  return frame.t === "ack" || frame.t === "snapshot" ? frame.seq : 0;\n}\n'
        'export const op: AskedOp = { op_id: "a", base_seq: 1, kind: "note.add", target: "b" };\n'
    )
    ran = subprocess.run(
        [compiler, "--strict", "--noEmit", "--target", "es2022", "--types", "", "use.ts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
