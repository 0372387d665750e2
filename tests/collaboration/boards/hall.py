"""A hall for tests: a workshop in the database, its board, and people in it."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from collaboration.boards import oplog
from collaboration.boards.committing import Asked, commit
from collaboration.boards.engine.ops import Op, parse
from collaboration.boards.engine.state import State, fold
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board, LogBatch
from collaboration.workshops import registry
from collaboration.workshops.models import Participation, Workshop
from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.clock import now, today
from groundwork.directory.models import Mandate, Organisation, Sector

_numbers = itertools.count(1)


def organisation(name: str = "") -> Organisation:
    number = next(_numbers)
    sector, _made = Sector.objects.get_or_create(code="health", defaults={"title": "Health"})
    return Organisation.objects.create(slug=f"body-{number}", name=name or f"Body {number}", sector=sector)


def person(name: str = "Somebody") -> Person:
    return Person.objects.create(email=f"hall{next(_numbers)}@example.org", name=name)


def acting(host: Organisation, role: str = "lead", who: Person | None = None) -> PersonActor:
    who = who or person()
    mandate = Mandate.objects.create(person=who, organisation=host, role=role, valid_from=today() - timedelta(days=30))
    return PersonActor(who=who, under=mandate)


def device(name: object) -> str:
    """The key that a browser holds."""
    return f"device-of-{name}".ljust(22, "-")


def seqs_of(board_id: UUID) -> list[int]:
    """The seqs that a board's log holds, as its rows say."""
    found = []
    for batch in LogBatch.objects.filter(board=board_id).order_by("seq"):
        seqs = [raw["seq"] for raw in json.loads(batch.body)]
        assert seqs == list(range(batch.seq, batch.last + 1))
        assert bytes(batch.op_ids) == b"".join(UUID(raw["op_id"]).bytes for raw in json.loads(batch.body))
        found += seqs
    return found


class Hall:
    """A workshop with a facilitator, and shorthand for what people there do."""

    def __init__(
        self, *, columns: int = 2, status: str = "open", host: Organisation | None = None, **fields: Any
    ) -> None:
        self.workshop = Workshop.objects.create(
            title="What helps?",
            template="inquiry",
            columns=[{"title": f"Column {n}", "prompt": ""} for n in range(columns)],
            host=host or organisation(),
            status=status,
            **fields,
        )
        registry.tell_planned(self.workshop)
        self.facilitator = self.join("facilitator")

    @cached_property
    def board_id(self) -> UUID:
        return Board.objects.values_list("pk", flat=True).get(workshop=self.workshop)

    @property
    def board(self) -> Board:
        return Board.objects.get(workshop=self.workshop)

    def join(self, role: str = "participant", **fields: Any) -> Participation:
        return Participation.objects.create(workshop=self.workshop, role=role, name=f"P{next(_numbers)}", **fields)

    def state(self) -> State:
        """What the log folds to, from its first entry."""
        return fold(oplog.read_all(self.board_id), board=str(self.board_id))

    def column(self, number: int = 0) -> str:
        return self.state().row(BOARD)[number][1]

    def raw(
        self, kind: str, target: str = BOARD, *, op_id: str | None = None, base: int = 1, **props: Any
    ) -> dict[str, Any]:
        return {
            "op_id": op_id or str(uuid4()),
            "base_seq": base,
            "kind": kind,
            "target": target,
            "props": {name.rstrip("_"): value for name, value in props.items()},
        }

    def op(self, kind: str, target: str = BOARD, **props: Any) -> tuple[str | None, Op]:
        raw = self.raw(kind, target, **props)
        read = parse(raw, board=str(self.board_id))
        assert isinstance(read, Op), read
        return raw["op_id"], read

    def asked(self, who: Participation, *ops: tuple[str | None, Any], **fields: Any) -> Asked:
        return Asked(board_id=self.board_id, participation_id=who.pk, device=device(who.pk), ops=ops, **fields)

    def do(self, who: Participation, kind: str, target: str = BOARD, **props: Any) -> dict[str, Any]:
        """One op, committed by itself."""
        return commit([self.asked(who, self.op(kind, target, **props))])[0][0]

    def note(self, who: Participation, text: str = "A note", column: int = 0) -> str:
        """A note that is kept; its id."""
        id = str(uuid4())
        answer = self.do(who, "note.add", id, column=self.column(column), text=text)
        assert answer["t"] == "ack", answer
        return id

    def go(self, stage: int) -> None:
        """Lead the workshop to a stage."""
        while (present := int(self.state().stage)) != stage:
            kind = "stage.next" if present < stage else "stage.back"
            answer = self.do(self.facilitator, kind, from_=present)
            assert answer["t"] == "ack", answer


__all__ = ["Hall", "acting", "device", "now", "organisation", "person", "seqs_of"]
