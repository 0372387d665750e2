"""What needs me today, for the organisation I act for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from collaboration.initiatives import queries
from frontend.pages.gate import signed_in
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.directory import queries as directory

STALE_DAYS = 90
CARE = (
    ("initiative.handle_nominations", _("Nominations"), "nominations"),
    ("mail.manage", _("Mail"), "manage-mail"),
    ("outbox.manage", _("Events that could not be handled"), "manage-outbox"),
    ("catalogue.review", _("Place catalogue"), "manage-catalogue"),
)
"""Pages of those who look after the platform: the rule that opens each, its name, its address."""


@signed_in
@require_safe
def my_home(request: HttpRequest) -> HttpResponse:
    """Needs an answer first, then what is getting old, then drafts and everything else of one's own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    waiting: dict[str, Any] = {
        "to_confirm": queries.partner_requests_for(actor),
        "join_asks": queries.join_asks_for(actor),
        "to_publish": queries.waiting_for_review(actor),
        "challenges": queries.open_challenges_for(actor),
        "problems": queries.problem_reports_for(actor),
        "join_requests": directory.waiting_join_requests(actor),
        "nominations": queries.nominations(actor),
        "stale": queries.stale_for(actor, days=STALE_DAYS),
    }
    context = waiting | {
        "needs_me": any(waiting.values()),
        "drafts": list(queries.drafts_of(actor)),
        "mine": list(queries.mine(actor)),
        "may_register": can(actor, "initiative.register"),
        "care": [(text, name) for verb, text, name in CARE if can(actor, verb)],
    }
    return render(request, "frontend/my_home/my_home.html", context)
