"""The building blocks of working together: what good looks like, and who is strong in each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from collaboration.initiatives.finding import Filters, feed
from collaboration.thread.queries import coverage, totals
from frontend.pages.coverage import gaps_in
from frontend.pages.figures import files, listing
from frontend.pages.following.boxes import box_of_view
from vision.frameworks.queries import building_block_by_slug, links_of
from vision.frameworks.queries import building_blocks as all_blocks

SHOWN = 5
STRONG_FROM = 50
"""How many of the latest initiatives are looked through for organisations that lead several of them."""


@require_safe
def building_blocks(request: HttpRequest) -> HttpResponse:
    counts = totals("block")
    blocks = [
        {
            "title": block.display_title,
            "href": reverse("building-block", args=[block.slug]),
            "text": block.summary or "",
            "count": counts.get(block.code, 0),
        }
        for block in all_blocks()
    ]
    return render(request, "frontend/reading/building_blocks.html", {"blocks": blocks, **files("building-blocks")})


@require_safe
def building_block(request: HttpRequest, slug: str) -> HttpResponse:
    block = building_block_by_slug(slug)
    actor = request.actor  # type: ignore[attr-defined]
    latest = feed(actor, Filters(block=block.code), STRONG_FROM)
    table = coverage("block")
    context = {
        "element": block,
        "test": block.facts.get("test", ""),
        "cards": latest[:SHOWN],
        "exemplars": [card for card in latest if card.is_exemplar][:SHOWN],
        "strong": _leading(latest),
        "ambitions": _by_ambition(table, block.code),
        "gaps": [gap for gap in gaps_in(table, "block") if gap["column"] == block.code],
        "all_href": listing(block=block.code),
        "links": links_of(block),
        "follow": box_of_view(request, block=block.code),
    }
    return render(request, "frontend/reading/building_block.html", context)


def _leading(cards: list[Any]) -> list[dict[str, Any]]:
    """The organisations that lead most of these initiatives, most first."""
    counts: Counter[tuple[str, str]] = Counter((card.lead.name, card.lead.slug) for card in cards if card.lead)
    return [
        {"name": name, "href": reverse("organisation", args=[slug]), "count": count}
        for (name, slug), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    ]


def _by_ambition(table: Any, code: str) -> list[dict[str, Any]]:
    """How many initiatives with this building block serve each ambition."""
    codes = [column.code for column in table.columns]
    if code not in codes:
        return []
    place = codes.index(code)
    return [
        {"title": row.title, "count": values[place], "href": listing(ambition=row.code, block=code)}
        for row, values in zip(table.rows, table.cells, strict=True)
    ]
