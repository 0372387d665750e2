"""Coverage and gaps as tables people can take away: their columns, and their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from collaboration.thread.queries import Columns, coverage, gaps
from groundwork.clock import today
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

_AMBITION: Final = (
    Column(name="ambition_code", kind="code", meaning=_("The code of the ambition.")),
    Column(name="ambition", kind="text", meaning=_("The ambition.")),
)
_FIGURES: Final = (
    Column(
        name="initiatives",
        kind="number",
        unit=_("public initiatives"),
        meaning=_("How many public initiatives are in both. One initiative can stand in several lines."),
    ),
    Column(
        name="partners",
        kind="number",
        unit=_("organisations"),
        meaning=_("How many organisations take part in these initiatives."),
    ),
    Column(
        name="money_gbp",
        kind="number",
        unit=_("pounds sterling"),
        meaning=_("The stated funding of these initiatives together, in whole pounds."),
    ),
    Column(name="on", kind="date", meaning=_("The day that is counted: at its end, or as it is now.")),
    Column(
        name="exact",
        kind="yes_no",
        meaning=_("Whether that day’s register was kept; if not, it is inferred from when work was published."),
    ),
    LICENCE,
)

COVERAGE: Final[dict[Columns, Table]] = {
    "block": register_table(
        Table(
            name="coverage",
            title=_("Coverage: ambitions by building block"),
            address="/coverage",
            columns=(
                *_AMBITION,
                Column(name="building_block_code", kind="code", meaning=_("The code of the building block.")),
                Column(name="building_block", kind="text", meaning=_("The building block.")),
                *_FIGURES,
            ),
        )
    ),
    "area": register_table(
        Table(
            name="coverage-by-area",
            title=_("Coverage: ambitions by area"),
            address="/coverage",
            columns=(
                *_AMBITION,
                Column(name="area_code", kind="code", meaning=_("The official (GSS) code of the area.")),
                Column(name="area", kind="text", meaning=_("The area.")),
                *_FIGURES,
            ),
        )
    ),
}
"""By what stands across. The download of the second is asked for with ``?columns=area``."""

GAPS: Final = register_table(
    Table(
        name="gaps",
        title=_("Gaps: where no public initiative is registered"),
        address="/gaps",
        columns=(
            Column(
                name="kind",
                kind="code",
                meaning=_(
                    "What is missing: any work for a strand (strand), or work for an ambition with a building block "
                    "(block) or in an area (area)."
                ),
            ),
            Column(name="code", kind="code", meaning=_("The code of the strand or the ambition.")),
            Column(name="title", kind="text", meaning=_("The strand or the ambition.")),
            Column(name="meets_code", kind="code", meaning=_("The code of the building block or the area.")),
            Column(name="meets", kind="text", meaning=_("The building block or the area.")),
            LICENCE,
        ),
    )
)


def coverage_records(columns: Columns, on: date | None = None) -> Iterator[dict[str, Any]]:
    """One line for each cell of the coverage table, row by row (fifteen queries at most); areas are those of ``on``."""
    initiatives, partners, money = (
        coverage(columns, "initiatives", on),
        coverage(columns, "partners", on),
        coverage(columns, "money", on),
    )
    what = "area" if columns == "area" else "building_block"
    for r, row in enumerate(initiatives.rows):
        for c, column in enumerate(initiatives.columns):
            yield {
                "ambition_code": row.code,
                "ambition": row.title,
                f"{what}_code": column.code,
                what: column.title,
                "initiatives": initiatives.cells[r][c],
                "partners": partners.cells[r][c],
                "money_gbp": money.cells[r][c],
                "on": on or today(),
                "exact": initiatives.is_exact,
            }


def gap_records(*, ambition: str = "") -> Iterator[dict[str, Any]]:
    """Every gap in the order of the vision, strands first; of one ambition when its code is given."""
    found = gaps(ambition)
    for gap in (*found.strands, *found.blocks, *found.areas):
        yield {
            "kind": gap.columns_are,
            "code": gap.row.code,
            "title": gap.row.title,
            "meets_code": gap.column.code if gap.column else None,
            "meets": gap.column.title if gap.column else None,
        }
