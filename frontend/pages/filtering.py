"""The filter panel of the register: what it offers, what is chosen, and the addresses that undo each choice."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from collaboration.initiatives.finding import SORTS, Choice, Choices, Filters, choices
from frontend.pages.figures import listing
from groundwork.directory.queries import find_organisation, fold, successors_of

PANEL_SECONDS = 60
"""How long a rendered panel is kept: as long as the choices it is made from."""

KIND_WORDS = {
    "ambition": gettext_lazy("Ambition"),
    "strand": gettext_lazy("Strand"),
    "block": gettext_lazy("Building block"),
    "element": gettext_lazy("Answers to"),
    "area": gettext_lazy("Area"),
    "organisation": gettext_lazy("Organisation"),
    "sector": gettext_lazy("Sector"),
    "stage": gettext_lazy("Stage"),
    "year": gettext_lazy("Year"),
    "exemplar": gettext_lazy("Good practice"),
    "words": gettext_lazy("Words"),
}
SORT_WORDS = {
    "recent": gettext_lazy("Most recently changed"),
    "title": gettext_lazy("Title"),
    "relevance": gettext_lazy("Best match"),
}
KEPT_BEHIND_MORE = ("strand", "block", "element", "sector", "stage", "organisation", "year", "exemplar")


def asked(request: HttpRequest) -> tuple[Filters, list[str], Choices]:
    """The filters an address asks for, with a sentence for each that could not be understood.

    An organisation may be given by any of its names, since that is what people type.
    """
    known = choices()
    query: QueryDict = request.GET.copy()
    # The box asks for a name, which may be a slug's neighbour; the address of the view keeps the slug.
    typed = (query.get("organisation") or "").replace("\x00", "").strip()
    if typed and known.find("organisation", typed) is None and (slug := _slug_of(typed, known)):
        query["organisation"] = slug
    filters, problems = Filters.from_query(query, known)
    return filters, problems, known


def succeeded(filters: Filters, known: Choices) -> list[dict[str, Any]]:
    """The organisation or area the list is narrowed to, where others succeeded it, with the lists of those.

    One query when there is such a one, else none.
    """
    found = []
    for kind in ("organisation", "area"):
        value = getattr(filters, kind)
        choice = known.find(kind, value) if value else None
        if choice is None or not choice.withdrawn:
            continue
        after = [{"name": name, "href": listing(**{kind: code})} for code, name in successors_of(choice.slug, of=kind)]
        if after:
            found.append({"name": choice.title, "successors": after})
    return found


def panel(filters: Filters, known: Choices) -> SafeString:
    """The fields of the filter panel with what is chosen. The part without the words is kept rendered for a while."""
    chosen = replace(filters, words="", sort="")
    digest = sha256(chosen.as_query().encode()).hexdigest()[:24]
    key = f"filter-panel:{get_language()}:{digest}"
    first, more = cache.get(key) or (None, None)
    if first is None or more is None:
        context = _panel_context(chosen, known)
        first = render_to_string("frontend/reading/filter_first.html", context)
        more = render_to_string("frontend/reading/filter_more.html", context)
        cache.set(key, (first, more), PANEL_SECONDS)
    words = render_to_string("frontend/reading/filter_words.html", {"filters": filters})
    return mark_safe(words + first + more)  # noqa: S308 - rendered by templates, which escape


def selected(filters: Filters, known: Choices) -> list[dict[str, str]]:
    """Each filter in force, with the address of the list without it."""
    return [
        {"text": f"{KIND_WORDS[kind]}: {title}", "href": f"?{query}"} for kind, title, query in filters.described(known)
    ]


def sortings(filters: Filters) -> list[dict[str, Any]]:
    """The orders this list can have, with their addresses."""
    offered = [sort for sort in SORTS if sort != "relevance" or filters.words]
    return [
        {
            "text": SORT_WORDS[sort],
            "href": f"?{replace(filters, sort=sort).as_query()}",
            "current": sort == filters.effective_sort,
        }
        for sort in offered
    ]


def _slug_of(name: str, known: Choices) -> str:
    folded = fold(name)
    meant = [choice.slug for choice in known.organisations if fold(choice.title) == folded]
    if len(meant) == 1:
        return meant[0]
    found = find_organisation(name)
    return found.slug if found else ""


def _panel_context(filters: Filters, known: Choices) -> dict[str, Any]:
    def offered(kind: str, listed: tuple[Choice, ...]) -> list[dict[str, Any]]:
        chosen = getattr(filters, kind)
        return [
            {"value": c.code, "text": c.title, "selected": c.code == chosen, "parent": c.parent}
            for c in listed
            if not c.withdrawn or c.code == chosen
        ]

    strands = offered("strand", known.strands)
    organisation = known.find("organisation", filters.organisation) if filters.organisation else None
    element = known.find("element", filters.element) if filters.element else None
    return {
        "filters": filters,
        "first": [
            {
                "name": "ambition",
                "label": KIND_WORDS["ambition"],
                "any": _("Any"),
                "options": offered("ambition", known.ambitions),
            },
            {"name": "area", "label": KIND_WORDS["area"], "any": _("Any"), "options": offered("area", known.areas)},
        ],
        "more": [
            {"name": "block", "label": KIND_WORDS["block"], "any": _("Any"), "options": offered("block", known.blocks)},
            {"name": "stage", "label": KIND_WORDS["stage"], "any": _("Any"), "options": offered("stage", known.stages)},
            {
                "name": "sector",
                "label": KIND_WORDS["sector"],
                "any": _("Any"),
                "options": offered("sector", known.sectors),
            },
        ],
        "strands": [
            {"title": ambition.title, "options": [s for s in strands if s["parent"] == ambition.code]}
            for ambition in known.ambitions
            if any(s["parent"] == ambition.code for s in strands)
        ],
        "organisation_name": organisation.title if organisation else "",
        "element": {"code": filters.element, "title": element.title} if element else None,
        "more_is_open": any(getattr(filters, kind) for kind in KEPT_BEHIND_MORE),
    }
