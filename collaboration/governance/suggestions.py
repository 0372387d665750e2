"""What this room suggests for agendas: overdue actions, stale initiatives, open recommendations, decisions to review.

A board is told only what everybody on it may see: partners' actions and published initiatives.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions.models import Action
from collaboration.governance.models import (
    Access,
    AgendaItem,
    Decision,
    Mark,
    Meeting,
    PartnershipBoard,
    Recommendation,
)
from collaboration.governance.queries.levels import level_of, level_of_decision, named_in
from collaboration.governance.rooms import room_of
from collaboration.governance.suggesting import Suggestion, register_suggestions
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.queries.lingering import unverified
from groundwork.clock import now

MOST: Final = 20
"""Of one kind: nobody reads more on the way to an agenda."""
REVIEW_AHEAD: Final = timedelta(days=30)
SOON: Final = timedelta(days=60)
STALE: Final = timedelta(days=90)
"""How long an initiative may go without anybody calling it accurate, as on the pages of those who keep it."""


def overdue_actions(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Actions that the board follows up and that are not done though their day has passed."""
    rows = (
        Action.objects.filter(
            Q(status__in=(Action.Status.UNOWNED, Action.Status.ASKED, Action.Status.ACCEPTED)),
            due_on__lt=on,
            room=room_of(board),
        )
        .exclude(visibility=Action.Visibility.INVOLVED)
        .select_related("organisation")
        .order_by("due_on", "pk")[:MOST]
    )
    return [
        Suggestion(
            kind="action",
            id=str(row.pk),
            title=_("Overdue: %(what)s") % {"what": row.what},
            path=_path(row),
            organisation_id=row.organisation_id,
            access=_of_action(row),
        )
        for row in rows
    ]


def _of_action(action: Action) -> str:
    """Who may read its title on an agenda: those who see the action."""
    return {
        Action.Visibility.PUBLIC: Access.PUBLIC,
        Action.Visibility.PARTNERS: Access.PARTNERS,
    }.get(Action.Visibility(action.visibility), Access.BOARD)


def stale_initiatives(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Published initiatives under the board's ambitions that nobody has called accurate for long."""
    elements = list(board.elements.values_list("pk", flat=True))
    if not elements:
        return []
    under = (
        Q(alignments__element__in=elements)
        | Q(alignments__element__parent__in=elements)
        | Q(alignments__element__parent__parent__in=elements)
    )
    rows = unverified(before=now() - STALE).filter(
        pk__in=Initiative.objects.filter(under, visibility__in=("public", "partners")).order_by().values("pk")
    )
    return [
        Suggestion(
            kind="initiative",
            id=str(row.pk),
            title=_("Is it still accurate? %(title)s") % {"title": row.title},
            path=_path(row),
            organisation_id=row.lead_id,
            access=Access.PUBLIC if row.visibility == "public" else Access.PARTNERS,
        )
        for row in rows[:MOST]
    ]


def open_recommendations(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Recommendations made by the board, or to its lead, whose day has come or comes soon and that are not closed."""
    mine = Q(list__board=board)
    if board.lead_id is not None:
        mine |= Q(owner=board.lead_id) | Q(list__keeper=board.lead_id)
    rows = (
        Recommendation.objects.filter(
            mine,
            status__in=(Recommendation.Status.OPEN, Recommendation.Status.UNDER_WAY),
            list__access__in=("public", "partners"),
        )
        .filter(Q(due_on=None) | Q(due_on__lte=on + SOON))
        .select_related("list")
        .order_by(F("due_on").asc(nulls_last=True), "order", "pk")[:MOST]
    )
    return [
        Suggestion(
            kind="recommendation",
            id=str(row.pk),
            title=_("Recommendation: %(title)s") % {"title": row.title},
            path=_path(row),
            organisation_id=row.owner_id,
            access=row.list.access,
        )
        for row in rows
    ]


def decisions_to_review(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Decisions of the board whose day of review has come or comes within a month."""
    rows = board.decisions.filter(status=Decision.Status.MADE, review_on__lte=on + REVIEW_AHEAD)
    rows = rows.select_related("board", "item__meeting__board").order_by("review_on", "pk")
    levels = [(row, level_of_decision(row)) for row in rows[:MOST]]
    return [
        Suggestion(
            kind="decision",
            id=str(row.pk),
            title=_("Review: %(title)s") % {"title": row.title},
            path=_path(row),
            access=level,
        )
        for row, level in levels
        if level != Access.NAMED
    ]


def matters_arising(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """What the last meeting put off, and the actions it agreed that are not done."""
    held = board.meetings.filter(status=Meeting.Status.HELD, starts_at__lt=now()).order_by("-starts_at")
    # A meeting for named people does not hide the last one of everybody.
    those = {each.pk: each for each in (held.first(), held.exclude(access=Access.NAMED).first()) if each is not None}
    items = AgendaItem.objects.filter(meeting__in=those, outcome=AgendaItem.Outcome.DEFERRED, carried_to=None)
    put_off = [
        Suggestion(
            kind="arising",
            id=f"item:{item.pk}",
            title=_("Put off: %(title)s") % {"title": item.title},
            path=_path(item.meeting),
            organisation_id=item.owner_organisation_id,
            access=level_of(item),
            named=frozenset(named_in(item) or ()),
        )
        for item in items.select_related("meeting__board").order_by("meeting__starts_at", "order", "pk")
    ]
    marks = Mark.objects.filter(
        item__meeting__in=those,
        kind=Mark.Kind.ACTION,
        action__status__in=(Action.Status.UNOWNED, Action.Status.ASKED, Action.Status.ACCEPTED),
    ).filter(Q(action__due_on=None) | Q(action__due_on__gte=on))
    marks = marks.exclude(action__visibility=Action.Visibility.INVOLVED)
    agreed = [
        Suggestion(
            kind="arising",
            id=f"action:{mark.action.pk}",
            title=_("Agreed last time: %(what)s") % {"what": mark.action.what},
            path=_path(mark.action),
            organisation_id=mark.action.organisation_id,
            access=_of_action(mark.action),
        )
        for mark in marks.select_related("action").order_by("at", "pk")[:MOST]
        if mark.action is not None
    ]
    return [*put_off, *agreed]


def _path(thing: Any) -> str:
    """Where it stands here, or "" where nothing shows it."""
    try:
        return str(thing.get_absolute_url())
    except NoReverseMatch:
        return ""


def register() -> None:
    register_suggestions("action", gettext_lazy("Overdue actions of this board"), overdue_actions)
    register_suggestions("arising", gettext_lazy("Matters arising from the last meeting"), matters_arising)
    register_suggestions("decision", gettext_lazy("Decisions to review"), decisions_to_review)
    register_suggestions("recommendation", gettext_lazy("Open recommendations"), open_recommendations)
    register_suggestions("initiative", gettext_lazy("Initiatives nobody has checked for long"), stale_initiatives)
