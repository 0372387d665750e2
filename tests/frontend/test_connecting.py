"""The help pages for Excel, Power BI, programs and importing work as written.

What a page shows is taken from the page: its addresses are fetched, and its queries are run by a small interpreter of
Power Query's language (:mod:`tests.frontend.power_query`).
"""

from __future__ import annotations

import csv
import html
import io
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.test import Client

from collaboration.imports.template import how_to_fill
from collaboration.initiatives.columns import COLUMNS, TEMPLATE
from collaboration.initiatives.models import Initiative
from frontend.pages.connecting import EXAMPLES, QUERIES, SHOWN_EXAMPLES, example, query
from groundwork.accounts.services import tokens
from tests.collaboration.ground import initiative
from tests.frontend.power_query import MError, Parser, Table, run
from tests.frontend.reading import Vale, links, read, vale, words
from tests.settings import forget_cache
from vision.frameworks.models import Element

ROOT = Path(__file__).resolve().parents[2]
HOW_TOS = ("use-the-api.md", "import-a-spreadsheet.md")
PAGES = ("/help/connect-excel/", "/help/connect-power-bi/", "/help/api/", "/help/import/")


@pytest.fixture
def place() -> Vale:
    forget_cache()
    return vale()


def blocks(client: Client, address: str) -> dict[str, str]:
    """The code a page shows, by what it is called. Letter for letter: a tree of the page would join its spaces."""
    page = client.get(address).content.decode()
    return {
        html.unescape(label): html.unescape(code)
        for label, code in re.findall(r'<pre [^>]*aria-label="([^"]*)"[^>]*><code>(.*?)</code></pre>', page, re.DOTALL)
    }


class Site:
    """Answers as this installation does, and keeps what it was asked."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked: list[str] = []

    def __call__(self, address: str, headers: Mapping[str, str]) -> bytes:
        assert address.startswith(settings.BASE_URL + "/"), "a query that asks somebody else"
        self.asked.append(address)
        given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        path = address.removeprefix(settings.BASE_URL)
        response: Any = self.client.get(path, **given)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200, f"{address}: {response.status_code} {content!r}"
        return bytes(content)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_each_can_be_read_with_and_without_a_place(client: Client, address: str) -> None:
    assert "No licence has been stated" in words(client, address) or address == "/help/import/"
    vale()
    for node in read(client, address).all("pre"):
        # A box that scrolls can be reached and scrolled with the keyboard, and says what it is.
        assert node.attrs["tabindex"] == "0"
        assert node.attrs["role"] == "region"
        assert node.attrs["aria-label"]


@pytest.mark.django_db
def test_they_are_linked_from_where_one_looks_for_them(client: Client, place: Vale) -> None:
    assert set(PAGES) <= set(links(read(client, "/help/")))
    for address in ("/initiatives/", "/data-licence/"):
        assert set(PAGES[:3]) <= set(links(read(client, address))), address


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_every_address_they_name_is_one_of_this_installation(client: Client, place: Vale, address: str) -> None:
    tree = read(client, address)
    named = {link for link in links(tree) if not link.startswith(("#", "mailto:"))}
    assert named
    for link in named:
        if link.startswith("http"):
            assert link.startswith(settings.BASE_URL + "/"), link
        response = client.get(link.removeprefix(settings.BASE_URL))
        assert response.status_code in (200, 302), f"{link}: {response.status_code}"
    assert "thread.example.org" not in (text := tree.text), "an address that was not filled in"
    assert settings.BASE_URL in text or address == "/help/import/"


@pytest.mark.django_db
def test_the_spreadsheets_they_name_are_what_the_steps_say(client: Client, place: Vale) -> None:
    """UTF-8 with commas, one line of headings."""
    named = [link for link in links(read(client, PAGES[0])) if urlsplit(link).path.endswith(".csv")]
    assert len(named) >= 3
    for link in named:
        response: Any = client.get(link.removeprefix(settings.BASE_URL))
        assert response["Content-Type"] == "text/csv; charset=utf-8", link
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        assert len(head) > 1, link
        assert all(len(row) == len(head) for row in rows), link


@pytest.mark.django_db
def test_the_query_for_initiatives_follows_next_to_the_end(client: Client, place: Vale) -> None:
    for n in range(130):
        initiative(place.world.ground, f"Work {n}", codes=("V-A1.1",))
    public = set(Initiative.objects.filter(visibility="public").values_list("reference", flat=True))
    assert len(public) > 130
    for address, label in (
        ("/help/connect-excel/", "Query for all public initiatives"),
        ("/help/connect-power-bi/", "Query called Initiatives"),
    ):
        site = Site(client)
        table = run(blocks(client, address)[label], site)
        assert isinstance(table, Table)
        assert len(site.asked) == 2, "100 at a time"
        assert len({urlsplit(asked).netloc + urlsplit(asked).path for asked in site.asked}) == 1
        assert len(table.rows) == len(public)
        assert {row["ref"] for row in table.rows} == public
        full = next(row for row in table.rows if row["ref"] == place.full.reference)
        assert full["strands"] == "V-A1.1; V-A1.2"
        assert full["money"] == 1750
        assert full["start"] == place.full.starts_on
        assert full["changed"] == place.full.changed_at


@pytest.mark.django_db
def test_a_filter_goes_into_the_first_question(client: Client, place: Vale) -> None:
    shown = blocks(client, "/help/connect-excel/")
    plain, first = shown["Query for all public initiatives"], shown["First question with a filter"]
    assert '        () => Ask([limit = "100"]),\n' in plain
    filtered = plain.replace('() => Ask([limit = "100"]),', first)
    site = Site(client)
    table = run(filtered, site)
    active = Initiative.objects.filter(visibility="public", stage="active").count()
    assert 0 < active == len(table.rows) < Initiative.objects.filter(visibility="public").count()


@pytest.mark.django_db
def test_a_query_with_nothing_to_tell_gives_an_empty_table(client: Client, place: Vale) -> None:
    shown = blocks(client, "/help/connect-power-bi/")
    nothing = shown["Query called Initiatives"].replace('[limit = "100"]', '[limit = "100", words = "xyzzyx"]')
    table = run(nothing, Site(client))
    assert table.rows == []
    assert "strands" in table.columns
    assert run(shown["Query called Strands"], Site(client), Initiatives=table).rows == []


@pytest.mark.django_db
def test_the_model_for_power_bi_fits_together(client: Client, place: Vale) -> None:
    shown = blocks(client, "/help/connect-power-bi/")
    site = Site(client)
    tables: dict[str, Table] = {}
    for name in ("Initiatives", "Elements", "Strands", "Coverage"):
        tables[name] = run(shown[f"Query called {name}"], site, **tables)
    codes = [row["code"] for row in tables["Elements"].rows]
    assert len(codes) == len(set(codes)) == Element.objects.count()
    strands = tables["Strands"].rows
    assert {"ref": place.full.reference, "strand": "V-A1.1"} in strands
    assert {row["strand"] for row in strands if row["strand"]} <= set(codes)
    assert {row["ref"] for row in strands} == {row["ref"] for row in tables["Initiatives"].rows}
    cells = tables["Coverage"].rows
    assert len(cells) == len({row["ambition_code"] for row in cells}) * len({row["area_code"] for row in cells}) > 0
    assert any(row["initiatives"] for row in cells)
    assert {row["ambition_code"] for row in cells} <= set(codes)
    active = run(shown["Query for the spreadsheet of active initiatives"], site)
    assert {row["ref"] for row in active.rows} == set(
        Initiative.objects.filter(visibility="public", stage="active").values_list("reference", flat=True)
    )


def test_power_bi_can_tell_beforehand_where_each_query_asks() -> None:
    """The first argument of Web.Contents is one written text: only then is a scheduled refresh possible."""
    for path in QUERIES.glob("*.pq"):
        text = path.read_text("utf-8")
        for call in re.findall(r"Web\.Contents\(\s*(.{60})", text):
            assert call.startswith('"https://thread.example.org"'), path.name
        assert text.count("thread.example.org") == text.count("Web.Contents("), path.name
        Parser(query(path.stem)).whole()


@pytest.mark.parametrize(
    ("spoiled", "by"),
    [
        ("Typed\n", "Typd\n"),
        ("        ),\n", "        \n"),
        ('"100"', '"100'),
        ("[results]", "[result]"),
        ('"partners", "strands"', '"partners" "strands"'),
    ],
)
def test_the_interpreter_sees_a_broken_query(spoiled: str, by: str) -> None:
    text = query("initiatives")
    assert spoiled in text
    where = text.rindex(spoiled) if spoiled == "Typed\n" else text.index(spoiled)

    def ask(address: str, headers: Mapping[str, str]) -> bytes:
        return b'{"results": [], "next": null}'

    run(text, ask)
    with pytest.raises(MError):
        run(text[:where] + by + text[where + len(spoiled) :], ask)


@pytest.mark.django_db
def test_a_token_goes_into_the_header_that_the_query_writes(client: Client, place: Vale) -> None:
    drafts = blocks(client, "/help/connect-excel/")["Query for the drafts of your organisation"]
    assert drafts == blocks(client, "/help/connect-power-bi/")["Query for the drafts of your organisation"]
    with pytest.raises(AssertionError, match="401"):
        run(drafts, Site(client))
    _token, secret = tokens.create(actor=place.world["owner:member"], name="Excel", scope="read")
    table = run(drafts.replace("gt_put_your_token_here", secret), Site(client))
    assert [row["title"] for row in table.rows] == ["DRAFT-CANARY"]
    _token, secret = tokens.create(actor=place.world["other:officer"], name="Excel", scope="read")
    assert run(drafts.replace("gt_put_your_token_here", secret), Site(client)).rows == []


@pytest.mark.django_db
def test_the_columns_are_explained_as_the_dictionary_does(client: Client, place: Vale) -> None:
    text = words(client, "/help/connect-excel/")
    for column in COLUMNS:
        assert f"{column.name} Meaning {column.meaning}" in text
    importing = words(client, "/help/import/")
    for column in COLUMNS:
        assert (f"{column.name} What to write" in importing) is (column.name in ("ref", *TEMPLATE))
    for name, how in how_to_fill().items():
        assert f"{name} What to write {how}" in importing


@pytest.mark.django_db
def test_the_examples_are_shown_as_they_lie_in_their_files(client: Client) -> None:
    shown = blocks(client, "/help/api/")
    names = {name for name, _title in SHOWN_EXAMPLES}
    assert names == {path.name for path in EXAMPLES.iterdir() if path.suffix in (".sh", ".py")}
    for name in names:
        assert shown[name] == (EXAMPLES / name).read_text("utf-8") == example(name)


@pytest.mark.django_db
def test_every_command_that_is_shown_can_be_given(client: Client) -> None:
    """Its name and its options exist, here and in the how-tos."""
    pages = [blocks(client, "/help/import/")["Importing from the command line"]]
    pages += [(ROOT / "docs" / "how-to" / name).read_text("utf-8") for name in HOW_TOS]
    for text in pages:
        commands = re.findall(r"^goldenthread ([a-z-]+)(.*)$", text, re.MULTILINE)
        assert commands
        for name, arguments in commands:
            name = name.replace("-", "_")
            command = load_command_class(get_commands()[name], name)
            command.create_parser("goldenthread", name).parse_args(shlex.split(arguments))


def test_the_how_to_shows_the_same_examples() -> None:
    text = (ROOT / "docs" / "how-to" / "use-the-api.md").read_text("utf-8")
    shown = re.findall(r"`docs/examples/([a-z_.]+)`\n\n```(?:sh|python)\n(.*?)```\n", text, re.DOTALL)
    assert dict(shown) == {name: (EXAMPLES / name).read_text("utf-8") for name, _title in SHOWN_EXAMPLES}


def test_the_image_holds_the_examples() -> None:
    assert "COPY docs/examples docs/examples" in (ROOT / "Dockerfile").read_text("utf-8")
    assert "!docs/examples" in (ROOT / ".dockerignore").read_text("utf-8").split()
