"""What needs me today, for the organisation I act for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from collaboration.actions import queries as actions
from collaboration.governance.queries import board_needs, decisions, meetings, minutes, recommendations
from collaboration.initiatives import queries
from frontend.pages.gate import signed_in
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.directory import queries as directory
from notifications.queries import resting_address_of
from notifications.queries.follows import was_asked
from vision.frameworks.queries import endorsements_waiting_for

STALE_DAYS = 90
MOST_SHOWN = 50
"""How many of one kind are listed: whoever imported a list has thousands of drafts, and nobody reads a page of them."""
CARE = (
    ("initiative.handle_nominations", _("Nominations"), "nominations"),
    ("mail.manage", _("Mail"), "manage-mail"),
    ("reminders.manage", _("Reminders"), "manage-reminders"),
    ("outbox.manage", _("Events that could not be handled"), "manage-outbox"),
    ("catalogue.review", _("Place catalogue"), "manage-catalogue"),
)
"""Pages of those who look after the platform: the rule that opens each, its name, its address."""


@dataclass(frozen=True)
class Listed:
    """The first of many, and how many more there are."""

    shown: list[Any]
    more: int = 0

    @classmethod
    def first_of(cls, found: Any) -> Listed:
        """The first of a query; it is counted only where there are more than are shown."""
        shown = list(found[: MOST_SHOWN + 1])
        if len(shown) <= MOST_SHOWN:
            return cls(shown)
        return cls(shown[:MOST_SHOWN], found.count() - MOST_SHOWN)


@signed_in
@require_safe
def my_home(request: HttpRequest) -> HttpResponse:
    """Needs an answer first, then what is getting old, then drafts and everything else of one's own."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        "to_confirm": queries.partner_requests_for(actor),
        "join_asks": queries.join_asks_for(actor),
        "actions_asked": actions.waiting_for(actor),
        "endorsements": endorsements_waiting_for(actor),
        "recommended": recommendations.waiting_for(actor),
        "voices_asked": decisions.asked_for_voice(actor),
        "to_review": decisions.to_review(actor),
        "invitations": meetings.unanswered(actor),
        "papers": meetings.papers_awaited(actor),
        "without_agenda": meetings.without_agenda(actor),
        "minutes_to_write": minutes.waiting_to_write(actor),
        "minutes_to_comment": minutes.waiting_for_comment(actor),
        "to_publish": queries.waiting_for_review(actor),
        "challenges": queries.open_challenges_for(actor),
        "problems": queries.problem_reports_for(actor),
        "join_requests": directory.waiting_join_requests(actor),
        "nominations": queries.nominations(actor),
        "vacant_seats": board_needs.vacant_of(actor),
        "boards_to_renew": board_needs.to_renew_by(actor),
        "turns_to_chair": board_needs.turns_of(actor),
        "stale": queries.stale_for(actor, days=STALE_DAYS),
    }
    waiting = {name: Listed.first_of(each) for name, each in found.items()}
    drafts, mine = Listed.first_of(queries.drafts_of(actor)), Listed.first_of(queries.mine(actor))
    context = {name: each.shown for name, each in waiting.items()} | {
        "needs_me": any(each.shown for each in waiting.values()),
        "more_needs_me": sum(each.more for each in waiting.values()),
        "drafts": drafts.shown,
        "more_drafts": drafts.more,
        "mine": mine.shown,
        "more_mine": mine.more,
        "ask_digest": actor.is_partner and not was_asked(actor.person),
        "may_register": can(actor, "initiative.register"),
        "resting": resting_address_of(actor),
        "care": [(text, name) for verb, text, name in CARE if can(actor, verb)],
    }
    return render(request, "frontend/my_home/my_home.html", context)
