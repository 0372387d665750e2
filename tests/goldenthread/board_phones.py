"""Phones of a hall, for drills: clients of the board that know ``docs/protocol/board.md`` and nothing of the product.

Each has an outbox, connects now to this server and now to that one, and is on a bad line: frames get lost, doubled and
late, answers get lost, connections break in the middle, and now and then a battery is empty and takes the picture
along. Everything anybody asked for and was told goes into one history, from which the drill judges afterwards.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

Thing = dict[str, Any]

SILENCE = 25.0
"""Seconds without a word after which a connection counts as dead."""
PATIENCE = 5.0
"""Seconds without an answer after which an op is sent again on the same connection."""
AT_ONCE = 30
"""Ops in one frame, and unanswered ones in an outbox before somebody waits."""
LOSES = 0.05
"""How often a bad line loses, doubles or delays a frame: so often each."""


class History:
    """What happened, in order, with seconds since the beginning."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.lines: list[dict[str, Any]] = []

    def note(self, who: str, did: str, **more: Any) -> None:
        self.lines.append({"at": round(time.monotonic() - self.began, 3), "who": who, "did": did, **more})


@dataclass
class Sent:
    """An op in the outbox. ``due``: when (monotonic) it is to be sent, or sent again."""

    op: dict[str, Any]
    due: float = 0.0
    times: int = 0


@dataclass(kw_only=True)
class Phone:
    """One device of one person of one board."""

    name: str
    board: str
    tag: str
    """Stands in every text written on this board, and on no other."""
    other_tags: list[str]
    cookie: str
    device: str
    role: str
    ports: list[int]
    seed: str
    history: History
    a_second: float
    """How many acts a second it tries."""

    things: dict[str, Thing] = field(default_factory=dict)
    seq: int = 0
    epoch: str = ""
    outbox: dict[str, Sent] = field(default_factory=dict)
    acked: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    refused: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """What a server must never do, and did."""
    acting: bool = True
    rough: bool = True
    over: bool = False
    direction: str = "stage.next"
    step_seconds: float = 0.0
    """How long a stage takes where this facilitator leads; twice as long for writing. 0 where another one does."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.act_at = self.step_at = self.lag_since = self.asked_at = 0.0
        self.gap = False
        self.held_back: dict[str, Any] | None = None
        self.half: dict[str, Any] | None = None
        self.seen_votes = False
        self.number = 0

    # The line

    async def live(self) -> None:
        """Stay connected, as the protocol's page says, until it is over."""
        wait = 1.0
        refused_by: int | None = None
        while not self.over:
            # A proxy in front would not send anybody twice to a server that answers nothing.
            port = self.chance.choice([port for port in self.ports if port != refused_by])
            after = refused_by = None
            try:
                async with asyncio.timeout(10):
                    line = await connect(
                        f"ws://127.0.0.1:{port}/live/{self.board}/socket",
                        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
                        additional_headers={"Cookie": self.cookie},
                        compression=None,
                        ping_interval=None,
                        close_timeout=1,
                        proxy=None,
                    )
            except (OSError, TimeoutError, InvalidHandshake) as error:
                self.counted["not connected"] += 1
                refused_by = port
                self.history.note(self.name, "not connected", port=port, why=type(error).__name__)
            else:
                self.counted["connected"] += 1
                self.history.note(self.name, "connected", port=port)
                before = self.seq
                try:
                    after = await self._converse(line)
                except (OSError, WebSocketException):
                    self.counted["line broke"] += 1
                finally:
                    self.history.note(self.name, "alone", port=port, seq=self.seq)
                    self.held_back = None
                    line.transport.abort()
                if self.seq > before:
                    wait = 1.0
            if not self.over:
                pause = after if after is not None else wait * (1 + self.chance.random() / 2)
                await asyncio.sleep(pause)
                wait = min(30.0, wait * 2)

    async def _converse(self, line: ClientConnection) -> float | None:
        """Until the line ends, or it is over. The seconds after which the server asked to be called again, if so."""
        if self.rough and self.chance.random() < 0.03:
            # An empty battery: the outbox is on the disk, the picture is not.
            self.things, self.seq, self.epoch = {}, 0, ""
            self.counted["battery empty"] += 1
        hello = {"t": "hello", "board": self.board, "device": self.device}
        await line.send(json.dumps(hello | ({"since": self.seq, "epoch": self.epoch} if self.epoch else {})))
        ready, heard_at = False, time.monotonic()
        for sent in self.outbox.values():
            sent.due = 0.0
        while not self.over:
            try:
                async with asyncio.timeout(0.1):
                    raw = await line.recv()
            except TimeoutError:
                if time.monotonic() - heard_at > SILENCE:
                    return None
            else:
                heard_at = time.monotonic()
                frame = self._read(str(raw))
                if frame["t"] == "bye":
                    self.history.note(self.name, "bye", code=frame["code"])
                    self.counted[f"bye {frame['code']}"] += 1
                    after = frame.get("after")
                    return None if after is None else after / 1000
                if frame["t"] == "welcome":
                    ready = True
                for each in self._as_it_comes(frame):
                    self._take(each)
            if ready and self.things:
                self._act()
                await self._send_what_is_due(line)
                await self._ask_for_what_lacks(line)
            if self.rough and self.chance.random() < 0.001:
                self.counted["line cut"] += 1
                return None
        return None

    def _read(self, raw: str) -> dict[str, Any]:
        if any(tag in raw for tag in self.other_tags):
            self.wrong.append(f"{self.name} heard of another board")
        frame: dict[str, Any] = json.loads(raw)
        return frame

    def _as_it_comes(self, frame: dict[str, Any]) -> list[dict[str, Any]]:
        """The frames that arrive now: on a bad line a frame may be lost, doubled, or behind the next one."""
        late, self.held_back = self.held_back, None
        behind = [late] if late is not None else []
        if not self.rough or frame["t"] not in ("ops", "hint", "heartbeat", "ack"):
            return [frame, *behind]
        dice = self.chance.random()
        if dice < LOSES:
            self.counted["frames lost"] += 1
            return behind
        if dice < 2 * LOSES:
            self.counted["frames doubled"] += 1
            return [frame, frame, *behind]
        if dice < 3 * LOSES and late is None:
            self.counted["frames late"] += 1
            self.held_back = frame
            return []
        return [frame, *behind]

    # What is heard

    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame["t"]
        if kind == "welcome":
            if frame["resume"] == "epoch":
                self.things, self.seq = {}, 0
                self.counted["epoch"] += 1
            self.half = None
        elif kind == "snapshot":
            self.half = frame
        elif kind == "yours":
            self._all(frame)
        elif kind == "ops":
            self._ops(frame["ops"])
        elif kind in ("hint", "heartbeat") and self.things:
            if frame["head_seq"] > self.seq and not self.lag_since:
                self.lag_since = time.monotonic()
        elif kind == "ack":
            self._acked(frame)
        elif kind == "rejected":
            self._rejected(frame)

    def _all(self, yours: dict[str, Any]) -> None:
        """A whole picture: a snapshot, and what is one's own in it. Half of one is none."""
        snapshot, self.half = self.half, None
        if snapshot is None or snapshot["seq"] != yours["seq"]:
            return
        self.things = snapshot["things"]
        self._set(yours["set"])
        self.seq, self.epoch, self.gap = snapshot["seq"], snapshot["epoch"], False
        for sent in self.outbox.values():
            sent.op["base_seq"] = min(sent.op["base_seq"], self.seq)

    def _ops(self, ops: list[dict[str, Any]]) -> None:
        for op in ops if self.things else []:
            if op["seq"] <= self.seq:
                continue
            if op["seq"] > self.seq + 1:
                self.counted["behind a gap"] += 1
                self.gap = True
                return
            self._set(op.get("set", {}))
            for id in op.get("gone", ()):
                self.things.pop(id, None)
            self.seq = op["seq"]
            self.lag_since = 0.0
            self.gap = False

    def _set(self, put: dict[str, Thing]) -> None:
        for id, props in put.items():
            thing = self.things.setdefault(id, {})
            for key, value in props.items():
                if value is None:
                    thing.pop(key, None)
                else:
                    thing[key] = value

    def _acked(self, frame: dict[str, Any]) -> None:
        op_id, seq = frame["op_id"], frame["seq"]
        sent = self.outbox.pop(op_id, None)
        if sent is not None:
            self.acked[op_id] = (seq, sent.op)
            self.history.note(self.name, "acked", op=op_id, seq=seq, times=sent.times)
            if sent.times > 1:
                self.counted["resends answered"] += 1
        elif op_id in self.refused:
            # It was sent twice, and the second one was judged anew.
            self.acked[op_id] = (seq, self.refused.pop(op_id)[1])
            self.history.note(self.name, "acked", op=op_id, seq=seq, refused_before=True)
        elif op_id not in self.acked:
            self.wrong.append(f"{self.name} heard an ack of what it never sent: {op_id}")
        elif self.acked[op_id][0] != seq:
            self.wrong.append(f"{self.name} heard two seqs of {op_id}: {self.acked[op_id][0]} and {seq}")

    def _rejected(self, frame: dict[str, Any]) -> None:
        sent = self.outbox.get(frame["op_id"])
        if sent is None:
            if frame["op_id"] in self.acked and frame["text"] == "drafts":
                self.wrong.append(f"{self.name} was refused what was kept: {frame}")
            return
        if frame["text"] == "kept":
            self.counted[frame["code"]] += 1
            sent.due = time.monotonic() + 1.0
            return
        del self.outbox[frame["op_id"]]
        self.refused[frame["op_id"]] = (frame["code"], sent.op)
        self.history.note(self.name, "refused", op=frame["op_id"], code=frame["code"])

    # What is said

    async def _send_what_is_due(self, line: ClientConnection) -> None:
        now = time.monotonic()
        due = [sent for sent in self.outbox.values() if sent.due <= now][:AT_ONCE]
        if not due:
            return
        for sent in due:
            sent.due = now + PATIENCE
            sent.times += 1
        ops = [sent.op for sent in due]
        frame = {"t": "op", **ops[0]} if len(ops) == 1 else {"t": "ops", "ops": ops}
        await line.send(json.dumps(frame))
        if self.rough and self.chance.random() < LOSES:
            self.counted["sent twice"] += 1
            await line.send(json.dumps(frame))
        if self.rough and self.chance.random() < 0.005:
            # Gone before the answer.
            self.counted["line cut"] += 1
            line.transport.abort()

    async def _ask_for_what_lacks(self, line: ClientConnection) -> None:
        now = time.monotonic()
        behind = self.gap or (self.lag_since and now - self.lag_since > 1.0)
        if behind and now - self.asked_at > 1.0:
            self.asked_at = now
            self.lag_since = 0.0
            self.counted["asked since"] += 1
            await line.send(json.dumps({"t": "since", "since": self.seq}))

    def _act(self) -> None:
        now = time.monotonic()
        if not self.acting or self.role == "observer" or now < self.act_at or len(self.outbox) >= AT_ONCE:
            return
        self.act_at = now + self.chance.expovariate(self.a_second)
        thought = self._lead(now) or self._think()
        if thought is None:
            return
        kind, target, props = thought
        op_id = self._id()
        op = {"op_id": op_id, "base_seq": self.seq, "kind": kind, "target": target, "props": props}
        self.outbox[op_id] = Sent(op)
        self.history.note(self.name, "asked", op=op_id, kind=kind, target=target)

    def _id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def _words(self) -> str:
        self.number += 1
        return f"{self.tag} {self.name} {self.number}"

    def _lead(self, now: float) -> tuple[str, str, dict[str, Any]] | None:
        """One facilitator leads the workshop through its stages, to the end and back, again and again."""
        if not self.step_seconds or now < self.step_at:
            return None
        stage = int(self.things["board"]["stage"])
        begun = self.step_at > 0
        self.step_at = now + self.step_seconds * self.chance.uniform(1, 2) * (2 if stage in (0, 2) else 1)
        if not begun:
            self.step_at += self.step_seconds
            return None
        if stage >= 6:
            self.direction = "stage.back"
        elif stage <= 1:
            self.direction = "stage.next"
        return self.direction, "board", {"from": stage}

    def _think(self) -> tuple[str, str, dict[str, Any]] | None:
        """Something that seems possible from what is seen; the server may know better."""
        chance, stage = self.chance, self.things["board"]["stage"]
        self.seen_votes = self.seen_votes or stage > 3
        live = {id: thing for id, thing in self.things.items() if not thing.get("deleted")}
        columns = [id for id, thing in live.items() if thing["type"] == "column"]
        notes = {id: thing for id, thing in live.items() if thing["type"] == "note"}
        own = [id for id, thing in notes.items() if thing.get("mine")]
        seen = [id for id, thing in notes.items() if thing.get("shown")]
        items = [id for id in seen if notes[id]["in"] in columns]
        items += [id for id, thing in live.items() if thing["type"] == "group"]
        if stage == 1:
            dice = chance.random()
            if not own or (dice < 0.55 and len(own) < 60):
                return "note.add", self._id(), {"column": chance.choice(columns), "text": self._words()}
            if dice < 0.8:
                return "note.edit", chance.choice(own), {"text": self._words()}
            if dice < 0.9 or self.seen_votes:
                return "note.move", chance.choice(own), {"into": chance.choice(columns)}
            return ("undo", "board", {}) if dice < 0.95 else ("note.delete", chance.choice(own), {})
        if self.role == "facilitator" and chance.random() < 0.1:
            if stage == 2:
                return "reveal", "board", {}
            if chance.random() < 0.5:
                return "spotlight", "board", {"on": chance.choice(columns)}
            return "timer.start", "board", {"seconds": 60}
        if not seen or not items:
            return None
        if stage == 2 or (stage == 3 and own and chance.random() < 0.4):
            return ("note.edit", chance.choice(own), {"text": self._words()}) if own else None
        if stage == 3:
            if chance.random() < 0.9 or len(items) < 30:
                return "note.move", chance.choice(seen), {"into": chance.choice(columns)}
            return "group.make", self._id(), {"notes": chance.sample(seen, 2), "title": self._words()}
        if stage == 4:
            given = [id for id in items if live[id].get("my_votes")]
            if given and chance.random() < 0.45:
                return "unvote", chance.choice(given), {}
            return "vote", chance.choice(items), {}
        if stage == 5:
            if chance.random() < 0.3:
                return "comment.add", self._id(), {"on": chance.choice(items), "text": self._words()}
            return "react", chance.choice(items), {"mark": chance.choice(["agree", "unsure", "disagree", "none"])}
        if stage == 6 and chance.random() < 0.05:
            return "action.propose", self._id(), {"what": self._words()}
        return None
