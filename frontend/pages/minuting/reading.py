"""The minutes of a meeting as a page: what each reader may see of them, and what they may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.governance import interests
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import minuting
from frontend.pages.gate import actor_of
from frontend.pages.minuting.acting import found_minutes
from groundwork.access.rules import can
from groundwork.clock import today


@never_cache
@require_safe
def minutes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The public parts for everybody once they are published; for the board and who writes them, more and earlier."""
    actor = actor_of(request)
    shown = found_minutes(request, uuid)
    meeting = shown.meeting
    numbered = reading.items_of(actor, meeting)
    items = [each.item for each in numbered if each.item is not None]
    writes = bool(can(actor, "minutes.write", shown))
    of_the_board = bool(can(actor, "minutes.comment", shown))
    comments = reading.comments_on(actor, shown, items) if of_the_board else []
    declared = reading.declarations(meeting, items)
    rows = [
        {
            "number": each.number,
            "item": each.item,
            "reason": each.reason,
            "declared": declared.get(each.item.pk, []) if each.item else [],
            "corrections": list(each.item.corrections.all()) if each.item else [],
            "offered": len(minuting.offered(each.item)) if each.item and writes else 0,
            "comments": [one for one in comments if each.item and one.item_id == each.item.pk],
        }
        for each in numbered
    ]
    attendance = reading.attendance_of(meeting)
    open_now = shown.status == "circulated" and shown.comments_until is not None and shown.comments_until >= today()
    context = {
        "meeting": meeting,
        "minutes": shown,
        "rows": rows,
        "present": _listed(attendance, actor.is_partner, present=True),
        "apologies": _listed(attendance, actor.is_partner, state="apologies"),
        "absent": _listed(attendance, actor.is_partner, state="absent"),
        "ended_that_day": _ended_that_day(meeting),
        "quorum": reading.quorum_said(meeting, attendance),
        "whole": [one for one in comments if one.item_id is None],
        "writes": writes,
        "of_the_board": of_the_board,
        "is_written": shown.status in minuting.OPEN,
        "may_comment": open_now and of_the_board,
        "unsettled": sum(1 for one in comments if one.settled_at is None),
        "locked": {item.pk for item in items if interests.is_locked(actor, item)} if writes and declared else set(),
    }
    return render(request, "frontend/minuting/minutes.html", context)


def _ended_that_day(meeting: Any) -> bool:
    """What is written up on another day ended whenever somebody pressed the button: its end is not known."""
    begins, ended = meeting.starts_at, meeting.closed_at
    return ended is not None and ended > begins and localdate(ended) == localdate(begins)


def _listed(attendance: list[Any], named: bool, *, present: bool = False, state: str = "") -> list[dict[str, Any]]:
    """Who was there, by organisation. Names of people are for partners; the public sees for whom they sat."""
    found: list[dict[str, Any]] = []
    for row in attendance:
        if (present and not row.is_present) or (state and row.state != state):
            continue
        organisation = row.organisation.name if row.organisation else ""
        if named or organisation:
            found.append({"name": row.name if named else "", "organisation": organisation, "row": row})
    if not named:
        guests = sum(1 for row in attendance if row.is_present and not row.organisation)
        if present and guests:
            found.append({"guests": guests})
    return found
