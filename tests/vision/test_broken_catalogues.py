"""A broken catalogue is refused whole: every problem with its file and line, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from collaboration.initiatives.models import Initiative
from groundwork.catalogue.models import CatalogueLoad
from groundwork.catalogue.reading import BrokenCatalogue
from groundwork.catalogue.services import read_catalogue
from groundwork.directory.models import Area, Organisation, Place, Sector
from tests.vision.loading import WESTMERE, change, command, copy_of
from vision.frameworks.models import Framework

LAKE_WATCH = "{key: lake-watch, name: Lake Watch, sector: neighbours, documents: [promise]}"
BREAKAGES = [
    # (what, file, text that is replaced, by what, text on the line complained of, sentence)
    ("not yaml", "areas.yaml", "areas:\n", "areas: [\n", "- {code: X01", "This is not YAML"),
    ("a tab", "areas.yaml", "areas:\n", "areas:\n\t- x\n", "\t- x", "This is not YAML"),
    ("a key twice", "place.yaml", "name: Westmere\n", "name: Westmere\nname: Eastmere\n", "name: Eastmere", "twice"),
    ("an unknown key", "areas.yaml", "tile: [0, 0]", "tiel: [0, 0]", "tiel", "did you mean “tile”?"),
    ("no key", "place.yaml", "reference_prefix: WM\n", "", "key: westmere", "“reference_prefix” is missing"),
    ("a null", "place.yaml", "name: Westmere", "name: null", "name: null", "“name” is null, but must be stated"),
    ("an empty text", "place.yaml", "name: Westmere", "name: ' '", "name: ' '", "“name” is empty"),
    ("a list for a text", "place.yaml", "name: Westmere", "name: [a]", "name: [a]", "must be text, not a list"),
    ("a text for a list", "areas.yaml", "tile: [0, 0]", "tile: here", "tile: here", "must be a list, not “here”"),
    ("words for numbers", "areas.yaml", "tile: [0, 0]", "tile: [0, a]", "tile: [0, a]", "2 whole numbers"),
    (
        "one tile twice",
        "areas.yaml",
        "valid_from: 2027-04-01}\n- {code: X02, name: North Valley, kind: district, tile: [0, 0], valid_to: 2027-04-01",
        "tile: [0, 0]}\n- {code: X02, name: North Valley, kind: district, tile: [0, 0]",
        "X02",
        "The tile of X01 already stands",
    ),
    ("no yes or no", "organisations.yaml", "group: true", "group: yes", "group: yes", "must be true or false"),
    ("no such day", "areas.yaml", "from: 2027-04-01", "from: 2027-02-30", "2027-02-30", "a day like 2017-09-19"),
    ("half a day", "areas.yaml", "from: 2027-04-01", "from: 2027-04", "from: 2027-04}", "a day like 2017-09-19"),
    (
        "ends before",
        "areas.yaml",
        "valid_from: 2027-04-01",
        "valid_from: 2027-04-01, valid_to: 2027-01-01",
        "X01",
        "later",
    ),
    ("an area twice", "areas.yaml", "code: X02", "code: X01", "North Valley", "already an area “X01”"),
    ("no such area", "areas.yaml", "tile: [0, 0]", "tile: [0, 0], within: X09", "X09", "There is no area “X09”"),
    ("an area in itself", "areas.yaml", "tile: [0, 0]", "within: X02", "X02,", "lies within itself"),
    (
        "areas in a circle",
        "areas.yaml",
        "tile: [0, 0], valid_to: 2027-04-01, successors: [X01]}\n- {code: X03,",
        "within: X03}\n- {code: X03, within: X02,",
        "- {code: X02",
        "lies within itself",
    ),
    (
        "no such sector",
        "organisations.yaml",
        "councils, area: X03",
        "council, area: X03",
        "X03",
        "did you mean “councils”?",
    ),
    (
        "two of one name",
        "organisations.yaml",
        "name: Lake Watch",
        "name: WESTMERE  council",
        "lake-watch",
        "also a name of",
    ),
    (
        "one bare name",
        "organisations.yaml",
        "place_name: South Valley",
        "place_name: North valley!",
        "south",
        "also a name of",
    ),
    ("no letters", "organisations.yaml", "name: Lake Watch", "name: '!!'", "lake-watch", "no letter or figure"),
    (
        "itself above",
        "organisations.yaml",
        LAKE_WATCH,
        LAKE_WATCH[:-1] + ", part_of: lake-watch}",
        "lake-watch",
        "is part of itself",
    ),
    (
        "too long",
        "organisations.yaml",
        "abbreviation: WC",
        f"abbreviation: {'W' * 31}",
        "WWW",
        "at most 30 can be kept",
    ),
    ("no address", "organisations.yaml", LAKE_WATCH, LAKE_WATCH[:-1] + ", website: lake}", "website", "https://"),
    ("no such status", "organisations.yaml", LAKE_WATCH, LAKE_WATCH[:-1] + ", status: gone}", "gone", "one of: active"),
    (
        "a shared code",
        "organisations.yaml",
        LAKE_WATCH,
        LAKE_WATCH[:-1] + ", identifiers: [{scheme: gss, value: X01}]}",
        "lake-watch",
        "already the identifier",
    ),
    (
        "no such document",
        "frameworks.yaml",
        "{document: promise}\n  elements:\n  - code: LP.clear",
        "{document: promises}\n  elements:\n  - code: LP.clear",
        "promises",
        "did you mean “promise”?",
    ),
    ("an element twice", "frameworks.yaml", "code: WW-b", "code: WW-a", "Maps", "already an element “WW-a”"),
    ("a strange code", "frameworks.yaml", "code: WW-b", "code: WW b", "WW b", "letters, figures, dots and hyphens"),
    ("no title", "frameworks.yaml", ", title: null}", "}", "LP.clear.2", "write null where the source"),
    ("no such element", "frameworks.yaml", "{to: LP.clear,", "{to: LP.cleer,", "LP.cleer", "did you mean “LP.clear”?"),
    ("one address", "frameworks.yaml", "title: Maps", "title: tea", "WW-b", "already an address of an element “tea”"),
    ("years reversed", "frameworks.yaml", "to: null}", "to: 2024}", "2024", "earlier year"),
    ("a year in words", "frameworks.yaml", "from: 2025", "from: soon", "soon", "must be a whole number"),
    ("no such framework", "place.yaml", "vision: lake-promise", "vision: sea", "vision: sea", "There is no framework"),
    (
        "two parts",
        "place.yaml",
        "building-blocks: ways-of-working",
        "building-blocks: lake-promise",
        "blocks: lake",
        "two parts",
    ),
    ("a strange zone", "place.yaml", "Europe/London", "Europe/Westmere", "Europe/Westmere", "is not a time zone"),
    ("a strange prefix", "place.yaml", "prefix: WM", "prefix: wm-", "wm-", "two to six capital letters"),
    (
        "another's strand",
        "joint_working.yaml",
        "strand: LP.kind.1",
        "strand: LP.clear.2",
        "strand: LP.clear.2",
        "not a strand of the ambition",
    ),
    (
        "a partner twice",
        "joint_working.yaml",
        "organisation: everybody",
        "organisation: lake-watch",
        "printed_as: all",
        "twice in this row",
    ),
    ("an anchor", "sectors.yaml", "sectors:\n", "sectors: &s\n", "&s", "write the value out"),
    ("a tag", "sectors.yaml", "title: Councils", "title: !!binary Q291", "!!binary", "is not read here"),
    ("a control character", "sectors.yaml", "title: Councils", 'title: "Coun\\0cils"', "Coun", "control character"),
    ("half a character", "sectors.yaml", "title: Councils", 'title: "Coun\\ud800"', "Coun", "control character"),
    ("a bell", "sectors.yaml", "title: Councils", "title: Coun\x07cils", "Coun", "control character"),
    ("a huge number", "areas.yaml", "tile: [0, 0]", f"tile: [0, {'9' * 5000}]", "9999", "at most 18 figures"),
    ("a key that is a list", "sectors.yaml", "sectors:\n", "? [a]\n: b\nsectors:\n", "? [a]", "must be a plain word"),
    (
        "a depth",
        "frameworks.yaml",
        "title: Tea",
        f"title: Tea, facts: {{a: {'[' * 60}{']' * 60}}}",
        "[[[",
        "levels deep",
    ),
    ("an abyss", "sectors.yaml", "title: Councils", f"title: {'[' * 5000}{']' * 5000}", "", "nested too deeply"),
]


def nothing_is_written() -> bool:
    return not any(
        model._default_manager.exists()
        for model in (Place, Area, Sector, Organisation, Framework, Initiative, CatalogueLoad)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "old", "new", "on", "sentence"), [b[1:] for b in BREAKAGES], ids=[b[0] for b in BREAKAGES]
)
def test_it_is_refused_with_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, on: str, sentence: str
) -> None:
    place = copy_of(WESTMERE, tmp_path)
    change(place, file, old, new)
    lines = (place / file).read_text().split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if on in text)
    with pytest.raises(CommandError) as refusal:
        command(str(place))
    told = [told for told in str(refusal.value).split("\n") if told.startswith(f"{place}/{file}, line {line}: ")]
    assert any(sentence in each for each in told), str(refusal.value)
    assert nothing_is_written()


@pytest.mark.django_db
def test_a_broken_catalogue_changes_nothing_of_a_place_that_is_loaded(tmp_path: Path) -> None:
    place = copy_of(WESTMERE, tmp_path)
    command(str(place))
    change(place, "organisations.yaml", "name: Lake Watch", "name: Lake Wardens")
    change(place, "joint_working.yaml", "theme: Forty benches", "themes: Forty benches")
    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        command(str(place), "--yes")
    assert Organisation.objects.get(slug="lake-watch").name == "Lake Watch"
    assert CatalogueLoad.objects.count() == 1


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    place = copy_of(WESTMERE, tmp_path)
    change(place, "areas.yaml", "name: North Valley", "nome: North Valley")
    change(place, "sectors.yaml", "code: neighbours", "code: Neighbours!")
    change(place, "frameworks.yaml", "kind: capability model", "kind: true")
    with pytest.raises(BrokenCatalogue) as refusal:
        read_catalogue(place, shown_as="here")
    no_sector = "There is no sector “neighbours” in the catalogue; did you mean “Neighbours!”?"
    assert [str(problem) for problem in refusal.value.problems] == [
        "here/areas.yaml, line 3: “name” is missing.",
        "here/areas.yaml, line 3: “nome” is not known here; did you mean “name”?",
        "here/frameworks.yaml, line 22: “kind” must be text, not true.",
        f"here/organisations.yaml, line 5: {no_sector}",
        f"here/organisations.yaml, line 6: {no_sector}",
        "here/sectors.yaml, line 3: “code” is “Neighbours!”; it must be small letters, figures and hyphens.",
    ]


def test_a_file_that_cannot_be_read_is_the_only_one_blamed(tmp_path: Path) -> None:
    place = copy_of(WESTMERE, tmp_path)
    (place / "sectors.yaml").write_bytes(b"sectors:\n- {code: a, title: \xff}\n")
    with pytest.raises(BrokenCatalogue) as refusal:
        read_catalogue(place, shown_as="here")
    assert [str(problem) for problem in refusal.value.problems] == [
        "here/sectors.yaml, line 2: The file is not UTF-8 text."
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("area.yaml", "areas: []", "No part of the product reads a file of this name."),
        ("areas.yml", "areas: []", "No part of the product reads a file of this name."),
        ("sectors.yaml", "", "The file is empty."),
        ("sectors.yaml", "- a\n- b", "The file must be a set of keys, not a list."),
        ("sectors.yaml", "x" * 10_000_001, "The file is larger than 10 MB."),
        ("organisations/more.yaml", "bodies: []", "“organisations” is missing."),
    ],
)
def test_a_file_as_a_whole(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    place = copy_of(WESTMERE, tmp_path)
    (place / name).parent.mkdir(exist_ok=True)
    (place / name).write_text(content)
    with pytest.raises(BrokenCatalogue) as refusal:
        read_catalogue(place, shown_as="here")
    assert f"here/{name}, line 1: {sentence}" in [str(problem) for problem in refusal.value.problems]


@pytest.mark.parametrize("name", ["place.yaml", "areas.yaml", "sectors.yaml", "organisations.yaml", "frameworks.yaml"])
def test_a_file_that_must_be_there(tmp_path: Path, name: str) -> None:
    place = copy_of(WESTMERE, tmp_path)
    (place / name).unlink()
    with pytest.raises(BrokenCatalogue) as refusal:
        read_catalogue(place, shown_as="here")
    assert [str(problem) for problem in refusal.value.problems] == [f"here/{name}, line 1: This file is missing."]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["documents.yaml", "joint_working.yaml"])
def test_a_file_that_may_be_missing(tmp_path: Path, name: str) -> None:
    place = copy_of(WESTMERE, tmp_path)
    (place / name).unlink()
    if name == "documents.yaml":
        change(place, "organisations.yaml", ", documents: [promise]", "")
        for file in ("frameworks.yaml", "joint_working.yaml"):
            text = (place / file).read_text()
            (place / file).write_text(
                text.replace("  source: {document: promise}\n", "").replace(
                    "source: {document: promise, section: Last page}\n", ""
                )
            )
    assert "organisation: 5 added" in command(str(place))
