"""The strategic frameworks the place's work answers to, each readable and printable on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontend.pages.figures import files, listing
from vision.frameworks.queries import (
    Branch,
    links_from_framework,
    links_to_framework,
    planning_frameworks,
    tree,
)
from vision.frameworks.queries import framework as framework_by_key
from vision.frameworks.queries import frameworks as all_frameworks


@require_safe
def frameworks(request: HttpRequest) -> HttpResponse:
    context = {"frameworks": list(all_frameworks()), "planning": list(planning_frameworks()), **files("frameworks")}
    return render(request, "frontend/reading/frameworks.html", context)


@require_safe
def framework(request: HttpRequest, key: str) -> HttpResponse:
    found = framework_by_key(key)
    links: dict[int, list[Any]] = {}
    for link in links_from_framework(found):
        links.setdefault(link.from_element_id, []).append(link)
    context = {
        "framework": found,
        "branches": [_shown(branch, links) for branch in tree(found)],
        "named_by": list(links_to_framework(found)),
        "is_vision": found.part == "vision",
        **(files("frameworks", f"framework={found.key}") if found.withdrawn_on is None else {}),
    }
    return render(request, "frontend/reading/framework.html", context)


def _shown(branch: Branch, links: dict[int, list[Any]]) -> dict[str, Any]:
    element = branch.element
    return {
        "element": element,
        "level": min(element.depth + 3, 6),
        "aliases": [alias.title for alias in element.aliases.all()],
        "links": [_linked(link) for link in links.get(element.pk, [])],
        "children": [_shown(child, links) for child in branch.children],
        "thread": reverse("thread-element", args=[element.code]),
        "listing": listing(element=element.code),
    }


def _linked(link: Any) -> dict[str, str]:
    if link.to_element:
        return {
            "text": link.to_element.display_title,
            "href": reverse("thread-element", args=[link.to_element.code]),
            "reason": link.reason,
        }
    return {
        "text": link.to_framework.title,
        "href": reverse("framework", args=[link.to_framework.key]),
        "reason": link.reason,
    }
