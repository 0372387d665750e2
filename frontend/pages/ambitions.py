"""The ambitions of the place: what each asks for, who works on it, where nobody does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collaboration.governance.queries.board_lists import serving
from collaboration.initiatives.finding import Filters, feed
from collaboration.thread.queries import coverage, totals
from frontend.pages.coverage import gaps_in
from frontend.pages.figures import ambition_cards, files, listing
from frontend.pages.following.boxes import box_of_view
from groundwork.catalogue.queries import history_of
from vision.frameworks.queries import ambition_by_slug, links_of, translations_of_element
from vision.frameworks.queries import ambitions as all_ambitions

SHOWN = 5


@require_safe
def ambitions(request: HttpRequest) -> HttpResponse:
    context = {"cards": ambition_cards(all_ambitions(), totals("ambition")), **files("ambitions")}
    return render(request, "frontend/reading/ambitions.html", context)


@require_safe
def ambition(request: HttpRequest, slug: str) -> HttpResponse:
    element = ambition_by_slug(slug)
    table = coverage("block")
    strand_counts = totals("strand")
    cards = feed(request.actor, Filters(ambition=element.code), SHOWN)  # type: ignore[attr-defined]
    context = {
        "ambition": element,
        "also_called": [alias.title for alias in element.aliases.all()],
        "strands": [
            {
                "title": strand.display_title,
                "summary": strand.summary,
                "code": strand.code,
                "count": strand_counts.get(strand.code, 0),
                "href": listing(strand=strand.code),
            }
            for strand in element.strands_in_order  # type: ignore[attr-defined] # prefetched by the query
        ],
        "blocks": _by_block(table, element.code),
        "gaps": [gap for gap in gaps_in(table, "block") if gap["row"] == element.code],
        "cards": cards,
        "all_href": listing(ambition=element.code),
        "translations": list(translations_of_element(element)),
        "boards": serving(request.actor, _codes(element)),  # type: ignore[attr-defined]
        "links": links_of(element),
        "history": history_of("element", element.code),
        "follow": box_of_view(request, ambition=element.code),
    }
    return render(request, "frontend/reading/ambition.html", context)


def _codes(element: Any) -> list[str]:
    """The ambition and its strands."""
    return [element.code, *(strand.code for strand in element.strands_in_order)]


def _by_block(table: Any, code: str) -> list[dict[str, Any]]:
    """How many initiatives serve this ambition with each building block."""
    for row, values in zip(table.rows, table.cells, strict=True):
        if row.code == code:
            return [
                {
                    "title": column.title,
                    "count": value,
                    "href": listing(ambition=code, block=column.code),
                }
                for column, value in zip(table.columns, values, strict=True)
            ]
    return []
