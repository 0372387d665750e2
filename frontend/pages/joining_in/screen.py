"""The projector in the room: what everybody may see, in large type, with the way in always on it.

Whoever runs the workshop may open it, and whoever holds the link of the workshop: a caretaker's laptop at the projector
has no account. Names stay off unless somebody asks for them and the workshop shows names at all.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.boards import outline, states
from collaboration.boards.engine.people import EVERYBODY
from collaboration.boards.engine.stages import Stage
from collaboration.boards.outline import Outline, ranked
from collaboration.workshops import queries
from frontend.pages.gate import actor_of
from frontend.pages.joining_in import words
from frontend.pages.joining_in.here import at, spoken_code
from frontend.pages.joining_in.looking import names
from frontend.pages.joining_in.simple import left_of
from frontend.pages.joining_in.site import site
from frontend.pages.organising.ways_in import qr_of
from groundwork.access.rules import can
from groundwork.clock import now


@never_cache
@require_safe
def screen(request: HttpRequest, code: str, token: str = "") -> HttpResponse:
    """The screen of a workshop. A script asks again every few seconds, and is told in a word when nothing changed."""
    workshop = queries.by_code_for_joining(code)
    if workshop is None or not _may_show(request, workshop, token):
        return redirect("join", queries.tidy_code(code) or "-")
    people = queries.heads(workshop)
    with states.held(workshop.board.pk) as held:
        epoch, seq = held.head
        tells_names = request.GET.get("names") == "1" and not held.state.names_hidden
        # With names it is another page, and changes also when somebody takes another name.
        named = f"names-{workshop.board.access_version}" if tells_names else "plain"
        stamp = f'"{epoch}-{seq}-{workshop.status}-{workshop.locked}-{people.admitted}-{people.waiting}-{named}"'
        if request.headers.get("If-None-Match") == stamp:
            return HttpResponse(status=304)
        known = outline.names_of(names(workshop)) if tells_names else outline.NOBODY
        board = outline.outline(held.state, EVERYBODY, known)
    base = site(request)
    link = base + reverse("join-by-link", args=[workshop.code, queries.link_token(workshop)])
    context = {
        "workshop": workshop,
        "board": board,
        "people": people,
        "now": words.NOW[board.stage],
        "code": spoken_code(workshop.code),
        "typed_at": (base + reverse("join-by-code")).split("://", 1)[-1].rstrip("/"),
        "qr": qr_of(link) if workshop.is_open else "",
        "timer": left_of(board),
        "rows": ranked(board) if board.stage >= Stage.DISCUSS else [],
        "spotlight": _pointed_at(board),
        "tells_names": tells_names,
        "offers_names": board.rules.names == "shown",
        "stamp": stamp,
        "moment": now(),
    }
    response = render(request, "frontend/joining_in/screen.html", context)
    response["ETag"] = stamp
    return response


def _may_show(request: HttpRequest, workshop: Any, token: str) -> bool:
    if token:
        return queries.is_link(workshop, token)
    return bool(
        can(at(request, workshop).actor, "workshop.run", workshop) or can(actor_of(request), "workshop.run", workshop)
    )


def _pointed_at(board: Outline) -> str:
    """The words of what a facilitator points at, as far as everybody sees it."""
    item = board.find(board.spotlight) if board.spotlight else None
    return item.title if item is not None else ""
