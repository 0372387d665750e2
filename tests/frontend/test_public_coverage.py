"""Where much happens, where nothing does, and how the thread runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from groundwork.clock import today
from tests.frontend.reading import Vale, links, read, vale, words
from tests.settings import forget_cache
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Vale:
    forget_cache()
    return vale()


def test_two_tables_with_a_number_or_the_word_none_in_every_cell(client: Client, place: Vale) -> None:
    tables = read(client, "/coverage/").all("table.gt-heat")
    assert len(tables) == 2
    by_block = tables[0]
    assert [cell.text for cell in by_block.one("thead").all("th")] == [
        "Ambition",
        "Governance",
        "Delivery",
        "Data and evidence",
        "All",
    ]
    first = by_block.one("tbody").all("tr")[0]
    assert first.one("th").text == "Live well for longer"
    assert [cell.all("span.gt-heat__word")[0].text for cell in first.all("td")[:3]] == ["1", "1", "None"]
    gap = first.all("td")[2]
    assert "gt-heat--level-0" in gap.classes
    assert gap.one("a").attrs["href"] == "/initiatives/?ambition=V-A1&block=B-3"
    assert "initiatives: Live well for longer, Data and evidence" in gap.text
    assert len(tables[1].one("tbody").all("tr")) == 3


def test_each_cell_leads_to_the_initiatives_it_counts(client: Client, place: Vale) -> None:
    for table in read(client, "/coverage/").all("table.gt-heat"):
        for cell in table.one("tbody").all("a.gt-heat__cell"):
            number = cell.all("span.gt-heat__word")[0].text
            tree = read(client, cell.attrs["href"])
            assert len(tree.all("li.gt-results__item")) == (0 if number == "None" else int(number))


@pytest.mark.parametrize(("measure", "cell"), [("partners", "3"), ("money", "£1,750")])
def test_the_same_tables_by_partners_and_by_money(client: Client, place: Vale, measure: str, cell: str) -> None:
    tree = read(client, f"/coverage/?measure={measure}")
    first = tree.all("table.gt-heat")[0].one("tbody").all("tr")[0]
    assert first.all("td")[0].all("span.gt-heat__word")[0].text == cell
    (chosen,) = [node for node in tree.all("input.govuk-radios__input") if "checked" in node.attrs]
    assert chosen.attrs["value"] == measure
    assert "There is no such figure" in words(client, "/coverage/?measure=<b>")


def test_gaps_are_told_in_words_and_can_be_filled(client: Client, place: Vale) -> None:
    tree = read(client, "/coverage/")
    assert "7 of 9 cells are without a public initiative." in tree.text
    registering = [href for href in links(tree) if href.startswith("/initiatives/new/")]
    assert "/initiatives/new/?ambition=V-A1&block=B-3" in registering
    assert "/initiatives/new/?ambition=V-A2&area=C1" in registering
    home = read(client, "/")
    assert "There are 7 pairs" in home.text
    assert [href for href in links(home) if href.startswith("/initiatives/new/?")]


def test_the_figures_as_a_spreadsheet(client: Client, place: Vale) -> None:
    response: Any = client.get("/coverage.csv")
    body = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == 9
    assert rows[0] == {
        "ambition_code": "V-A1",
        "ambition": "Live well for longer",
        "building_block_code": "B-1",
        "building_block": "Governance",
        "initiatives": "1",
        "partners": "3",
        "money_gbp": "1750",
        "on": today().isoformat(),
        "exact": "yes",
        "licence": "",
    }
    assert client.get("/coverage.csv?columns=area").status_code == 200
    refused = client.get("/coverage.csv?columns=colour")
    assert (refused.status_code, refused.content.decode()) == (400, "columns must be block or area.\n")


def test_the_map_is_also_a_list_in_order(client: Client, place: Vale) -> None:
    tree = read(client, "/map/")
    assert [tile.all("span.gt-heat__word")[0].text for tile in tree.all("li.gt-tile")] == [
        "Northwick",
        "Southwick",
        "Eastwick",
    ]
    ranked = [row.text for row in tree.one("tbody").all("tr")]
    assert ranked == ["Northwick 1", "Southwick 1", "Eastwick None"]


def test_an_area_is_chosen_without_javascript(client: Client, place: Vale) -> None:
    response = client.get("/areas/?area=northwick")
    assert (response.status_code, response["Location"]) == (302, "/areas/northwick/")
    text = words(client, "/areas/northwick/")
    assert "Warm homes for older people" in text
    assert "Part of The Vale" in text
    assert "There is no such area" in words(client, "/areas/?area=nowhere")


def test_the_thread_of_an_element_goes_down_to_the_work(client: Client, place: Vale) -> None:
    tree = read(client, "/thread/element/V-A1/")
    text = tree.one("main").text
    assert "Promoting independence" in text
    assert "Linked from Health" in text.replace("Thing P-1 ", "")
    assert f"{place.full.reference} Warm homes for older people" in text
    assert "CANARY" not in text
    broken = words(client, "/thread/element/V-A3.1/")
    assert "The thread is broken in one place." in broken
    assert "Broken No initiative is registered for this yet." in broken
    assert "Not stated" in words(client, "/thread/element/P-2/")


def test_the_thread_of_a_record_goes_up_to_the_vision_once(client: Client, place: Vale) -> None:
    tree = read(client, f"/thread/initiative/{place.full.reference}/")
    text = tree.one("main").text
    assert text.count("Vision of the Vale") == 1 + text.count("- Framework: Vision of the Vale")
    assert "People stay at home longer." in text
    silent = words(client, f"/thread/initiative/{place.bare.reference}/")
    assert "It is not stated which part of the vision this serves." in silent


def test_the_thread_can_be_copied_as_text(client: Client, place: Vale) -> None:
    response = client.get(f"/thread/initiative/{place.full.reference}/?format=text")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "Warm homes for older people"
    start = lines.index("- The vision")
    assert lines[start + 1 : start + 4] == [
        "  - Framework: Vision of the Vale",
        "    - Ambition V-A1: Live well for longer",
        "      - Thing V-A1.1: Promoting independence (People stay at home longer.)",
    ]
    area = read(client, f"/thread/initiative/{place.full.reference}/").one("textarea")
    assert "readonly" in area.attrs
    assert "- The vision" in area.text


def test_a_framework_is_one_page_with_what_it_does_not_state(client: Client, place: Vale) -> None:
    Element.objects.filter(code="P-1.1").update(summary="Healthy streets.", facts={"title_is": "paraphrase"})
    text = words(client, "/frameworks/plan/")
    assert "Title not stated" in text
    assert "Healthy streets." in text
    assert "(in our words)" in text
    assert "Live well for longer : Same aim." in text
    vision = words(client, "/frameworks/vision/")
    assert "The Vale 2040" in vision
    assert "vision-report, page 3" in vision
    assert "Also called: An equal foundation for every child" in vision
    assert "Named by other frameworks" in vision


def test_an_organisation_says_what_it_leads_and_is_part_of(client: Client, place: Vale) -> None:
    text = words(client, "/organisations/northwick-council/")
    assert "Northwick Rural District (former name, until 1974)" in text
    leads, partner_in = text.split("Initiatives it is a partner in")
    assert "Warm homes for older people" in leads
    assert "None registered." in partner_in
    assert "Warm homes for older people" in words(client, "/organisations/vale-nhs/").split("it is a partner in")[1]
    group = words(client, "/organisations/all-councils/")
    assert "never asked to confirm" in group
    listed = words(client, "/organisations/?words=rural")
    assert "1 organisation " in listed
    assert "Northwick Council" in listed
    assert "There is no such sector" in words(client, "/organisations/?sector=x")
