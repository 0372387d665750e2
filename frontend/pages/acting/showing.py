"""One action: what is to be done, who does it, how it goes, and where it was agreed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.actions import queries
from collaboration.actions.origins import origin_of
from frontend.pages.gate import actor_of
from groundwork.access.actors import Actor
from groundwork.access.rules import can

_OPEN = ("unowned", "asked", "accepted")
ACTS: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
    ("answer", "action-reply", _("Accept or decline"), ("asked",)),
    ("claim", "action-claim", _("Take it on"), ("unowned", "declined")),
    ("finish", "action-done", _("It is done"), _OPEN),
    ("update", "action-update", _("Say how it is going"), _OPEN),
    ("block", "action-block", _("Something stands in the way"), ("asked", "accepted")),
    ("block", "action-unblock", _("The way is free again"), _OPEN),
    ("ask", "action-ask", _("Ask somebody to take it on"), (*_OPEN, "declined")),
    ("answer", "action-reply", _("Give it back"), ("accepted",)),
    ("change", "action-change", _("Change it"), (*_OPEN, "declined")),
    ("drop", "action-drop", _("It is no longer needed"), (*_OPEN, "declined")),
    ("reopen", "action-reopen", _("Take it up again"), ("done", "dropped")),
)
"""What may be offered: the verb that must be allowed, the page, the words, and in which states."""


@never_cache
@require_safe
def action(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of one action."""
    actor = actor_of(request)
    found = queries.get(actor, reference)
    sees_owner = bool(can(actor, "action.see_owner", found))
    context = {
        "action": found,
        "owner": owner_words(actor, found) if sees_owner else "",
        "sees_owner": sees_owner,
        "organisation": found.organisation,
        "initiative": found.initiative
        if found.initiative and can(actor, "initiative.view", found.initiative)
        else None,
        "origin": origin_of(actor, found),
        "is_late": queries.is_late(found),
        "updates": [
            {"title": update.text, "when": update.at, "by": update.by.display_name if update.by and sees_owner else ""}
            for update in queries.updates(found)
        ],
        "acts": acts(actor, found),
        "kind": found.status,
    }
    return render(request, "frontend/acting/action.html", context)


def owner_words(actor: Actor, action: Any) -> str:
    """Who it is, by name. An address is told to those who keep the action: they typed it."""
    if action.owner is not None:
        return str(action.owner.display_name)
    if action.owner_name:
        return str(action.owner_name)
    return str(action.owner_email) if action.owner_email and can(actor, "action.change", action) else ""


def acts(actor: Actor, action: Any) -> list[dict[str, Any]]:
    """What this reader may do with it now. The first is the button of the page."""
    offered: list[dict[str, Any]] = []
    for verb, name, words, states in ACTS:
        if verb == "block" and action.is_blocked != (name == "action-unblock"):
            continue
        if action.status in states and can(actor, f"action.{verb}", action):
            offered.append({"name": name, "words": words})
    return offered
