"""What boards have to do on a day, with who keeps them besides the lead organisation: reviews, minutes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from collaboration.governance.models import ChairTerm, Decision, Meeting, Minutes, Seat, SeatHolder
from collaboration.governance.queries.boards import present
from groundwork.directory.models import holding_on

PATIENCE: Final = timedelta(days=14)
"""How long after a meeting its minutes may take: ten working days."""


def due(day: date, *, only: Collection[Any] | None = None) -> list[tuple[Decision, list[int]]]:
    """Made decisions to be reviewed on ``day`` or before, each with the people who chair or serve its board.

    Three queries, however many there are. ``only``: those of these ids.
    """
    rows = Decision.objects.filter(status=Decision.Status.MADE, review_on__lte=day)
    if only is not None:
        rows = rows.filter(pk__in=only)
    found = list(rows.select_related("board__lead", "item__meeting__board").order_by("review_on", "number"))
    if not found:
        return []
    people = keepers({each.board_id for each in found}, day)
    return [(each, people.get(each.board_id, [])) for each in found]


def minutes_waiting(day: date, *, only: Collection[Any] | None = None) -> list[tuple[Minutes, date, list[int]]]:
    """Minutes that wait for those who keep the board, since which day, and who these people are.

    Those of a meeting of two weeks ago that nobody has sent round, and those whose time for comments has passed.
    """
    rows = Minutes.objects.filter(
        Q(
            status=Minutes.Status.DRAFT,
            meeting__status=Meeting.Status.HELD,
            meeting__closed_at__date__lte=day - PATIENCE,
        )
        | Q(status=Minutes.Status.CIRCULATED, comments_until__lt=day)
    )
    if only is not None:
        rows = rows.filter(pk__in=only)
    found = list(rows.select_related("meeting__board__lead").order_by("meeting__starts_at", "pk"))
    if not found:
        return []
    people = keepers({each.meeting.board_id for each in found}, day)
    return [(each, _since(each), people.get(each.meeting.board_id, [])) for each in found]


def _since(minutes: Minutes) -> date:
    if minutes.status == Minutes.Status.CIRCULATED and minutes.comments_until is not None:
        return minutes.comments_until + timedelta(days=1)
    closed = minutes.meeting.closed_at or minutes.meeting.ends_at
    return timezone.localtime(closed).date() + PATIENCE


def keepers(boards: Collection[int], day: date) -> dict[int, list[int]]:
    """The people who chair these boards or serve them as secretaries on a day, by board. Two queries."""
    chairs = ChairTerm.objects.filter(holding_on(day), board__in=boards, role=ChairTerm.Role.CHAIR)
    seats = Seat.objects.filter(holding_on(day), board__in=boards).filter(
        Q(role=Seat.Role.SECRETARY) | Q(pk__in=chairs.order_by().values("seat"))
    )
    people: dict[int, list[int]] = {}
    held = SeatHolder.objects.filter(present(day), seat__in=seats, kind=SeatHolder.Kind.HOLDER)
    for board_id, person_id in held.order_by("pk").values_list("seat__board_id", "person_id"):
        people.setdefault(board_id, []).append(person_id or 0)
    return people
