"""A catalogue that changed: what would change is shown, then written, and the old values are kept."""

from __future__ import annotations

import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from collaboration.initiatives.models import Alignment, Facet, Initiative, Partner, SearchText
from groundwork.access.errors import Conflict
from groundwork.audit.queries import history_of as acts_on
from groundwork.catalogue import queries as catalogue_queries
from groundwork.catalogue.models import CatalogueChange, CatalogueLoad
from groundwork.catalogue.services import load_catalogue, read_catalogue, rehearse
from groundwork.directory.models import Area, Organisation, OrganisationIdentifier, Place, Sector
from groundwork.directory.queries import find_organisation
from tests.conftest import NOON
from tests.vision.loading import ESSEX, OPERATOR, WESTMERE, change, command, copy_of, load, no_writes
from vision.frameworks import queries
from vision.frameworks.models import Element, ElementAlias, ElementLink, Framework

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of Westmere, loaded once."""
    copy = copy_of(WESTMERE, tmp_path)
    load(copy)
    return copy


def only_change(kind: str, key: str) -> CatalogueChange:
    return CatalogueChange.objects.exclude(what="added").get(kind=kind, key=key)


def test_the_difference_is_shown_before_an_existing_place_changes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(place, "frameworks.yaml", "title: Maps", "title: Charts")
    shown = "~ element WW-b\n    title: “Maps” → “Charts”\n"
    assert shown in command(str(place), "--dry-run")
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(CommandError, match="Run it again with --yes"):
        command(str(place))
    assert queries.element("WW-b").title == "Maps"

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
    with pytest.raises(CommandError, match="Nothing was written"):
        command(str(place))
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert shown in command(str(place))
    assert queries.element("WW-b").title == "Charts"
    assert only_change("element", "WW-b").differences == {"title": ["Maps", "Charts"]}
    assert CatalogueLoad.objects.count() == 2
    newest = catalogue_queries.loads()[0]
    assert (newest.added, newest.changed, newest.withdrawn) == (0, 1, 0)
    assert [c.what for c in catalogue_queries.history_of("element", "WW-b")] == ["changed", "added"]
    assert catalogue_queries.changes_of(newest).get().key == "WW-b"


def test_of_lists_only_what_differs_is_shown(place: Path) -> None:
    change(place, "organisations.yaml", "name: Lake Watch", "name: Lake Wardens")
    change(place, "joint_working.yaml", "printed_as: all", "printed_as: everyone")
    shown = command(str(place), "--yes")
    assert "    names: without “official Lake Watch”, with “official Lake Wardens”\n" in shown
    assert "    partners: without “everybody all”, with “everybody everyone”\n" in shown
    assert "organisation: 1 changed\ninitiative: 1 changed\nLoaded: 2 changes" in shown
    assert Partner.objects.get(organisation__slug="everybody").printed_as == "everyone"


def test_a_file_laid_out_otherwise_is_no_change(place: Path) -> None:
    digest = read_catalogue(place).digest()
    change(
        place,
        "sectors.yaml",
        "- {code: councils, title: Councils}",
        "\n# a comment\n- code: councils\n  title: Councils",
    )
    assert read_catalogue(place).digest() != digest
    with no_writes():
        assert load(place).changes == ()


def test_what_somebody_agreed_to_is_what_is_written(place: Path) -> None:
    change(place, "sectors.yaml", "title: Councils", "title: Local councils")
    catalogue = read_catalogue(place)
    agreed = rehearse(catalogue, actor=OPERATOR)
    Sector.objects.filter(code="councils").update(title="Other")
    with pytest.raises(Conflict, match="Nothing was written"):
        load_catalogue(catalogue, actor=OPERATOR, expected=agreed)
    assert Sector.objects.get(code="councils").title == "Other"


def test_a_rehearsal_leaves_no_trace(place: Path) -> None:
    change(place, "joint_working.yaml", "- key: T-2", "- key: T-3")
    outcome = rehearse(read_catalogue(place), actor=OPERATOR)
    assert {(c.key, c.what) for c in outcome.changes} == {("T-2", "withdrawn"), ("T-3", "added")}
    assert Place.objects.get().last_reference == 2
    assert Initiative.objects.filter(withdrawn_at=None).count() == 2


def test_elements_that_leave_are_withdrawn_and_can_return(place: Path, clock: object) -> None:
    line = "  - {code: WW-c, kind: building block, title: Boats, building_blocks: [WW-a]}\n"
    change(place, "frameworks.yaml", line, "")
    load(place)
    boats = Element.objects.get(code="WW-c")
    assert boats.withdrawn_on == NOON.date()
    assert [b.code for b in queries.building_blocks()] == ["WW-a", "WW-b"]
    assert queries.element("WW-c") == boats
    assert queries.find_element("Boats") is None
    assert not ElementLink.objects.filter(from_element=boats).exists()
    with no_writes():
        load(place)
    with (place / "frameworks.yaml").open("a") as file:
        file.write(line)
    load(place)
    boats.refresh_from_db()
    assert boats.withdrawn_on is None
    assert [b.code for b in queries.building_blocks()] == ["WW-a", "WW-b", "WW-c"]
    assert ElementLink.objects.filter(from_element=boats).count() == 1


def test_a_framework_that_leaves_is_withdrawn_with_its_elements(place: Path, clock: object) -> None:
    text = (place / "frameworks.yaml").read_text()
    (place / "frameworks.yaml").write_text(text[: text.index("- key: ways-of-working")])
    change(place, "place.yaml", "  building-blocks: ways-of-working\n", "")
    load(place)
    gone = Framework.objects.get(key="ways-of-working")
    assert (gone.withdrawn_on, gone.part) == (NOON.date(), "")
    assert [f.key for f in queries.frameworks()] == ["lake-promise"]
    assert queries.tree(gone) == []
    with no_writes():
        load(place)


def test_a_part_passes_from_one_framework_to_another(place: Path) -> None:
    change(place, "place.yaml", "vision: lake-promise", "vision: ways-of-working")
    change(place, "place.yaml", "building-blocks: ways-of-working", "building-blocks: lake-promise")
    load(place)
    vision = queries.vision()
    assert vision is not None
    assert vision.key == "ways-of-working"
    assert [b.code for b in queries.building_blocks()] == ["LP.clear", "LP.kind"]


def test_addresses_stay_when_titles_change(place: Path) -> None:
    change(place, "frameworks.yaml", "title: Tea", "title: Tea and cake")
    change(place, "frameworks.yaml", "alias_titles: [Green filters first]", "alias_titles: [Leaves first, Soft edges]")
    load(place)
    tea = queries.building_block_by_slug("tea")
    assert tea.title == "Tea and cake"
    assert set(ElementAlias.objects.values_list("title", flat=True)) == {"Leaves first", "Soft edges"}
    assert only_change("element", "LP.clear.1").differences == {
        "aliases": [["Green filters first"], ["Leaves first", "Soft edges"]]
    }


def test_a_renamed_organisation_is_still_found_by_its_old_name(place: Path, clock: object) -> None:
    change(place, "organisations.yaml", "name: Lake Watch", "name: Lake Wardens")
    change(place, "organisations.yaml", "value: X01, valid_from: 2027-04-01", "value: X99, valid_from: 2027-04-01")
    change(place, "organisations.yaml", "abbreviation: WC", "abbreviation: WMC")
    load(place)
    wardens = find_organisation("Lake Wardens")
    assert wardens is not None
    assert find_organisation("lake watch") == wardens
    former = wardens.names.get(kind="former")
    assert (former.name, former.valid_to) == ("Lake Watch", NOON.date())
    council = find_organisation("gss:X99")
    assert council is not None
    assert find_organisation("gss:X01") == council
    assert OrganisationIdentifier.objects.get(value="X01").valid_to == date(2027, 4, 2)
    assert find_organisation("WMC") == council
    assert find_organisation("WC") is None
    # What shows the organisation is found by its new name.
    assert "lake wardens" in SearchText.objects.get(initiative__number=1).body
    with no_writes():
        load(place)


def test_areas_and_organisations_that_leave_come_to_an_end(place: Path, clock: object) -> None:
    change(place, "organisations.yaml", "- {key: everybody, name: Everybody, group: true, sector: neighbours}\n", "")
    change(place, "joint_working.yaml", "  - {organisation: everybody, printed_as: all}\n", "")
    change(place, "areas.yaml", "- {code: X01", "- {code: X04, name: Island, kind: district}\n- {code: X01")
    load(place)
    assert Organisation.objects.get(slug="everybody").valid_to == NOON.date()
    assert only_change("organisation", "everybody").what == "withdrawn"
    change(place, "areas.yaml", "- {code: X04, name: Island, kind: district}\n", "")
    load(place)
    assert Area.objects.get(code="X04").valid_to == NOON.date()
    with no_writes():
        load(place)


def test_names_and_descriptions_that_people_gave_stay(place: Path) -> None:
    Organisation.objects.filter(slug="lake-watch").update(summary="We watch.", website="https://lake.example")
    with no_writes():
        assert load(place).kept == ()
    change(place, "organisations.yaml", "name: Lake Watch,", "name: Lake Watch, summary: They watch,")
    outcome = load(place)
    assert [(k.key, k.field, k.kept, k.catalogue) for k in outcome.kept] == [
        ("lake-watch", "summary", "We watch.", "They watch")
    ]
    assert Organisation.objects.get(slug="lake-watch").summary == "We watch."


def test_what_people_made_of_an_initiative_is_not_overwritten(place: Path) -> None:
    first = Initiative.objects.get(number=1)
    Initiative.objects.filter(pk=first.pk).update(title="Planting both banks", stage="active")
    # Nothing changed in the catalogue: nothing to say about what people wrote.
    with no_writes():
        assert load(place).kept == ()
    # The catalogue changed the theme, which people had changed, and the examples, which they had not.
    change(place, "joint_working.yaml", "theme: Planting the north bank", "theme: Planting the banks")
    change(place, "joint_working.yaml", "[Reed days,", "[Reed weeks,")
    assert "Kept as people changed it: initiative T-1, title: “Planting both banks”" in command(str(place), "--yes")
    first.refresh_from_db()
    assert (first.title, first.stage, first.version) == ("Planting both banks", "active", 2)
    assert "- Reed weeks" in first.summary
    assert first.original_labels["theme"] == "Planting the banks"
    assert [act.action for act in acts_on(first)] == ["initiative.reload", "initiative.load"]
    assert "reed weeks" in SearchText.objects.get(initiative=first).body
    with no_writes():
        assert [k.field for k in load(place).kept] == ["title"]


def test_partners_follow_the_catalogue_unless_they_were_asked(place: Path) -> None:
    first = Initiative.objects.get(number=1)
    change(
        place,
        "joint_working.yaml",
        "{organisation: everybody, printed_as: all}",
        "{organisation: westmere-council, printed_as: WC}",
    )
    load(place)
    assert set(first.partners.values_list("organisation__slug", "printed_as")) == {
        ("lake-watch", "The Watch"),
        ("westmere-council", "WC"),
    }
    Partner.objects.filter(organisation__slug="westmere-council").update(confirmation="confirmed")
    change(place, "joint_working.yaml", "  - {organisation: westmere-council, printed_as: WC}\n", "")
    outcome = load(place)
    assert [(k.field, k.kept) for k in outcome.kept] == [("partners", "westmere-council")]
    assert first.partners.filter(organisation__slug="westmere-council").exists()
    with no_writes():
        load(place)


def test_a_strand_follows_the_catalogue_unless_people_wrote_to_it(place: Path) -> None:
    change(place, "joint_working.yaml", "  strand: LP.clear.1\n", "  strand: LP.clear.2\n")
    load(place)
    assert Alignment.objects.get(initiative__number=1).element.code == "LP.clear.2"
    assert Facet.objects.filter(kind="strand", value="LP.clear.1").count() == 0
    Alignment.objects.filter(initiative__number=1).update(contribution="Roots hold the bank.")
    change(place, "joint_working.yaml", "  strand: LP.clear.2\n", "  strand: LP.clear.1\n")
    outcome = load(place)
    assert [k.field for k in outcome.kept] == ["strand"]
    assert Alignment.objects.get(initiative__number=1).element.code == "LP.clear.2"


def test_rows_that_leave_are_withdrawn_and_can_return(place: Path) -> None:
    text = (place / "joint_working.yaml").read_text()
    (place / "joint_working.yaml").write_text(text[: text.index("- key: T-2")])
    load(place)
    second = Initiative.objects.get(number=2)
    assert second.withdrawn_at is not None
    assert not SearchText.objects.filter(initiative=second).exists()
    with no_writes():
        load(place)
    (place / "joint_working.yaml").write_text(text)
    load(place)
    second.refresh_from_db()
    assert (second.withdrawn_at, second.withdrawn_reason, second.reference) == (None, "", "WM-0002")
    assert SearchText.objects.filter(initiative=second).exists()
    # One that an organisation has made its own stays, whatever the catalogue says.
    Initiative.objects.filter(pk=second.pk).update(owner=Organisation.objects.get(slug="lake-watch"))
    (place / "joint_working.yaml").write_text(text[: text.index("- key: T-2")])
    assert [k.key for k in load(place).kept] == ["T-2"]
    second.refresh_from_db()
    assert second.withdrawn_at is None


def test_references_of_later_rows_follow_those_that_people_were_given(place: Path) -> None:
    Place.objects.update(last_reference=40)
    with (place / "joint_working.yaml").open("a") as file:
        file.write(
            "- {key: T-3, ambition: LP.kind, strand: LP.kind.1, strand_as_printed: Benches, theme: Lamps, "
            "examples: [], partners: []}\n"
        )
    load(place)
    assert Initiative.objects.get(catalogue_key="T-3").reference == "WM-0041"


def test_rochford_goes_out_and_comes_back(tmp_path: Path) -> None:
    """A council leaves the catalogue, its initiatives keep it, and it returns as itself."""
    essex = copy_of(ESSEX, tmp_path)
    load(ESSEX)
    before = Organisation.objects.get(slug="rochford-district-council")
    text = (essex / "organisations.yaml").read_text()
    kept = [
        line
        for line in text.splitlines(keepends=True)
        if "key: rochford-" not in line  # the council and its Council meeting
    ]
    (essex / "organisations.yaml").write_text("".join(kept))
    outcome = load(essex)
    assert {(c.key, c.what) for c in outcome.changes} == {
        ("rochford-district-council", "withdrawn"),
        ("rochford-full-council", "withdrawn"),
    }
    before.refresh_from_db()
    assert before.valid_to is not None
    assert find_organisation("Rochford") == before
    load(ESSEX)
    before.refresh_from_db()
    assert before.valid_to is None
    assert find_organisation("gss:E07000075") == before
    with no_writes():
        load(ESSEX)
