"""The register of decisions and the register of interests. The address is the view."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance.queries import decisions as queries
from collaboration.governance.queries.decisions import DecisionFilters
from frontend.pages.deciding.forms import FilterForm
from frontend.pages.gate import actor_of
from frontend.pages.initiatives import tag_address
from groundwork.directory.queries import the_place
from groundwork.web.exports import FeedEntry, atom_response

ON_A_PAGE = 50
IN_A_FEED = 50


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """What boards decided, the newest first; for their people also what is still open."""
    actor = actor_of(request)
    filters, problems = DecisionFilters.from_query(actor, request.GET.dict())
    page = Paginator(queries.listed(actor, filters), ON_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode(filters.asked())
    context = {
        "page_obj": page,
        "total": page.paginator.count,
        "rows": [{"decision": each, "contrary": each.accords == "contrary"} for each in page.object_list],
        "filter_form": FilterForm(actor=actor, filters=filters),
        "clear": reverse("decisions") if query else "",
        "problems": problems,
        "files": {
            f"{ending}_href": f"{reverse(f'decisions-{ending}')}{'?' + query if query else ''}"
            for ending in ("xlsx", "csv", "json", "atom")
        },
    }
    return render(request, "frontend/deciding/list.html", context)


@require_safe
def decisions_atom(request: HttpRequest) -> HttpResponse:
    """The same list as a feed: what came to something, the newest first."""
    filters, _problems = DecisionFilters.from_query(actor_of(request), request.GET.dict())
    query = urlencode(filters.asked())
    end = f"?{query}" if query else ""
    place = the_place()
    found = queries.listed(actor_of(request), filters).filter(decided_on__isnull=False)[:IN_A_FEED]
    return atom_response(
        identifier=tag_address("decisions", query),
        title=_("Decisions"),
        subtitle=_("What partnership boards decided"),
        link=settings.BASE_URL + reverse("decisions") + end,
        own_link=settings.BASE_URL + reverse("decisions-atom") + end,
        author=place.name if place else "Golden Thread",
        entries=[_entry(each) for each in found],
    )


def _entry(decision: Any) -> FeedEntry:
    marks = [str(decision.get_status_display())]
    if decision.accords == "contrary":
        marks.append(_("contrary to the strategy"))
    return FeedEntry(
        identifier=tag_address("decision", decision.reference),
        title=f"{decision.reference} {decision.title}",
        link=settings.BASE_URL + decision.get_absolute_url(),
        summary=f"{'; '.join(marks).capitalize()}. {decision.text}",
        updated=datetime.combine(decision.decided_on, time(12), get_current_timezone()),
        author=decision.board.name,
        categories=tuple(marks),
    )


@require_safe
def interests(request: HttpRequest) -> HttpResponse:
    """Who declared which interest in what, as far as the reader sees what it is in."""
    actor = actor_of(request)
    page = Paginator(queries.interests(actor), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": [declared(actor, each) for each in page.object_list]}
    return render(request, "frontend/deciding/interests.html", context)


def declared(actor: Any, declaration: Any) -> dict[str, Any]:
    """One declaration as pages show it. Names of people are for partners."""
    about = declaration.decision or declaration.item
    board = declaration.decision.board if declaration.decision else declaration.item.meeting.board
    return {
        "declaration": declaration,
        "who": declaration.name if actor.is_partner or actor.is_system else "",
        "organisation": declaration.organisation,
        "about": about,
        "board": board,
        "href": about.get_absolute_url() if declaration.decision else declaration.item.meeting.get_absolute_url(),
    }
