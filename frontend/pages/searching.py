"""One box that looks everywhere: areas, ambitions and other elements, organisations, initiatives."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.initiatives.finding import Filters, choices, find
from collaboration.initiatives.finding.listing import COUNTED
from frontend.pages.figures import listing
from groundwork.directory.queries import fold, organisations_matching
from vision.frameworks.queries import elements_matching

SHOWN = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    filters, problems = Filters.from_query({"words": request.GET.get("words") or request.GET.get("q") or ""})
    words = filters.words
    context: dict[str, Any] = {"words": words, "problems": problems}
    if words:
        work = find(request.actor, filters, size=SHOWN)  # type: ignore[attr-defined]
        organisations = list(organisations_matching(words=words)[: SHOWN + 1])
        wanted = fold(words).split()
        areas = [
            area
            for area in choices().areas
            if not area.withdrawn and wanted and all(word in fold(area.title) for word in wanted)
        ]
        elements = [
            {
                "title": element.display_title,
                "kind": element.kind,
                "framework": element.framework.title,
                "href": _address(element),
            }
            for element in elements_matching(words)[:SHOWN]
        ]
        context |= {
            "work": work,
            "total": COUNTED + 1 if work.total.more else work.total.count,
            "organisations": organisations[:SHOWN],
            "more_organisations": len(organisations) > SHOWN,
            "areas": [{"name": area.title, "slug": area.slug} for area in areas[:SHOWN]],
            "elements": elements,
            "found_any": bool(work.results or organisations or areas or elements),
            "all_href": listing(words=words),
        }
    elif request.GET.get("words"):
        problems.append(_("There is nothing in these words to search for."))
    return render(request, "frontend/reading/search.html", context)


def _address(element: Any) -> str:
    """An ambition and a building block have pages of their own; every other element has its thread."""
    if element.depth == 0 and element.framework.part == "vision":
        return reverse("ambition", args=[element.slug])
    if element.depth == 0 and element.framework.part == "building-blocks":
        return reverse("building-block", args=[element.slug])
    return reverse("thread-element", args=[element.code])
