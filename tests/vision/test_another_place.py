"""A place that does not exist loads with no change of code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from collaboration.initiatives.catalogue import rows_as_printed
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, NotAllowed
from groundwork.catalogue.models import CatalogueLoad
from groundwork.catalogue.services import load_catalogue, read_catalogue, rehearse
from groundwork.directory.models import Area, Organisation, OrganisationIdentifier, Place
from groundwork.directory.queries import areas, find_organisation
from tests.vision.loading import ESSEX, OPERATOR, WESTMERE, command, load, no_writes
from vision.frameworks import queries

pytestmark = pytest.mark.django_db


def test_another_place_is_loaded_from_any_directory() -> None:
    assert "organisation: 5 added" in command(str(WESTMERE))
    assert [a.label for a in queries.ambitions()] == ["Water as clear as air", "A kind shore"]
    assert [s.label for s in queries.strands()] == ["Reeds", "Not stated", "Benches for everybody"]
    assert [b.slug for b in queries.building_blocks()] == ["tea", "maps", "boats"]
    assert list(queries.recommendations()) == []
    assert list(Initiative.objects.order_by("number").values_list("reference", flat=True)) == ["WM-0001", "WM-0002"]
    assert [row.partners for row in rows_as_printed()] == [["The Watch", "all"], []]
    assert queries.find_element("green filters first") == queries.element("LP.clear.1")
    with no_writes():
        assert "nothing has changed" in command(str(WESTMERE))


def test_areas_and_organisations_are_dated_and_have_successors() -> None:
    load(WESTMERE)
    assert {a.code for a in areas(on=date(2027, 3, 31))} == {"X02", "X03"}
    assert {a.code for a in areas(on=date(2027, 4, 1))} == {"X01"}
    assert {a.code for a in Area.objects.get(code="X01").predecessors.all()} == {"X02", "X03"}
    assert {o.slug for o in Organisation.objects.get(slug="westmere-council").predecessors.all()} == {
        "north-valley-council",
        "south-valley-council",
    }
    assert find_organisation("Upper Mere Rural District") == find_organisation("North Valley")
    assert OrganisationIdentifier.objects.get().valid_from == date(2027, 4, 1)
    assert Organisation.objects.get(slug="lake-watch").source["documents"][0]["title"] == "The Lake Promise"


def test_an_installation_serves_one_place() -> None:
    load(WESTMERE)
    with pytest.raises(CommandError, match="This installation serves Westmere"):
        command("essex", "--yes")
    assert Place.objects.get().key == "westmere"
    assert not Organisation.objects.filter(slug="essex-county-council").exists()
    with pytest.raises(Conflict):
        rehearse(read_catalogue(ESSEX), actor=OPERATOR)


def test_only_an_operator_loads_a_place() -> None:
    with pytest.raises(NotAllowed):
        load_catalogue(read_catalogue(WESTMERE), actor=Public())
    assert not Place.objects.exists()


def test_a_dry_run_says_what_would_be_and_writes_nothing() -> None:
    printed = command(str(WESTMERE), "--dry-run")
    assert "element: 8 added" in printed
    assert "nothing was written" in printed
    assert (Place.objects.count(), Initiative.objects.count(), CatalogueLoad.objects.count()) == (0, 0, 0)


def test_a_place_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="one of: essex"):
        command("sussex")
    with pytest.raises(CommandError, match=r"place\.yaml, line 1: This file is missing"):
        command(str(tmp_path))
