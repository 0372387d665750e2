"""Nothing that leaves as a spreadsheet or a feed can act on the reader's machine or break the reader's parser."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.test import AsyncRequestFactory, RequestFactory

from groundwork.sheets.cells import safe_cell
from groundwork.web.exports import FeedEntry, atom_response, csv_response

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+44 1702", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "\n@x", "\u00a0=cmd|' /C calc'!A0"],
)
def test_a_formula_becomes_text(formula: str) -> None:
    assert safe_cell(formula) == "'" + formula


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "yes"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "2026-07-01T09:30+01:00"),
        (["Rochford", "Maldon"], "Rochford; Maldon"),
        (12, "12"),
        ("Café £5", "Café £5"),
        ("with\x00nul", "withnul"),
        (-5, "-5"),
        ("-5", "'-5"),
    ],
)
def test_values_are_written_so_that_people_and_programs_read_them(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def read(body: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body)))


def test_headers_are_neutralised_too_and_rows_survive_the_round_trip() -> None:
    rows = [["a,b", 'say "hello"', "two\nlines"], ["=x", "", "ü"]]
    response = csv_response(RequestFactory().get("/"), filename="x.csv", headers=["=h", "b", "c"], rows=rows)
    assert response["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert read(response.getvalue().decode()) == [
        ["'=h", "b", "c"],
        ["a,b", 'say "hello"', "two\nlines"],
        ["'=x", "", "ü"],
    ]


def numbers(upto: int, seen: list[int]) -> Iterator[list[int]]:
    for number in range(upto):
        seen.append(number)
        yield [number]


def test_a_long_file_is_written_piece_by_piece() -> None:
    seen: list[int] = []
    response = csv_response(RequestFactory().get("/"), filename="x.csv", headers=["n"], rows=numbers(5000, seen))
    pieces = iter(response)
    next(pieces)
    next(pieces)
    assert len(seen) < 1000
    assert len(list(pieces)) > 10
    assert len(seen) == 5000


async def test_under_asgi_it_is_also_written_piece_by_piece() -> None:
    seen: list[int] = []
    request = AsyncRequestFactory().get("/")
    response = csv_response(request, filename="x.csv", headers=["n"], rows=numbers(5000, seen))
    assert response.is_async
    pieces = response.__aiter__()
    await anext(pieces)
    await anext(pieces)
    assert len(seen) < 1000
    rest = [piece async for piece in pieces]
    assert rest[-1].endswith(b"4999\r\n")


def test_a_feed_has_lasting_ids_and_no_character_that_xml_refuses() -> None:
    entry = FeedEntry(
        identifier="tag:example.org,2026:initiative/ESX-0001",
        title="Fish & <chips>\x0b\x00",
        link="https://example.org/initiatives/ESX-0001/",
        summary="Bell \x07 rings",
        updated=datetime(2026, 4, 1, 12, 0, tzinfo=UTC),
        published=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    )
    response = atom_response(
        identifier="tag:example.org,2026:initiatives",
        title="Initiatives",
        subtitle="All of them",
        link="https://example.org/initiatives/",
        own_link="https://example.org/initiatives.atom",
        author="Westmere",
        entries=[entry],
    )
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own text
    assert feed.findtext(f"{ATOM}id") == "tag:example.org,2026:initiatives"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Westmere"
    assert feed.findtext(f"{ATOM}updated") == "2026-04-01T12:00:00+00:00"
    assert feed.findtext(f"{ATOM}entry/{ATOM}id") == "tag:example.org,2026:initiative/ESX-0001"
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "Fish & <chips>"
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == "Bell  rings"


def test_an_empty_feed_is_a_feed() -> None:
    response = atom_response(
        identifier="tag:example.org,2026:none",
        title="None",
        subtitle="",
        link="https://example.org/",
        own_link="https://example.org/.atom",
        author="Westmere",
        entries=[],
    )
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own text
    assert feed.findtext(f"{ATOM}title") == "None"
    assert feed.findtext(f"{ATOM}updated")
