"""Lists a page at a time: every row once, and no cursor but one's own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core import signing
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from groundwork.directory.models import Organisation, Sector
from groundwork.web.api.pages import CursorPages
from tests.groundwork.web.api.asking import THINGS, Program, problem

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.groundwork.web.api.addresses")]

OTHERS = "/api/v1/others/"


@pytest.fixture
def rows() -> list[Organisation]:
    """Sixty, many of them with the same name, in two sectors."""
    sectors = [Sector.objects.create(code=code, title=title) for code, title in (("a", "Zebra"), ("b", "Ant"))]
    return [
        Organisation.objects.create(slug=f"body-{n}", name=f"Body {n % 7}", sector=sectors[n % 2]) for n in range(60)
    ]


def walk(path: str, most: int = 100) -> tuple[list[Any], list[int]]:
    """Everything a list tells, and how much at a time."""
    found: list[Any] = []
    sizes = []
    following: str | None = path
    while following:
        answer = Program().get(following).json()
        assert set(answer) == {"results", "next"}
        found += answer["results"]
        sizes.append(len(answer["results"]))
        following = answer["next"]
        assert len(sizes) <= most
    return found, sizes


def in_order() -> list[str]:
    return list(Organisation.objects.order_by("sector__title", "-name", "pk").values_list("slug", flat=True))


def cursor_of(path: str) -> str:
    return parse_qs(urlsplit(Program().get(path).json()["next"]).query)["cursor"][0]


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ("", [25, 25, 10]),
        ("?limit=", [25, 25, 10]),
        ("?limit=100", [60]),
        ("?limit=60", [60]),
        ("?limit=59", [59, 1]),
        ("?limit=1", [1] * 60),
        ("?limit=30", [30, 30]),
    ],
)
def test_every_row_is_told_once_and_in_order(rows, asked, sizes):
    found, told = walk(f"{THINGS}{asked}")
    assert found == in_order()
    assert told == sizes


def test_the_next_address_is_whole_and_keeps_what_was_asked(rows):
    following = Program().get(f"{THINGS}?q=Body%203&limit=2").json()["next"]
    assert following.startswith("http://testserver/api/v1/things/?")
    query = parse_qs(urlsplit(following).query)
    assert (query["q"], query["limit"], len(query["cursor"])) == (["Body 3"], ["2"], 1)
    found, _sizes = walk(f"{THINGS}?q=Body%203&limit=2")
    assert len(found) == Organisation.objects.filter(name="Body 3").count()


def test_rows_that_come_and_go_meanwhile_shift_nothing(rows):
    first = Program().get(f"{THINGS}?limit=20").json()
    before = in_order()
    Organisation.objects.get(slug=first["results"][3]).delete()
    Organisation.objects.get(slug=before[25]).delete()
    Organisation.objects.create(slug="early", name="Zzz", sector=Sector.objects.get(code="b"))
    found, _sizes = walk(first["next"])
    assert found == [slug for slug in before[20:] if slug != before[25]]


def test_the_row_a_cursor_stands_on_may_be_gone(rows):
    first = Program().get(f"{THINGS}?limit=20").json()
    before = in_order()
    Organisation.objects.get(slug=before[19]).delete()
    assert walk(first["next"])[0] == before[20:]


def test_an_empty_list_ends_at_once():
    assert Program().get(THINGS).json() == {"results": [], "next": None}


def test_a_page_is_one_query_whatever_its_size(rows, django_assert_num_queries):
    # Besides the licence, which none is stated here.
    for size in (1, 10, 60, 100):
        with django_assert_num_queries(2):
            Program().get(f"{THINGS}?limit={size}")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "x", "1e1", "٣", "99999999999999999999", " 5", "1,2"])
def test_a_limit_that_cannot_be(limit):
    found = problem(Program().get(f"{THINGS}?limit={quote(limit)}"), 400)
    assert found["errors"] == {"limit": ["Ask for a whole number of rows from 1 to 100."]}


def test_a_cursor_of_another_list(rows):
    found = problem(Program().get(f"{OTHERS}?cursor={quote(cursor_of(THINGS))}"), 400)
    assert found["code"] == "cursor"
    assert "not one of this list" in found["detail"]


def test_a_cursor_of_other_filters(rows):
    cursor = quote(cursor_of(THINGS))
    found = problem(Program().get(f"{THINGS}?q=Body&cursor={cursor}"), 400)
    assert found["code"] == "cursor"
    assert "other filters" in found["detail"]
    # How many rows are asked for is no filter, and neither is one that is empty.
    assert Program().get(f"{THINGS}?limit=3&q=&cursor={cursor}").status_code == 200


def test_a_cursor_that_was_changed(rows):
    cursor = cursor_of(THINGS)
    payload, stamp, signature = cursor.split(":")
    for wrong in (
        f"{payload[:-1]}:{stamp}:{signature}",
        f"{payload}:{stamp}:{signature[:-1]}",
        f"{payload}:{stamp}",
        cursor.swapcase(),
        "x",
        "::",
        "\u00e9",
        "a" * 5000,
        "." + cursor,
        "[]",
    ):
        found = problem(Program().get(f"{THINGS}?cursor={quote(wrong)}"), 400)
        assert found["code"] == "cursor"
        assert list(found["errors"]) == ["cursor"]


def test_a_cursor_from_before_the_secret_changed(rows, settings):
    path = f"{THINGS}?cursor={quote(cursor_of(THINGS))}"
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-" * 4
    assert problem(Program().get(path), 400)["code"] == "cursor"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Program().get(path).status_code == 200


def test_a_cursor_of_a_list_that_is_ordered_in_another_way_now(rows):
    request = Request(APIRequestFactory().get(THINGS))
    pages = CursorPages(request, "things")
    path = f"{THINGS}?cursor={quote(pages.encode(('Zebra', 3)))}"
    assert problem(Program().get(path), 400)["code"] == "cursor"


def test_a_signed_cursor_of_another_purpose(rows):
    """Whatever else is signed with the same secret is no cursor."""
    for salt in ("django.core.signing", "groundwork.web.api.cursors:others"):
        wrong = signing.dumps(["", ["a", "b", 1]], salt=salt)
        assert problem(Program().get(f"{THINGS}?cursor={quote(wrong)}"), 400)["code"] == "cursor"


def test_positions_come_back_as_they_were():
    pages = CursorPages(Request(APIRequestFactory().get(THINGS)), "things")
    position = (datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), date(2026, 1, 2), Decimal("1.50"), 7, "Ünique", None)
    assert pages.decode(pages.encode(position)) == position
    with pytest.raises(TypeError):
        pages.encode((object(),))


def test_a_cursor_tells_nothing_that_is_not_in_the_rows(rows):
    """It is signed, not sealed: what stands in it must be what the list shows anyway."""
    cursor = cursor_of(f"{THINGS}?limit=1")
    _filters, values = signing.loads(cursor, salt="groundwork.web.api.cursors:things")
    first = Organisation.objects.get(slug=in_order()[0])
    assert values == [first.sector.title, first.name, first.pk]
    assert json.dumps(values)
