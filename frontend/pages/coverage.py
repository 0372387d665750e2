"""Coverage: how much happens where an ambition meets a building block or an area, and where there is nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collaboration.thread.queries import Table, coverage
from frontend.pages.figures import listing
from groundwork.directory.queries import areas
from groundwork.web.exports import csv_response
from vision.frameworks.queries import ambitions, building_blocks

Measure = Literal["initiatives", "partners", "money"]
Columns = Literal["block", "area"]

MEASURES = {
    "initiatives": (gettext_lazy("Initiatives"), gettext_lazy("initiatives")),
    "partners": (gettext_lazy("Partners"), gettext_lazy("partner organisations")),
    "money": (gettext_lazy("Money"), gettext_lazy("pounds of stated funding")),
}


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    problems: list[str] = []
    measure = request.GET.get("measure") or "initiatives"
    if measure not in MEASURES:
        problems.append(_("There is no such figure to show. The number of initiatives is shown instead."))
        measure = "initiatives"
    addresses = {each.code: reverse("ambition", args=[each.slug]) for each in ambitions()}
    tables = []
    for columns in ("block", "area"):
        table = coverage(columns, measure)
        gaps = gaps_in(table if measure == "initiatives" else coverage(columns, "initiatives"))
        tables.append(_shown(table, columns, cast(Measure, measure), addresses, gaps))
    context = {
        "tables": tables,
        "measure": measure,
        "measures": [{"value": key, "text": words[0]} for key, words in MEASURES.items()],
        "problems": problems,
    }
    return render(request, "frontend/reading/coverage.html", context)


@require_safe
def coverage_csv(request: HttpRequest) -> HttpResponseBase:
    """One row for each cell of a table, with its figures. A wrong choice is answered with a sentence and 400."""
    columns = request.GET.get("columns") or "block"
    if columns not in ("block", "area"):
        sentence = _("columns must be block or area.")
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    by_measure = {measure: coverage(columns, measure) for measure in MEASURES}
    table = by_measure["initiatives"]
    rows = (
        [row["code"], row["title"], column["code"], column["title"], *(by_measure[m].cells[r][c] for m in MEASURES)]
        for r, row in enumerate(table.rows)
        for c, column in enumerate(table.columns)
    )
    what = "area" if columns == "area" else "building_block"
    headers = [
        "ambition_code",
        "ambition",
        f"{what}_code",
        what,
        *(m if m != "money" else "money_gbp" for m in MEASURES),
    ]
    return csv_response(request, filename=f"coverage-{columns}.csv", headers=headers, rows=rows)


def gaps_in(table: Table) -> list[dict[str, str]]:
    """The cells of a table of initiatives that hold none, with the address of the empty list."""
    return [
        {
            "row": row["code"],
            "ambition": row["title"],
            "column": column["code"],
            "meets": column["title"],
            "register": register_here(ambition=row["code"], column=column["code"]),
        }
        for r, row in enumerate(table.rows)
        for c, column in enumerate(table.columns)
        if not table.cells[r][c]
    ]


def register_here(**known: str) -> str:
    """The address at which to register work that fills a gap, or "" where registering is not offered."""
    try:
        address = reverse("initiative-new")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(known)}"


def _shown(
    table: Table, columns: str, measure: Measure, addresses: dict[str, str], gaps: list[dict[str, str]]
) -> dict[str, Any]:
    """A table as the page's heat-map wants it, with what it says in words."""
    named = "area" if columns == "area" else "block"
    by_area = columns == "area"
    most = max((value for line in table.cells for value in line), default=0)
    rows = [
        {
            "text": row["title"],
            "href": addresses.get(row["code"], ""),
            "cells": [
                {
                    "value": table.cells[r][c],
                    "text": _pounds(table.cells[r][c]) if measure == "money" else "",
                    "href": listing(ambition=row["code"], **{named: column["code"]}),
                }
                for c, column in enumerate(table.columns)
            ],
        }
        for r, row in enumerate(table.rows)
    ]
    by_row: dict[str, list[dict[str, str]]] = {}
    for gap in gaps:
        by_row.setdefault(gap["ambition"], []).append(gap)
    return {
        "columns_by": columns,
        "heading": _("By area") if by_area else _("By building block"),
        "caption": (_("Ambitions by area: %s") if by_area else _("Ambitions by building block: %s"))
        % MEASURES[measure][1],
        "columns": [{"text": column["title"], "href": ""} for column in table.columns],
        "rows": rows,
        "most": most,
        "many": MEASURES[measure][1],
        "gaps": [{"ambition": ambition, "cells": cells} for ambition, cells in by_row.items()],
        "gap_count": len(gaps),
        "cell_count": len(table.rows) * len(table.columns),
    }


def _pounds(value: Decimal | int) -> str:
    """Whole pounds, with a short form from a million: a cell is small."""
    if not value:
        return ""
    amount = Decimal(value)
    if amount >= 1_000_000:
        return f"£{number_format(amount / 1_000_000, decimal_pos=1)}m"
    return f"£{number_format(amount, decimal_pos=0, force_grouping=True)}"
