"""Reading coverage and gaps: what the place's joint work covers, and where nothing happens yet.

All of it is about public initiatives, and so the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Q

from collaboration.thread.models import CoverageCell, CoverageTotal
from collaboration.thread.queries.past import counted_on
from groundwork.clock import today
from groundwork.directory import queries as directory
from vision.frameworks.models import Element, Framework

Columns = Literal["block", "area"]
Measure = Literal["initiatives", "partners", "money"]
COLUMNS: tuple[Columns, ...] = ("block", "area")
MEASURES: tuple[Measure, ...] = ("initiatives", "partners", "money")
MEASURED_KINDS = ("all", "ambition", "strand", "block", "area")
DARKEST = 6


@dataclass(frozen=True, slots=True)
class Heading:
    """A row or a column of the coverage table."""

    code: str
    title: str
    slug: str
    total: int
    """Counted by itself: not the sum of its cells, because one initiative can stand in several."""


@dataclass(frozen=True, slots=True)
class Cell:
    row: Heading
    column: Heading
    number: int
    level: int
    """0 for none, then 1 to :data:`DARKEST`, for tints and hatching."""


@dataclass(frozen=True, slots=True)
class Table:
    """Coverage: ambitions down, building blocks or areas across."""

    columns_are: Columns
    measure: Measure
    rows: list[Heading]
    columns: list[Heading]
    cells: list[list[int]]
    """For each row, one whole number for each column; money in whole pounds, rounded to the nearest."""
    levels: list[list[int]]
    most: int
    is_exact: bool = True
    """False for a day before the register was kept day by day: see :func:`~.past.counted_on`."""

    def lines(self) -> Iterator[tuple[Heading, list[Cell]]]:
        """Row by row, what a template walks through."""
        for row, numbers, shades in zip(self.rows, self.cells, self.levels, strict=True):
            yield row, [Cell(row, *each) for each in zip(self.columns, numbers, shades, strict=True)]


@dataclass(frozen=True, slots=True)
class Totals:
    initiatives: int = 0
    partners: int = 0
    money: Decimal = Decimal(0)


def coverage(columns: Columns = "block", measure: Measure = "initiatives", on: date | None = None) -> Table:
    """The coverage table, read from maintained counts (five queries at most).

    Of a past day ``on`` it is the register as it stood at that day's end, over the areas of that day. Of a day to come
    it is the register of today over the areas of then: work that named an area which another succeeded is counted in
    both. Raises :class:`ValueError` for columns or a measure that do not exist: pages check what an address asks for.
    """
    if columns not in COLUMNS or measure not in MEASURES:
        raise ValueError(f"There is no coverage table of {measure} by {columns}.")
    past = counted_on(on, columns) if on is not None and on < today() else None
    ambitions, blocks = _vision_and_blocks(on if past else None)
    across = blocks if columns == "block" else _areas(on)
    if past is not None:
        whole = {
            (kind, code): _whole(past.number(measure, (kind, code)))
            for kind, named in (("ambition", ambitions), (columns, across))
            for code, _title, _slug in named
        }
        numbers = {
            (row, column): _whole(past.number(measure, ("ambition", row), (columns, column)))
            for row, _title, _slug in ambitions
            for column, _name, _address in across
        }
    else:
        totals = CoverageTotal.objects.filter(kind__in=("ambition", columns))
        whole = {(kind, code): _whole(number) for kind, code, number in totals.values_list("kind", "code", measure)}
        found = CoverageCell.objects.filter(columns=columns).values_list("row", "column", measure)
        numbers = {(row, column): _whole(number) for row, column, number in found}
    rows = [Heading(code, title, slug, whole.get(("ambition", code), 0)) for code, title, slug in ambitions]
    heads = [Heading(code, title, slug, whole.get((columns, code), 0)) for code, title, slug in across]
    cells = [[numbers.get((row.code, head.code), 0) for head in heads] for row in rows]
    most = max((number for line in cells for number in line), default=0)
    levels = [[level(number, most) for number in line] for line in cells]
    return Table(columns, measure, rows, heads, cells, levels, most, past is None or past.is_exact)


def level(number: int, most: int) -> int:
    """How dark a cell is: 0 for none, else in six equal steps of the largest number, so that only it is darkest."""
    return -(-DARKEST * number // most) if number > 0 and most > 0 else 0


def stamp() -> int:
    """A number that grows whenever anything was counted again (one query): what a kept table is kept under."""
    return CoverageTotal.objects.filter(kind="stamp").values_list("initiatives", flat=True).first() or 0


def totals(kind: str) -> dict[str, int]:
    """How many public initiatives each ambition, strand, block, area, element, organisation or sector has (one query).

    Keys are codes; organisations and sectors are keyed by their primary key as text. What has none is left out.
    """
    return dict(CoverageTotal.objects.filter(kind=kind).values_list("code", "initiatives"))


def totals_of(kind: str, code: str = "") -> Totals:
    """Initiatives, partners and stated money of one ambition, strand, block or area; of all for ``totals_of("all")``.

    Raises :class:`ValueError` for other kinds, which are counted in initiatives alone.
    """
    if kind not in MEASURED_KINDS:
        raise ValueError(f"{kind} is counted in initiatives alone; ask totals({kind!r}).")
    row = CoverageTotal.objects.filter(kind=kind, code=code).values_list("initiatives", "partners", "money").first()
    return Totals(*row) if row else Totals()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something of the vision for which no public initiative is registered, alone or in combination."""

    row: Heading
    column: Heading | None
    """None when nothing at all is registered for ``row``."""
    columns_are: str
    """``block`` or ``area``; ``strand`` when ``row`` is a strand without any work."""
    ambition: str
    """The code of the ambition that ``row`` is, or belongs to."""


@dataclass(frozen=True, slots=True)
class Gaps:
    strands: list[Gap]
    blocks: list[Gap]
    """Ambitions that no initiative serves through a building block."""
    areas: list[Gap]
    """Ambitions that no initiative serves in an area."""

    @property
    def count(self) -> int:
        return len(self.strands) + len(self.blocks) + len(self.areas)


def gaps(ambition: str = "") -> Gaps:
    """Where nothing is registered yet, in the order of the vision; for one ambition when its code is given."""
    by_block, by_area = coverage("block"), coverage("area")
    having = totals("strand")
    strands = Element.objects.filter(framework__part=Framework.Part.VISION, depth=1, withdrawn_on=None)
    if ambition:
        strands = strands.filter(parent__code=ambition)
    without = [
        Gap(
            Heading(strand.code, strand.label, strand.slug, 0),
            None,
            "strand",
            strand.parent.code if strand.parent else "",
        )
        for strand in strands.select_related("parent").order_by("order")
        if strand.code not in having
    ]
    return Gaps(strands=without, blocks=_empty(by_block, ambition), areas=_empty(by_area, ambition))


def _empty(table: Table, ambition: str) -> list[Gap]:
    return [
        Gap(cell.row, cell.column, table.columns_are, cell.row.code)
        for row, cells in table.lines()
        for cell in cells
        if cell.number == 0 and ambition in ("", row.code)
    ]


def _vision_and_blocks(on: date | None = None) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Ambitions and building blocks in force (on a past day) as (code, title, slug), in order (one query)."""
    parts: dict[str, list[tuple[str, str, str]]] = {Framework.Part.VISION: [], Framework.Part.BUILDING_BLOCKS: []}
    in_force = Q(withdrawn_on=None) if on is None else Q(withdrawn_on=None) | Q(withdrawn_on__gt=on)
    elements = Element.objects.filter(in_force, framework__part__in=parts, depth=0)
    for element in elements.select_related("framework").order_by("framework__order", "order"):
        parts[element.framework.part].append((element.code, element.label, element.slug))
    return parts[Framework.Part.VISION], parts[Framework.Part.BUILDING_BLOCKS]


def _areas(on: date | None) -> list[tuple[str, str, str]]:
    """The areas of a day as (code, name of that day, slug), the smaller ones first, then those that hold others."""
    found = list(directory.areas(on=on))
    if on is not None:
        directory.name_as_of(found, on)
    holding = {area.within_id for area in found}
    return [
        (area.code, area.name, area.slug) for area in sorted(found, key=lambda a: (a.pk in holding, a.name.casefold()))
    ]


def _whole(number: int | Decimal) -> int:
    return int(number.to_integral_value()) if isinstance(number, Decimal) else number
