"""Coverage: how much happens where an ambition meets a building block or an area, and where there is nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collaboration.thread.queries import Table, coverage, kept_since, stamp
from frontend.pages.figures import files, listing
from groundwork.clock import today
from groundwork.succession import queries as succession

Measure = Literal["initiatives", "partners", "money"]
Columns = Literal["block", "area"]
COLUMNS: tuple[Columns, ...] = ("block", "area")

MEASURES: dict[Measure, tuple[Any, Any]] = {
    "initiatives": (gettext_lazy("Initiatives"), gettext_lazy("initiatives")),
    "partners": (gettext_lazy("Partners"), gettext_lazy("partner organisations")),
    "money": (gettext_lazy("Money"), gettext_lazy("pounds of funding")),
}

WITHOUT = {
    "initiatives": gettext_lazy("without a public initiative"),
    "partners": gettext_lazy("without a partner"),
    "money": gettext_lazy("without stated funding"),
}


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    problems: list[str] = []
    measure = request.GET.get("measure") or "initiatives"
    if measure not in MEASURES:
        problems.append(_("There is no such figure to show. The number of initiatives is shown instead."))
        measure = "initiatives"
    on, wrong = asked_day(request)
    problems += wrong
    context = {
        "asks_day": True,
        **as_of(on),
        # Called only when the rendered tables are not kept under this stamp, which grows with every count.
        "tables": lambda: [_shown(coverage(columns, cast(Measure, measure), on), on) for columns in COLUMNS],
        "stamp": stamp(),
        "measure": measure,
        "measures": [{"value": key, "text": words[0]} for key, words in MEASURES.items()],
        "gap_files": files("gaps"),
        "problems": problems,
    }
    return render(request, "frontend/reading/coverage.html", context)


def as_of(on: date | None) -> dict[str, Any]:
    """What pages say of the day they are asked for: see ``as_of.html``."""
    is_past = on is not None and on < today()
    kept = kept_since() if is_past else None
    return {
        "on": on,
        "is_past": is_past,
        "inexact_before": kept if kept is not None and on is not None and on < kept else None,
        "coming": succession.coming(of="area", until=on) if on else [],
    }


_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


def asked_day(request: HttpRequest) -> tuple[date | None, list[str]]:
    """The day as of which areas are asked for (``on``), None for today; with a sentence where it is no day."""
    text = (request.GET.get("on") or "").strip()
    if not text:
        return None, []
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text), []
        except ValueError:
            pass
    sentence = _("“%(text)s” is not a day. Give it like 2027-06-01. The areas of today are shown.")
    return None, [sentence % {"text": text if len(text) <= 40 else text[:39] + "…"}]


def gaps_in(table: Table, columns: str) -> list[dict[str, str]]:
    """The cells of a table of initiatives that hold none, each with the address at which to register work for it."""
    return [
        {
            "row": row.code,
            "ambition": row.title,
            "column": column.code,
            "meets": column.title,
            "register": register_here(ambition=row.code, **{columns: column.code}),
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


def _shown(table: Table, on: date | None = None) -> dict[str, Any]:
    """A table as the page's heat-map wants it, with its gaps in words."""
    columns, measure = table.columns_are, table.measure
    by_area = columns == "area"
    # Lists are of today: what a past day counted is not what they would show, and its gaps are not to be filled.
    is_past = on is not None and on < today()
    rows = [
        {
            "text": row.title,
            "href": reverse("ambition", args=[row.slug]),
            "cells": [
                {
                    "value": cell.number,
                    "text": _pounds(cell.number) if measure == "money" else "",
                    "href": "" if is_past else listing(ambition=row.code, **{columns: cell.column.code}),
                }
                for cell in cells
            ],
            "total": _pounds(row.total) if measure == "money" else row.total,
        }
        for row, cells in table.lines()
    ]
    by_row: dict[str, list[dict[str, str]]] = {}
    gaps = gaps_in(table, columns)
    for gap in gaps:
        if measure != "initiatives" or is_past:
            # Work without stated money is no gap: there is nothing to register.
            gap["register"] = ""
        by_row.setdefault(gap["ambition"], []).append(gap)
    page = "area" if by_area else "building-block"
    return {
        "columns_by": columns,
        "heading": _("By area") if by_area else _("By building block"),
        "caption": (_("Ambitions by area: %s") if by_area else _("Ambitions by building block: %s"))
        % MEASURES[measure][1],
        "columns": [{"text": column.title, "href": reverse(page, args=[column.slug])} for column in table.columns],
        "rows": rows,
        "most": table.most,
        "many": MEASURES[measure][1],
        "gaps": [{"ambition": ambition, "cells": cells} for ambition, cells in by_row.items()],
        "gap_count": len(gaps),
        "cell_count": len(table.rows) * len(table.columns),
        "without": WITHOUT[measure],
        "files": files("coverage", f"columns={columns}" + (f"&on={on}" if on else "")),
    }


def _pounds(value: int) -> str:
    """Whole pounds, with a short form from a million: a cell is small."""
    if not value:
        return ""
    if value >= 1_000_000:
        return f"£{number_format(value / 1_000_000, decimal_pos=1)}m"
    return f"£{number_format(value, force_grouping=True)}"
