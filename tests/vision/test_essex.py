"""The Essex catalogue, loaded: what is there, and by which names it is found."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from collaboration.governance.models import PartnershipBoard, Seat
from collaboration.initiatives.catalogue import rows_as_printed
from collaboration.initiatives.indexing import findable
from collaboration.initiatives.models import Facet, Initiative, Partner, SearchText
from groundwork.audit.queries import history_of
from groundwork.catalogue.models import CatalogueChange, CatalogueLoad
from groundwork.directory.models import Area, Organisation, OrganisationIdentifier, Place, Sector
from groundwork.directory.queries import find_organisation, the_place
from tests.vision.loading import ESSEX, load, no_writes
from vision.frameworks import queries
from vision.frameworks.models import Element, ElementLink, Framework, PlanningFramework, PlanningLayer

pytestmark = pytest.mark.django_db

COUNCILS = {
    "E10000012": ["Essex County Council", "Essex", "ECC"],
    "E07000066": ["Basildon Borough Council", "Basildon"],
    "E07000067": ["Braintree District Council", "Braintree"],
    "E07000068": ["Brentwood Borough Council", "Brentwood"],
    "E07000069": ["Castle Point Borough Council", "Castle Point"],
    "E07000070": ["Chelmsford City Council", "Chelmsford Borough Council", "Chelmsford"],
    "E07000071": ["Colchester City Council", "Colchester Borough Council", "Colchester", "colchester  CITY council"],
    "E07000072": ["Epping Forest District Council", "Epping Forest"],
    "E07000073": ["Harlow District Council", "Harlow"],
    "E07000074": ["Maldon District Council", "Maldon"],
    "E07000075": ["Rochford District Council", "Rochford"],
    "E07000076": ["Tendring District Council", "Tendring"],
    "E07000077": ["Uttlesford District Council", "Uttlesford"],
    "E06000033": ["Southend-on-Sea City Council", "Southend-on-Sea Borough Council", "Southend on Sea"],
    "E06000034": ["Thurrock Council", "Thurrock"],
}


@pytest.fixture(autouse=True)
def essex() -> None:
    load(ESSEX)


def test_everything_the_catalogue_holds_is_there() -> None:
    assert Area.objects.filter(kind__in=["district", "unitary"]).count() == 14
    assert Area.objects.filter(kind="county").count() == 1
    assert Sector.objects.count() == 12
    # 96 bodies named in the documents and 15 councils, two of which are among the 96.
    assert Organisation.objects.count() == 96 + 15 - 2
    assert Organisation.objects.filter(identifiers__scheme="gss").count() == 15
    assert Framework.objects.count() == 7
    assert Element.objects.count() == 220
    assert list(PlanningFramework.objects.values_list("key", flat=True)) == [
        "ecc-2014",
        "ecc-2017",
        "everyones-essex-2021",
        "partnership-thread",
        "platform-chain",
    ]
    assert PlanningLayer.objects.count() == 7 + 6 + 8 + 6
    assert Initiative.objects.count() == 18
    assert PartnershipBoard.objects.count() == 11
    place = the_place()
    assert place is not None
    assert (place.key, place.reference_prefix, place.last_reference) == ("essex", "ESX", 18)
    assert str(place.convening_organisation) == "Essex County Council"


def test_the_vision_has_seven_ambitions_and_eighteen_strands_and_there_are_nine_blocks() -> None:
    assert [a.code for a in queries.ambitions()] == [f"FOE-A{n}" for n in range(1, 8)]
    assert queries.strands().count() == 18
    assert {strand.kind for strand in queries.strands()} == {"strand"}
    assert [b.code for b in queries.building_blocks()] == [f"CBB-{n}" for n in range(1, 10)]
    assert queries.recommendations().count() == 10
    assert queries.principles().count() == 7
    labels = [e.label for e in [*queries.ambitions(), *queries.strands(), *queries.building_blocks()]]
    assert max(len(label) for label in labels) <= 32
    assert len(set(labels)) == len(labels)


def test_each_of_the_fifteen_councils_is_found_by_every_name() -> None:
    assert len(COUNCILS) == 15
    for gss, names in COUNCILS.items():
        for name in names:
            found = find_organisation(name)
            assert found is not None, name
            assert list(found.identifiers.values_list("scheme", "value")) == [("gss", gss)]
            assert found.area is not None
            assert found.area.code == gss
            assert find_organisation(f"gss:{gss}") == found


def test_generic_names_find_groups_and_nothing_else() -> None:
    for name in ("All", "Local Authorities", "Essex authorities", "Community", "Health"):
        found = find_organisation(name)
        assert found is not None, name
        assert found.is_group, name
    assert find_organisation("Borough Council") is None
    assert find_organisation("") is None


def test_the_county_is_twelve_districts_and_greater_essex_all_fourteen() -> None:
    assert Area.objects.filter(within__code="E10000012").count() == 12
    assert {a.name for a in Area.objects.filter(within=None)} == {"Essex", "Southend-on-Sea", "Thurrock"}
    tiles = Area.objects.exclude(tile_row=None).values_list("tile_row", "tile_column")
    assert len(set(tiles)) == len(tiles) == 14


def test_what_the_source_does_not_state_stays_unstated() -> None:
    untitled = set(Element.objects.filter(title=None).values_list("code", flat=True))
    assert untitled == {"EE21-A2", *(f"COF14-O{n}" for n in range(1, 8))}
    aim = queries.element("EE21-A2")
    assert (aim.label, aim.summary, aim.short_title) == ("Not stated", None, "")
    # What is public knowledge is kept as such, and is no name of the element.
    assert aim.facts["title_public_knowledge"]["value"] == "A high quality environment"
    assert queries.find_element("A high quality environment") is None
    assert queries.element("CR-S1").facts["building_blocks"] is None
    assert queries.element("EE21-C1").summary is None
    assert queries.framework("ecc-vision-for-essex-2013").period_to is None
    assert Area.objects.exclude(valid_from=None, valid_to=None).count() == 0


def test_the_bodies_that_the_documents_name_are_partnership_boards() -> None:
    boards = {board.slug: board for board in PartnershipBoard.objects.select_related("body")}
    assert boards["essex-strategic-coordination-group"].abbreviation == "ESCG"
    assert {slug for slug, board in boards.items() if board.status == "proposed"} == {"greater-essex-partners"}
    assert {slug for slug, board in boards.items() if board.kind == "commission"} == {
        "climate-action-commission",
        "covid-commission",
    }
    for slug, board in boards.items():
        assert board.body is not None
        assert (board.body.slug, board.name, board.access, board.lead) == (slug, board.body.name, "public", None)
        assert board.source["section"]
        assert [entry.action for entry in history_of(board)] == ["partnership.load"]
    # No document states who sits on them.
    assert not Seat.objects.exists()


def test_elements_are_found_by_code_title_and_other_titles() -> None:
    assert [queries.find_element(t) and queries.find_element(t).code for t in (  # type: ignore[union-attr]
        "foe-a3", "Provide an equal start for every child", "provide an EQUAL foundation for every child!",
        "Good jobs", "Build data capability", "Life expectancy gap",
    )] == ["FOE-A3", "FOE-A3", "FOE-A3", "EE21-C1", "CR-L1", "FOE-A2.1"]  # fmt: skip
    assert queries.find_element("no such thing") is None


def test_links_carry_over_from_the_recommendations() -> None:
    blocks = ElementLink.objects.filter(kind="building block", from_element__code="CR-L5")
    assert set(blocks.values_list("to_element__code", flat=True)) == {"CBB-8", "CBB-9", "CBB-2", "CBB-6"}
    assert ElementLink.objects.filter(kind="building block").count() == 3 + 5 + 5 + 4 + 4
    participation = queries.links_of(queries.element("FOE-A4"))
    assert [(link.outward, link.element and link.element.code) for link in participation] == [(False, "CR-S3.3")]
    (whole,) = queries.links_of(queries.element("OS17-BB4"))
    assert (whole.element, whole.framework.key) == (None, "future-of-essex")


def test_a_framework_is_read_in_three_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(3):
        top = queries.tree(queries.framework("ecc-organisation-strategy-2017-21"))
        codes = [c.element.code for a in top for b in a.children for c in b.children if c.element.parent]
        aliases = [list(a.element.aliases.all()) for a in top]
    assert len(top) == 4 + 4 + 4
    assert len(codes) == 54
    assert len(aliases) == 12
    with django_assert_num_queries(2):
        assert sum(len(a.strands_in_order) for a in queries.ambitions()) == 18  # type: ignore[attr-defined]
    with django_assert_num_queries(1):
        deep = Element.objects.get(code="OS17-A2.P3.E")
    with django_assert_num_queries(1):
        assert [e.code for e in queries.trail(deep)] == ["OS17-A2", "OS17-A2.P3"]


def test_eighteen_rows_are_eighteen_initiatives_in_row_order() -> None:
    initiatives = list(Initiative.objects.order_by("number").prefetch_related("partners__organisation", "areas"))
    assert [i.reference for i in initiatives] == [f"ESX-{n:04d}" for n in range(1, 19)]
    assert [i.catalogue_key for i in initiatives] == [f"JW-{n:02d}" for n in range(1, 19)]
    for each in initiatives:
        assert each.visibility == "public"
        assert each.published_at is not None
        # What the table does not say.
        assert (each.owner, each.lead, each.stage, each.scale, each.participation) == (None, None, "", "", "")
        assert (each.starts_on, each.ends_on, each.verified_at, list(each.areas.all())) == (None, None, None, [])
        assert [a.is_main for a in each.alignments.all()] == [True]
        assert each.source["document"] == "future-of-essex-report-2017"
        assert [h.action for h in history_of(each)] == ["initiative.load"]
    assert initiatives[10].title == "Local Planning to meet our objectively assessed housing need; Place Shaping"
    assert initiatives[5].summary == ""
    assert sum(i.summary.count("\n- ") for i in initiatives) == 61
    assert set(Partner.objects.values_list("confirmation", "role")) == {("not_asked", "")}
    assert Partner.objects.get(initiative=initiatives[0], organisation__slug="health").printed_as == "Heath"
    assert initiatives[16].partners.count() == initiatives[17].partners.count() == 0


def test_the_loaded_initiatives_can_be_found() -> None:
    assert Initiative.objects.filter(findable()).count() == SearchText.objects.count() == 18
    assert SearchText.objects.get(body__contains="crucial crew").initiative.reference == "ESX-0005"
    assert Facet.objects.filter(kind="ambition", value="FOE-A2").count() == 4


def test_the_table_comes_back_as_it_was_printed() -> None:
    printed = yaml.safe_load((ESSEX / "joint_working.yaml").read_text())["rows"]
    titles = {element.code: element.title for element in queries.ambitions()}
    assert [(r.ambition, r.strand, r.theme, r.examples, r.partners) for r in rows_as_printed()] == [
        (
            titles[row["ambition"]],
            row["strand_as_printed"],
            row["theme"],
            row["examples"],
            [partner["printed_as"] for partner in row["partners"]],
        )
        for row in printed
    ]
    assert len(printed) == 18
    assert sum(len(row["examples"]) for row in printed) == 61


def test_the_table_can_be_written_as_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    screen = StringIO()
    call_command("export_joint_working", stdout=screen)
    call_command("export_joint_working", output=str(tmp_path / "table.csv"))
    rows = list(csv.reader(StringIO(screen.getvalue())))
    assert (tmp_path / "table.csv").read_bytes().decode("utf-8-sig") == screen.getvalue()
    assert len(rows) == 19
    assert rows[6][2:] == ["Planning for school provision", "", "Local Planning Authority; ECC"]
    # People's later words do not change what was printed.
    Initiative.objects.filter(number=6).update(title="School places", summary="New words")
    again = StringIO()
    call_command("export_joint_working", stdout=again)
    assert again.getvalue() == screen.getvalue()
    Initiative.objects.filter(number=6).update(visibility="partners")
    assert len(list(rows_as_printed())) == 17


def test_a_second_load_writes_nothing() -> None:
    before = (CatalogueLoad.objects.count(), CatalogueChange.objects.count(), Place.objects.get().last_reference)
    with no_writes():
        outcome = load(ESSEX)
    assert outcome.changes == ()
    assert outcome.kept == ()
    assert outcome.load is None
    assert before == (
        CatalogueLoad.objects.count(),
        CatalogueChange.objects.count(),
        Place.objects.get().last_reference,
    )
    assert OrganisationIdentifier.objects.count() == 15
