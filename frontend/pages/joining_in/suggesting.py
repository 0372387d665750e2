"""Notes that say nearly the same, for facilitators: suggested as groups, and grouped only when somebody confirms it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from collaboration.boards.engine.stages import Stage
from frontend.context import address
from frontend.pages.joining_in.desk import Desk, serve
from frontend.pages.joining_in.here import Here, taking_part
from frontend.pages.joining_in.simple import GET_OR_POST


@taking_part
@require_http_methods(GET_OR_POST)
def suggestions(request: HttpRequest, here: Here) -> HttpResponse:
    return serve(request, here, _suggestions)


def _suggestions(desk: Desk) -> HttpResponse:
    seen = desk.look
    if not seen.facilitates:
        return redirect("board-simple", desk.here.workshop.code)
    can_group = "gather" in seen.can
    rows = [
        (found, desk.form("gather-into" if found.group is not None else "gather", found.id))
        for found in (seen.suggestions.values() if can_group else ())
    ]
    return desk.render(
        "suggestions.html",
        rows=rows,
        can_group=can_group,
        too_early=seen.stage < Stage.GROUP,
        votes_stay=seen.stage >= Stage.VOTE,
        board_address=address("board", desk.here.workshop.code),
    )
