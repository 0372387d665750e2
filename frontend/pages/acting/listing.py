"""The list of actions: one for each person, wherever they were agreed. The address is the view."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collaboration.actions import exports, queries
from collaboration.actions.origins import origins_of
from collaboration.actions.queries import Filters
from frontend.pages.acting.forms import FilterForm
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.clock import today
from groundwork.sheets.writing import xlsx_file
from groundwork.web.exports import CONTENT_TYPES, csv_response

ON_A_PAGE = 50
_HEADERS = [column.name for column in exports.COLUMNS]


@never_cache
@signed_in
@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """Mine first; others by filter; with how late each is, or how long it has waited."""
    actor = actor_of(request)
    filters, problems = Filters.from_query(request.GET.dict())
    page = Paginator(queries.listed(actor, filters), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    origins = origins_of(actor, shown)
    query = urlencode(_asked(filters))
    context = {
        "page_obj": page,
        "total": page.paginator.count,
        "rows": (rows := [row_of(actor, action, origins.get(action.pk)) for action in shown]),
        "may_chase": any(row["may_chase"] for row in rows),
        "filter_form": FilterForm(initial=_asked(filters)),
        "clear": reverse("actions") if query else "",
        "problems": problems,
        "counts": _counted(actor, filters),
        "may_make": can(actor, "action.make"),
        "files": {f"{ending}_href": f"{reverse(f'actions-{ending}')}?{query}" for ending in ("xlsx", "csv")},
    }
    return render(request, "frontend/acting/list.html", context)


def _asked(filters: Filters) -> dict[str, str]:
    """The filters as an address asks for them: those that are not as they are when nobody asks."""
    usual = Filters()
    named = {name: getattr(filters, name) for name in ("whose", "state", "q", "sort")}
    return {name: value for name, value in named.items() if value != getattr(usual, name)}


def row_of(actor: Actor, action: Any, origin: Any) -> dict[str, Any]:
    return {
        "action": action,
        "is_late": queries.is_late(action),
        "age": age(action),
        "who": queries.owner_named(actor, action),
        "sees_owner": bool(can(actor, "action.see_owner", action)),
        "origin": origin,
        "may_chase": action.status in ("asked", "accepted") and bool(can(actor, "action.chase", action)),
    }


def age(action: Any) -> str:
    """How late it is, how long somebody has been asked, or how long nobody has had it; "" where none of it tells."""
    day = today()
    if queries.is_late(action):
        days = (day - action.due_on).days
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    if action.status == "asked" and action.asked_at is not None:
        days = (day - localdate(action.asked_at)).days
        return ngettext("asked %(n)d day ago", "asked %(n)d days ago", days) % {"n": days} if days > 0 else ""
    if action.status == "unowned":
        days = (day - localdate(action.created_at)).days
        return ngettext("for %(n)d day", "for %(n)d days", days) % {"n": days} if days > 0 else ""
    if action.is_open and action.due_on is not None:
        days = (action.due_on - day).days
        return _("due today") if days == 0 else ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    return ""


def _counted(actor: Actor, filters: Filters) -> list[dict[str, Any]]:
    """How many there are that want looking at, each leading to them. What there is none of is left out."""
    numbers = queries.counts(actor, filters)
    told = []
    for state in ("late", "blocked", "soon", "waiting", "nobody"):
        if numbers[state] and filters.state != state:
            asked = {**_asked(filters), "state": state}
            told.append({"text": Filters.STATES[state], "number": numbers[state], "href": f"?{urlencode(asked)}"})
    return told


@never_cache
@signed_in
@require_safe
def csv(request: HttpRequest) -> Any:
    actor, (filters, _problems) = actor_of(request), Filters.from_query(request.GET.dict())
    return csv_response(request, filename="actions.csv", headers=_HEADERS, rows=exports.rows(actor, filters))


@never_cache
@signed_in
@require_safe
def xlsx(request: HttpRequest) -> Any:
    actor, (filters, _problems) = actor_of(request), Filters.from_query(request.GET.dict())
    kinds = [column.kind for column in exports.COLUMNS]
    rows = exports.rows(actor, filters)
    with xlsx_file(_HEADERS, rows, sheet_name=_("Actions"), kinds=kinds, about={"title": _("Actions")}) as file:
        # Read here: an open file cannot be sent piece by piece by a server that is asynchronous.
        response = HttpResponse(file.read(), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="actions.xlsx"'
    return response
