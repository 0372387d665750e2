"""Every public page: well-formed, reachable, quiet about what is not public, and the same for one row and for many."""

from __future__ import annotations

import itertools
import re

import pytest
from django.test import Client

from groundwork.directory.models import Organisation
from tests.collaboration.ground import initiative
from tests.frontend.markup import Node, assert_references_lead_somewhere, page
from tests.frontend.reading import PAGES, Vale, links, queries, read, vale, words
from tests.settings import forget_cache
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db

OF_THE_VALE = (
    "/ambitions/v-a1/",
    "/building-blocks/b-1/",
    "/frameworks/vision/",
    "/frameworks/plan/",
    "/organisations/northwick-council/",
    "/organisations/all-councils/",
    "/areas/northwick/",
    "/areas/vale/",
    "/thread/element/V-A1/",
    "/thread/element/P-2/",
    "/coverage/?measure=money",
    "/coverage/?measure=partners",
    "/map/?measure=partners",
    "/search/?words=northwick",
    "/search/?words=xyzzy",
    "/initiatives/?words=homes&ambition=V-A1&block=B-1&stage=active&sort=title",
    "/initiatives/?ambition=nonsense&year=20",
    "/organisations/?words=rural",
    "/organisations/?sector=nonsense",
    "/areas/?area=nonsense",
    "/updates/?page=7",
)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget_cache()


@pytest.fixture
def place() -> Vale:
    return vale()


def assert_sound(tree: Node, address: str) -> None:
    """What must hold for every page."""
    assert_references_lead_somewhere(tree)
    assert len(tree.all("h1")) == 1, address
    levels = [int(node.tag[1]) for node in tree.walk() if re.fullmatch(r"h[1-6]", node.tag)]
    (main,) = tree.all("main")
    inside = [int(node.tag[1]) for node in main.walk() if re.fullmatch(r"h[1-6]", node.tag)]
    assert inside[0] == 1, f"{address} does not begin with its own heading: {inside}"
    for above, below in itertools.pairwise(inside):
        assert below <= above + 1, f"{address} skips a level of headings: {inside}"
    assert levels
    for node in tree.walk():
        assert "style" not in node.attrs, f"{address}: inline style"
        assert not [name for name in node.attrs if name.startswith("on")], f"{address}: inline handler"
        if node.tag == "script":
            assert node.attrs["src"].startswith("/static/"), address
        if node.tag in ("img", "iframe", "link"):
            source = node.attrs.get("src") or node.attrs.get("href", "")
            assert source.startswith("/"), f"{address} loads {source}"
        if node.tag in ("input", "select", "textarea") and node.attrs.get("type") not in ("hidden", "submit"):
            labels = [n for n in tree.all("label") if n.attrs.get("for") == node.attrs.get("id")]
            assert labels, f"{address}: {node.attrs} has no label"
        if node.tag == "th":
            assert node.attrs.get("scope") in ("row", "col"), f"{address}: a heading cell without scope"
        if node.tag == "table":
            assert node.all("caption"), f"{address}: a table without caption"


def test_before_a_place_is_loaded_every_page_answers_and_says_so(client: Client) -> None:
    for address in PAGES:
        tree = read(client, address)
        assert_sound(tree, address)
        if address in PAGES[:11]:
            assert "No place has been loaded yet" in tree.text, address


def test_every_page_is_sound(client: Client, place: Vale) -> None:
    for address in [*PAGES, *OF_THE_VALE]:
        assert_sound(read(client, address), address)


def test_the_page_of_a_record_is_sound_whatever_it_says(client: Client, place: Vale) -> None:
    for one in (place.full, place.bare):
        for address in (f"/initiatives/{one.reference}/", f"/thread/initiative/{one.reference}/"):
            assert_sound(read(client, address), address)
    signed_in = Client()
    signed_in.force_login(place.world["owner:lead"].who)
    for one in (place.full, place.bare, place.partners_only):
        assert_sound(read(signed_in, f"/initiatives/{one.reference}/"), one.title)


def test_titles_tell_the_pages_apart(client: Client, place: Vale) -> None:
    titles: dict[str, str] = {}
    for address in [*PAGES, "/ambitions/v-a1/", "/areas/northwick/", f"/initiatives/{place.full.reference}/"]:
        title = read(client, address).one("title").text
        assert "Golden Thread" in title
        assert title not in titles, f"{address} and {titles.get(title)} are both called {title}"
        titles[title] = address


def test_no_link_of_a_public_page_is_dead(client: Client, place: Vale) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code in (200, 301, 302), f"{address}: {response.status_code}"
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            if getattr(response, "streaming", False):
                # To its end: a file that breaks on the way is as dead as a link, and a workbook is a temporary file.
                assert b"".join(response), address
            continue
        for href in links(page(response.content.decode())):
            path = href.split("#")[0]
            path = path if not path.startswith("?") else address.split("?")[0] + path
            # One address with a query for each page: they only vary the list.
            key = path.split("?")[0]
            if path.startswith("/") and key not in seen and not key.startswith(("/static/", "/readyz")):
                seen.add(key)
                waiting.append(path)
    assert len(seen) > 40
    assert f"/initiatives/{place.full.reference}/" in seen


def test_reading_sets_no_cookie_and_asks_nobody_else(client: Client, place: Vale) -> None:
    for address in [*PAGES, f"/initiatives/{place.full.reference}/"]:
        response = client.get(address)
        assert not response.cookies, f"{address} sets {list(response.cookies)}"
        assert "default-src 'self'" in response["Content-Security-Policy"]


def test_the_public_sees_neither_drafts_nor_what_is_for_partners(client: Client, place: Vale) -> None:
    elsewhere = ["/initiatives.csv", "/initiatives.atom", "/updates.atom", "/coverage.csv"]
    about = ["/search/?words=canary", "/initiatives/?words=canary", f"/initiatives/{place.full.reference}/"]
    for address in [*PAGES, *OF_THE_VALE, *elsewhere, *about]:
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        for canary in (b"DRAFT-CANARY", b"PARTNERS-CANARY", b"DECLINED-CANARY"):
            assert canary not in body.replace(b"canary", b""), f"{canary.decode()} on {address}"


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 11),
        ("/initiatives/", 8),
        ("/initiatives/?words=homes&ambition=V-A1", 8),
        ("/updates/", 8),
        ("/organisations/", 8),
        ("/coverage/", 8),
        ("/map/", 8),
        ("/areas/", 8),
        ("/frameworks/vision/", 8),
        ("/ambitions/v-a1/", 14),
        ("/building-blocks/b-1/", 10),
        ("/areas/northwick/", 14),
        ("/organisations/northwick-council/", 13),
        ("/thread/element/V-A1/", 10),
        ("/search/?words=homes", 8),
    ],
)
def test_a_page_takes_the_same_queries_however_much_it_shows(
    client: Client, place: Vale, address: str, most: int
) -> None:
    few = queries(client, address)
    assert few <= most
    for n in range(12):
        initiative(
            place.world.ground,
            f"More homes {n}",
            codes=("V-A1.1", "V-A1.2", "B-1", "B-3"),
            areas=("C1",),
            lead="northwick-council",
            partners=("vale-nhs", "vale-county"),
        )
        Organisation.objects.create(
            slug=f"body-{n}", name=f"Body {n}", sector=place.world.bodies["owner"].sector, area_id=None
        )
    assert queries(client, address) == few


def test_a_place_without_a_vision_still_has_pages(client: Client, place: Vale) -> None:
    Element.objects.filter(framework__part="vision").update(withdrawn_on="2026-01-01")
    forget_cache()
    for address in ("/", "/ambitions/", "/coverage/", "/initiatives/"):
        assert_sound(read(client, address), address)
    assert "No ambition yet" in words(client, "/ambitions/")


def test_addresses_of_nothing_are_not_found_and_never_an_error(client: Client, place: Vale) -> None:
    for address in (
        "/ambitions/nothing/",
        "/building-blocks/v-a1/",
        "/organisations/nothing/",
        "/areas/nothing/",
        "/frameworks/nothing/",
        "/initiatives/VAL-99999/",
        "/initiatives/%00/",
        "/initiatives/" + "x" * 300 + "/",
        "/thread/element/%F0%9F%92%A5/",
        "/thread/element/" + "x" * 300 + "/",
        "/thread/initiative/VAL-99999/",
    ):
        assert client.get(address).status_code == 404, address


def test_what_only_reads_takes_no_post(client: Client, place: Vale) -> None:
    for address in (*PAGES, "/initiatives.csv", "/initiatives.atom", "/coverage.csv"):
        assert client.post(address).status_code == 405, address
