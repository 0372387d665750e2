"""A whole view, or the next part of one, with every public column: what spreadsheets and the API are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collaboration.initiatives import columns, indexing
from collaboration.initiatives.finding.filters import Filters
from collaboration.initiatives.finding.listing import matching_ids, matching_positions
from collaboration.initiatives.models import IndexedCard, Initiative
from collaboration.initiatives.queries import visible_to
from groundwork.access.actors import Actor

CHUNK = 500

Position = tuple[str, int]
"""Where a part of a view ended: the moment of the last change of its last initiative, and its primary key."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one initiative (see :mod:`collaboration.initiatives.columns`)."""

    id: int
    said: dict[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """Its columns by name with codes, as JSON values."""
        return {**self.said["record"], "address": columns.address(self.said["record"]["ref"])}

    def cells(self, licence: str) -> list[Any]:
        """A line of a sheet, in the order of :data:`columns.COLUMNS`."""
        return columns.cells(self.said, licence)


def find_all(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Everything in a view, most recently changed first; two queries for every :data:`CHUNK` rows."""
    for ids in matching_ids(actor, filters, chunk=CHUNK):
        yield from _rows(ids)


def find_page(
    actor: Actor, filters: Filters, after: Position | None = None, size: int = 25
) -> tuple[list[Row], Position | None]:
    """The next ``size`` of a view, most recently changed first, and where to go on, None at the end (two queries).

    ``after`` is what the part before gave: pages neither repeat nor skip a record but one that changed meanwhile,
    which moved to the front.
    """
    # One more than asked for tells whether there is more.
    found = list(matching_positions(actor, filters, after=_after(after), limit=size + 1))
    shown = found[:size]
    rows = _rows([pk for pk, _changed_at in shown])
    following = _position(shown[-1][1], shown[-1][0]) if len(found) > size else None
    return rows, following


def rows_of(actor: Actor, ids: Iterable[int]) -> list[Row]:
    """What is said of these initiatives as they are this moment, drafts too, of those that ``actor`` may see.

    In the order of ``ids``; six queries, however many.
    """
    wanted = list(ids)
    elements = indexing.all_elements()
    found = {
        each.pk: Row(each.pk, columns.said(each, each.shown_partners, elements))  # type: ignore[attr-defined]
        for each in indexing.whole(visible_to(actor).filter(pk__in=wanted))
    }
    return [found[pk] for pk in wanted if pk in found]


def row_of(actor: Actor, initiative: Initiative) -> Row | None:
    """What is said of one initiative as it is this moment; None when ``actor`` may not see it."""
    return next(iter(rows_of(actor, [initiative.pk])), None)


def _rows(ids: list[int]) -> list[Row]:
    said = dict(IndexedCard.objects.filter(pk__in=ids).values_list("pk", "said"))
    if stale := [pk for pk, each in said.items() if not each]:
        # Indexed before there was anything to say: until rebuild-index has run it is said afresh.
        ground = indexing.Ground.read()
        said |= {each.pk: indexing.make(each, ground).said for each in indexing.records(stale)}
    # Withdrawn between two reads: then there is nothing to say.
    return [Row(pk, said[pk]) for pk in ids if said.get(pk)]


def _position(moment: datetime, pk: int) -> Position:
    return moment.isoformat(), pk


def _after(position: Position | None) -> tuple[datetime, int] | None:
    """A position as a statement is asked with it: the moment just as the database gave it, with or without a zone."""
    return (datetime.fromisoformat(position[0]), position[1]) if position else None
