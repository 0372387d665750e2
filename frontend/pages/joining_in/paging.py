"""A board that is too large for one page: a column at a time, and of a column a hundred notes at a time.

A phone shows two thousand long notes after a long wait, and the server writes megabytes for it at every refresh. So
what stands on a page is bounded; the whole board is one link away, for printing and for grouping across columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from collaboration.boards.outline import Column, Group, Item, Outline

MOST_NOTES: Final = 100
"""Notes on a page. A group is never torn apart, so one that is larger stands on a page by itself."""
KEPT: Final = ("all", "by", "only", "column", "page")
"""What the address of the board says of where somebody is on it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A column that could be opened."""

    column: Column
    notes: int
    is_open: bool
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is on the board. ``whole``: everything is on this page, and there is no ``page``.

    ``shown`` is what of a column stands here, by its id; ``query`` leads back here, with its question mark.
    """

    whole: bool
    total: int
    query: str
    column: str = ""
    page: Page[Any] | None = None
    first: int = 0
    last: int = 0
    of: int = 0
    shelves: tuple[Shelf, ...] = ()

    @property
    def shown(self) -> Sequence[Any]:
        """What of the column, or of the order of votes, stands on this page."""
        return self.page.object_list[0] if self.page is not None and self.page.object_list else ()


def notes_in(items: Iterable[Item]) -> int:
    return sum(_weight(item) for item in items)


def _weight(item: Item) -> int:
    return max(1, len(item.notes)) if isinstance(item, Group) else 1


def _pages(rows: Sequence[T], item: Callable[[T], Item]) -> list[list[T]]:
    """The rows in their order, in pages of so many notes."""
    pages: list[list[T]] = []
    held = MOST_NOTES
    for row in rows:
        weight = _weight(item(row))
        if held + weight > MOST_NOTES:
            pages.append([])
            held = 0
        pages[-1].append(row)
        held += weight
    return pages


def _holds(item: Item, id: str) -> bool:
    return item.id == id or (isinstance(item, Group) and any(note.id == id for note in item.notes))


def place(
    board: Outline, asked: Mapping[str, str], *, rows: Sequence[T], item: Callable[[T], Item], column: str = ""
) -> Place:
    """The page of ``rows`` that the address asks for: by number, or by what stands on it (``at``)."""
    at = asked.get("at", "")
    pages = _pages(rows, item)
    number = next((n for n, page in enumerate(pages, 1) if at and any(_holds(item(row), at) for row in page)), None)
    page = Paginator(pages, 1).get_page(number or asked.get("page"))
    before = sum(notes_in(item(row) for row in each) for each in pages[: page.number - 1])
    here = notes_in(item(row) for row in pages[page.number - 1]) if pages else 0
    kept = {key: asked[key] for key in ("by", "only") if asked.get(key)}
    kept |= {"column": column} if column else {}
    kept |= {"page": str(page.number)} if page.number > 1 else {}
    return Place(
        whole=False,
        total=notes_in(board.items()),
        query=f"?{urlencode(kept)}" if kept else "",
        column=column,
        page=page,
        first=before + 1 if here else 0,
        last=before + here,
        of=sum(notes_in(item(row) for row in each) for each in pages),
        shelves=tuple(_shelf(each, column, asked) for each in board.columns) if column else (),
    )


def _shelf(column: Column, chosen: str, asked: Mapping[str, str]) -> Shelf:
    kept = {"column": column.id} | {key: asked[key] for key in ("by", "only") if asked.get(key)}
    return Shelf(column, notes_in(column.items), column.id == chosen, f"?{urlencode(kept)}")


def whole(board: Outline, asked: Mapping[str, str]) -> Place | None:
    """Everything on one page: where that is little, or was asked for; None where the board is shown in parts."""
    total = notes_in(board.items())
    if total > MOST_NOTES and asked.get("all") != "1":
        return None
    kept = {key: asked[key] for key in ("all", "by", "only") if asked.get(key)}
    return Place(whole=True, total=total, query=f"?{urlencode(kept)}" if kept else "")


def chosen_column(board: Outline, asked: Mapping[str, str]) -> Column:
    """The column that holds what is asked for, that is asked for itself, or else the first that holds anything."""
    at = asked.get("at", "")
    found = board.column_of(at) if at else None
    wanted = (at, asked.get("column", ""))
    named = next((column for id in wanted for column in board.columns if id and column.id == id), None)
    return found or named or next((column for column in board.columns if column.items), board.columns[0])
