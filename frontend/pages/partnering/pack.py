"""A board's month on one page, as its monthly mail tells it; made to be printed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from collaboration.governance.queries import boards
from collaboration.governance.queries.board_months import Month, months
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import NotFound
from groundwork.clock import now
from notifications.queries import packs
from notifications.queries.pack_readers import is_wanted
from notifications.services.choosing_packs import choose
from notifications.services.pack_words import facts, month_words, sections


@require_safe
def pack(request: HttpRequest, slug: str, month: str = "") -> HttpResponse:
    """This month so far, or one of the year before. What is open is as it stands now, also for a month that ended."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    at = now()
    shown = months(at)
    wanted = Month.parse(month) if month else shown[0]
    if wanted not in shown:
        raise NotFound(_("Packs are shown for this month and the twelve before it. What is older is in the registers."))
    read = packs.read(actor, board, wanted, at)
    context: dict[str, Any] = {
        "board": board,
        "month": month_words(read),
        "is_over": wanted != shown[0],
        "at": at,
        "facts": ", ".join(facts(read)),
        "sections": sections(read),
        "months": [
            {"href": reverse("partnership-pack-month", args=[board.slug, str(each)]), "words": _words(each)}
            for each in shown
            if each != wanted
        ],
        "may_choose": actor.person is not None and board.status != "closed",
        "is_wanted": actor.person is not None and is_wanted(actor.person, board),
    }
    return render(request, "frontend/partnering/pack.html", context)


def _words(month: Month) -> str:
    return date_format(month.first, "F Y")


@never_cache
@require_POST
@signed_in
def pack_choose(request: HttpRequest, slug: str) -> HttpResponse:
    """The button on the pack: get it each month, or no longer."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    wanted = request.POST.get("wanted") == "yes"
    choose(actor, board, wanted=wanted)
    if wanted:
        messages.success(request, _("You get the pack of this board by email at the beginning of each month."))
    else:
        messages.success(request, _("You do not get the pack of this board by email any more."))
    return redirect("partnership-pack", slug)
