"""The list of partnership boards, and the page of one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from collaboration.actions import queries as actions
from collaboration.governance.queries import board_changes, board_lists, boards, decisions, meetings
from collaboration.governance.queries.board_lists import Filters
from collaboration.governance.rooms import room_of
from frontend.pages.following.boxes import box
from frontend.pages.gate import actor_of
from frontend.pages.partnering import forms
from frontend.prose import prose
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.clock import today
from groundwork.web.exports import FORMATS
from notifications.following import Followed

ON_A_PAGE = 40
MOST_BESIDE = 5
"""Of meetings and decisions, on the page of a board."""
ACTS: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
    ("activate", "partnership-activate", gettext_lazy("Make it active"), ("proposed",)),
    ("renew", "partnership-renew", gettext_lazy("Renew it"), ("active",)),
    ("edit", "partnership-edit", gettext_lazy("Change it"), ("proposed", "active")),
    ("edit", "partnership-terms", gettext_lazy("Terms of reference"), ("proposed", "active")),
    ("add_seat", "partnership-seat-new", gettext_lazy("Add a seat"), ("proposed", "active")),
    ("name_chair", "partnership-chair", gettext_lazy("Name the chair"), ("proposed", "active")),
    ("close", "partnership-close", gettext_lazy("Close it"), ("proposed", "active")),
)
"""What keepers may be offered: the verb that must be allowed, the page, the words, and in which states."""


@require_safe
def partnerships(request: HttpRequest) -> HttpResponse:
    """The boards the reader may see: proposed and active ones, closed ones on request."""
    actor = actor_of(request)
    filters, problems = Filters.from_query(request.GET.dict())
    page = Paginator(board_lists.listed(actor, filters), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    seated = boards.sitting_of_many(shown) if shown else {}
    asked = urlencode(filters.asked())
    context = {
        "filter_form": forms.FilterForm(
            initial={"status": filters.status, "kind": filters.kind, "whose": filters.whose, "q": filters.q},
            signed_in=actor.is_signed_in,
        ),
        "page_obj": page,
        "total": page.paginator.count,
        "rows": [_row(board, seated[board.pk]) for board in shown],
        "problems": problems,
        "clear": reverse("partnerships") if asked else "",
        "files": {
            f"{ending}_href": f"{reverse(f'partnerships-{ending}')}{f'?{asked}' if asked else ''}" for ending in FORMATS
        },
        "may_create": bool(can(actor, "partnership.create")),
    }
    return render(request, "frontend/partnering/list.html", context)


def _row(board: Any, rows: list[boards.SeatNow]) -> dict[str, Any]:
    chair = next((row.organisation for row in rows if row.chairs == "chair"), None)
    return {
        "board": board,
        "organisations": len({row.organisation.pk for row in rows}),
        "vacant": sum(row.is_vacant for row in rows),
        "chair": chair,
        "asks": board_lists.asks_to_be_renewed(board),
    }


@require_safe
def partnership(request: HttpRequest, slug: str) -> HttpResponse:
    """What the board is for, who sits on it, whose turn it is to chair, and what became of it."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    keeps = bool(can(actor, "partnership.edit", board))
    rows = boards.sitting(board)
    goes_on = board.status != "closed"
    context = {
        "board": board,
        "keeps": keeps,
        "goes_on": goes_on,
        "parent": board.parent if board.parent and can(actor, "partnership.view", board.parent) else None,
        "below": board_lists.below(actor, board),
        "seats": _seats(actor, board, rows, keeps=keeps and goes_on),
        "sees_people": actor.is_partner,
        "vacant": sum(row.is_vacant for row in rows),
        "terms_of_chair": boards.terms_of(board),
        "terms": prose(board.terms, below=2) if board.terms else "",
        "asks": board_lists.asks_to_be_renewed(board),
        "is_overdue": board.is_overdue(),
        "acts": _acts(actor, board),
        "meetings": list(meetings.forward_plan(actor, board)[:MOST_BESIDE]),
        "decided": list(decisions.of_board(actor, board)[:MOST_BESIDE]),
        "open_actions": _open_in_words(actions.ageing(actor, room_of(board))),
        "may_plan": bool(goes_on and can(actor, "partnership.plan_meeting", board)),
        "may_propose": bool(goes_on and can(actor, "decisions.propose", board)),
        "history": [_told(each) for each in board_changes.history(board)],
        "follow": box(request, Followed(partnership=board.slug)) if goes_on else None,
        "today": today(),
    }
    return render(request, "frontend/partnering/board.html", context)


def _seats(actor: Actor, board: Any, rows: list[boards.SeatNow], *, keeps: bool) -> list[dict[str, Any]]:
    """The seats with who fills them, as far as names are shown, and what may be done with each."""
    ahead = boards.coming(board) if actor.is_partner and rows else {}
    told = []
    for row in rows:
        seat = row.seat
        fills = board.status != "closed" and actor.acts_for(seat.organisation_id, "lead")
        acts = []
        if fills:
            acts.append({"href": _of("fill", board, seat), "words": _("Fill it") if row.is_vacant else _("Say who")})
        if keeps:
            if row.is_vacant and not fills:
                acts.append({"href": _of("ask", board, seat), "words": _("Ask them to fill it")})
            acts.append({"href": _of("change", board, seat), "words": _("Change")})
            acts.append({"href": _of("end", board, seat), "words": _("End")})
        people = [
            {
                "name": holder.person.display_name,
                "is_deputy": holder.kind == "deputy",
                "leave": reverse("partnership-seat-leave", args=[board.slug, seat.pk, holder.pk]) if fills else "",
            }
            for holder in row.people
            if holder.person is not None
        ]
        told.append(
            {
                "row": row,
                "seat": seat,
                "people": people if actor.is_partner else [],
                "coming": [each for each in ahead.get(seat.pk, []) if each.person is not None],
                "acts": acts,
            }
        )
    return told


def _of(act: str, board: Any, seat: Any) -> str:
    return reverse(f"partnership-seat-{act}", args=[board.slug, seat.pk])


def _acts(actor: Actor, board: Any) -> list[dict[str, str]]:
    return [
        {"href": reverse(name, args=[board.slug]), "words": str(words)}
        for verb, name, words, states in ACTS
        if board.status in states and can(actor, f"partnership.{verb}", board)
    ]


def _open_in_words(ages: dict[str, int]) -> str:
    """How many actions are open, and how many of them are late."""
    late = ages["week"] + ages["month"] + ages["longer"]
    number = ages["in_time"] + late
    if not number:
        return _("No action is open.")
    told = ngettext("%(number)d action is open.", "%(number)d actions are open.", number) % {"number": number}
    if not late:
        return told
    return f"{told} {ngettext('%(late)d is late.', '%(late)d are late.', late) % {'late': late}}"


def _told(entry: Any) -> dict[str, Any]:
    """One act as the timeline shows it."""
    lines = []
    for each in entry.changes:
        if each.after and each.before and each.before != each.after:
            lines.append(f"{each.label}: {each.before} → {each.after}")
        elif each.after or each.before:
            lines.append(f"{each.label}: {each.after or each.before}")
    return {"title": entry.label, "when": entry.at, "by": entry.organisation, "text": "; ".join(lines)}
