"""Rules settled on the board, in the lobby: the plan says the same, and a promise about names is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from collaboration.boards import oplog
from collaboration.boards.committing import commit
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.transacting import within
from collaboration.workshops import services
from collaboration.workshops.events import WorkshopChanged
from collaboration.workshops.models import Workshop
from collaboration.workshops.services import agenda
from groundwork.audit.queries import history_of
from groundwork.events.models import OutboxEvent
from tests.collaboration.boards.hall import Hall, acting, organisation, person

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"names": "hidden", "budget": 9, "most": 4, "totals": "shown", "grouping": "facilitator"}


def plan(hall: Hall) -> dict[str, object]:
    return Workshop.objects.values(*RULES).get(pk=hall.workshop.pk)


def test_the_plan_says_what_was_settled_and_by_whom() -> None:
    host, who = organisation(), person("Dee")
    actor = acting(host, who=who)
    hall = Hall(host=host)
    dee = hall.join("facilitator", person=who, mandate=actor.mandate)
    version = hall.workshop.version
    assert hall.do(dee, "settings", **RULES)["t"] == "ack"
    assert plan(hall) == RULES
    hall.workshop.refresh_from_db()
    assert hall.workshop.version == version + 1
    entry = history_of(hall.workshop).first()
    assert entry is not None
    assert (entry.person, entry.mandate) == (who, actor.mandate)
    assert entry.changes["budget"] == [5, 9]
    assert set(OutboxEvent.objects.get(name=WorkshopChanged.event_name).payload["fields"]) == set(RULES)
    # What is changed in the plan afterwards takes nothing of it back.
    services.change_workshop(actor=actor, workshop=hall.workshop, version=None, title="Another question")
    board = hall.state().things[BOARD]
    assert board["title"] == "Another question"
    assert {name: board[name] for name in RULES} == RULES


def test_saving_the_same_rules_again_changes_no_plan() -> None:
    hall = Hall()
    version = hall.workshop.version
    assert hall.do(hall.facilitator, "settings", names="shown", budget=5)["t"] == "ack"
    hall.workshop.refresh_from_db()
    assert hall.workshop.version == version


def test_only_what_is_other_is_told() -> None:
    hall = Hall(names="shown")
    hall.do(hall.facilitator, "settings", **RULES | {"names": "shown"})
    (entry,) = oplog.read_all(hall.board_id, 1)
    assert entry.facts[0]["set"] == {name: value for name, value in RULES.items() if name != "names"}


def test_names_that_were_promised_to_be_hidden_stay_hidden_once_anybody_has_joined() -> None:
    hall = Hall(names="hidden")
    assert hall.do(hall.facilitator, "settings", names="shown")["t"] == "ack"
    assert hall.do(hall.facilitator, "settings", names="hidden")["t"] == "ack"
    ann = hall.join()
    refused = hall.do(hall.facilitator, "settings", names="shown", budget=7)
    assert refused["code"] == "names_promised"
    assert refused["sentence"].startswith("People have joined who were told")
    assert plan(hall)["names"] == "hidden"
    assert plan(hall)["budget"] == 5
    assert hall.do(hall.facilitator, "settings", names="hidden", budget=7)["t"] == "ack"
    assert plan(hall)["budget"] == 7
    assert hall.do(ann, "settings", names="shown")["code"] == "not_your_role"


def test_names_may_be_hidden_after_people_have_joined_and_a_repeat_is_answered_as_before() -> None:
    hall = Hall(names="shown")
    first = hall.op("settings", names="shown", most=2)
    asked = hall.asked(hall.facilitator, first)
    (before,) = commit([asked])[0]
    hall.join()
    assert hall.do(hall.facilitator, "settings", names="hidden")["t"] == "ack"
    assert plan(hall)["names"] == "hidden"
    assert commit([asked])[0] == [before]


def test_rules_that_cannot_be_put_into_their_plan_cost_nobody_else_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    hall, other = Hall(), Hall()
    keep = agenda.rules_settled

    def breaking(*, workshop: Workshop, **named: Any) -> Any:
        if workshop.pk == hall.workshop.pk:
            raise IntegrityError
        return keep(workshop=workshop, **named)

    monkeypatch.setattr(agenda, "rules_settled", breaking)
    title = hall.op("board.edit", title="Buses")
    answers = commit(
        [
            hall.asked(hall.facilitator, title, hall.op("settings", **RULES)),
            other.asked(other.facilitator, other.op("settings", **RULES)),
        ]
    )
    assert [[answer["t"] for answer in those] for those in answers] == [["ack", "rejected"], ["ack"]]
    assert (answers[0][1]["code"], answers[0][1]["text"]) == ("not_saved", "kept")
    assert plan(other) == RULES
    assert plan(hall)["names"] == "shown"
    assert not hall.state().names_hidden
    assert hall.state().things[BOARD]["title"] == "Buses"


def test_what_is_not_committed_is_in_no_plan() -> None:
    hall = Hall()
    with transaction.atomic():
        (answer,) = within([hall.asked(hall.facilitator, hall.op("settings", **RULES))])[0]
        assert answer["t"] == "ack"
        assert plan(hall) == RULES
        transaction.set_rollback(True)
    assert plan(hall)["names"] == "shown"
    assert hall.board.head_seq == 1
