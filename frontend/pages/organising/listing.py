"""The list of workshops and its calendar feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.workshops import calendar, queries
from frontend.context import address
from frontend.pages.gate import actor_of
from frontend.pages.organising import act_forms
from groundwork.access.rules import can
from groundwork.web.exports import FORMATS

ON_A_PAGE = 20
OPEN_SHOWN = 20
"""Open workshops that stand above those to come. Whoever has more finds them under "Open now"."""
ICS = "text/calendar; charset=utf-8"


@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """Workshops the reader may know of: what is open, what is to come; past ones and one's own on request."""
    actor = actor_of(request)
    form = act_forms.FilterForm(request.GET or None, signed_in=actor.is_signed_in)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    which: queries.Which | None = chosen.get("when") or None
    words = chosen.get("q") or ""
    found = queries.listing(actor, which or "upcoming", words=words)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    open_now = list(queries.listing(actor, "open", words=words)[:OPEN_SHOWN]) if not which else []
    ics = reverse("workshops-ics")
    chosen_query = urlencode({name: value for name, value in (("when", which), ("q", words)) if value})
    context: dict[str, Any] = {
        "filter_form": form,
        "page_obj": page,
        "open_now": open_now if page.number == 1 else [],
        "total": page.paginator.count + len(open_now),
        "which": which or "",
        "may_plan": bool(can(actor, "workshop.plan")),
        "join": address("join-by-code"),
        "ics": ics,
        "own_calendar": reverse("own-calendar") if actor.is_signed_in else "",
        "files": {
            f"{ending}_href": f"{reverse(f'workshops-{ending}')}{f'?{chosen_query}' if chosen_query else ''}"
            for ending in FORMATS
        },
        "clear": f"{reverse('workshops')}" if which or words else "",
        "mine": "" if which == "mine" or not actor.is_signed_in else f"?{urlencode({'when': 'mine'})}",
        "one": _("workshop") if which else _("workshop open or to come"),
        "many": _("workshops") if which else _("workshops open or to come"),
    }
    return render(request, "frontend/organising/list.html", context)


@require_safe
def workshops_ics(request: HttpRequest) -> HttpResponse:
    """A calendar feed of what the reader may know of: without signing in, of what is public."""
    actor = actor_of(request)
    content = calendar.feed(queries.for_feed(actor))
    return HttpResponse(content, content_type=ICS, headers={"Content-Disposition": 'inline; filename="workshops.ics"'})


@require_safe
def workshop_ics(request: HttpRequest, code: str) -> HttpResponse:
    """One workshop for a calendar."""
    workshop = queries.find(actor_of(request), code)
    content = calendar.feed([workshop])
    name = f'attachment; filename="workshop-{workshop.code}.ics"'
    return HttpResponse(content, content_type=ICS, headers={"Content-Disposition": name})
