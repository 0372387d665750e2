"""The home page: what the place is doing together, and where nobody does anything yet."""

from __future__ import annotations

from itertools import zip_longest

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collaboration.governance.queries.meetings import next_public
from collaboration.initiatives import finding
from collaboration.initiatives.finding import Filters
from collaboration.thread.queries import coverage, totals
from frontend.pages.coverage import gaps_in
from frontend.pages.figures import ambition_cards, tiles
from groundwork.directory.queries import areas
from vision.frameworks.queries import ambitions

LATEST = 3
GAPS_SHOWN = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    every_area = list(areas())
    table = coverage("block")
    cards = ambition_cards(ambitions(), {row.code: row.total for row in table.rows})
    gaps = gaps_in(table, "block")
    map_ = tiles(every_area, totals("area"))
    context = {
        "cards": cards,
        "areas": every_area,
        "tiles": map_,
        "most": max((tile["count"] for tile in map_), default=0),
        "gaps": _one_for_each_ambition(gaps)[:GAPS_SHOWN],
        "gap_count": len(gaps),
        "meetings": next_public(),
        "latest": finding.feed(request.actor, Filters(), LATEST),  # type: ignore[attr-defined]
    }
    return render(request, "frontend/reading/home.html", context)


def _one_for_each_ambition(gaps: list[dict[str, str]]) -> list[dict[str, str]]:
    """One gap of each ambition, then another of each …, each with another building block than the one before."""
    of: dict[str, list[dict[str, str]]] = {}
    for gap in gaps:
        of.setdefault(gap["row"], []).append(gap)
    turned = [own[place % len(own) :] + own[: place % len(own)] for place, own in enumerate(of.values())]
    return [gap for round_ in zip_longest(*turned) for gap in round_ if gap]
