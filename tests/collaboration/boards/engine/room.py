"""A room for tests: a board, people in it, what each was sent, and what each made of it.

Clients here do what the protocol's page says and nothing else: take every ``set`` in, then forget what is ``gone``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from collaboration.boards.engine.applying import Answer, Applied, apply
from collaboration.boards.engine.delivery import Batch, Display
from collaboration.boards.engine.entries import Entry, entry_of
from collaboration.boards.engine.founding import Column, Rules, found
from collaboration.boards.engine.ops import Op, parse
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.resuming import resume
from collaboration.boards.engine.snapshots import freeze, thaw
from collaboration.boards.engine.state import State, fold
from collaboration.boards.engine.texts import BOARD, device_hash

BOARD_ID = "6f1f6ad4-6f4b-4a8e-9a66-1f0f3f1b2c3d"
EPOCH = "11111111-1111-4111-8111-111111111111"
START = 1_795_435_200_000
"""Noon of 23 November 2026."""


class Client:
    """What one device holds, built from frames alone."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.since: int | None = None
        self.epoch: str | None = None
        self.things: dict[str, dict[str, Any]] = {}
        self.received: list[bytes] = []

    def receive(self, data: bytes) -> bool:
        """Take one frame in. False: there is a gap, and the client must ask for what it lacks."""
        self.received.append(data)
        frame = json.loads(data)
        if frame["t"] == "snapshot":
            self.things, self.since, self.epoch = frame["things"], frame["seq"], frame["epoch"]
        elif frame["t"] == "yours":
            self._take(frame["set"])
        elif frame["t"] == "ops":
            for op in frame["ops"]:
                if self.since is None or op["seq"] > self.since + 1:
                    return False
                if op["seq"] <= self.since:
                    continue
                if op["t"] == "redacted":
                    assert op.keys() == {"t", "seq"}
                self._take(op.get("set", {}))
                for id in op.get("gone", ()):
                    self.things.pop(id, None)
                self.since = op["seq"]
        return True

    def _take(self, put: dict[str, dict[str, Any]]) -> None:
        for id, props in put.items():
            thing = self.things.setdefault(id, {})
            for key, value in props.items():
                if value is None:
                    thing.pop(key, None)
                else:
                    thing[key] = value


class Room:
    """A board with its log, as a hub would hold it; ``seed`` makes ids and shuffles repeatable."""

    def __init__(self, rules: Rules | None = None, *, columns: int = 2, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.columns = [self.id() for _ in range(columns)]
        first = found(
            op_id=self.id(),
            by="facil",
            at=self.now,
            title="What helps?",
            columns=[Column(id, f"Column {n}") for n, id in enumerate(self.columns)],
            rules=rules or Rules(),
        )
        self.log: list[Entry] = [first]
        self.state: State = fold(self.log, board=BOARD_ID)
        self.display = Display(self.state)
        self.facilitator = self.person("facil", "facilitator")
        self.ann, self.ben, self.cat = (self.person(name) for name in ("ann", "ben", "cat"))
        self.screen = Actor("", "screen")

    def id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def person(self, name: str, role: Any = "participant") -> Actor:
        return Actor(name, role, device_hash(BOARD_ID, f"device-of-{name}"))

    def op(
        self, kind: str, target: str = BOARD, *, op_id: str | None = None, base: int | None = None, **props: Any
    ) -> Op:
        """A well-formed op; underscores behind a name are dropped, so that ``from_`` and ``as_`` can be written."""
        raw = {
            "op_id": op_id or self.id(),
            "base_seq": self.state.head if base is None else base,
            "kind": kind,
            "target": target,
            "props": {name.rstrip("_"): value for name, value in props.items()},
        }
        read = parse(json.loads(json.dumps(raw)), board=BOARD_ID)
        assert isinstance(read, Op), read
        return read

    def ask(self, actor: Actor, kind: str, target: str = BOARD, **props: Any) -> Answer:
        return self.send(actor, self.op(kind, target, **props))

    def send(self, actor: Actor, op: Op) -> Answer:
        answer = apply(self.state, op, actor, self.now, chance=self.chance)
        if isinstance(answer, Applied):
            # Through JSON and back, as a database would give it.
            self.log.append(entry_of(json.loads(json.dumps(answer.entry.as_json()))))
        return answer

    def do(self, actor: Actor, kind: str, target: str = BOARD, **props: Any) -> Entry:
        """Ask for what must be possible."""
        answer = self.ask(actor, kind, target, **props)
        assert isinstance(answer, Applied), (kind, answer)
        return answer.entry

    def refused(self, actor: Actor, kind: str, target: str = BOARD, **props: Any) -> str:
        """Ask for what must not be; the code of the refusal."""
        before = freeze_bytes(self.state)
        answer = self.ask(actor, kind, target, **props)
        assert isinstance(answer, Rejected), (kind, answer)
        assert answer.sentence
        assert freeze_bytes(self.state) == before, "a refused op changed the board"
        return answer.code

    def note(self, actor: Actor, text: str = "A note", column: int = 0, **props: Any) -> str:
        id = self.id()
        self.do(actor, "note.add", id, column=self.columns[column], text=text, **props)
        return id

    def stage(self, goal: int) -> None:
        """Walk to a stage, as a facilitator does: one at a time."""
        while self.state.stage != goal:
            kind = "stage.next" if self.state.stage < goal else "stage.back"
            self.do(self.facilitator, kind, from_=int(self.state.stage))

    def row(self, container: str) -> list[str]:
        return [id for _, id in self.state.row(container)]

    def thing(self, id: str) -> dict[str, Any]:
        return self.state.things[id]

    def sees(self, viewer: Actor) -> dict[str, dict[str, Any]]:
        return picture(self.state, viewer)

    def folded(self) -> State:
        """The state by folding the whole log anew."""
        return fold(self.log, board=BOARD_ID)

    def crash(self) -> None:
        """The process is gone; all that is left is the log."""
        self.state = self.folded()
        self.display = Display(self.state)

    # What a hub sends

    def welcome(self, client: Client, *, horizon: int = 0) -> list[bytes]:
        """The frames that bring a client up to date."""
        how = resume(since=client.since, epoch=client.epoch, head=self.state.head, horizon=horizon, current=EPOCH)
        if how == "tail":
            return [self.batch(client.since or 0, client.actor)]
        snapshot = self.display.snapshot(EPOCH, facilitates=client.actor.facilitates)
        return [snapshot, self.display.yours(client.actor)]

    def batch(self, since: int, viewer: Actor) -> bytes:
        return Batch(self.log[since:], EPOCH).bytes_for(viewer)

    def connect(self, actor: Actor) -> Client:
        client = Client(actor)
        self.catch_up(client)
        return client

    def catch_up(self, client: Client, *, horizon: int = 0) -> None:
        for frame in self.welcome(client, horizon=horizon):
            assert client.receive(frame)
        assert client.since == self.state.head


def freeze_bytes(state: State) -> bytes:
    """A state as comparable bytes: equal states, equal bytes."""
    return json.dumps(freeze(state), sort_keys=True).encode()


def thawed(state: State) -> State:
    return thaw(json.loads(json.dumps(freeze(state))))


def is_contiguous(log: Sequence[Entry]) -> bool:
    return [entry.seq for entry in log] == list(range(1, len(log) + 1))
