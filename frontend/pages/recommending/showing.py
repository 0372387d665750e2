"""Lists of recommendations, and one of them with how far it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance.queries import recommendations as queries
from frontend.pages.gate import actor_of
from groundwork.access.rules import can
from groundwork.web.exports import csv_response

HEADERS = ["code", "title", "status", "owner", "accepted", "due", "closed", "response", "evidence"]


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    found = queries.lists(actor_of(request))
    return render(request, "frontend/recommending/lists.html", {"lists": found})


@require_safe
def one_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every recommendation of a list: who answers for it, how far it is, by when."""
    made = queries.get_list(actor_of(request), slug)
    rows = [{"it": each, "is_late": queries.is_late(each)} for each in queries.of_list(made)]
    return render(request, "frontend/recommending/list.html", {"made": made, "rows": rows})


@require_safe
def list_csv(request: HttpRequest, slug: str) -> Any:
    made = queries.get_list(actor_of(request), slug)
    rows = (
        [
            each.code, each.title, each.status, each.owner.name if each.owner else "",
            each.owner_accepted_at.date() if each.owner_accepted_at else None, each.due_on, each.closed_on,
            each.response, each.evidence,
        ]
        for each in queries.of_list(made)
    )  # fmt: skip
    return csv_response(request, filename=f"{made.slug}.csv", headers=HEADERS, rows=rows)


@require_safe
def recommendation(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get(actor, slug, code)
    waits = found.owner is not None and found.owner_accepted_at is None
    acts = [
        ("recommendation.accept", "recommendation-answer", _("Say whether you answer for it"), waits),
        ("recommendation.report", "recommendation-report", _("Say how far it is"), True),
        ("recommendation.assign", "recommendation-assign", _("Change who answers for it, and by when"), True),
    ]
    context = {
        "it": found,
        "waits": waits,
        "is_late": queries.is_late(found),
        "acts": [{"name": name, "words": words} for verb, name, words, now in acts if now and can(actor, verb, found)],
        "updates": [
            {"title": each.text, "when": each.at, "by": each.organisation.name if each.organisation else ""}
            for each in queries.updates(found)
        ],
    }
    return render(request, "frontend/recommending/recommendation.html", context)


@require_safe
def engagements(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {"rows": queries.engagements(actor)[:200], "may_log": can(actor, "engagements.log")}
    return render(request, "frontend/recommending/engagements.html", context)


@require_safe
def engagement(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get_engagement(actor, pk)
    promises = [
        {"it": each, "action": each.action if each.action and can(actor, "action.view", each.action) else None}
        for each in found.commitments.all()
    ]
    context = {"it": found, "promises": promises, "may_edit": can(actor, "engagement.edit", found)}
    return render(request, "frontend/recommending/engagement.html", context)
