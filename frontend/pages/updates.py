"""What changed lately, day by day, and as a feed."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.initiatives.finding import Filters, feed, find
from frontend.pages.figures import files
from frontend.pages.initiatives import feed_entry, page_number, tag_address
from groundwork.directory.queries import the_place
from groundwork.web.exports import atom_response

PER_PAGE = 25


@require_safe
def updates(request: HttpRequest) -> HttpResponse:
    page = find(request.actor, Filters(), page_number(request), PER_PAGE)  # type: ignore[attr-defined]
    by_day = groupby(page.results, key=lambda card: localdate(card.changed_at))
    context = {
        "days": [{"day": day, "cards": list(cards)} for day, cards in by_day],
        "previous": f"?page={page.previous}" if page.previous else "",
        "next": f"?page={page.next}" if page.next else "",
        **files("updates"),
    }
    return render(request, "frontend/reading/updates.html", context)


@require_safe
def updates_atom(request: HttpRequest) -> HttpResponse:
    place = the_place()
    return atom_response(
        identifier=tag_address("updates", ""),
        title=_("Latest changes"),
        subtitle=_("Initiatives that were published, changed, or said to be still accurate"),
        link=settings.BASE_URL + reverse("updates"),
        own_link=settings.BASE_URL + reverse("updates-atom"),
        author=place.name if place else "Golden Thread",
        entries=[feed_entry(card) for card in feed(request.actor, Filters())],  # type: ignore[attr-defined]
    )
