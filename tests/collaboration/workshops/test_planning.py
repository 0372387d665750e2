"""Planning a workshop: from a template, section by section, and copies of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from collaboration.initiatives.models import Initiative
from collaboration.workshops import queries, registry, services
from collaboration.workshops.events import WorkshopChanged
from collaboration.workshops.models import Workshop
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.queries import history_of
from groundwork.clock import now
from groundwork.events.models import OutboxEvent
from tests.collaboration.workshops.ground import Ground, lay, opened, planned
from vision.frameworks.models import Element, Framework

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def test_a_workshop_is_made_of_its_template(ground: Ground) -> None:
    it = planned(ground, title="  Getting   to the clinic ")

    made_from = queries.template("barriers-and-enablers")
    assert it.title == "Getting to the clinic"
    assert it.prompt == made_from.prompt
    assert [c["title"] for c in it.columns] == ["Barriers", "Enablers", "Ideas"]
    assert [(s.stage, s.minutes) for s in queries.plan_of(it)] == list(made_from.plan)
    assert (it.names, it.budget, it.most, it.totals, it.grouping) == ("hidden", 5, 3, "hidden", "everyone")
    assert it.host == ground.council
    [planner] = queries.participants(it)
    assert (planner.person, planner.role, planner.mandate) == (
        ground["member"].person,
        "facilitator",
        ground["member"].mandate,
    )
    assert len(it.code) == 8
    assert history_of(it).get().action == "workshop.plan"


def test_a_double_click_plans_one(ground: Ground, clock: time_machine.Coordinates) -> None:
    first = planned(ground)
    clock.shift(timedelta(seconds=3))
    assert planned(ground).pk == first.pk
    clock.shift(timedelta(seconds=30))
    assert planned(ground).pk != first.pk


@pytest.mark.parametrize("who", ["scrutiny", "nobody"])
def test_who_may_not_plan(ground: Ground, who: str) -> None:
    with pytest.raises(NotAllowed):
        planned(ground, who)
    assert not Workshop.objects.exists()


def test_nobody_plans_for_another_organisation(ground: Ground) -> None:
    with pytest.raises(NotAllowed):
        planned(ground, host=ground.hospital)


def test_a_template_that_does_not_exist(ground: Ground) -> None:
    with pytest.raises(NotFound):
        planned(ground, template="../../etc/passwd")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": 5}, "title"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "meet.example.org"}, "link"),
        ({"visibility": "secret"}, "visibility"),
        ({"visibility": ""}, "visibility"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": None}, "starts_at"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(ground: Ground, fields: dict, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        planned(ground, **fields)
    assert list(refused.value.errors) == [wrong]
    assert not Workshop.objects.exists()


def test_it_ends_after_it_starts(ground: Ground) -> None:
    with pytest.raises(Invalid) as refused:
        planned(ground, ends_at=now() + timedelta(days=1))
    assert list(refused.value.errors) == ["ends_at"]


def test_a_change_says_who_changed_it_meanwhile(ground: Ground) -> None:
    it = planned(ground)
    services.change_workshop(actor=ground["lead"], workshop=it, version=1, venue="Village hall")
    with pytest.raises(Conflict) as refused:
        services.change_workshop(actor=ground["member"], workshop=it, version=1, venue="Town hall")
    assert "Lead" in refused.value.message
    # What is so already is no change, whatever version it came with.
    services.change_workshop(actor=ground["member"], workshop=it, version=1, venue="Village hall")


def test_what_stands_in_a_calendar_gets_a_new_revision_and_is_told(ground: Ground) -> None:
    it = planned(ground)
    it = services.change_workshop(actor=ground["member"], workshop=it, version=None, purpose="Why not?")
    assert it.sequence == 0
    it = services.change_workshop(actor=ground["member"], workshop=it, version=None, venue="Village hall")
    assert it.sequence == 1
    told = [e.payload["tell"] for e in OutboxEvent.objects.filter(name=WorkshopChanged.event_name).order_by("pk")]
    assert told == [False, True]


def test_the_board_hears_of_new_words_and_rules(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(registry, "_planned", [lambda w: heard.append("planned")])
    monkeypatch.setattr(registry, "_rules_changed", [lambda w: heard.append("rules")])
    it = planned(ground)
    act = {"actor": ground["member"], "workshop": it, "version": None}
    services.change_workshop(**act, venue="Village hall")
    assert heard == ["planned"]
    services.change_workshop(**act, prompt="What now?")
    services.change_rules(**act, names="shown", budget=4, most=2, totals="shown", grouping="facilitator")
    services.change_columns(**act, columns=[{"title": "One"}, queries.Column("Two", "Why?")])
    assert heard == ["planned", "rules", "rules", "rules"]
    it.refresh_from_db()
    assert it.columns == [{"title": "One", "prompt": ""}, {"title": "Two", "prompt": "Why?"}]
    assert (it.names, it.budget, it.most, it.totals, it.grouping) == ("shown", 4, 2, "shown", "facilitator")


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ({"budget": 0}, "budget"),
        ({"budget": 101}, "budget"),
        ({"budget": "5"}, "budget"),
        ({"budget": True}, "budget"),
        ({"most": 6}, "most"),
        ({"most": None}, "most"),
        ({"names": "some"}, "names"),
        ({"grouping": ""}, "grouping"),
    ],
)
def test_rules_that_make_no_sense(ground: Ground, rules: dict, wrong: str) -> None:
    given = {"names": "shown", "budget": 5, "most": 3, "totals": "hidden", "grouping": "everyone", **rules}
    with pytest.raises(Invalid) as refused:
        services.change_rules(actor=ground["member"], workshop=planned(ground), version=None, **given)
    assert list(refused.value.errors) == [wrong]


def test_rules_and_columns_of_an_open_workshop_are_the_boards(ground: Ground) -> None:
    act = {"actor": ground["member"], "workshop": opened(ground), "version": None}
    with pytest.raises(Conflict):
        services.change_columns(**act, columns=[{"title": "One"}])
    with pytest.raises(Conflict):
        services.change_rules(**act, names="shown", budget=4, most=2, totals="shown", grouping="everyone")


@pytest.mark.parametrize("columns", [[], [{"title": ""}], [{"title": "x"}] * 51, [{"prompt": "Only"}]])
def test_columns_a_board_cannot_have(ground: Ground, columns: list) -> None:
    with pytest.raises(Invalid):
        services.change_columns(actor=ground["member"], workshop=planned(ground), version=None, columns=columns)


def test_a_plan_leaves_stages_out_but_never_lobby_and_close(ground: Ground) -> None:
    it = planned(ground)
    services.plan_stages(
        actor=ground["member"],
        workshop=it,
        version=1,
        stages=[{"stage": 1, "minutes": 20, "note": "In pairs"}, {"stage": 2}, {"stage": 5, "minutes": 0}],
    )
    assert [(s.stage, s.minutes, s.note) for s in queries.plan_of(it)] == [
        (0, 0, ""),
        (1, 20, "In pairs"),
        (2, 0, ""),
        (5, 0, ""),
        (7, 0, ""),
    ]


@pytest.mark.parametrize(
    "stage",
    [{"stage": 8}, {"stage": -1}, {"stage": "1"}, {"stage": 1, "minutes": -1}, {"stage": 1, "minutes": 9999}, {}],
)
def test_a_plan_that_makes_no_sense(ground: Ground, stage: dict) -> None:
    it = planned(ground)
    with pytest.raises(Invalid):
        services.plan_stages(actor=ground["member"], workshop=it, version=1, stages=[stage])
    assert queries.plan_of(it).count() == 8


def test_what_it_inquires_into(ground: Ground) -> None:
    framework = Framework.objects.create(key="vision", title="Vision", kind="vision")
    Element.objects.create(framework=framework, code="V-1", slug="v-1", kind="thing", title="Live well")
    public = Initiative.objects.create(number=1, reference="VAL-0001", title="Warm homes", visibility="public")
    Initiative.objects.create(number=2, reference="VAL-0002", title="Draft", owner=ground.hospital)
    it = planned(ground)
    act = {"actor": ground["member"], "workshop": it, "version": None}
    services.choose_subjects(**act, frameworks=["vision"], elements=["V-1"], initiatives=["val-0001"])
    assert list(it.initiatives.all()) == [public]
    assert it.elements.get().code == "V-1"
    with pytest.raises(Invalid) as refused:
        services.choose_subjects(**act, frameworks=["nope"], initiatives=["VAL-0002"])
    assert set(refused.value.errors) == {"frameworks", "initiatives"}
    services.choose_subjects(**act)
    assert not it.initiatives.exists()


def test_a_rehearsal_has_the_plan_and_the_team_and_nobody_else(ground: Ground) -> None:
    it = planned(ground, visibility="public")
    services.add_facilitator(actor=ground["member"], workshop=it, email="nurse@vale.example")
    copy = services.copy_for_rehearsal(actor=ground["member"], workshop=it)
    assert copy.is_rehearsal
    assert copy.visibility == "invited"
    assert copy.columns == it.columns
    assert {p.person.email for p in queries.facilitators(copy)} == {"member@vale.example", "nurse@vale.example"}
    assert services.copy_for_rehearsal(actor=ground["member"], workshop=it).pk == copy.pk
    act = {"actor": ground["member"], "workshop": copy}
    with pytest.raises(Conflict):
        services.copy_for_rehearsal(**act)
    with pytest.raises(Conflict):
        services.invite(**act, people=[("a@b.example", "", "participant")])
    with pytest.raises(Invalid):
        services.change_workshop(**act, version=None, visibility="public")


def test_a_copy_shows_nothing_that_its_planner_may_not_see(ground: Ground) -> None:
    draft = Initiative.objects.create(number=2, reference="VAL-0002", title="Draft", owner=ground.council)
    it = planned(ground, visibility="partners")
    services.choose_subjects(actor=ground["member"], workshop=it, version=None, initiatives=[draft.reference])
    copy = services.copy_workshop(actor=ground["nurse"], workshop=it, title="Ours")
    assert copy.host == ground.hospital
    assert not copy.initiatives.exists()
    assert copy.starts_at is None
    assert [p.person.email for p in queries.participants(copy)] == ["nurse@vale.example"]
    with pytest.raises(NotFound):
        services.copy_workshop(actor=ground["nurse"], workshop=planned(ground, title="Secret"))
