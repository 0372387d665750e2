"""The register's list: the address is the saved view, as a page, a spreadsheet and a feed."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import indexing
from collaboration.initiatives.exports import INITIATIVES
from groundwork.directory.models import Organisation
from tests.collaboration.ground import initiative
from tests.frontend.markup import Node
from tests.frontend.reading import Vale, queries, read, vale, words
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def place() -> Vale:
    forget_cache()
    return vale()


def listed(tree: Node) -> list[str]:
    return [item.one("h2").one("a").text for item in tree.all("li.gt-results__item")]


def removable(tree: Node) -> dict[str, str]:
    return {link.text.removeprefix("Remove filter: "): link.attrs["href"] for link in tree.all("a.gt-selected__tag")}


def rows(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_everything_public_is_listed_and_counted(client: Client, place: Vale) -> None:
    tree = read(client, "/initiatives/")
    assert set(listed(tree)) == {place.full.title, place.bare.title}
    (count,) = tree.all("p.gt-result-count")
    assert count.attrs["role"] == "status"
    assert count.text == "2 initiatives"


@pytest.mark.parametrize(
    "query",
    [
        "ambition=V-A1",
        "strand=V-A1.2",
        "block=B-2",
        "area=C1",
        "area=northwick",
        "organisation=vale-nhs",
        "organisation=Vale NHS",
        "organisation=northwick rural district",
        "sector=health",
        "stage=active",
        "year=2026",
        "exemplar=yes",
        "element=P-1.1",
        "words=warm homes",
        "words=draught",
    ],
)
def test_each_filter_narrows_and_can_be_taken_away_again(client: Client, place: Vale, query: str) -> None:
    tree = read(client, f"/initiatives/?{quote(query, safe='=')}")
    assert listed(tree) == [place.full.title]
    ((_text, without),) = removable(tree).items()
    assert len(listed(read(client, f"/initiatives/{without}"))) == 2


def test_filters_work_together_and_the_panel_shows_them(client: Client, place: Vale) -> None:
    tree = read(client, "/initiatives/?ambition=V-A1&block=B-1&organisation=vale-nhs&year=2025&words=homes")
    assert listed(tree) == [place.full.title]
    assert set(removable(tree)) == {
        "Ambition: Live well for longer",
        "Building block: Governance",
        "Organisation: Vale NHS",
        "Year: 2025",
        "Words: “homes”",
    }
    chosen = {
        node.attrs["value"] for node in tree.all("option") if "selected" in node.attrs and node.attrs.get("value")
    }
    assert chosen == {"V-A1", "B-1"}
    values = {node.attrs["name"]: node.attrs.get("value") for node in tree.all("input.govuk-input")}
    assert values == {"words": "homes", "organisation": "Vale NHS", "year": "2025"}
    exports = [link.attrs["href"] for link in tree.one("ul.gt-exports").all("a")]
    query = "organisation=vale-nhs&block=B-1&ambition=V-A1&year=2025&words=homes"
    assert exports == [f"/initiatives.{ending}?{query}" for ending in ("xlsx", "csv", "json", "atom")]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ambition=nonsense", "There is no ambition “nonsense”."),
        ("organisation=Nobody+Ltd", "There is no organisation “Nobody Ltd”."),
        ("stage=sleeping", "There is no stage “sleeping”."),
        ("year=twenty", "is not a year"),
        ("sort=colour", "Lists can be sorted by"),
        ("format=pdf", "as csv, xlsx, json or as atom"),
        ("area=%00%FF", "There is no area"),
        ("sector=" + "x" * 5000, "There is no sector"),
        ("words=" + "long+" * 2000, "Only the first 200 characters"),
    ],
)
def test_a_filter_that_means_nothing_is_told_and_left_out(
    client: Client, place: Vale, query: str, sentence: str
) -> None:
    text = words(client, f"/initiatives/?{query}")
    assert sentence in text
    if "words" not in query:
        assert "2 initiatives" in text
    if "format" not in query:
        for address in ("/initiatives.csv", "/initiatives.atom"):
            refused = client.get(f"{address}?{query}")
            assert refused.status_code == 400
            assert sentence in refused.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "'; DROP TABLE x; --",
        "a AND (b",
        "🙂",
        "\x00",
        "%",
        "(((",
        "NEAR/3 *",
        "\u202eabc",
        "<script>alert(1)</script>",
    ],
)
def test_words_of_any_kind_are_only_words(client: Client, place: Vale, typed: str) -> None:
    for address in ("/initiatives/", "/search/", "/organisations/", "/initiatives.csv", "/initiatives.atom"):
        response = client.get(address, {"words": typed})
        assert response.status_code == 200, address
        body = b"".join(response) if response.streaming else response.content
        assert b"<script>alert" not in body


def test_a_misspelt_word_finds_and_says_what_it_found(client: Client, place: Vale) -> None:
    text = words(client, "/initiatives/?words=drauhgt")
    assert "Nothing was found for “drauhgt”. These were found for draught" in text
    assert place.full.title in text


def test_nothing_found_says_what_to_do(client: Client, place: Vale) -> None:
    tree = read(client, "/initiatives/?stage=paused&block=B-3")
    (empty,) = tree.all("div.gt-empty")
    hrefs = [link.attrs["href"] for link in empty.all("a")]
    assert "?block=B-3" in hrefs
    assert "?stage=paused" in hrefs
    assert "/initiatives/" in hrefs
    assert "/nominate/" in hrefs
    assert "/initiatives/new/" in hrefs
    assert "0 initiatives" in tree.text


def test_the_list_turns_pages_and_keeps_the_view(client: Client, place: Vale) -> None:
    for n in range(60):
        initiative(place.world.ground, f"Club {n:02}", codes=("V-A2.1",))
    first = read(client, "/initiatives/?ambition=V-A2&sort=title")
    assert listed(first) == [f"Club {n:02}" for n in range(25)]
    (following,) = [link.attrs["href"] for link in first.all("a.govuk-pagination__link")]
    assert following == "?ambition=V-A2&sort=title&page=2"
    assert listed(read(client, f"/initiatives/{following}")) == [f"Club {n:02}" for n in range(25, 50)]
    assert len(listed(read(client, "/initiatives/?ambition=V-A2&page=3"))) == 10
    for odd in ("0", "-1", "99999999999999", "two", "²"):
        assert listed(read(client, f"/initiatives/?ambition=V-A2&page={odd}"))


def test_a_card_is_rendered_once_and_again_when_what_it_shows_changes(client: Client, place: Vale) -> None:
    assert "led by Northwick Council" in words(client, "/initiatives/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/initiatives/")
    assert not [each for each in asked if "indexed" in each["sql"] and 'card"' in each["sql"].split("FROM")[0]]
    Organisation.objects.filter(slug="northwick-council").update(name="Northwick Borough Council")
    indexing.reindex_named(organisations=[place.world.bodies["owner"].pk])
    assert "led by Northwick Borough Council" in words(client, "/initiatives/")


def test_a_list_takes_the_same_queries_for_10_25_and_100(client: Client, place: Vale) -> None:
    taken = set()
    made = 2
    for wanted in (10, 25, 100):
        for n in range(made, wanted):
            initiative(place.world.ground, f"Club {n:02}", codes=("V-A2.1", "B-1"), partners=("vale-nhs",))
        made = wanted
        forget_cache()
        with CaptureQueriesContext(connection) as cold:
            client.get("/initiatives/")
        # One of them is for the addresses that organisations and areas had before.
        assert len(cold) <= 9
        taken.add(queries(client, "/initiatives/"))
    assert len(taken) == 1


def test_a_partner_sees_what_is_shared_among_partners(client: Client, place: Vale) -> None:
    client.force_login(place.world["other:member"].who)
    tree = read(client, "/initiatives/?ambition=V-A1")
    assert listed(tree) == ["PARTNERS-CANARY", place.full.title]
    assert "Partners only" in tree.text
    assert queries(client, "/initiatives/") <= 8


def test_the_spreadsheet_holds_the_view_and_can_do_no_harm(client: Client, place: Vale) -> None:
    initiative(place.world.ground, "=HYPERLINK(1)", "@SUM(A1)\nmore", codes=("V-A2.1",))
    found = rows(client.get("/initiatives.csv?ambition=V-A1"))
    assert tuple(found[0]) == INITIATIVES.headers
    assert INITIATIVES.headers[:5] == ("ref", "title", "summary", "stage", "lead")
    (row,) = found
    assert row["ref"] == place.full.reference
    assert row["summary"].splitlines()[1] == "- draught proofing"
    assert row["stage"] == "active"
    assert row["lead"] == "Northwick Council"
    assert row["partners"] == "All councils (adviser); Vale County Council (funder); Vale NHS (delivery)"
    assert row["blocks"] == "B-1; B-2"
    assert row["areas"] == "Northwick; Southwick"
    assert (row["start"], row["end"], row["verified"]) == ("2025-04-01", "2027-03-31", "2026-11-02")
    assert row["address"].endswith(f"/initiatives/{place.full.reference}/")
    assert row["address"].startswith("http")
    (harmless,) = rows(client.get("/initiatives.csv?ambition=V-A2"))
    assert harmless["title"] == "'=HYPERLINK(1)"
    assert harmless["summary"] == "'@SUM(A1)\nmore"
    assert len(rows(client.get("/initiatives/?format=csv"))) == 3


def test_the_feed_holds_the_view_newest_first(client: Client, place: Vale) -> None:
    for address in ("/initiatives.atom", "/initiatives/?format=atom", "/updates.atom"):
        response = client.get(address)
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own text
        entries = feed.findall(f"{ATOM}entry")
        assert [entry.findtext(f"{ATOM}title") for entry in entries] == [place.full.title, place.bare.title]
        assert feed.findtext(f"{ATOM}updated") == "2026-11-03T09:00:00+00:00"
        assert (entries[0].findtext(f"{ATOM}id") or "").endswith(f"initiative/{place.full.reference}")
    narrowed = ElementTree.fromstring(client.get("/initiatives.atom?block=B-1").content)  # noqa: S314 - our own text
    assert len(narrowed.findall(f"{ATOM}entry")) == 1
    assert narrowed.findtext(f"{ATOM}title") == "Initiatives: Governance"


def test_search_groups_what_it_finds(client: Client, place: Vale) -> None:
    tree = read(client, "/search/?words=northwick")
    assert [heading.text for heading in tree.one("main").all("h2")] == ["Areas", "Organisations", "Initiatives"]
    assert "Northwick Council" in tree.one("main").text
    assert "An equal start for every child" in words(client, "/search/?words=equal+foundation")
    assert "Nothing found" in words(client, "/search/?words=xyzzy")
