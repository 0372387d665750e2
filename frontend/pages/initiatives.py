"""The register: its list, the list elsewhere (files, Atom), and the page of one initiative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache as once
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.initiatives.finding import (
    Card,
    Key,
    cards,
    feed,
    find_keys,
)
from collaboration.initiatives.finding.listing import COUNTED
from frontend.pages import downloads, filtering
from frontend.pages.figures import files
from frontend.pages.following.boxes import box
from groundwork.directory.queries import the_place
from groundwork.web.exports import FORMATS, FeedEntry, atom_response
from notifications.following import Followed

PER_PAGE = 25
KEPT_SECONDS = 24 * 60 * 60
"""How long a rendered card is kept. Its key changes with what it shows, so an old one is never shown."""

FEED_SINCE = "2026"
"""The year in the feeds' tag addresses (RFC 4151): it only has to stay the same."""


@require_safe
def initiatives(request: HttpRequest) -> HttpResponseBase:
    """The list. The address is the saved view, and the same view is a spreadsheet and a feed."""
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return downloads.initiatives(request, wanted)
    if wanted == "atom":
        return initiatives_atom(request)
    filters, problems, known = filtering.asked(request)
    if wanted and wanted != "html":
        problems.append(_("This list comes as a page, as csv, xlsx, json or as atom."))
    page = find_keys(request.actor, filters, page_number(request), PER_PAGE)  # type: ignore[attr-defined]
    query = filters.as_query()
    context = {
        "filters": filters,
        "filter_form": filtering.panel(filters, known),
        "selected": filtering.selected(filters, known),
        "sortings": filtering.sortings(filters),
        "problems": problems,
        "succeeded": filtering.succeeded(filters, known),
        "keys": page,
        "total": COUNTED + 1 if page.total.more else page.total.count,
        "cards": rendered(page.keys, level=2),
        "previous": _page_address(query, page.previous),
        "next": _page_address(query, page.next),
        **files("initiatives", query),
        "atom_href": _with_query(reverse("initiatives-atom"), query),
        "follow": None if problems else box(request, Followed(replace(filters, sort="")), _("Follow this list")),
        "widened": [] if page.keys else filtering.selected(filters, known),
    }
    return render(request, "frontend/reading/initiatives.html", context)


@require_safe
def initiatives_atom(request: HttpRequest) -> HttpResponse:
    """The latest changes of the view as a feed."""
    filters, problems, known = filtering.asked(request)
    if problems:
        return downloads.refused(problems)
    query = filters.as_query()
    place = the_place()
    described = ", ".join(title for _kind, title, _query in filters.described(known))
    return atom_response(
        identifier=tag_address("initiatives", query),
        title=_("Initiatives: %s") % described if described else _("Initiatives"),
        subtitle=_("Joint work and its latest changes"),
        link=settings.BASE_URL + _with_query(reverse("initiatives"), query),
        own_link=settings.BASE_URL + _with_query(reverse("initiatives-atom"), query),
        author=place.name if place else "Golden Thread",
        entries=[feed_entry(card) for card in feed(request.actor, filters)],  # type: ignore[attr-defined]
    )


def feed_entry(card: Card) -> FeedEntry:
    """A card as an entry of a feed."""
    return FeedEntry(
        identifier=tag_address("initiative", card.reference),
        title=card.title,
        link=settings.BASE_URL + card.url,
        summary=card.summary,
        updated=card.changed_at,
        author=card.lead.name if card.lead else "",
        categories=tuple(chip.title for chip in (*card.strands, *card.blocks)),
    )


def tag_address(kind: str, what: str) -> str:
    """An identifier that stays the same wherever the thing is moved to (RFC 4151)."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"tag:{host},{FEED_SINCE}:{kind}/{what}"


def rendered(keys: Sequence[Key], *, level: int) -> SafeString:
    """The cards of a list as HTML. Each is rendered once and kept until what it shows changes."""
    ours = {key.id: f"{key.cache_key}:{get_language()}:{level}:{_shape()}" for key in keys}
    kept: dict[str, str] = cache.get_many(ours.values())
    missing = [pk for pk, name in ours.items() if name not in kept]
    if missing:
        template = get_template("frontend/reading/card.html")
        made = {ours[card.id]: str(template.render({"card": card, "level": level})) for card in cards(missing)}
        cache.set_many(made, KEPT_SECONDS)
        kept |= made
    return mark_safe("".join(kept.get(name, "") for name in ours.values()))  # noqa: S308 - from templates, which escape


@once
def _shape() -> str:
    """Changes when the card's template does, so that an upgrade shows no card as it was before."""
    template: Any = get_template("frontend/reading/card.html")
    return sha256(Path(template.origin.name).read_bytes()).hexdigest()[:8]


def page_number(request: HttpRequest) -> int:
    """The page asked for; the first when what is asked for is no number."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _page_address(query: str, number: int | None) -> str:
    if number is None:
        return ""
    return f"?{query}&page={number}" if query else f"?page={number}"


def _with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
