"""Counting coverage: who does what where, kept ready for the pages that show it.

Counts are always made again from the facets, for what was touched; nothing is ever added or taken away. So an event
that comes twice, late or in another order leaves the right number. What is counted is what the public's lists show:
a cell's number is the total of the list it leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from collaboration.initiatives.models import Facet
from collaboration.thread import keeping
from collaboration.thread.models import Counted, CoverageCell, CoverageTotal
from groundwork.clock import today

TOTALLED = ("all", "ambition", "strand", "block", "area", "element", "organisation", "sector")
MEASURED = ("all", "ambition", "strand", "block", "area")
"""What is also counted in partners and money; the other kinds are counted in initiatives alone."""
STAMP = "stamp"
"""The kind of the one row that counts how often was counted."""
COLUMNS = (CoverageCell.Columns.BLOCK.value, CoverageCell.Columns.AREA.value)

Pair = tuple[str, str]
"""A kind of facet and its value."""


@transaction.atomic
def recount_initiatives(initiative_ids: Iterable[int]) -> None:
    """Count again everything these initiatives count towards now, or counted towards before. Replays are harmless."""
    ids = sorted(set(initiative_ids))
    if not ids:
        return
    _one_at_a_time()
    now_in: dict[int, set[Pair]] = {pk: set() for pk in ids}
    facets = Facet.objects.filter(initiative_id__in=ids, is_public=True, kind__in=TOTALLED)
    for pk, kind, value in facets.values_list("initiative_id", "kind", "value"):
        now_in[pk].add((kind, value))
    before = {row.pk: {(kind, value) for kind, value in row.facets} for row in Counted.objects.filter(pk__in=ids)}
    touched = set().union(*now_in.values(), *before.values())
    if not touched:
        return
    _recount_totals(touched)
    _recount_cells(
        rows={value for kind, value in touched if kind == "ambition"},
        columns={(kind, value) for kind, value in touched if kind in COLUMNS},
    )
    for pk in ids:
        if now_in[pk]:
            Counted.objects.update_or_create(pk=pk, defaults={"facets": sorted(map(list, now_in[pk]))})
        elif pk in before:
            Counted.objects.filter(pk=pk).delete()
    keeping.keep({pk: sorted(map(list, pairs)) for pk, pairs in now_in.items()})


@transaction.atomic
def recount(rows: Iterable[str] | None = None) -> None:
    """Count again the rows of these ambitions, all of their columns; everything when none are named."""
    _one_at_a_time()
    if rows is not None:
        codes = set(rows)
        if codes:
            _recount_totals({("ambition", code) for code in codes})
            _recount_cells(rows=codes, columns=None)
        return
    _recount_totals(None)
    _recount_cells(rows=None, columns=None)
    _remember_all()


def _one_at_a_time() -> None:
    """Hold up other counts until this one is committed: what is counted later must also be written later.

    The row they wait at counts the counts, so that it also tells whether anything kept of them is still right.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Compiling these statements takes longer than running them.
            cursor.execute("SET LOCAL jit = off")
    CoverageTotal.objects.get_or_create(kind=STAMP, code="")
    CoverageTotal.objects.filter(kind=STAMP).update(initiatives=F("initiatives") + 1)


def _recount_totals(pairs: set[Pair] | None) -> None:
    listed = None if pairs is None else sorted(pairs)
    if listed is not None and not listed:
        return
    where, params = _among("f", listed)
    source = "initiatives_facet f"
    found: dict[Pair, list[Any]] = {}
    for kind, value, number in _rows(
        f"SELECT f.kind, f.value, count(*) FROM {source} WHERE {where} GROUP BY f.kind, f.value",  # noqa: S608
        params,
    ):
        found[kind, value] = [number, 0, Decimal(0)]
    measured = [pair for pair in found if pair[0] in MEASURED]
    if measured:
        where, params = _among("f", measured)
        for kind, value, number in _rows(
            f"SELECT f.kind, f.value, sum(m.amount) FROM {source} "  # noqa: S608
            f"JOIN initiatives_fundingline m ON m.initiative_id = f.initiative_id AND m.amount IS NOT NULL "
            f"WHERE {where} GROUP BY f.kind, f.value",
            params,
        ):
            found[kind, value][2] = number
        bodies = _bodies(
            ("k", "v"),
            measured,
            (("t.k", "t.v"),),
        )
        for kind, value, number in bodies:
            found[kind, value][1] = number
    CoverageTotal.objects.bulk_create(
        [
            CoverageTotal(kind=kind, code=value, initiatives=n, partners=p, money=m)
            for (kind, value), (n, p, m) in found.items()
        ],
        update_conflicts=True,
        update_fields=["initiatives", "partners", "money"],
        unique_fields=["kind", "code"],
        batch_size=500,
    )
    empty = CoverageTotal.objects.exclude(kind=STAMP)
    if listed is None:
        gone = [pk for pk, kind, code in empty.values_list("pk", "kind", "code") if (kind, code) not in found]
        CoverageTotal.objects.filter(pk__in=gone).delete()
    else:
        for kind, value in set(listed) - set(found):
            empty.filter(kind=kind, code=value).delete()


def _recount_cells(*, rows: set[str] | None, columns: set[Pair] | None) -> None:
    if (rows is not None and not rows) or (columns is not None and not columns):
        return
    row_where, row_params = _in("a.value", rows)
    column_where, column_params = _among("c", sorted(columns) if columns is not None else None, kinds=COLUMNS)
    where = f"a.kind = 'ambition' AND a.is_public = %s AND {row_where} AND {column_where}"
    params = [True, *row_params, *column_params]
    source = "initiatives_facet a JOIN initiatives_facet c ON c.initiative_id = a.initiative_id"
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row, kind, column, number in _rows(
        f"SELECT a.value, c.kind, c.value, count(*) FROM {source} WHERE {where} "  # noqa: S608
        f"GROUP BY a.value, c.kind, c.value",
        params,
    ):
        found[row, kind, column] = [number, 0, Decimal(0)]
    for row, kind, column, number in _rows(
        f"SELECT a.value, c.kind, c.value, sum(m.amount) FROM {source} "  # noqa: S608
        f"JOIN initiatives_fundingline m ON m.initiative_id = a.initiative_id AND m.amount IS NOT NULL "
        f"WHERE {where} "
        f"GROUP BY a.value, c.kind, c.value",
        params,
    ):
        found[row, kind, column][2] = number
    if found:
        for row, kind, column, number in _bodies(
            ("r", "k", "c"),
            list(found),
            (("'ambition'", "t.r"), ("t.k", "t.c")),
        ):
            found[row, kind, column][1] = number
    CoverageCell.objects.bulk_create(
        [
            CoverageCell(row=row, columns=kind, column=column, initiatives=i, partners=p, money=m)
            for (row, kind, column), (i, p, m) in found.items()
        ],
        update_conflicts=True,
        update_fields=["initiatives", "partners", "money"],
        unique_fields=["row", "columns", "column"],
        batch_size=500,
    )
    looked_at = CoverageCell.objects.all()
    if rows is not None:
        looked_at = looked_at.filter(row__in=rows)
    gone = [
        pk
        for pk, row, kind, column in looked_at.values_list("pk", "row", "columns", "column")
        if (columns is None or (kind, column) in columns) and (row, kind, column) not in found
    ]
    CoverageCell.objects.filter(pk__in=gone).delete()


def _bodies(
    names: Sequence[str], keys: Sequence[tuple[str, ...]], facets: Sequence[tuple[str, str]]
) -> list[tuple[Any, ...]]:
    """For each key, how many organisations have at least one public initiative there.

    Looks for one such initiative of each organisation, and so costs what the directory is large, not the register. A
    group that a source speaks of as one ("All") is no partner that could be counted. ``LIMIT`` keeps planners from
    joining everything with everything instead. ``names`` name the parts of a key; ``facets`` are SQL over these for the
    kinds and values the initiative must have, the last of them perhaps an area: one that was succeeded is counted with
    the organisations of its last day, all else with those of today.
    """
    values = ", ".join(["(" + ", ".join(["%s"] * len(names)) + ")"] * len(keys))
    key = ", ".join(f"t.{name}" for name in names)
    having = " AND ".join(
        f"(SELECT 1 FROM initiatives_facet h WHERE h.initiative_id = o.initiative_id "  # noqa: S608 - names are ours
        f"AND h.kind = {kind} AND h.value = {value} LIMIT 1) = 1"
        for kind, value in facets
    )
    return _rows(
        f"WITH t({', '.join(names)}) AS (VALUES {values}) SELECT {key}, count(*) "  # noqa: S608 - names are ours
        f"FROM t LEFT JOIN directory_area x ON {facets[-1][0]} = 'area' AND x.code = {facets[-1][1]} "
        f"AND x.valid_to <= %s CROSS JOIN directory_organisation g "
        f"WHERE NOT g.is_group AND (g.valid_to IS NULL OR g.valid_to >= x.valid_to "
        f"OR (x.valid_to IS NULL AND g.valid_to > %s)) "
        f"AND (x.valid_to IS NULL OR g.valid_from IS NULL OR g.valid_from < x.valid_to) "
        f"AND (SELECT 1 FROM initiatives_facet o "
        f"WHERE o.kind = 'organisation' AND o.value = CAST(g.id AS varchar(40)) AND o.is_public = %s "
        f"AND {having} LIMIT 1) = 1 GROUP BY {key}",
        [*(part for key in keys for part in key), today(), today(), True],
    )


def _remember_all() -> None:
    """Note for every public initiative what it counts towards, after everything was counted."""
    Counted.objects.all().delete()
    kept: dict[int, list[list[str]]] = {}
    facets = Facet.objects.filter(is_public=True, kind__in=TOTALLED).order_by("initiative_id", "kind", "value")
    for pk, kind, value in facets.values_list("initiative_id", "kind", "value").iterator(chunk_size=5000):
        if pk not in kept and len(kept) >= 1000:
            _remember(kept)
            kept = {}
        kept.setdefault(pk, []).append([kind, value])
    _remember(kept)
    keeping.end_the_rest()


def _remember(kept: dict[int, list[list[str]]]) -> None:
    Counted.objects.bulk_create(Counted(initiative_id=pk, facets=facets) for pk, facets in kept.items())
    keeping.keep(kept)


def _among(alias: str, pairs: list[Pair] | None, *, kinds: Iterable[str] = TOTALLED) -> tuple[str, list[Any]]:
    """SQL for "this facet is public and one of ``pairs``" (of ``kinds`` when there are none named), and its params."""
    by_kind: dict[str, set[str] | None] = dict.fromkeys(kinds) if pairs is None else {}
    for kind, value in pairs or ():
        values = by_kind.setdefault(kind, set())
        if values is not None:
            values.add(value)
    clauses: list[str] = []
    params: list[Any] = [True]
    for kind, values in by_kind.items():
        one_of, value_params = _in(f"{alias}.value", values)
        clauses.append(f"({alias}.kind = %s AND {one_of})")
        params += [kind, *value_params]
    return f"{alias}.is_public = %s AND ({' OR '.join(clauses)})", params


def _in(column: str, values: set[str] | None) -> tuple[str, list[Any]]:
    if values is None:
        return "1 = 1", []
    return f"{column} IN ({', '.join(['%s'] * len(values))})", sorted(values)


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [tuple(_number(value) for value in row) for row in cursor.fetchall()]


def _number(value: Any) -> Any:
    # SQLite adds decimals up as floats; money is kept to the penny.
    return Decimal(str(round(value, 2))) if isinstance(value, float) else value
