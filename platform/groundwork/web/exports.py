"""Writing lists out of the platform: the one writer of CSV and of Atom, for every page and the API.

A spreadsheet program runs a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, so a title typed by
somebody could act on the reader's machine. Every cell and every header that begins so is written with a leading
apostrophe, which spreadsheet programs take to mean "this is text" (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ROWS_AT_ONCE = 200


def safe_cell(value: Any) -> str:
    """A value as the text of a CSV cell: dates by ISO 8601, lists joined by "; ", formulas made harmless."""
    if value is None:
        text = ""
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int | float | Decimal):
        return str(value)
    elif isinstance(value, datetime):
        text = (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="minutes")
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, list | tuple | set | frozenset):
        text = "; ".join(str(item) for item in value)
    else:
        text = str(value)
    text = text.replace("\x00", "")
    # Some programs skip spaces before they look for a formula, so the first character that is not one counts too.
    if text.startswith(FORMULA_STARTS) or text.lstrip(" \n\u00a0").startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


class _Echo:
    """A file that hands back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_lines(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A CSV file in pieces of some rows each (RFC 4180: comma, double quote, CRLF)."""
    writer = csv.writer(_Echo())
    yield writer.writerow([safe_cell(header) for header in headers])
    remaining = iter(rows)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        yield "".join(writer.writerow([safe_cell(cell) for cell in row]) for row in some)


def csv_response(
    request: HttpRequest, *, filename: str, headers: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Answer with a CSV file (UTF-8) that is written while it is sent, however long it is."""
    lines = csv_lines(headers, rows)
    # Under ASGI an ordinary iterator would be read to its end before the first byte is sent.
    content: Any = _asynchronously(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


async def _asynchronously(pieces: Iterator[str]) -> AsyncIterator[str]:
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece


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
