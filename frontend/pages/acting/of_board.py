"""What a partnership board agreed that somebody does: how late it is, and asking about many at once."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.actions import queries
from collaboration.actions.origins import origins_of
from collaboration.actions.queries import Filters
from collaboration.governance.queries import boards
from collaboration.governance.rooms import room_of
from frontend.pages.acting.listing import ON_A_PAGE, row_of
from frontend.pages.gate import actor_of


@never_cache
@require_safe
def actions(request: HttpRequest, slug: str) -> HttpResponse:
    """Those the reader may see: open ones, or all by ``?state=any``."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    room = room_of(board)
    state = request.GET.get("state", "open")
    filters = Filters(whose="all", state=state if state in Filters.STATES else "open", room=room)
    page = Paginator(queries.listed(actor, filters), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    origins = origins_of(actor, shown)
    rows = [row_of(actor, action, origins.get(action.pk)) for action in shown]
    ages = queries.ageing(actor, room)
    words = {
        "in_time": _("In time, or without a day"),
        "week": _("Up to 7 days late"),
        "month": _("8 to 30 days late"),
        "longer": _("More than 30 days late"),
        "done": _("Done in the last 90 days"),
    }
    context = {
        "board": board,
        "rows": rows,
        "page_obj": page,
        "total": page.paginator.count,
        "ages": [{"words": words[name], "number": ages[name]} for name in words],
        "may_chase": any(row["may_chase"] for row in rows),
        "shows_all": filters.state == "any",
    }
    return render(request, "frontend/acting/of_board.html", context)
