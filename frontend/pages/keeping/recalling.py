"""Every change of every field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collaboration.initiatives import queries
from frontend.pages.gate import actor_of
from groundwork.access.rules import require


def _spoken(value: Any) -> str:
    """A value of the history as one text: lists with commas, nothing as ""."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


@require_safe
def history(request: HttpRequest, reference: str) -> HttpResponse:
    """Every change of every field, by whom, for whom."""
    actor = actor_of(request)
    initiative = queries.get(actor, reference)
    require(actor, "initiative.see_history", initiative)
    entries = queries.history(actor, initiative)
    for entry in entries:
        entry.changes[:] = [
            replace(change, before=_spoken(change.before), after=_spoken(change.after)) for change in entry.changes
        ]
    context = {"initiative": initiative, "entries": entries}
    return render(request, "frontend/keeping/history.html", context)
