"""Answering with a list as a file: CSV, Excel, JSON or Atom, for every page.

The files themselves are written by ``groundwork.sheets``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.feedgenerator import Atom1Feed

from groundwork.directory.queries import the_place
from groundwork.sheets.columns import Column
from groundwork.sheets.writing import csv_pieces, json_pieces, xlsx_file
from groundwork.web.api.licence import licence_link

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PIECE = 64 * 1024

Format = Literal["csv", "xlsx", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

_R = TypeVar("_R")


def download(
    request: HttpRequest,
    *,
    format: Format,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[_R],
    cells: Callable[[_R], Sequence[Any]],
    record: Callable[[_R], Mapping[str, Any]],
    title: str = "",
) -> StreamingHttpResponse:
    """Answer with a list as a file called ``name``, in constant memory, however long the list is.

    ``cells`` makes a line of a sheet of a row, in the order of ``columns``; ``record`` makes the JSON object. CSV and
    JSON are written while they are sent; a workbook is made in a temporary file and then sent. The licence is told in
    the ``Link`` header, in the JSON and in the properties of the workbook.
    """
    place = the_place()
    licence = place.data_licence if place else ""
    attribution = place.attribution if place else ""
    headers = [column.name for column in columns]
    if format == "xlsx":
        about = {"title": title or name, "comments": " ".join(part for part in (licence, attribution) if part)}
        kinds = [column.kind for column in columns]
        lines = (cells(row) for row in rows)
        response = _streamed(request, _workbook_pieces(headers, lines, sheet_name=name, kinds=kinds, about=about))
    elif format == "json":
        records = (record(row) for row in rows)
        response = _streamed(request, json_pieces(records, licence=licence, attribution=attribution))
    else:
        response = _streamed(request, csv_pieces(headers, (cells(row) for row in rows)))
    response["Content-Type"] = CONTENT_TYPES[format]
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    if link := licence_link():
        response["Link"] = link
    return response


def csv_response(
    request: HttpRequest, *, filename: str, headers: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Answer with a CSV file (UTF-8) of something that is no public list, written while it is sent."""
    response = _streamed(request, csv_pieces(headers, rows))
    response["Content-Type"] = CONTENT_TYPES["csv"]
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _streamed(request: HttpRequest, pieces: Iterator[str] | Iterator[bytes]) -> StreamingHttpResponse:
    # Under ASGI an ordinary iterator would be read to its end before the first byte is sent.
    content: Any = _Asynchronously(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(content)


def _workbook_pieces(headers: Sequence[Any], rows: Iterable[Sequence[Any]], **options: Any) -> Iterator[bytes]:
    """A workbook in pieces, made when the first is asked for. Its file is gone at the end or with the response."""
    with xlsx_file(headers, rows, **options) as file:
        while piece := file.read(_PIECE):
            yield piece


class _Asynchronously:
    """Pieces fetched one by one in the request's thread, and closed with the response, read to the end or not."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[Any]:
        following = sync_to_async(lambda: next(self._pieces, None))
        while (piece := await following()) is not None:
            yield piece

    def close(self) -> None:
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()


@dataclass(frozen=True)
class FeedEntry:
    """One entry of a feed. ``identifier`` never changes, whatever the entry is renamed to (RFC 4287, atom:id)."""

    identifier: str
    title: str
    link: str
    summary: str
    updated: datetime
    published: datetime | None = None
    author: str = ""
    categories: tuple[str, ...] = ()


def atom_response(
    *, identifier: str, title: str, subtitle: str, link: str, own_link: str, author: str, entries: Iterable[FeedEntry]
) -> HttpResponse:
    """Answer with an Atom feed (RFC 4287). All addresses are absolute."""
    feed = Atom1Feed(
        title=_xml(title),
        link=link,
        description=None,
        subtitle=_xml(subtitle),
        feed_url=own_link,
        feed_guid=identifier,
        author_name=_xml(author),
        language="en-gb",
    )
    for entry in entries:
        feed.add_item(
            title=_xml(entry.title),
            link=entry.link,
            description=_xml(entry.summary),
            unique_id=entry.identifier,
            updateddate=entry.updated,
            pubdate=entry.published,
            author_name=_xml(entry.author) or None,
            categories=[_xml(category) for category in entry.categories],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", str(text))
