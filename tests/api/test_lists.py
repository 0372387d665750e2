"""What lists answer, in what shape, to whom, and for how many queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import indexing
from collaboration.initiatives.finding import choices
from collaboration.initiatives.models import Initiative
from collaboration.thread.services import recount
from groundwork.directory.models import Place as PlaceRow
from groundwork.web.api import licence
from tests.api.place import EVERYBODY, KEEPERS, MANDATED, Place
from tests.collaboration import ground as grounds
from tests.collaboration.initiatives import world as worlds

RECORD = {
    "ref", "title", "summary", "stage", "lead", "partners", "strands", "blocks", "areas", "start", "end", "money",
    "contact", "contact_email", "source", "original_labels", "difference", "scale", "participation", "ambitions",
    "principles", "elements", "verified", "published", "changed", "visibility", "exemplar", "address",
}  # fmt: skip


def refs(found: list[dict[str, Any]]) -> set[str]:
    return {each["ref"] for each in found}


def test_an_initiative_in_a_list(place: Place) -> None:
    made = grounds.initiative(
        place.world.ground,
        "Warm homes",
        "Insulation.",
        codes=("V-A1.1", "B-1", "P-1"),
        areas=("C1", "C2"),
        lead="southwick-council",
        partners=("vale-nhs", "all-councils"),
        stage="active",
        money=(1200, 34),
    )
    (told,) = place.program("public").get("initiatives/?words=warm+homes").json()["results"]
    assert told.keys() == RECORD
    assert told | {"changed": None} == {
        "ref": made.reference,
        "title": "Warm homes",
        "summary": "Insulation.",
        "stage": "active",
        "lead": "southwick-council",
        "partners": ["all-councils", "vale-nhs"],
        "strands": ["V-A1.1"],
        "blocks": ["B-1"],
        "areas": ["C1", "C2"],
        "start": None,
        "end": None,
        "money": 1234,
        "contact": "",
        "contact_email": "",
        "source": "",
        "original_labels": {},
        "difference": "",
        "scale": "",
        "participation": "",
        "ambitions": ["V-A1"],
        "principles": [],
        "elements": ["P-1"],
        "verified": None,
        "published": None,
        "changed": None,
        "visibility": "public",
        "exemplar": False,
        "address": told["address"],
    }
    assert told["address"].endswith(f"/initiatives/{made.reference}/")


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_who_is_told_of_what(place: Place, role: str) -> None:
    """What is published and live, as far as one may see it. Never a draft, and never one of others as a draft."""
    program = place.program(role)
    found = refs(program.whole("initiatives/"))
    wanted = {place.ref("public"), place.ref("survivor")} | ({place.ref("partners")} if role in MANDATED else set())
    assert found == wanted
    drafts = refs(program.whole("initiatives/?visibility=draft"))
    assert drafts == ({place.ref("draft")} if role in KEEPERS else set())


def test_drafts_of_nobody_are_for_officers(place: Place) -> None:
    unowned = worlds.made(place.world, visibility="draft", owner=None, lead=None)
    assert refs(place.program("other:officer").whole("initiatives/?visibility=draft")) == {unowned.reference}
    assert refs(place.program("other:lead").whole("initiatives/?visibility=draft")) == set()


def test_filters_are_those_of_the_page(place: Place) -> None:
    ground = place.world.ground
    made = grounds.initiative(
        ground, "Buses", codes=("V-A3.1", "B-2"), areas=("C3",), lead="vale-nhs", stage="paused", is_exemplar=True
    )
    other = grounds.initiative(ground, "Trams", codes=("V-A1.1", "B-1"), areas=("C1",), lead="vale-county")
    program = place.program("public")
    for query in (
        "ambition=V-A3", "strand=V-A3.1", "block=B-2", "element=V-A3.1", "area=C3", "organisation=vale-nhs&words=buses",
        "stage=paused", "exemplar=yes", "words=buses", "q=buses", "sector=health&stage=paused",
        "ambition=v-a3&area=eastwick",
    ):  # fmt: skip
        found = refs(program.whole(f"initiatives/?{query}"))
        assert made.reference in found, query
        assert other.reference not in found, query
    assert refs(program.whole("initiatives/?ambition=V-A3&stage=active")) == set()


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("initiatives/?stge=active", "stge"),
        ("initiatives/?stage=activ", "stage"),
        ("initiatives/?area=nowhere", "area"),
        ("initiatives/?organisation=nobody", "organisation"),
        ("initiatives/?year=soon", "year"),
        ("initiatives/?exemplar=no", "exemplar"),
        ("initiatives/?visibility=public", "visibility"),
        ("initiatives/?visibility=draft&stage=active", "stage"),
        ("initiatives/?words=a&q=b", "q"),
        ("initiatives/?stage=active&stage=idea", "stage"),
        ("initiatives/?stage=", "stage"),
        ("initiatives/?q=%20", "q"),
        ("initiatives/?limit=0", "limit"),
        ("initiatives/?limit=", "limit"),
        ("initiatives/?cursor=", "cursor"),
        ("initiatives/?limit=101", "limit"),
        ("initiatives/?limit=many", "limit"),
        ("initiatives/?page=2", "page"),
        ("elements/?framework=nothing", "framework"),
        ("elements/?kind=nothing", "kind"),
        ("elements/?q=a%01b", "q"),
        ("organisations/?sector=nothing", "sector"),
        ("areas/?q=x", "q"),
        ("frameworks/?q=x", "q"),
        ("coverage/?rows=area", "rows"),
        ("coverage/?columns=ambition", "columns"),
        ("coverage/?rows=ambition&columns=block&measure=money", "measure"),
        ("columns/?q=x", "q"),
        ("openapi.json?format=yaml", "format"),
        ("?x=1", "x"),
        ("frameworks/plan/?x=1", "x"),
    ],
)
def test_what_cannot_be_understood_is_named(place: Place, path: str, named: str) -> None:
    """A misspelt filter must not answer with everything."""
    answer = place.program("public").get(path)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [named]
    assert answer.json()["errors"][named][0] in answer.json()["detail"]


def test_pages_of_a_list_neither_repeat_nor_skip(place: Place) -> None:
    for number in range(7):
        worlds.made(place.world, visibility="public", title=f"More {number}")
    indexing.reindex(list(Initiative.objects.values_list("pk", flat=True)))
    program = place.program("owner:lead")
    at_once = [each["ref"] for each in program.whole("initiatives/?limit=100")]
    in_parts = [each["ref"] for each in program.whole("initiatives/?limit=2")]
    assert in_parts == at_once
    assert len(at_once) == 10
    drafts = [worlds.made(place.world, visibility="draft").reference for _number in range(4)]
    assert [e["ref"] for e in program.whole("initiatives/?visibility=draft&limit=2")] == [
        *reversed(drafts),
        place.ref("draft"),
    ]
    for path in ("elements/", "areas/", "organisations/", "frameworks/"):
        assert program.whole(f"{path}?limit=1") == program.whole(path), path


def test_a_cursor_belongs_to_its_list_and_filters(place: Place) -> None:
    Initiative.objects.update(stage="active")
    indexing.reindex(list(Initiative.objects.values_list("pk", flat=True)))
    program = place.program("owner:lead")
    lists = ("initiatives/?", "initiatives/?stage=active&", "elements/?", "areas/?", "organisations/?", "frameworks/?")
    cursors = {path: program.get(f"{path}limit=1").json()["next"].partition("cursor=")[2] for path in lists}
    for path in lists:
        for origin, cursor in cursors.items():
            answer = program.get(f"{path}cursor={cursor}")
            assert answer.status_code == (200 if origin == path else 400), (path, origin)
            assert origin == path or "cursor" in answer.json()["errors"]
    answer = program.get(f"initiatives/?visibility=draft&cursor={cursors['initiatives/?']}")
    assert answer.status_code == 400
    for cursor in ("x", "a:b:c", cursors["areas/?"][:-2] + "xx", "9" * 3000, "%F0%9F%92%A9"):
        assert program.get(f"areas/?cursor={cursor}").status_code == 400


def test_an_element(place: Place) -> None:
    program = place.program("public")
    (told,) = [each for each in program.whole("elements/?framework=plan") if each["code"] == "P-2"]
    assert told == {
        "code": "P-2",
        "title": None,
        "kind": "thing",
        "framework": "plan",
        "parent": None,
        "summary": None,
        "address": told["address"],
    }
    one = program.get("elements/P-1/").json()
    assert one["links"] == [
        {"kind": "serves", "reason": "Same aim.", "direction": "out", "element": "V-A1", "framework": "vision"}
    ]
    assert program.get("elements/V-A1.1/").json()["above"] == ["V-A1"]
    assert [e["code"] for e in program.whole("elements/?kind=principle")] == ["PR-1", "PR-2"]


def test_coverage_counts_public_initiatives(place: Place) -> None:
    ground = place.world.ground
    grounds.initiative(ground, "One", codes=("V-A1.1", "B-1"), areas=("C1",))
    grounds.initiative(ground, "Two", codes=("V-A1.2", "V-A2.1", "B-1", "B-3"), areas=("C1", "C2"))
    grounds.initiative(ground, "Three", codes=("V-A1.1", "B-1"), areas=("C1",), visibility="partners")
    recount()
    for role in ("public", "owner:lead"):
        by_block = place.program(role).get("coverage/?rows=ambition&columns=block").json()
        assert by_block["rows"][0] == {"code": "V-A1", "title": "Live well for longer"}
        assert [each["code"] for each in by_block["rows"]] == ["V-A1", "V-A2", "V-A3"]
        assert [each["code"] for each in by_block["columns"]] == ["B-1", "B-2", "B-3"]
        assert by_block["cells"] == [[2, 0, 1], [1, 0, 1], [0, 0, 0]]
        by_area = place.program(role).get("coverage/?rows=ambition&columns=area").json()
        cells = dict(zip([each["code"] for each in by_area["columns"]], by_area["cells"][0], strict=True))
        assert cells == {"C0": 2, "C1": 2, "C2": 1, "C3": 0}
    assert place.program("public").get("coverage/").json() == by_block


def test_the_dictionary_of_columns_tells_every_column_of_initiatives(place: Place) -> None:
    told = place.program("public").get("columns/").json()["results"]
    columns = next(table["columns"] for table in told if table["name"] == "initiatives")
    names = [column["name"] for column in columns]
    assert names[:9] == ["ref", "title", "summary", "stage", "lead", "partners", "strands", "blocks", "areas"]
    assert all(column["meaning"] and column["kind"] for table in told for column in table["columns"])


def test_the_index_leads_everywhere(place: Place) -> None:
    PlaceRow.objects.update(data_licence="Open Government Licence v3.0", attribution="The Vale")
    licence.forget()
    program = place.program("public")
    answer = program.get("")
    told = answer.json()
    assert (told["place"], told["attribution"]) == ("The Vale", "The Vale")
    assert 'rel="license"' in answer["Link"]
    assert {program.get(address).status_code for address in told["addresses"].values()} == {200}
    licence.forget()


@pytest.mark.parametrize("role", ["public", "owner:lead"])
@pytest.mark.parametrize(
    "path", ["initiatives/?", "initiatives/?stage=active&", "initiatives/?words=work&", "organisations/?", "elements/?"]
)
def test_a_list_costs_the_same_for_10_25_and_100_rows(place: Place, role: str, path: str) -> None:
    for number in range(100):
        worlds.made(place.world, visibility="public", title=f"Work {number}", stage="active")
    indexing.reindex(list(Initiative.objects.values_list("pk", flat=True)))
    program = place.program(role)
    # The first use of a token is written down, and what filters can be set to is read once a minute.
    program.get("initiatives/?limit=1")
    choices()
    counts = {}
    for limit in (10, 25, 100):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = program.get(f"{path}limit={limit}")
        if path.startswith("initiatives"):
            assert len(answer.json()["results"]) == limit
        counts[limit] = len(queries)
    assert len(set(counts.values())) == 1, counts
    assert counts[100] <= 5


def test_drafts_cost_the_same_for_1_and_3(place: Place) -> None:
    program = place.program("owner:lead")
    program.get("initiatives/?limit=1")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            program.get("initiatives/?visibility=draft")
        return len(queries)

    one = cost()
    for _number in range(2):
        worlds.draft(place.world)
    assert cost() == one


def test_one_initiative_costs_the_same_whatever_it_holds(place: Place) -> None:
    full = worlds.published(place.world)
    for role in ("public", "owner:lead"):
        program = place.program(role)
        program.get("initiatives/?limit=1")
        counts = []
        for ref in (place.ref("public"), full.reference):
            with CaptureQueriesContext(connection) as queries:
                assert program.get(f"initiatives/{ref}/").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16, counts
