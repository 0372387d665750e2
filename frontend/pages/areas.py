"""Areas: what happens near me."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance.queries.board_lists import in_area
from collaboration.initiatives.finding import Filters, feed
from collaboration.thread.queries import coverage, totals
from frontend.pages.coverage import gaps_in
from frontend.pages.figures import files, listing, tiles
from frontend.pages.following.boxes import box_of_view
from frontend.pages.moved import at_present_address
from groundwork.clock import today
from groundwork.directory.queries import area_by_slug, organisations_matching
from groundwork.directory.queries import areas as current_areas
from groundwork.succession import queries as succession

SHOWN = 10


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Every area. The home page's picker sends ``?area=slug`` here, and is sent on to the area's own page."""
    every_area = list(current_areas())
    problems = []
    if chosen := request.GET.get("area", ""):
        if any(area.slug == chosen for area in every_area):
            return redirect("area", chosen)
        problems.append(_("There is no such area. Choose one from the list."))
    counts = totals("area")
    shown = [
        {
            "name": area.name,
            "kind": area.kind,
            "href": reverse("area", args=[area.slug]),
            "count": counts.get(area.code, 0),
        }
        for area in every_area
    ]
    return render(request, "frontend/reading/areas.html", {"areas": shown, "problems": problems, **files("areas")})


@require_safe
@at_present_address("area")
def area(request: HttpRequest, slug: str) -> HttpResponse:
    found = area_by_slug(slug)
    cards = feed(request.actor, Filters(area=found.code), SHOWN)  # type: ignore[attr-defined]
    table = coverage("area")
    every_area = list(current_areas())
    counts = {column.code: column.total for column in table.columns}
    map_ = tiles(every_area, counts, current=found.slug)
    context = {
        "area": found,
        "notes": succession.notes_on(found),
        "is_over": found.valid_to is not None and found.valid_to <= today(),
        "successors": list(found.successors.all()),
        "predecessors": list(found.predecessors.all()),
        "parts": [each for each in every_area if each.within_id == found.pk],
        "organisations": list(organisations_matching().filter(area=found)),
        "cards": cards,
        "boards": in_area(request.actor, found),  # type: ignore[attr-defined]
        "ambitions": _by_ambition(table, found.code),
        "gaps": [gap for gap in gaps_in(table, "area") if gap["column"] == found.code],
        "all_href": listing(area=found.code),
        "tiles": map_ if any(tile["current"] for tile in map_) else [],
        "most": max((tile["count"] for tile in map_), default=0),
        "follow": box_of_view(request, area=found.code),
    }
    return render(request, "frontend/reading/area.html", context)


def _by_ambition(table: Any, code: str) -> list[dict[str, Any]]:
    codes = [column.code for column in table.columns]
    if code not in codes:
        return []
    place = codes.index(code)
    return [
        {"title": row.title, "count": values[place], "href": listing(ambition=row.code, area=code)}
        for row, values in zip(table.rows, table.cells, strict=True)
    ]
