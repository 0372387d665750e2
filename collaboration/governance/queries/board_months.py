"""A partnership board's month: what it decided, what it follows up, what comes, and which seats are vacant.

It is printed and passed on: what is exempt, for named people only or for the people involved in an action is left out
for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.actions import queries as actions
from collaboration.actions.models import Action
from collaboration.governance.models import (
    Access,
    Decision,
    Meeting,
    PartnershipBoard,
    Recommendation,
    RecommendationList,
    Seat,
    SeatHolder,
)
from collaboration.governance.queries import board_needs, decisions, meetings, recommendations
from collaboration.governance.queries.boards import present
from collaboration.governance.rooms import room_of
from collaboration.governance.rules.decisions import SETTLED
from collaboration.governance.standing import standing_of
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.directory.models import holding_on
from vision.frameworks.models import Element

AHEAD: Final = timedelta(days=62)
"""How far ahead a pack looks for meetings: this month and the next one."""
MONTHS_BACK: Final = 12
"""For so long packs are shown. What is older is in the registers."""
MOST: Final = 100
"""Of one list. A page with more would not be read, and the registers have all of it."""


@dataclass(frozen=True)
class Month:
    """A month of the place's calendar. ``first`` is its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> Month:
        """``2026-10``. Raises :class:`NotFound` for anything else."""
        if re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", text) is None:
            raise NotFound(_("There is no such month. Write it like 2026-10."))
        return cls(date(int(text[:4]), int(text[5:]), 1))

    @property
    def next(self) -> Month:
        return Month.of(self.first + timedelta(days=31))

    @property
    def before(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(0), tzinfo=timezone.get_default_timezone())

    def __str__(self) -> str:
        return self.first.strftime("%Y-%m")


@dataclass(frozen=True, kw_only=True)
class ListState:
    """A list of recommendations that the board made, and what of it is late."""

    of: RecommendationList
    number: int
    open: int
    unowned: int
    late: list[Recommendation]


@dataclass(frozen=True, kw_only=True)
class BoardMonth:
    """A board's month as one reader may read it. What is open or vacant is so as of ``at``."""

    board: PartnershipBoard
    month: Month
    at: datetime
    decided: list[Decision]
    standing: list[actions.OfOrganisation]
    late: list[Action]
    blocked: list[Action]
    done: list[Action]
    meetings: list[Meeting]
    recommendations: list[ListState]
    vacant: list[tuple[Seat, date]]
    served: list[Element]
    """What the board serves, and what is right below it."""

    @property
    def begins(self) -> datetime:
        return self.month.begins

    @property
    def ends(self) -> datetime:
        """The first instant after what it tells of: that of the next month, or now."""
        return min(self.month.next.begins, self.at)

    @property
    def ambitions(self) -> set[str]:
        """The codes of the ambitions it serves; of a strand, that of its ambition."""
        return {each.code if each.parent is None else each.parent.code for each in self.served}

    @property
    def areas(self) -> set[str]:
        """The codes of the areas the board is for; none: for all of them."""
        return {each.code for each in self.board.areas.all()}


def months(at: datetime) -> list[Month]:
    """The months that packs are shown of, this one first."""
    found = [Month.of(timezone.localdate(at))]
    while len(found) <= MONTHS_BACK:
        found.append(found[-1].before)
    return found


def read(actor: Actor, board: PartnershipBoard, month: Month, at: datetime) -> BoardMonth:
    """The month of ``board``, which the actor may see. The same number of queries whatever happened in it."""
    first, last = month.begins, min(month.next.begins, at)
    day = timezone.localdate(at)
    room = room_of(board)
    goes_on = board.status != PartnershipBoard.Status.CLOSED
    found = decisions.of_board(actor, board).filter(
        status__in=SETTLED, decided_on__gte=month.first, decided_on__lt=month.next.first
    )
    may_pass_on = found.exclude(access=Access.NAMED).exclude(item__exempt=True).exclude(item__access=Access.NAMED)
    to_come = meetings.listing(actor, board=board).filter(starts_at__gt=at, starts_at__lte=at + AHEAD)
    to_come = to_come.exclude(access=Access.NAMED).exclude(status=Meeting.Status.CANCELLED)
    seats = list(board_needs.vacant(on=day).filter(board=board)) if goes_on else []
    since = board_needs.vacant_since(seats, on=day)
    served = list(board.elements.select_related("parent"))
    below = Element.objects.filter(parent__in=served, withdrawn_on=None).select_related("parent")
    return BoardMonth(
        board=board,
        month=month,
        at=at,
        decided=sorted(may_pass_on[:MOST], key=lambda each: (each.decided_on or month.first, each.number)),
        standing=actions.by_organisation(actor, room, first=first, last=last),
        late=list(actions.late_in(actor, room)[:MOST]),
        blocked=list(actions.blocked_in(actor, room)[:MOST]),
        done=list(actions.done_in(actor, room, first=first, last=last)[:MOST]),
        meetings=list(to_come[:MOST]),
        recommendations=_recommendations(actor, board, day),
        vacant=[(seat, since[seat.pk]) for seat in seats],
        served=[*served, *below],
    )


def _recommendations(actor: Actor, board: PartnershipBoard, day: date) -> list[ListState]:
    lists = list(recommendations.lists(actor).filter(board=board).exclude(access=Access.NAMED))
    late: dict[int, list[Recommendation]] = {each.pk: [] for each in lists}
    rows = Recommendation.objects.filter(list__in=lists, status__in=recommendations.OPEN, due_on__lt=day)
    for row in rows.select_related("owner", "list").order_by("due_on", "pk"):
        late[row.list_id].append(row)
    return [
        ListState(
            of=each,
            number=each.number,  # type: ignore[attr-defined]
            open=each.open,  # type: ignore[attr-defined]
            unowned=each.unowned,  # type: ignore[attr-defined]
            late=late[each.pk],
        )
        for each in lists
    ]


def seat_holders(day: date, *, person: Any = None) -> set[tuple[int, int]]:
    """Who holds a seat of which active board on a day, by primary keys. One query. Deputies are not among them."""
    seats = Seat.objects.filter(holding_on(day), board__status=PartnershipBoard.Status.ACTIVE).order_by().values("pk")
    held = SeatHolder.objects.filter(present(day), kind=SeatHolder.Kind.HOLDER, seat__in=seats)
    if person is not None:
        held = held.filter(person=person)
    return {(pk, board) for pk, board in held.values_list("person_id", "seat__board_id") if pk is not None}


def boards_by_id(ids: Collection[int]) -> dict[int, PartnershipBoard]:
    """Boards that go on, whoever may see them: who is written to about one is asked that by itself. One query."""
    going_on = PartnershipBoard.objects.exclude(status=PartnershipBoard.Status.CLOSED)
    return going_on.select_related("lead").in_bulk(ids)


def is_of_the_board(actor: Actor, board: PartnershipBoard) -> bool:
    """Whether the actor sees what is for this board."""
    return standing_of(actor, board).is_of_the_board
