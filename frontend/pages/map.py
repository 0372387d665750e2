"""The tile map, and the same as an ordered list."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collaboration.thread.queries import coverage
from frontend.pages.coverage import Measure, as_of, asked_day
from frontend.pages.figures import tiles
from groundwork.directory.queries import areas, name_as_of

MEASURES: dict[Measure, tuple[Any, Any, Any]] = {
    "initiatives": (gettext_lazy("Initiatives"), gettext_lazy("initiative"), gettext_lazy("initiatives")),
    "partners": (gettext_lazy("Partners"), gettext_lazy("partner organisation"), gettext_lazy("partner organisations")),
}


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    measure = request.GET.get("measure") or "initiatives"
    problems = []
    if measure not in MEASURES:
        problems.append(_("There is no such figure to show. The number of initiatives is shown instead."))
        measure = "initiatives"
    on, wrong = asked_day(request)
    problems += wrong
    counts = {column.code: column.total for column in coverage("area", cast(Measure, measure), on).columns}
    found = list(areas(on=on))
    if on is not None:
        name_as_of(found, on)
    shown = tiles(found, counts)
    title, one, many = MEASURES[cast(Measure, measure)]
    context = {
        "asks_day": True,
        **as_of(on),
        "tiles": shown,
        "most": max((tile["count"] for tile in shown), default=0),
        "ranked": sorted(shown, key=lambda tile: (-tile["count"], tile["name"])),
        "measure": measure,
        "measures": [{"value": key, "text": words[0]} for key, words in MEASURES.items()],
        "title": title,
        "one": one,
        "many": many,
        "problems": problems,
    }
    return render(request, "frontend/reading/map.html", context)
