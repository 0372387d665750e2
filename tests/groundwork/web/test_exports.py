"""Nothing that leaves as a spreadsheet or a feed can act on the reader's machine or break the reader's parser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO
from xml.etree import ElementTree

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished
from django.db import close_old_connections, connections
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from groundwork.sheets.columns import Column
from groundwork.sheets.reading import read_sheet
from groundwork.sheets.writing import xlsx_file
from groundwork.web.exports import FORMATS, FeedEntry, Format, atom_response, csv_response, download

ATOM = "{http://www.w3.org/2005/Atom}"


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


COLUMNS = (
    Column(name="title", kind="text", meaning="What it is called."),
    Column(name="n", kind="number", meaning="N."),
)


def file_of(request: Any, format: Format, rows: Any) -> StreamingHttpResponse:
    return download(
        request,
        format=format,
        name="things",
        columns=COLUMNS,
        rows=rows,
        cells=lambda number: [f"=row {number}", number],
        record=lambda number: {"title": f"=row {number}", "n": number},
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BinaryIO]]:
    """The temporary files that were made, as they are now."""
    files: list[BinaryIO] = []

    def kept(*args: Any, **options: Any) -> BinaryIO:
        files.append(xlsx_file(*args, **options))
        return files[-1]

    monkeypatch.setattr("groundwork.web.exports.xlsx_file", kept)
    # The end of a request closes connections, which here would end the test's own transaction.
    request_finished.disconnect(close_old_connections)
    yield files
    request_finished.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.parametrize("format", FORMATS)
def test_a_list_is_the_same_in_every_format(format: Format, opened: list[BinaryIO]) -> None:
    response = file_of(RequestFactory().get("/"), format, range(1200))
    assert response["Content-Disposition"] == f'attachment; filename="things.{format}"'
    assert "Link" not in response
    content = response.getvalue()
    if format == "json":
        found = [[each["title"], str(each["n"])] for each in json.loads(content)["results"]]
    else:
        found = [line.cells for line in read_sheet(io.BytesIO(content), name=f"x.{format}").lines]
    assert found == [[f"=row {number}", str(number)] for number in range(1200)]
    assert [file.closed for file in opened] == ([True] if format == "xlsx" else [])


@pytest.mark.django_db
def test_the_file_of_a_workbook_is_gone_when_its_reader_goes_away(opened: list[BinaryIO]) -> None:
    response = file_of(RequestFactory().get("/"), "xlsx", range(9000))
    assert opened == []
    assert next(iter(response)).startswith(b"PK")
    assert not opened[0].closed
    response.close()
    assert opened[0].closed
    unread = file_of(RequestFactory().get("/"), "xlsx", range(3))
    unread.close()
    assert len(opened) == 1


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_too(opened: list[BinaryIO]) -> None:
    response = await sync_to_async(file_of)(AsyncRequestFactory().get("/"), "xlsx", range(9000))
    assert response.is_async
    pieces = response.__aiter__()
    assert (await anext(pieces)).startswith(b"PK")
    assert not opened[0].closed
    await pieces.aclose()
    await sync_to_async(response.close)()
    assert opened[0].closed
    # The thread in which views run has a connection of its own.
    await sync_to_async(connections.close_all)()


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
