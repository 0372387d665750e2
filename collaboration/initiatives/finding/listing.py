"""Lists of initiatives: the register's pages, its downloads and its feed.

A list reads the index of one facet in order, asks the others for each row it meets, and takes ready-made cards: three
queries, however long the register is. Statements are written out because both databases must be able to stop at the
first rows they need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from collaboration.initiatives.finding.cards import Card, Key, cards
from collaboration.initiatives.finding.filters import Filters
from collaboration.initiatives.finding.words import Words, better_spelling
from groundwork.access.actors import Actor

COUNTED = 1000
"""Totals are exact up to here, then "more than"."""
LAST_PAGE = 40
RANKED = 120
"""When more than :data:`COUNTED` initiatives have the words, this many with them in the title and this many others are
ranked: ranking every one of them would make a common word the slowest page of the register."""


@dataclass(frozen=True, slots=True)
class Total:
    count: int
    more: bool = False
    """Whether there are more than ``count``."""


@dataclass(frozen=True, slots=True)
class KeyPage:
    """One page of a list before its cards are read."""

    keys: list[Key]
    total: Total
    number: int
    size: int
    suggestion: str | None
    """Words with fewer misspellings, when those asked for find nothing; ``keys`` are then what these find."""

    @property
    def next(self) -> int | None:
        """The number of the next page, if there is one that can be asked for."""
        there_is = self.total.more or self.number * self.size < self.total.count
        return self.number + 1 if there_is and self.number < LAST_PAGE else None

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def is_cut(self) -> bool:
        """Whether this is the last page although there is more: the list should be narrowed."""
        return self.next is None and (self.total.more or self.number * self.size < self.total.count)

    @property
    def first_number(self) -> int:
        return (self.number - 1) * self.size + 1 if self.keys else 0

    @property
    def last_number(self) -> int:
        return (self.number - 1) * self.size + len(self.keys)


@dataclass(frozen=True, slots=True)
class Page(KeyPage):
    """One page of a list."""

    results: list[Card]


@dataclass(frozen=True, slots=True)
class _Statement:
    """The common part of all reads of one view: ``FROM … WHERE …`` over facets ``f0``, ``f1``, … and texts."""

    source: str
    where: str
    params: tuple[Any, ...]
    words: Words | None


_HAS_WORDS = "s.vector @@ websearch_to_tsquery('english', %s)"
_TITLE_HAS_WORDS = "to_tsvector('english', s.title) @@ websearch_to_tsquery('english', %s)"


def levels(actor: Actor) -> tuple[bool, ...]:
    """The values of ``Facet.is_public`` this actor may see in lists."""
    return (True, False) if actor.is_partner or actor.is_system else (True,)


def _statement(filters: Filters, words: Words | None, level: bool, *, in_order: bool) -> _Statement:
    """``in_order``: the rows will be wanted in the order of the first facet, not by their words."""
    facets = filters.facets()
    if words is not None and not in_order and facets == [("all", "")] and connection.vendor == "postgresql":
        # Words alone: the texts themselves know whether they may be seen and when they changed.
        return _Statement(
            "initiatives_searchtext s CROSS JOIN LATERAL (SELECT s.initiative_id, s.changed_at) AS f0",
            f"s.is_public = %s AND {_HAS_WORDS}",
            (level, words.query),
            words,
        )
    source = ["initiatives_facet f0"]
    where = ["f0.kind = %s AND f0.value = %s AND f0.is_public = %s"]
    params: list[Any] = [*facets[0], level]
    for n, (kind, value) in enumerate(facets[1:], start=1):
        source.append(f"JOIN initiatives_facet f{n} ON f{n}.initiative_id = f0.initiative_id")
        where.append(f"f{n}.kind = %s AND f{n}.value = %s AND f{n}.is_public = %s")
        params += [kind, value, level]
    if words is not None:
        if connection.vendor == "postgresql":
            source.append("JOIN initiatives_searchtext s ON s.initiative_id = f0.initiative_id")
            where.append(_HAS_WORDS)
        else:
            source.append("JOIN initiatives_fts ON initiatives_fts.rowid = f0.initiative_id")
            where.append("initiatives_fts MATCH %s")
        params.append(words.query)
    return _Statement(" ".join(source), " AND ".join(where), tuple(params), words)


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _total(statements: list[_Statement]) -> Total:
    limited = [f"SELECT 1 FROM {s.source} WHERE {s.where} LIMIT {COUNTED + 1}" for s in statements]  # noqa: S608
    together = " UNION ALL ".join(f"SELECT * FROM ({one}) AS level_{n}" for n, one in enumerate(limited))  # noqa: S608
    params = [p for s in statements for p in s.params]
    count = _rows(f"SELECT count(*) FROM ({together}) AS counted", params)[0][0]  # noqa: S608
    return Total(min(count, COUNTED), count > COUNTED)


def _keys(statements: list[_Statement], sort: str, size: int, offset: int) -> list[Key]:
    """The keys of one page, ordered; each level is read in order and only as far as needed, then both are merged."""
    need = size + offset
    parts: list[str] = []
    params: list[Any] = []
    for n, s in enumerate(statements):
        order, order_params = _order(s, sort)
        # Text params stand in the order in which the statement names them: the rank in SELECT comes first.
        parts.append(
            f"SELECT * FROM (SELECT f0.initiative_id AS id, c.stamp AS stamp, c.sort_title AS sort_title, "  # noqa: S608
            f"f0.changed_at AS changed_at, {order} AS rank "
            f"FROM {s.source} JOIN initiatives_indexedcard c ON c.initiative_id = f0.initiative_id "
            f"WHERE {s.where} ORDER BY {_INNER[sort]} LIMIT {need}) AS level_{n}"
        )
        params += [*order_params, *s.params]
    sql = (
        f"SELECT page.id, i.reference, page.stamp FROM (SELECT * FROM ({' UNION ALL '.join(parts)}) AS merged "  # noqa: S608
        f"ORDER BY {_OUTER[sort]} LIMIT {size} OFFSET {offset}) AS page "
        f"JOIN initiatives_initiative i ON i.id = page.id ORDER BY {_FINAL[sort]}"
    )
    return [Key(*row) for row in _rows(sql, params)]


_INNER = {
    "recent": "f0.changed_at DESC, f0.initiative_id DESC",
    "title": "c.sort_title, c.initiative_id",
    "relevance": "rank DESC, f0.changed_at DESC, f0.initiative_id DESC",
}
_OUTER = {
    "recent": "changed_at DESC, id DESC",
    "title": "sort_title, id",
    "relevance": "rank DESC, changed_at DESC, id DESC",
}
_FINAL = {
    "recent": "page.changed_at DESC, page.id DESC",
    "title": "page.sort_title, page.id",
    "relevance": "page.rank DESC, page.changed_at DESC, page.id DESC",
}


def _order(s: _Statement, sort: str) -> tuple[str, list[Any]]:
    if sort != "relevance" or s.words is None:
        return "0", []
    if connection.vendor == "postgresql":
        return "ts_rank(s.vector, websearch_to_tsquery('english', %s), 1)", [s.words.query]
    # FTS5's bm25 is smaller for better matches.
    return "-bm25(initiatives_fts, 8.0, 1.0)", []


def _best(statements: list[_Statement], words: str, size: int, offset: int) -> tuple[Total, list[Key]]:
    """The total and the best of what has the words, in one statement (PostgreSQL): the index is read once for both.

    Up to :data:`COUNTED` all are ranked; beyond that a bounded choice, those with the words in the title first.
    """
    found: list[str] = []
    titled: list[str] = []
    params: list[Any] = []
    each = max(RANKED, size + offset)
    what = "f0.initiative_id AS id, f0.changed_at AS changed_at"
    for s in statements:
        found.append(f"(SELECT {what} FROM {s.source} WHERE {s.where} LIMIT {max(COUNTED + 1, each)})")  # noqa: S608
        params += s.params
    for s in statements:
        # What has the words in its title has them; asking for both would read both indexes.
        where = s.where.replace(_HAS_WORDS, _TITLE_HAS_WORDS)
        titled.append(f"(SELECT {what} FROM {s.source} WHERE {where} LIMIT {each})")  # noqa: S608
        params += s.params
    sql = (
        f"WITH found AS MATERIALIZED ({' UNION ALL '.join(found)}), "  # noqa: S608
        f"total AS MATERIALIZED (SELECT count(*) AS n FROM found), "
        f"candidates AS (SELECT * FROM (SELECT * FROM found LIMIT "
        f"(SELECT CASE WHEN n > {COUNTED} THEN {each} ELSE n END FROM total)) AS chosen UNION ALL "
        f"SELECT * FROM ({' UNION ALL '.join(titled)}) AS titled WHERE (SELECT n FROM total) > {COUNTED}), "
        f"page AS (SELECT id, max(candidates.changed_at) AS changed_at, "
        f"max(ts_rank(s.vector, websearch_to_tsquery('english', %s), 1)) AS rank "
        f"FROM candidates JOIN initiatives_searchtext s ON s.initiative_id = candidates.id GROUP BY id "
        f"ORDER BY rank DESC, changed_at DESC, id DESC LIMIT {size} OFFSET {offset}) "
        f"SELECT (SELECT n FROM total), page.id, i.reference, c.stamp FROM page "
        f"JOIN initiatives_initiative i ON i.id = page.id "
        f"JOIN initiatives_indexedcard c ON c.initiative_id = page.id "
        f"ORDER BY {_FINAL['relevance']}"
    )
    rows = _rows(sql, [*params, words])
    if not rows:
        return _total(statements), []
    count = rows[0][0]
    return Total(min(count, COUNTED), count > COUNTED), [Key(*row[1:]) for row in rows]


def find_keys(actor: Actor, filters: Filters, number: int = 1, size: int = 25) -> KeyPage:
    """One page of the register without its cards: at most two queries (a few more when words find nothing).

    ``number`` counts from 1; below 1 is the first page, beyond the last is the last. ``size`` is 1 to 100.
    """
    size = min(max(size, 1), 100)
    number = min(max(number, 1), LAST_PAGE)
    words, suggestion = None, None
    if filters.words:
        words = Words.parse(filters.words)
        if not words:
            return KeyPage([], Total(0), 1, size, None)
    allowed = levels(actor)
    statements = [_statement(filters, words, level, in_order=False) for level in allowed]
    sort = filters.effective_sort if words is not None or filters.effective_sort != "relevance" else "recent"
    at_once = sort == "relevance" and connection.vendor == "postgresql"
    if at_once and words is not None:
        total, keys = _best(statements, words.query, size, (number - 1) * size)
        if keys:
            return KeyPage(keys, total, number, size, None)
    else:
        total = _total(statements)
    if words is not None and total.count == 0 and (better := better_spelling(words)):
        corrected = [_statement(filters, better, level, in_order=False) for level in allowed]
        corrected_total = _total(corrected)
        # Only what this actor can find is suggested: a suggestion must not tell what stands in hidden records.
        if corrected_total.count:
            words, statements, total, suggestion = better, corrected, corrected_total, better.query.replace('"', "")
            if any(len(term) > 1 for term in better.terms):
                suggestion = " ".join(f'"{" ".join(t)}"' if len(t) > 1 else t[0] for t in better.terms)
    if not total.count:
        return KeyPage([], total, 1, size, None)
    last = LAST_PAGE if total.more else min(LAST_PAGE, -(-total.count // size))
    number = min(number, last)
    if at_once and words is not None:
        _again, keys = _best(statements, words.query, size, (number - 1) * size)
        return KeyPage(keys, total, number, size, suggestion)
    if sort != "relevance":
        statements = [_statement(filters, words, level, in_order=True) for level in allowed]
    keys = _keys(statements, sort, size, (number - 1) * size)
    return KeyPage(keys, total, number, size, suggestion)


def find(actor: Actor, filters: Filters, number: int = 1, size: int = 25) -> Page:
    """One page of the register with its cards: three queries, the same for 10, 25 and 100 rows.

    Whoever keeps rendered cards asks :func:`find_keys` and then
    :func:`~collaboration.initiatives.finding.cards` for those that are not kept.
    """
    page = find_keys(actor, filters, number, size)
    return Page(
        keys=page.keys,
        total=page.total,
        number=page.number,
        size=page.size,
        suggestion=page.suggestion,
        results=cards(key.id for key in page.keys),
    )


def matching_positions(
    actor: Actor, filters: Filters, *, after: tuple[Any, int] | None = None, limit: int
) -> list[tuple[int, Any]]:
    """The next ``limit`` of a view after a position, most recently changed first, each with its moment (one query).

    Reads on from a row instead of counting rows, so that a change meanwhile repeats or loses nothing but what itself
    moved. Moments are as the database gives them to a plain statement.
    """
    words = None
    if filters.words:
        words = Words.parse(filters.words)
        if not words:
            return []
    return _after([_statement(filters, words, level, in_order=True) for level in levels(actor)], after, limit)


def matching_ids(actor: Actor, filters: Filters, *, chunk: int = 500, limit: int | None = None) -> Iterator[list[int]]:
    """The ids of everything in a view, most recently changed first, in lists of up to ``chunk``; one query for each."""
    after: tuple[Any, int] | None = None
    given = 0
    while limit is None or given < limit:
        size = chunk if limit is None else min(chunk, limit - given)
        rows = matching_positions(actor, filters, after=after, limit=size)
        if rows:
            yield [pk for pk, _changed_at in rows]
        given += len(rows)
        if len(rows) < size:
            return
        after = (rows[-1][1], rows[-1][0])


def _after(statements: list[_Statement], after: tuple[Any, int] | None, size: int) -> list[tuple[int, Any]]:
    parts: list[str] = []
    params: list[Any] = []
    for n, s in enumerate(statements):
        where = s.where
        params += s.params
        if after:
            where += " AND (f0.changed_at, f0.initiative_id) < (%s, %s)"
            params += after
        parts.append(
            f"SELECT * FROM (SELECT f0.initiative_id AS id, f0.changed_at AS changed_at FROM {s.source} WHERE {where} "  # noqa: S608
            f"ORDER BY {_INNER['recent']} LIMIT {size}) AS level_{n}"
        )
    sql = f"SELECT id, changed_at FROM ({' UNION ALL '.join(parts)}) AS merged ORDER BY {_OUTER['recent']} LIMIT {size}"  # noqa: S608
    return [(pk, changed_at) for pk, changed_at in _rows(sql, params)]


def feed(actor: Actor, filters: Filters, limit: int = 50) -> list[Card]:
    """The most recently changed of a view, at most ``limit``, whatever the view is sorted by (two queries)."""
    return [card for ids in matching_ids(actor, filters, limit=limit) for card in cards(ids)]
