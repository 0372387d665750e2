"""The engine under everything at once: many viewers, bad lines, crashes, stages back and forth, undo and redo.

Hypothesis chooses what happens; after every step the promises of the engine must hold for everybody.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collaboration.boards.engine.applying import Applied, Repeated, apply
from collaboration.boards.engine.founding import Rules
from collaboration.boards.engine.limits import MOST_NOTES
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts, picture
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.snapshots import freeze
from collaboration.boards.engine.stages import PERMITTED, refusal
from collaboration.boards.engine.state import State, fold
from collaboration.boards.engine.texts import BOARD
from tests.collaboration.boards.engine.room import BOARD_ID, Room, freeze_bytes, is_contiguous, thawed

DRILL = bool(os.environ.get("GT_DRILL"))


def asked(room: Room, chance: random.Random, kind: str) -> Op:
    """An op of this kind that names things of the board, mostly such as fit."""
    things = room.state.things

    def some(*types: str) -> str:
        fitting = [id for id, thing in things.items() if thing["type"] in types and not thing.get("deleted")]
        return chance.choice(fitting) if fitting and chance.random() < 0.97 else room.id()

    def several(*types: str) -> list[str]:
        return list(dict.fromkeys(some(*types) for _ in range(chance.randint(1, 3))))

    def after(container: str) -> dict[str, Any]:
        row = room.row(container)
        return {} if chance.random() < 0.4 else {"after": chance.choice([None, *row])}

    item = some("note", "group")
    column = some("column")
    into = some("column", "column", "group")
    binned = sorted(room.state.binned) or [room.id()]
    stage = int(room.state.stage)
    match kind:
        case "note.add" | "paper.add":
            return room.op(kind, room.id(), column=column, text=f"text {room.id()}", **after(column))
        case "note.edit" | "comment.edit":
            return room.op(kind, some(kind.split(".")[0]), text=f"text {room.id()}")
        case "note.move":
            return room.op(kind, some("note"), into=into, **after(into))
        case "note.delete" | "comment.delete" | "action.delete" | "column.delete" | "action.claim" | "action.release":
            return room.op(kind, some(kind.split(".")[0]))
        case "restore":
            return room.op(kind, chance.choice(binned))
        case "column.add":
            return room.op(kind, room.id(), title="One more", **after(BOARD))
        case "column.edit":
            return room.op(kind, column, prompt=chance.choice([None, "Why?"]))
        case "column.move":
            return room.op(kind, column, after=chance.choice([None, *room.row(BOARD)]))
        case "group.make":
            return room.op(kind, room.id(), notes=several("note"), title="Transport")
        case "group.join":
            return room.op(kind, some("group"), notes=several("note"))
        case "group.name":
            return room.op(kind, some("group"), title=chance.choice([None, "Clinics"]))
        case "group.move":
            return room.op(kind, some("group"), into=column, **after(column))
        case "group.split":
            group = some("group")
            return room.op(kind, group, as_=room.id(), notes=(room.row(group) or [room.id()])[:2])
        case "ungroup":
            group = some("group")
            return room.op(kind, group, **({"notes": room.row(group)[:1]} if room.row(group) and stage % 2 else {}))
        case "merge":
            target = some("note", "group")
            return room.op(kind, target, into=some(things[target]["type"] if target in things else "note"))
        case "vote":
            return room.op(kind, item, count=chance.randint(1, 3))
        case "unvote":
            return room.op(kind, chance.choice([*room.state.ballots] or [item]))
        case "room.votes":
            return room.op(kind, item, count=chance.randint(0, 9))
        case "comment.add":
            return room.op(kind, room.id(), on=item, text=f"comment {room.id()}")
        case "react":
            return room.op(kind, item, mark=chance.choice(["agree", "unsure", "disagree", "none"]))
        case "action.propose":
            return room.op(kind, room.id(), what="Ask the bus company", sources=several("note", "group"))
        case "action.edit":
            return room.op(kind, some("action"), due="2027-03-31")
        case "stage.next" | "stage.back":
            return room.op(kind, from_=stage)
        case "timer.start" | "timer.extend":
            return room.op(kind, seconds=chance.randint(5, 600))
        case "reveal":
            return room.op(kind, **({"columns": [column]} if chance.random() < 0.5 else {}))
        case "lock":
            return room.op(kind, editing=chance.random() < 0.3)
        case "spotlight":
            return room.op(kind, on=chance.choice([None, item]))
        case "settings":
            return room.op(kind, budget=chance.randint(2, 6), most=chance.randint(1, 3))
        case "board.edit":
            return room.op(kind, title="What would help?")
        case "redact":
            return room.op(kind, things=several("note", "comment", "action", "group"))
        case "undo" | "redo":
            seq = {"seq": chance.randint(max(1, room.state.head - 12), room.state.head)}
            return room.op(kind, **(seq if chance.random() < 0.4 else {}))
        case _:
            return room.op(kind)


def work(kind: str) -> int:
    """How often a kind is drawn: what people do most, most."""
    return {"note.add": 8, "vote": 6, "undo": 6, "redo": 4, "action.claim": 6, "action.release": 8, "bin.empty": 1}.get(
        kind, 3
    )


KINDS = [kind for kind in PERMITTED for _ in range(work(kind))]


def votes_held(state: State) -> Counter[str]:
    """Votes by person, over all items."""
    held: Counter[str] = Counter()
    for given in state.ballots.values():
        held.update(given)
    return held


REGROUPING = {"group.make", "group.join", "group.split", "group.move", "ungroup", "merge", "note.move"}


class Engine(RuleBasedStateMachine):
    """Actors ask, clients listen over bad lines, and the process dies now and then."""

    @initialize(
        names=st.sampled_from(["shown", "hidden"]),
        totals=st.sampled_from(["shown", "hidden"]),
        grouping=st.sampled_from(["everyone", "everyone", "facilitator"]),
        seed=st.integers(0, 2**32),
        start=st.sampled_from([1, 2, 3, 3, 4, 5, 6]),
    )
    def open(self, names: Any, totals: Any, grouping: Any, seed: int, start: int) -> None:
        self.room = Room(Rules(names=names, totals=totals, grouping=grouping), seed=seed)
        room = self.room
        self.actors = [
            room.ann,
            room.ben,
            room.cat,
            room.facilitator,
            room.facilitator,
            room.person("fred", "facilitator"),
        ]
        self.clients = [room.connect(actor) for actor in [*self.actors, room.screen, room.person("olga", "observer")]]
        self.away: set[int] = set()
        self.late: list[tuple[int, bytes]] = []
        self.sent: list[tuple[Actor, Op, int]] = []
        self.snapshot = freeze(room.state)
        self.horizon = 0
        room.do(room.facilitator, "settings", budget=5, most=3)
        room.stage(1)
        for actor in [room.ann, room.ben, room.cat, room.ann, room.ben, room.facilitator]:
            room.note(actor, f"text {room.id()}", room.chance.randint(0, 1))
        room.stage(start)
        self.write(seed, 1, 0)
        for client in self.clients:
            room.catch_up(client)

    # What people do

    @rule(seed=st.integers(0, 2**32))
    def ask(self, seed: int) -> None:
        """A handful of ops, most of them such as are possible now."""
        chance = random.Random(seed)
        for _ in range(12):
            actor = chance.choice(self.actors)
            possible = [kind for kind in KINDS if self._may(actor, kind)]
            kind = chance.choice(possible if possible and chance.random() < 0.95 else KINDS)
            self._ask(actor, asked(self.room, chance, kind))
            self._hold()

    def _may(self, actor: Actor, kind: str) -> bool:
        if kind.startswith("stage."):
            return False
        code = refusal(kind, actor.role, self.room.state.stage, locked=False, limited=False)
        return code is None and kind not in ("redact", "lock")

    @rule(seed=st.integers(0, 2**32), who=st.integers(0, 3), column=st.integers(0, 1))
    def write(self, seed: int, who: int, column: int) -> None:
        """Notes, whenever they are possible: the rest needs some."""
        if self.room.state.stage == 1:
            self._ask(self.actors[who], asked(self.room, random.Random(seed), "note.add"))

    @rule(goal=st.integers(1, 6))
    def walk(self, goal: int) -> None:
        room = self.room
        step = "stage.next" if room.state.stage < goal else "stage.back"
        if room.state.stage != goal:
            self._ask(room.facilitator, room.op(step, from_=int(room.state.stage)))

    def _ask(self, actor: Actor, op: Op) -> None:
        room = self.room
        before, held = room.state.head, votes_held(room.state)
        # An empty group has nothing that its votes could go to: they go back to those who gave them.
        empty = op.kind == "ungroup" and not room.row(op.target)
        answer = room.send(actor, op)
        if isinstance(answer, Rejected):
            assert answer.sentence
            assert room.state.head == before
            return
        assert isinstance(answer, Applied)
        assert answer.entry.seq == before + 1
        self.sent.append((actor, op, answer.entry.seq))
        if op.kind in REGROUPING and not empty:
            assert votes_held(room.state) == held, "regrouping lost or made votes"
        self._spread()

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.room.now += days * 24 * 3600 * 1000
        self._ask(Actor("", "system"), self.room.op("bin.empty"))

    @precondition(lambda self: self.sent)
    @rule(choice=st.integers(0, 2**16))
    def resend(self, choice: int) -> None:
        """A client that never heard the ack asks again, and gets the same answer."""
        actor, op, seq = self.sent[choice % len(self.sent)]
        before = self.room.state.head
        if op.op_id not in self.room.state.recent:
            assert any(entry.op_id == op.op_id for entry in self.room.log)
            return
        assert self.room.send(actor, op) == Repeated(seq)
        assert self.room.state.head == before
        thief = next(other for other in self.actors if other.keys.isdisjoint(actor.keys))
        assert self.room.send(thief, op) == Rejected("op_id_taken")

    # What lines do

    def _spread(self) -> None:
        for at, client in enumerate(self.clients):
            if at not in self.away and client.since == self.room.state.head - 1:
                assert client.receive(self.room.batch(client.since, client.actor))

    @rule(who=st.integers(0, 7))
    def line_breaks(self, who: int) -> None:
        self.away.add(who)

    @rule(who=st.integers(0, 7), back=st.integers(0, 30))
    def comes_back(self, who: int, back: int) -> None:
        """From where it was, or from earlier: an old tab of the same device."""
        self.away.discard(who)
        self.room.catch_up(self.clients[who], horizon=self.horizon)

    @rule(who=st.integers(0, 7), since=st.integers(0, 60), late=st.booleans())
    def frames_double_and_swap(self, who: int, since: int, late: bool) -> None:
        """Old frames again, and frames that come too early: neither changes what a client holds."""
        client, room = self.clients[who], self.room
        held = json.dumps(client.things, sort_keys=True)
        if client.since is None:
            return
        if late and client.since < room.state.head - 1:
            assert client.receive(room.batch(client.since + 1, client.actor)) is False
        else:
            client.receive(room.batch(client.since - min(since, client.since - 1), client.actor)[:]) if (
                client.since == room.state.head and client.since > 1
            ) else None
        assert json.dumps(client.things, sort_keys=True) == held

    @rule(who=st.integers(0, 7))
    def loads_anew(self, who: int) -> None:
        self.away.discard(who)
        self.clients[who] = self.room.connect(self.clients[who].actor)

    @rule(who=st.integers(0, 2))
    def is_removed(self, who: int) -> None:
        """Somebody's rights end; they come again as one who only watches."""
        watcher = Actor(f"watcher{who}", "observer")
        self.clients[who] = self.room.connect(watcher)
        answer = apply(self.room.state, self.room.op("undo"), watcher, self.room.now)
        assert answer == Rejected("watching")

    # What servers do

    @rule()
    def process_dies(self) -> None:
        self.room.crash()

    @rule()
    def log_is_compacted(self) -> None:
        self.snapshot = json.loads(json.dumps(freeze(self.room.state)))
        self.horizon = self.room.state.head

    # What must hold

    def _hold(self) -> None:
        """What is cheap enough to look at after every single op."""
        self.everybody_sees_what_they_may()
        self.votes_are_within_budget()
        self.the_outline_is_whole()

    @invariant()
    def seqs_have_no_hole(self) -> None:
        if hasattr(self, "room"):
            assert is_contiguous(self.room.log)
            assert self.room.state.head == len(self.room.log)
            ids = [entry.op_id for entry in self.room.log]
            assert len(set(ids)) == len(ids), "an op took effect twice"

    @invariant()
    def folding_gives_the_state(self) -> None:
        if hasattr(self, "room"):
            state = freeze_bytes(self.room.state)
            assert freeze_bytes(self.room.folded()) == state
            again = thawed(self.room.state)
            assert freeze_bytes(again) == state
            tail = self.room.log[self.snapshot["seq"] :]
            from_snapshot = fold(tail, thawed(fold(self.room.log, board=BOARD_ID, upto=self.snapshot["seq"])))
            assert freeze_bytes(from_snapshot) == state
            for name in State.__slots__:
                if name not in ("steps", "touched"):
                    assert getattr(again, name) == getattr(self.room.state, name), f"the index {name} is wrong"

    @invariant()
    def everybody_sees_what_they_may(self) -> None:
        if not hasattr(self, "room"):
            return
        for at, client in enumerate(self.clients):
            if at not in self.away and client.since == self.room.state.head:
                assert client.things == picture(self.room.state, client.actor), client.actor
        for actor in (self.room.ann, self.room.facilitator):
            assert self.room.connect(actor).things == picture(self.room.state, actor)

    @invariant()
    def votes_are_within_budget(self) -> None:
        if not hasattr(self, "room"):
            return
        state = self.room.state
        board = state.things[BOARD]
        held = votes_held(state)
        assert held == Counter(state.spent)
        assert all(0 < count <= board["budget"] for count in held.values())
        for id, thing in state.things.items():
            given = state.ballots.get(id, {})
            assert state.total.get(id, 0) == sum(given.values())
            assert thing.get("votes", 0) == (sum(given.values()) if state.tells_totals else 0)
            marks = Counter(state.reacts.get(id, {}).values())
            assert {mark: thing.get(mark, 0) for mark in ("agree", "unsure", "disagree")} == {
                mark: marks[mark] for mark in ("agree", "unsure", "disagree")
            }
            if given or state.reacts.get(id):
                assert not thing.get("deleted")

    @invariant()
    def the_outline_is_whole(self) -> None:
        if not hasattr(self, "room"):
            return
        things = self.room.state.things
        for id, thing in things.items():
            assert None not in thing.values()
            if thing.get("deleted") or id == BOARD:
                continue
            for link in ("in", "on"):
                if link in thing:
                    assert not things[thing[link]].get("deleted"), (thing, things[thing[link]])
            if thing["type"] == "note":
                assert thing["text"] or thing.get("erased")
                assert thing.get("shown") or things[thing["in"]]["type"] == "column"
        assert self.room.state.live["column"] >= 1
        assert self.room.state.live["note"] <= MOST_NOTES
        assert sum(counts(self.room.state)["hidden"].values()) == sum(
            1 for t in things.values() if t["type"] == "note" and not t.get("shown") and not t.get("deleted")
        )


Engine.TestCase.settings = settings(
    max_examples=1000 if DRILL else 20,
    stateful_step_count=60 if DRILL else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not DRILL,
    print_blob=True,
)


@pytest.mark.drill
class TestEngine(Engine.TestCase):  # type: ignore[misc,name-defined]
    """Run by pytest as one test."""


WEATHER = ["ask"] * 12 + ["walk", "walk", "resend", "time", "die", "compact", "redact", "lines", "lines", "lines"]


def long_session(seed: int, steps: int) -> Engine:
    """The same machine driven by plain chance: longer than Hypothesis cares to make its examples."""
    chance = random.Random(seed)
    machine = Engine()
    machine.open(
        names=chance.choice(["shown", "hidden"]),
        totals=chance.choice(["shown", "hidden"]),
        grouping=chance.choice(["everyone", "everyone", "facilitator"]),
        seed=seed,
        start=chance.choice([1, 2, 3, 3, 4, 5, 6, 6]),
    )
    for _ in range(steps):
        who = chance.randrange(8)
        match chance.choice(WEATHER):
            case "ask":
                machine.ask(chance.getrandbits(32))
            case "walk":
                machine.walk(chance.randint(1, 6))
            case "resend" if machine.sent:
                machine.resend(chance.getrandbits(16))
            case "time":
                machine.time_passes(chance.choice([1, 1, 1, 1, 31]))
            case "redact":
                machine._ask(machine.room.facilitator, asked(machine.room, chance, "redact"))
            case "die":
                machine.process_dies()
            case "compact":
                machine.log_is_compacted()
            case "lines":
                machine.line_breaks(who)
                machine.frames_double_and_swap(who, chance.randint(0, 60), chance.random() < 0.5)
                machine.comes_back(chance.randrange(8), 0)
        machine.seqs_have_no_hole()
        machine.folding_gives_the_state()
        machine.everybody_sees_what_they_may()
    for goal in range(1, 7):
        # Once through all stages, so that every kind has its time.
        machine._ask(machine.room.facilitator, machine.room.op("lock", editing=False))
        while machine.room.state.stage != goal:
            machine.walk(goal)
        machine.ask(chance.getrandbits(32))
        machine.ask(chance.getrandbits(32))
    machine.folding_gives_the_state()
    return machine


@pytest.mark.drill
def test_long_sessions() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(200 if DRILL else 14):
        machine = long_session(seed, 60 if DRILL else 20)
        kinds.update(entry.kind for entry in machine.room.log)
    missing = set(PERMITTED) - set(kinds)
    assert missing == set(), "these kinds were never applied: the sessions look at less than they seem to"
