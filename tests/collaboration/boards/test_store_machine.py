"""A server on a real database and the clients of a workshop, over bad lines: Hypothesis chooses what goes wrong.

Ops are lost on the way, sent twice, out of order; answers are lost; frames are lost, doubled, late; the process is
killed before and after a commit; another process writes; words are removed for good; people are removed and come back.
In the end everybody holds what the server would show them, every acknowledged op is where it was said to be, and
nothing was done twice.
"""

from __future__ import annotations

import json
import os
import random
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from collaboration.boards import committing, oplog, states
from collaboration.boards.committing import Answer, actor_of
from collaboration.boards.engine.delivery import Batch
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.resuming import resume
from collaboration.boards.engine.snapshots import freeze
from collaboration.boards.engine.stages import PERMITTED, refusal
from collaboration.boards.engine.state import State
from collaboration.boards.standing import standing_of
from collaboration.workshops import registry
from collaboration.workshops.models import Participation
from tests.collaboration.boards.engine.room import Client
from tests.collaboration.boards.engine.test_machine import KINDS, asked
from tests.collaboration.boards.hall import Hall, device, seqs_of

DRILL = bool(os.environ.get("GT_DRILL"))

pytestmark = pytest.mark.django_db


class Table:
    """The board as :func:`asked` wants to know it."""

    def __init__(self, hall: Hall, chance: random.Random) -> None:
        self.hall, self.chance = hall, chance
        self.state: State = hall.state()

    def id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def row(self, container: str) -> list[str]:
        return [id for _order, id in self.state.row(container)]

    def op(self, kind: str, target: str = "board", **props: Any) -> Op:
        return self.hall.op(kind, target, op_id=self.id(), **props)[1]


class Phone:
    """A client with an outbox. What it holds comes from frames alone."""

    def __init__(self, who: Participation, board_id: UUID) -> None:
        self.who = who
        self.board_id = board_id
        self.outbox: dict[str, Op] = {}
        self.acked: dict[str, int] = {}
        self.refused: set[str] = set()
        self.client = Client(self.actor())

    def actor(self) -> Actor:
        standing = standing_of(self.board_id, self.who.pk)
        return actor_of(standing, self.board_id, device(self.who.pk)) if standing else Actor("", "screen")

    @property
    def is_in(self) -> bool:
        return self.who.status == Participation.Status.ADMITTED

    def answered(self, answer: Answer) -> None:
        op_id = answer["op_id"]
        if answer["t"] == "ack":
            assert self.acked.setdefault(op_id, answer["seq"]) == answer["seq"], "another answer than at first"
            self.outbox.pop(op_id, None)
        elif answer["text"] == "drafts":
            self.outbox.pop(op_id, None)
            self.refused.add(op_id)


class Workshop(RuleBasedStateMachine):
    @initialize(seed=st.integers(0, 2**32), names=st.sampled_from(["shown", "hidden"]))
    def open(self, seed: int, names: str) -> None:
        self.chance = random.Random(seed)
        self.hall = Hall(names=names, budget=3)
        self.board_id = self.hall.board_id
        people = [self.hall.facilitator, self.hall.join(), self.hall.join()]
        self.phones = [Phone(who, self.board_id) for who in people]
        self.horizon = 0

    # What people do

    @rule(who=st.integers(0, 2), many=st.integers(1, 4))
    def think(self, who: int, many: int) -> None:
        """Somebody does something: it goes into the outbox, under the seq they have seen."""
        phone = self.phones[who]
        table = Table(self.hall, self.chance)
        role = "facilitator" if who == 0 else "participant"
        possible = [kind for kind in KINDS if not refusal(kind, role, table.state.stage, locked=False, limited=False)]
        for _ in range(many):
            kind = self.chance.choice(possible if possible and self.chance.random() < 0.9 else KINDS)
            if kind == "redact" and self.chance.random() < 0.6:
                continue
            op = asked(table, self.chance, kind)  # type: ignore[arg-type]
            base = min(phone.client.since or 0, table.state.head)
            phone.outbox[op.op_id] = Op(op.op_id, base, op.kind, op.target, op.props)

    def _commit(self, *sent: tuple[Phone, list[Op]]) -> list[list[Answer]]:
        return committing.commit(
            [self.hall.asked(phone.who, *((op.op_id, op) for op in ops)) for phone, ops in sent if ops]
        )

    def _some(self, phone: Phone) -> list[Op]:
        """What of the outbox comes through: some of it, some twice, in whatever order."""
        ops = [op for op in phone.outbox.values() if self.chance.random() < 0.8]
        ops += [op for op in ops if self.chance.random() < 0.2]
        if self.chance.random() < 0.3:
            self.chance.shuffle(ops)
        return ops

    @rule(lost=st.booleans())
    def send(self, lost: bool) -> None:
        """Everybody's line carries something; with ``lost`` no answer comes back."""
        sent = [(phone, ops) for phone in self.phones if (ops := self._some(phone))]
        self.chance.shuffle(sent)
        for (phone, _ops), answers in zip(sent, self._commit(*sent), strict=True):
            for answer in answers:
                if not lost:
                    phone.answered(answer)

    @rule()
    def send_elsewhere(self) -> None:
        """The same through another process, which has nothing warm."""
        for phone in self.phones:
            if ops := self._some(phone):
                with transaction.atomic():
                    answers = committing.within([self.hall.asked(phone.who, *((op.op_id, op) for op in ops))])
                for answer in answers[0]:
                    phone.answered(answer)

    @rule()
    def send_and_crash(self) -> None:
        """The database fails after the entries were written and before they are committed."""
        append = oplog.append

        def failing(grown: Any) -> None:
            append(grown)
            raise OperationalError("the server closed the connection unexpectedly")

        oplog.append = failing
        try:
            sent = [(phone, ops) for phone in self.phones if (ops := self._some(phone))]
            for (phone, _ops), answers in zip(sent, self._commit(*sent), strict=True):
                for answer in answers:
                    phone.answered(answer)
        finally:
            oplog.append = append

    @rule()
    def restart(self) -> None:
        states.forget(self.board_id)

    @rule()
    def snapshot(self) -> None:
        with states.held(self.board_id) as held, transaction.atomic():
            epoch, seq = held.head
            oplog.keep_snapshot(self.board_id, epoch, seq, oplog.frozen(held.state))

    @rule(who=st.integers(0, 2))
    def remove_or_let_in(self, who: int) -> None:
        phone = self.phones[who]
        phone.who.status = Participation.Status.REMOVED if phone.is_in else Participation.Status.ADMITTED
        with transaction.atomic():
            phone.who.save(update_fields=["status"])
            registry.tell_access_changed([self.hall.workshop.pk])

    # What the server says

    @rule(who=st.integers(0, 2))
    def listen(self, who: int) -> None:
        """Frames of live ops: some lost, some twice, some late. Whoever finds a gap takes nothing in and asks."""
        phone = self.phones[who]
        client = phone.client
        if not phone.is_in or client.since is None:
            return
        head = oplog.heads([self.board_id])[self.board_id]
        if client.epoch != head.epoch:
            return self.connect(who)
        begin = max(0, client.since + self.chance.randint(-4, 2))
        entries = oplog.read(self.board_id, begin, limit=self.chance.randint(1, 6))
        frames = [Batch([entry], head.epoch).bytes_for(client.actor) for entry in entries]
        frames += [frame for frame in frames if self.chance.random() < 0.2]
        if self.chance.random() < 0.3:
            self.chance.shuffle(frames)
        for frame in frames:
            if self.chance.random() < 0.9 and not client.receive(frame):
                return self.connect(who)
        return None

    @rule(who=st.integers(0, 2))
    def connect(self, who: int) -> None:
        """A new connection: what is lacking, or all."""
        phone = self.phones[who]
        if not phone.is_in:
            return
        client = phone.client
        client.actor = phone.actor()
        head = oplog.heads([self.board_id])[self.board_id]
        how = resume(
            since=client.since, epoch=client.epoch, head=head.head_seq, horizon=head.horizon, current=head.epoch
        )
        with states.held(self.board_id) as held:
            if how == "tail":
                entries = list(oplog.read_all(self.board_id, client.since or 0))
                frames = [Batch(entries, held.epoch).bytes_for(client.actor)]
            else:
                facilitates = client.actor.facilitates
                frames = [held.display.snapshot(held.epoch, facilitates=facilitates), held.display.yours(client.actor)]
        for frame in frames:
            assert client.receive(frame)
        assert client.since == head.head_seq

    # What must hold

    @invariant()
    def the_log_is_whole(self) -> None:
        if not hasattr(self, "hall"):
            return
        head = oplog.heads([self.board_id])[self.board_id]
        assert seqs_of(self.board_id) == list(range(1, head.head_seq + 1))
        assert head.horizon >= self.horizon
        self.horizon = head.horizon
        with states.held(self.board_id) as held:
            assert held.head == (head.epoch, head.head_seq)
            assert json.dumps(freeze(held.state), sort_keys=True) == json.dumps(
                freeze(self.hall.state()), sort_keys=True
            )

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        for phone in getattr(self, "phones", ()):
            kept = oplog.lookup_many([(self.board_id, op_id) for op_id in phone.acked])
            assert {op_id: seq for (_board, op_id), (seq, _by) in kept.items()} == phone.acked
            assert not phone.refused & phone.acked.keys()

    def teardown(self) -> None:
        if not hasattr(self, "hall"):
            return
        for who, phone in enumerate(self.phones):
            if not phone.is_in:
                self.remove_or_let_in(who)
        # The line is good again: every outbox is emptied by answers.
        for phone in self.phones:
            for answers in self._commit((phone, [*phone.outbox.values()])):
                for answer in answers:
                    phone.answered(answer)
            assert not phone.outbox
        state = self.hall.state()
        for who, phone in enumerate(self.phones):
            self.connect(who)
            assert phone.client.things == picture(state, phone.actor())
        self.the_log_is_whole()
        self.what_was_acknowledged_is_there()


assert set(KINDS) <= set(PERMITTED)


def test_server_and_clients_over_bad_lines() -> None:
    run_state_machine_as_test(
        Workshop,
        settings=settings(
            max_examples=200 if DRILL else 8,
            stateful_step_count=60 if DRILL else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
