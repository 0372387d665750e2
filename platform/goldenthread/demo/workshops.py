"""Puts invented workshops into the demonstration: through the services and boards that people use, op by op."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from django.utils import timezone

from collaboration.boards.afterwards.making import make_outcome
from collaboration.boards.services import export_board, perform
from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop
from goldenthread.demo.colleagues import colleague_of
from groundwork.access.actors import Actor, Public
from groundwork.directory.queries import find_organisation, the_place
from vision.frameworks.queries import building_blocks

FILE = Path(__file__).with_name("workshops.yaml")
STAGES = ("lobby", "write", "reveal", "group", "vote", "discuss", "commit", "close")
WRITE, GROUP, VOTE, COMMIT = 1, 3, 4, 6


@dataclass
class Workshops:
    """Plans, opens and fills what the file describes, as of ``at``. A second run adds nothing."""

    at: datetime
    made: int = 0
    left_out: list[str] = field(default_factory=list)

    def load(self) -> None:
        described = yaml.safe_load(FILE.read_text("utf-8"))
        for entry in described["planned"]:
            self._plan(entry)
        for entry in described["open"]:
            self._hold(entry)
        for entry in described["reported"]:
            self._report(entry)

    def _plan(self, entry: dict[str, Any]) -> tuple[Actor, Workshop] | None:
        """The workshop, planned; None where it is there already or nobody can host it."""
        if Workshop.objects.filter(title=entry["title"]).exists():
            return None
        place = the_place()
        convening = place.convening_organisation if place else None
        host = find_organisation(entry["host"]) if entry["host"] else convening
        if host is None or host.is_group:
            self.left_out.append(entry["title"])
            return None
        actor = colleague_of(host)
        starts = self._starts(entry)
        workshop = services.plan_workshop(
            actor=actor,
            title=entry["title"],
            template=entry["template"],
            purpose=" ".join(entry["purpose"].split()),
            prompt=entry["prompt"],
            visibility=entry["visibility"],
            starts_at=starts,
            ends_at=starts + timedelta(hours=entry["hours"]),
            venue=entry["venue"],
            at=min(self.at, starts) - timedelta(days=14),
        )
        if "names" in entry:
            workshop = services.change_rules(
                actor=actor,
                workshop=workshop,
                version=workshop.version,
                names=entry["names"],
                budget=workshop.budget,
                most=workshop.most,
                totals=workshop.totals,
                grouping=workshop.grouping,
            )
        if "blocks" in entry:
            codes = [block.code for block in building_blocks()[: entry["blocks"]]]
            workshop = services.choose_subjects(
                actor=actor, workshop=workshop, version=workshop.version, elements=codes
            )
        if entry.get("in_days", 0) > 0:
            invited = [(email, name, "participant") for email, name in entry["people"]]
            services.invite(actor=actor, workshop=workshop, people=invited)
        self.made += 1
        return actor, workshop

    def _starts(self, entry: dict[str, Any]) -> datetime:
        """Its start: a working day at the hour it says, or half an hour ago for the one that is open."""
        if entry["in_days"] == 0:
            return self.at.replace(second=0, microsecond=0) - timedelta(minutes=30)
        day = timezone.localtime(self.at).date() + timedelta(days=entry["in_days"])
        while day.weekday() > 4:
            day += timedelta(days=1 if entry["in_days"] > 0 else -1)
        return timezone.make_aware(datetime.combine(day, time.fromisoformat(entry.get("from", "10:00"))))

    def _hold(self, entry: dict[str, Any]) -> tuple[Actor, Workshop, dict[str, str]] | None:
        """The workshop, opened, with its people in it and its board as far as the entry says; ids of what is on it."""
        planned = self._plan(entry)
        if planned is None:
            return None
        actor, workshop = planned
        assert workshop.starts_at is not None, "Every entry has a day."  # noqa: S101
        starts = workshop.starts_at
        workshop = services.open_workshop(actor=actor, workshop=workshop, at=starts)
        people = [
            services.join(
                actor=Public(),
                workshop=workshop,
                name=name,
                anonymous=not name,
                organisation_name=organisation,
                via="code",
                at=starts + timedelta(minutes=number),
            ).participation
            for number, (name, organisation) in enumerate(zip(entry["people"], entry["organisations"], strict=True))
        ]
        facilitator = queries.facilitators(workshop).get(person=actor.person)
        board = _Board(workshop, facilitator, people)
        board.play(entry)
        return actor, workshop, board.ids

    def _report(self, entry: dict[str, Any]) -> None:
        held = self._hold(entry)
        if held is None:
            return
        actor, workshop, ids = held
        assert workshop.ends_at is not None, "Every entry has its hours."  # noqa: S101
        day = timezone.localtime(self.at).date() + timedelta(days=entry["told_in_days"])
        services.set_next(actor=actor, workshop=workshop, on=day)
        workshop = services.report_workshop(actor=actor, workshop=workshop, tell=False, at=workshop.ends_at)
        for outcome in entry["outcomes"]:
            due = outcome.get("due_in_days")
            make_outcome(
                actor=actor,
                workshop=workshop,
                kind=outcome["kind"],
                sources=[ids[outcome["source"]]] if "source" in outcome else [],
                proposal=ids[outcome["proposal"]] if "proposal" in outcome else "",
                title=outcome["title"],
                email=outcome.get("email", ""),
                due_on=timezone.localtime(self.at).date() + timedelta(days=due) if due else None,
            )


class _Board:
    """One board, and the people who fill it: everybody with a device of their own."""

    def __init__(self, workshop: Workshop, facilitator: Participation, people: list[Participation]) -> None:
        self.workshop, self.facilitator, self.people = workshop, facilitator, people
        self.devices = {person.pk: secrets.token_urlsafe(32) for person in [facilitator, *people]}
        self.ids: dict[str, str] = {}
        """Ids of notes and actions by their text, of groups by their key."""

    def play(self, entry: dict[str, Any]) -> None:
        columns = {
            thing["title"]: id
            for id, thing in export_board(self.workshop)["things"].items()
            if thing["type"] == "column"
        }
        last = STAGES.index(entry["until"])
        for stage in range(last + 1):
            if stage == WRITE:
                self._write(entry, columns)
            elif stage == GROUP:
                self._group(entry)
            elif stage == VOTE:
                self._vote(entry)
            elif stage == COMMIT:
                self._commit(entry)
            if stage < last:
                self._do(self.facilitator, [_op("stage.next", "board", {"from": stage})])

    def _write(self, entry: dict[str, Any], columns: dict[str, str]) -> None:
        """People write in turns, as they would."""
        asked: dict[int, list[dict[str, Any]]] = {}
        for column, notes in entry["notes"].items():
            for writer, text, *_group in notes:
                self.ids[text] = str(uuid4())
                op = _op("note.add", self.ids[text], {"column": columns[column], "text": text, "pattern": writer})
                asked.setdefault(writer, []).append(op)
        for writer, ops in asked.items():
            self._do(self.people[writer], ops)

    def _group(self, entry: dict[str, Any]) -> None:
        ops = []
        for key, title in entry["groups"].items():
            notes = [
                self.ids[text] for listed in entry["notes"].values() for _writer, text, *group in listed if key in group
            ]
            self.ids[key] = str(uuid4())
            ops.append(_op("group.make", self.ids[key], {"notes": notes, "title": title}))
        self._do(self.facilitator, ops)

    def _vote(self, entry: dict[str, Any]) -> None:
        asked: dict[int, list[dict[str, Any]]] = {}
        for voter, item, count in entry["votes"]:
            asked.setdefault(voter, []).append(_op("vote", self.ids[item], {"count": count}))
        for voter, ops in asked.items():
            self._do(self.people[voter], ops)

    def _commit(self, entry: dict[str, Any]) -> None:
        for source, what, proposer in entry.get("actions", []):
            self.ids[what] = str(uuid4())
            op = _op("action.propose", self.ids[what], {"what": what, "sources": [self.ids[source]]})
            self._do(self.people[proposer], [op])

    def _do(self, person: Participation, ops: list[dict[str, Any]]) -> None:
        for answer in perform(participation=person, device=self.devices[person.pk], ops=ops):
            if answer["t"] != "ack":
                raise ValueError(f"The demonstration's board {self.workshop.title!r} is refused: {answer}")


def _op(kind: str, target: str, props: dict[str, Any]) -> dict[str, Any]:
    return {"t": "op", "op_id": str(uuid4()), "base_seq": 0, "kind": kind, "target": target, "props": props}
