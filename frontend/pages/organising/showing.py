"""The page of one workshop: for whoever may know of it, and all that its organisers do from there."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.workshops import queries
from frontend.pages.following.boxes import box
from frontend.pages.gate import actor_of
from frontend.pages.organising.sections import Planning, advice
from frontend.pages.organising.ways_in import link_of, qr_of, typed_at
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from notifications.following import Followed

PEOPLE_ON_A_PAGE = 100
WAITING_SHOWN = 200
GOES_ON = ("planned", "open")
"""States in which people come in and the plan is changed."""


@require_safe
def workshop(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    shown = queries.find(actor, code)
    manages = bool(can(actor, "workshop.edit", shown))
    own = queries.participation_for(shown, person=actor.person) if actor.person else None
    inside = manages or (own is not None and own.status == "admitted")
    planning = Planning(actor, shown)
    context: dict[str, Any] = {
        "workshop": shown,
        "manages": manages,
        "inside": inside,
        "plan": planning.plan,
        "subjects": _subjects(planning),
        "links": _links(shown, own, inside),
        "change": {},
        "goes_on": shown.status in GOES_ON,
        "follow": None if shown.is_rehearsal else box(request, Followed(workshop=shown.pk)),
    }
    if manages:
        context |= _for_organisers(request, actor, planning)
    else:
        context |= {"more": _for_officers(actor, shown)}
    return render(request, "frontend/organising/workshop.html", context)


def _subjects(planning: Planning) -> list[dict[str, str]]:
    told = [
        {"text": f"{each.title} ({each.reference})", "href": each.get_absolute_url()} for each in planning.initiatives
    ]
    told += [
        {"text": str(each.display_title), "href": reverse("thread-element", args=[each.code])}
        for each in planning.elements
    ]
    return told + [{"text": str(each.title), "href": each.get_absolute_url()} for each in planning.frameworks]


def _address(name: str, code: str) -> str:
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""


def _links(shown: Any, own: Any, inside: bool) -> dict[str, str]:
    """Where one can go from here, by what the workshop's state and one's own part in it allow."""
    admitted = own is not None and own.status == "admitted"
    over = shown.status in ("reported", "archived")
    return {
        "board": _address("board", shown.code) if admitted and shown.status in ("planned", "open") else "",
        "join": _address("join", shown.code) if shown.is_open and not admitted else "",
        "screen": _address("board-screen", shown.code) if inside and shown.is_open else "",
        "report": _address("workshop-report", shown.code) if over else "",
    }


def _for_organisers(request: HttpRequest, actor: Actor, planning: Planning) -> dict[str, Any]:
    shown = planning.workshop
    people = list(queries.participants(shown))
    waiting = [person for person in people if person.status == "waiting"]
    link = link_of(shown)
    return {
        "waiting": waiting[:WAITING_SHOWN],
        "taking_part": Paginator([p for p in people if p.status == "admitted"], PEOPLE_ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "erases": actor.is_officer,
        "removed": [person for person in people if person.status == "removed"],
        "invited": queries.standing_invitations(shown).count(),
        "advice": advice(planning),
        "link": link,
        "qr": qr_of(link),
        "typed_at": typed_at(),
        "stage": shown.board.stage if shown.is_open else None,
        "change": _changes(shown),
        "more": _more(actor, shown),
    }


def _for_officers(actor: Actor, shown: Any) -> list[dict[str, str]]:
    """What an officer answers for in workshops that others organise: holds, and requests for information."""
    if not actor.is_officer:
        return []
    offered = {text["href"]: text for text in _more(actor, shown)}
    names = ("workshop-hold", "workshop-release", "workshop-history")
    wanted = [reverse(name, args=[shown.code]) for name in names]
    return [offered[href] for href in wanted if href in offered]


def _changes(shown: Any) -> dict[str, str]:
    """Addresses of what can be changed from the page."""
    if shown.status not in GOES_ON:
        return {}
    return {key: reverse("workshop-section", args=[shown.code, key]) for key in ("about", "when", "subjects")}


def _more(actor: Actor, shown: Any) -> list[dict[str, str]]:
    """What is done seldom: what can be done in this state and by this actor."""

    def item(name: str, text: str) -> dict[str, str]:
        return {"text": text, "href": reverse(name, args=[shown.code])}

    planned, is_open = shown.status == "planned", shown.status == "open"
    told = [item("workshop-plan", _("Change the plan"))] if is_open else []
    if planned or is_open:
        told.append(item("workshop-team", _("Manage the team")))
    told.append(item("workshop-invitations", _("Manage the invitations") if planned or is_open else _("Invitations")))
    if planned:
        told.append(item("workshop-import", _("Import a board from a JSON file")))
    if is_open and not shown.is_rehearsal:
        told.append(item("workshop-rehearse", _("Rehearse it on a copy")))
    if can(actor, "workshop.copy", shown):
        told.append(item("workshop-copy", _("Plan another one like this")))
    if is_open:
        told.append(item("workshop-next", _("Say when you will tell people what happened next")))
    if can(actor, "workshop.hold", shown) and not planned:
        if shown.on_hold:
            told.append(item("workshop-release", _("End the hold on what was said")))
        else:
            told.append(item("workshop-hold", _("Keep what was said beyond its date of removal")))
    if can(actor, "board.history", shown.board):
        told.append(item("workshop-history", _("Take the full history of the board")))
    if planned:
        told.append(item("workshop-cancel", _("Cancel the workshop")))
    return told
