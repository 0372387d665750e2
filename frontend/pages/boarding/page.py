"""The page ``/w/CODE/board``: what its script needs to know, and what is there without a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.boards import standing
from collaboration.boards.engine.stages import PERMITTED, Permission, Stage
from collaboration.workshops import queries
from frontend.pages.boarding.keys import KEYS, SWITCHES
from frontend.pages.boarding.words import words
from frontend.pages.joining_in.closing import can_close
from frontend.pages.joining_in.here import Here, taking_part

_PAGES = {
    "join": "join",
    "feedback": "workshop-feedback",
    "report": "workshop-report",
}
"""Pages that the script links to, by the name of their address. Where an installation lacks one, there is no link."""


@taking_part
@require_safe
def board(request: HttpRequest, here: Here) -> HttpResponse:
    """The live board, for whoever takes part in its workshop. It is drawn by its script; the plain one is linked."""
    workshop, part = here.workshop, here.participation
    stands = standing.standing_of(workshop.board.pk, part.pk) if part else None
    if part is None or stands is None:
        return redirect("join", workshop.code)
    # On the board a facilitator reads along while the workshop is not open, and is one all the same.
    runs = part.role == "facilitator"
    plan = list(queries.plan_of(workshop))
    names = {number: name for number, name, _meaning in queries.STAGES}
    about = {
        "workshop": workshop,
        "simple": _address("board-simple", workshop.code),
        "me": _address("workshop-me", workshop.code),
        "alike": _address("board-suggestions", workshop.code) if stands.role == "facilitator" else "",
        "screen": _address("board-screen", workshop.code) if runs else "",
        "organise": workshop.get_absolute_url() if here.actor.is_signed_in and runs else "",
        "runs": runs,
        "door": reverse("board-facilitate", args=[workshop.code]) if runs and workshop.has_lobby else "",
        "rules": reverse("board-facilitate", args=[workshop.code]) + "#rules" if stands.role == "facilitator" else "",
        "waiting": queries.heads(workshop).waiting if runs and workshop.has_lobby else 0,
        "keys": KEYS,
        "switches": SWITCHES,
        "plan": [
            {"name": names[planned.stage], "minutes": planned.minutes, "note": planned.note if runs else ""}
            for planned in plan
            if planned.stage
        ],
        "config": _config(request, here, stands, plan, closing=runs and can_close(here)),
    }
    return render(request, "frontend/boarding/board.html", about)


def _config(
    request: HttpRequest, here: Here, stands: standing.Standing, plan: list[Any], *, closing: bool
) -> dict[str, Any]:
    """``closing``: in the last stage this reader is led to closing the workshop, and from there to its report."""
    workshop = here.workshop
    live = f"/live/{workshop.board.pk}/"
    links = {name: address for name, page in _PAGES.items() if (address := _address(page, workshop.code))}
    said = words() | _unnamed(stands)
    if closing:
        links["report"] = reverse("workshop-close", args=[workshop.code])
        said["link_report"] = _("Close the workshop with a report")
    return {
        "board": str(workshop.board.pk),
        "code": workshop.code,
        **{name: live + name for name in ("socket", "ops", "events", "poll", "effects")},
        "csrf": get_token(request),
        "you": stands.key,
        "device": here.device,
        "role": stands.role,
        "title": workshop.title,
        "links": links,
        "plan": {planned.stage: planned.minutes for planned in plan if planned.minutes},
        "rights": {kind: _right(it) for kind, it in PERMITTED.items() if it.participant or it.facilitator},
        "words": said,
    }


def _unnamed(stands: standing.Standing) -> dict[str, str]:
    """What is said otherwise to somebody without a name: nothing of theirs will be shown with one."""
    if stands.name:
        return {}
    return {"names_shown": _("You take part without a name: nobody sees which notes are yours.")}


def _right(it: Permission) -> dict[str, Any]:
    """Who may do it when, as the script asks it: a bit for each stage. What is false is left out."""
    right = {
        "p": _bits(it.participant),
        "o": _bits(it.own),
        "f": _bits(it.facilitator),
        "locked": it.locked,
        "limited": it.limited,
        "undo": it.undo,
    }
    return {name: value for name, value in right.items() if value}


def _bits(stages: frozenset[Stage]) -> int:
    return sum(1 << stage for stage in stages)


def _address(name: str, code: str) -> str:
    """The address of a page of this workshop, or "" where there is no such page."""
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""
