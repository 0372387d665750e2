"""Every public list as CSV, Excel and JSON: what its page shows, to whom its page shows it, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from collaboration.governance.board_exports import PARTNERSHIPS
from collaboration.governance.decision_exports import DECISIONS
from collaboration.governance.meeting_exports import MEETINGS
from collaboration.governance.models import Decision, Meeting, PartnershipBoard
from collaboration.initiatives.exports import INITIATIVES, JOINT_WORKING, UPDATES
from collaboration.initiatives.models import Initiative
from collaboration.thread.exports import COVERAGE, GAPS
from collaboration.thread.services import recount
from collaboration.workshops import services as workshops
from collaboration.workshops.exports import WORKSHOPS
from groundwork.clock import now, today
from groundwork.directory.exports import AREAS, ORGANISATIONS
from groundwork.directory.models import Area, Organisation, OrganisationIdentifier, OrganisationName, Place
from groundwork.directory.queries import fold
from groundwork.sheets.columns import Table, tables
from groundwork.sheets.reading import read_sheet
from groundwork.web.api.licence import forget
from tests.collaboration.ground import initiative
from tests.frontend.reading import Vale, read, vale
from tests.settings import forget_cache
from vision.frameworks.exports import AMBITIONS, BUILDING_BLOCKS, ENDORSEMENTS, FRAMEWORKS
from vision.frameworks.models import Element, Endorsement, Framework

pytestmark = pytest.mark.django_db

LICENCE = "Open Government Licence v3.0"
ENDINGS = ("csv", "xlsx", "json")
FILES: dict[str, Table] = {
    "/initiatives": INITIATIVES,
    "/updates": UPDATES,
    "/joint-working": JOINT_WORKING,
    "/organisations": ORGANISATIONS,
    "/areas": AREAS,
    "/frameworks": FRAMEWORKS,
    "/endorsements": ENDORSEMENTS,
    "/ambitions": AMBITIONS,
    "/building-blocks": BUILDING_BLOCKS,
    "/coverage": COVERAGE["block"],
    "/coverage?columns=area": COVERAGE["area"],
    "/gaps": GAPS,
    "/workshops": WORKSHOPS,
    "/partnerships": PARTNERSHIPS,
    "/decisions": DECISIONS,
    "/meetings": MEETINGS,
}


def _endorsements(made: Vale) -> None:
    """One that everybody may know of, and one that is only asked for."""
    vision, bodies = Framework.objects.get(key="vision"), made.world.bodies
    Endorsement.objects.create(
        framework=vision, organisation=bodies["owner"], status="endorsed", endorsed_on=date(2026, 6, 1)
    )
    Endorsement.objects.create(framework=vision, organisation=bodies["partner"], minute_reference="CANARY")


@pytest.fixture
def place() -> Vale:
    forget_cache()
    made = vale()
    Place.objects.update(data_licence=LICENCE, attribution="Vale partners")
    forget()
    for title, visibility in (("Getting there", "public"), ("CANARY", "partners")):
        workshops.plan_workshop(
            actor=made.world["owner:lead"], title=title, template="barriers-and-enablers", visibility=visibility
        )
    _endorsements(made)
    board = PartnershipBoard.objects.create(slug="vale-board", name="Vale Board", status="active", access="public")
    values = {"number": 1, "reference": "D-0001", "title": "One budget", "text": "We share one budget."}
    for title, access in (("Budget", "public"), ("CANARY", "partners"), ("CANARY", "board")):
        starts = now() + timedelta(days=7)
        Meeting.objects.create(
            board=board, title=title, access=access, starts_at=starts, ends_at=starts + timedelta(hours=2)
        )
    Decision.objects.create(board=board, how="consensus", status="made", access="public", decided_on=today(), **values)
    Initiative.objects.filter(pk=made.full.pk).update(
        catalogue_key="JW-01",
        original_labels={
            "ambition": "Live well",
            "strand_as_printed": "Preventing illness",
            "theme": "=Warm Homes",
            "examples": ["Draught proofing", "Checks"],
            "partners": ["Heath"],
        },
    )
    return made


def asked(client: Client, address: str, ending: str) -> Any:
    path, _, query = address.partition("?")
    return client.get(f"{path}.{ending}" + (f"?{query}" if query else ""))


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def records(client: Client, address: str) -> list[dict[str, Any]]:
    return json.loads(body(asked(client, address, "json")))["results"]


def lines(client: Client, address: str, ending: str = "csv") -> list[dict[str, str]]:
    """The lines of a file as whoever imports it reads them."""
    sheet = read_sheet(io.BytesIO(body(asked(client, address, ending))), name=f"list.{ending}")
    return [dict(zip(sheet.headers, line.cells, strict=True)) for line in sheet.lines]


def test_every_table_of_the_dictionary_is_asked_for_here() -> None:
    assert {table.name for table in FILES.values()} == {table.name for table in tables()}


@pytest.mark.parametrize("address", FILES)
def test_a_list_says_the_same_in_every_format(client: Client, place: Vale, address: str) -> None:
    table = FILES[address]
    responses = {ending: asked(client, address, ending) for ending in ENDINGS}
    name = {"coverage": "coverage-block", "coverage-by-area": "coverage-area"}.get(table.name, table.name)
    for ending, response in responses.items():
        assert response["Link"] == (
            '<https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/>; rel="license"'
        )
        assert response["Content-Disposition"] == f'attachment; filename="{name}.{ending}"'
    assert responses["csv"]["Content-Type"] == "text/csv; charset=utf-8"
    assert responses["json"]["Content-Type"] == "application/json"
    assert "spreadsheetml" in responses["xlsx"]["Content-Type"]
    text = body(responses["csv"]).decode()
    assert tuple(next(csv.reader(io.StringIO(text)))) == table.headers
    whole = json.loads(body(responses["json"]))
    assert (whole["licence"], whole["attribution"]) == (LICENCE, "Vale partners")
    assert whole["results"]
    for record in whole["results"]:
        assert set(table.headers) <= set(record)
    found = lines(client, address)
    assert len(found) == len(whole["results"])
    # A workbook has days and moments of its own; all else is the same text.
    exact = [column.name for column in table.columns if column.kind != "moment"]
    for one, other in zip(found, lines(client, address, "xlsx"), strict=True):
        assert {name: one[name] for name in exact} == {name: other[name] for name in exact}
        assert one.get("licence", LICENCE) == LICENCE
    book = openpyxl.load_workbook(io.BytesIO(body(responses["xlsx"])))
    assert book.sheetnames == [name]
    assert LICENCE in str(book.properties.description)


def test_what_is_hidden_is_in_no_file(client: Client, place: Vale) -> None:
    for address in FILES:
        for ending in ("csv", "json"):
            assert b"CANARY" not in body(asked(client, address, ending)), f"{address}.{ending}"
        assert not [line for line in lines(client, address, "xlsx") if "CANARY" in str(line)], address
    client.force_login(place.world["other:member"].who)
    for address in ("/initiatives", "/updates"):
        for ending in ("csv", "json"):
            text = body(asked(client, address, ending))
            assert (b"PARTNERS-CANARY" in text, b"DRAFT-CANARY" in text) == (True, False)
    assert b"CANARY" not in body(client.get("/coverage.csv")) + body(client.get("/gaps.json"))


def test_an_initiative_in_json_has_codes_and_in_a_sheet_names(client: Client, place: Vale) -> None:
    (record,) = records(client, "/initiatives?block=B-1")
    (line,) = lines(client, "/initiatives?block=B-1", "xlsx")
    assert (record["lead"], line["lead"]) == ("northwick-council", "Northwick Council")
    assert (record["areas"], line["areas"]) == (["C1", "C2"], "Northwick; Southwick")
    assert (record["strands"], line["strands"]) == (["V-A1.1", "V-A1.2"], "V-A1.1; V-A1.2")
    assert (record["start"], line["start"]) == ("2025-04-01", "2025-04-01")
    assert (record["money"], line["money"]) == (1750, "1750")
    assert line["contact"] == "Housing officer <homes@example.org>"
    assert record["exemplar"] is True
    assert line["exemplar"] == "yes"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Warm homes for older people", "Nothing more is said"}),
        ("ambition=V-A1", {"Warm homes for older people"}),
        ("ambition=V-A2", set()),
        ("words=homes", {"Warm homes for older people"}),
        ("organisation=Vale+NHS", {"Warm homes for older people"}),
        ("stage=active&year=2026", {"Warm homes for older people"}),
    ],
)
def test_a_file_is_chosen_as_the_page_is(client: Client, place: Vale, query: str, titles: set[str]) -> None:
    page = read(client, f"/initiatives/?{query}")
    shown = {item.one("h2").one("a").text for item in page.all("li.gt-results__item")}
    assert shown == titles
    assert {record["title"] for record in records(client, f"/initiatives?{query}")} == titles
    for address in (f"/initiatives/?{query}&format=json", f"/initiatives/?{query}&format=csv"):
        assert client.get(address).streaming


def test_organisations_are_chosen_as_on_their_page(client: Client, place: Vale) -> None:
    OrganisationIdentifier.objects.create(
        organisation=place.world.bodies["owner"], scheme="gss", value="E07000071", valid_from="1974-04-01"
    )
    (line,) = lines(client, "/organisations?words=rural+district")
    assert (line["slug"], line["names"]) == ("northwick-council", "Northwick Rural District")
    assert (line["identifiers"], line["is_group"]) == ("gss:E07000071", "no")
    assert {record["sector"] for record in records(client, "/organisations?sector=health")} == {"health"}
    listed = read(client, "/organisations/?sector=health").all("li.gt-results__item")
    assert len(listed) == len(records(client, "/organisations?sector=health"))
    assert lines_or_none(client, "/organisations?words=%E2%80%94") == []


def lines_or_none(client: Client, address: str) -> list[Any]:
    text = body(asked(client, address, "csv")).decode()
    return list(csv.reader(io.StringIO(text)))[1:]


def test_elements_of_one_framework_or_of_all(client: Client, place: Vale) -> None:
    everything = records(client, "/frameworks")
    assert {each["framework"] for each in everything} >= {"vision", "blocks", "plan"}
    assert len(everything) == Element.objects.filter(withdrawn_on=None).count()
    plan = records(client, "/frameworks?framework=plan")
    assert plan == [each for each in everything if each["framework"] == "plan"]
    below = next(each for each in everything if each["code"] == "V-A1.1")
    assert (below["parent"], below["level"]) == ("V-A1", 2)
    Element.objects.filter(code="V-A1.1").update(withdrawn_on="2026-01-01")
    assert "V-A1.1" not in {each["code"] for each in records(client, "/frameworks")}


def test_figures_are_those_of_the_pages(client: Client, place: Vale) -> None:
    counts = {record["code"]: record["initiatives"] for record in records(client, "/areas")}
    assert (counts["C1"], counts["C3"]) == (1, 0)
    ambitions = {record["code"]: record for record in records(client, "/ambitions")}
    assert (ambitions["V-A1"]["initiatives"], ambitions["V-A1"]["strands"]) == (1, ["V-A1.1", "V-A1.2"])
    blocks = {record["code"]: record["initiatives"] for record in records(client, "/building-blocks")}
    assert (blocks["B-1"], blocks["B-3"]) == (1, 0)
    cells = records(client, "/coverage")
    assert len(cells) == 9
    missing = [(each["code"], each["meets_code"]) for each in records(client, "/gaps") if each["kind"] == "block"]
    empty = [(c["ambition_code"], c["building_block_code"]) for c in cells if not c["initiatives"]]
    assert missing == empty
    assert {each["code"] for each in records(client, "/gaps?ambition=V-A2")} == {"V-A2", "V-A2.1"}


def test_the_printed_table_keeps_its_layout(client: Client, place: Vale) -> None:
    ((ambition, strand, theme, examples, partners),) = lines_or_none(client, "/joint-working")
    assert (ambition, strand, theme) == ("Live well", "Preventing illness", "'=Warm Homes")
    assert (examples, partners) == ("Draught proofing; Checks", "Heath")
    (record,) = records(client, "/joint-working")
    assert record["Examples of joint working"] == ["Draught proofing", "Checks"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/initiatives?stage=sleeping", "There is no stage “sleeping”."),
        ("/initiatives?stgae=active", "cannot be narrowed by “stgae”"),
        ("/areas?\u202e%00=1", "cannot be narrowed by"),
        ("/initiatives?area=%00%FF", "There is no area"),
        ("/organisations?sector=nonsense", "There is no such sector."),
        ("/organisations?sector=%00", "There is no such sector."),
        ("/frameworks?framework=nonsense", "There is no such framework."),
        ("/frameworks?framework=%00", "There is no such framework."),
        ("/coverage?columns=colour", "columns must be block or area."),
        ("/gaps?ambition=V-A1.1", "There is no such ambition."),
        ("/meetings?when=soon", "when must be one of: upcoming, past, all, mine."),
        ("/meetings?board=nobody", "There is no such board, or you may not see it."),
        ("/meetings?board=%00", "There is no such board, or you may not see it."),
        ("/gaps?ambition=%F0%9F%99%82%00", "There is no such ambition."),
    ],
)
def test_a_choice_that_means_nothing_is_refused(
    client: Client, place: Vale, address: str, sentence: str, ending: str
) -> None:
    refused = asked(client, address, ending)
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert sentence in refused.content.decode()


def test_nobody_can_send_anything_to_a_file(client: Client, place: Vale) -> None:
    for address in FILES:
        path = address.partition("?")[0]
        assert client.post(f"{path}.json").status_code == 405
        assert client.get(f"{path}.pdf").status_code == 404


def test_every_page_leads_to_its_files_and_they_are_there(client: Client, place: Vale) -> None:
    pages = {
        "/initiatives/?ambition=V-A1": ["/initiatives.{}?ambition=V-A1"],
        "/organisations/?words=vale&sector=health": ["/organisations.{}?words=vale&sector=health"],
        "/organisations/": ["/organisations.{}"],
        "/areas/": ["/areas.{}"],
        "/frameworks/": ["/frameworks.{}"],
        "/frameworks/plan/": ["/frameworks.{}?framework=plan"],
        "/frameworks/vision/endorsements/": ["/endorsements.{}?framework=vision"],
        "/ambitions/": ["/ambitions.{}"],
        "/building-blocks/": ["/building-blocks.{}"],
        "/updates/": ["/updates.{}"],
        "/meetings/?when=all&board=vale-board": ["/meetings.{}?when=all&board=vale-board"],
        "/coverage/": ["/coverage.{}?columns=block", "/coverage.{}?columns=area", "/gaps.{}"],
    }
    for page, expected in pages.items():
        found = [link.attrs["href"] for exports in read(client, page).all("ul.gt-exports") for link in exports.all("a")]
        files = [href for href in found if not href.endswith(".atom") and ".atom?" not in href]
        assert files == [file.format(ending) for file in expected for ending in ("xlsx", "csv", "json")], page
        for href in files:
            assert body(client.get(href))


def taken(client: Client, address: str) -> int:
    forget_cache()
    client.get("/areas.csv")
    with CaptureQueriesContext(connection) as queries:
        body(client.get(address))
    return len(queries)


def test_a_file_of_three_rows_takes_the_queries_of_one(client: Client, place: Vale) -> None:
    def add(number: int) -> None:
        made = Organisation.objects.create(
            slug=f"more-{number}", name=f"More {number}", sector=place.world.bodies["owner"].sector
        )
        Endorsement.objects.create(
            framework=Framework.objects.get(key="vision"),
            organisation=made,
            status="endorsed",
            endorsed_on=date(2026, 6, number),
        )
        OrganisationName.objects.create(organisation=made, name="Also", folded=fold(f"also {number}"), kind="alias")
        Area.objects.create(code=f"M{number}", slug=f"m-{number}", name=f"More {number}", kind="district")
        framework = Element.objects.get(code="P-1").framework
        Element.objects.create(framework=framework, code=f"P-M{number}", slug=f"p-m{number}", kind="aim", order=90)
        board = PartnershipBoard.objects.get()
        starts = now() + timedelta(days=number)
        Meeting.objects.create(board=board, access="public", starts_at=starts, ends_at=starts + timedelta(hours=1))
        initiative(place.world.ground, f"More {number}", codes=("V-A1.1",), areas=("C1",), lead="vale-nhs")
        recount()

    addresses = [f"{path}.{ending}" for path in FILES if "?" not in path for ending in ("csv", "xlsx")]
    add(1)
    before = {address: taken(client, address) for address in addresses}
    add(2)
    add(3)
    assert {address: taken(client, address) for address in addresses} == before
    assert max(before.values()) <= 20


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_every_format_is_sent_in_pieces(place: Vale) -> None:
    for ending in ENDINGS:
        response: Any = await AsyncClient().get(f"/organisations.{ending}")
        assert response.is_async
        pieces = [piece async for piece in response]
        assert pieces
        if ending == "json":
            assert json.loads(b"".join(pieces))["results"]
        if ending == "xlsx":
            assert pieces[0].startswith(b"PK")
    # The thread in which views run has a connection of its own.
    await sync_to_async(connections.close_all)()
