"""Meetings that people are written to about: one by its key, and, for reminders, set-wise by the clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from collaboration.governance.models import ChairTerm, Meeting, MeetingInvitation, Paper, Seat, SeatHolder
from collaboration.governance.queries import visible
from collaboration.governance.queries.boards import present
from groundwork.access.actors import Actor
from groundwork.clock import today
from groundwork.directory.models import holding_on

AHEAD = (Meeting.Status.PLANNED, Meeting.Status.CALLED)


def meeting(actor: Actor, pk: int) -> Meeting | None:
    """The meeting with its board, if it is shown to ``actor``."""
    return visible.meetings(actor).select_related("board").filter(pk=pk).first()


def paper(pk: int) -> Paper | None:
    """The paper with its meeting and who was asked for it, for mail to that person."""
    return Paper.objects.select_related("meeting__board", "item__meeting__board", "asked_of").filter(pk=pk).first()


def unanswered(first: datetime, last: datetime, *, only: Collection[int] | None = None) -> Any:
    """Called meetings that begin from ``first`` to ``last``, the soonest first, with ``silent``: who did not answer."""
    silent = MeetingInvitation.objects.filter(answer="").select_related("person")
    rows = _with(only).filter(status=Meeting.Status.CALLED, starts_at__gt=first, starts_at__lte=last)
    return rows.order_by("starts_at", "pk").prefetch_related(Prefetch("invitations", silent, to_attr="silent"))


def without_agenda(first: datetime, last: datetime, *, only: Collection[int] | None = None) -> Any:
    """Meetings that begin from ``first`` to ``last`` and whose agenda is not published, the soonest first."""
    rows = _with(only).filter(status__in=AHEAD, agenda_published_at=None, starts_at__gt=first, starts_at__lte=last)
    return rows.order_by("starts_at", "pk")


def papers_awaited(first: date, last: date, *, only: Collection[int] | None = None) -> Any:
    """Papers that are due from ``first`` to ``last`` and are not in, of meetings to come."""
    rows = Paper.objects.filter(
        submitted_at=None,
        asked_of__is_active=True,
        meeting__status__in=AHEAD,
        meeting__papers_due_on__gte=first,
        meeting__papers_due_on__lte=last,
    ).select_related("meeting__board", "asked_of")
    return (rows if only is None else rows.filter(pk__in=only)).order_by("meeting__papers_due_on", "pk")


def those_who_run(boards: Collection[int]) -> dict[int, list[int]]:
    """For each of these boards the people who run its meetings today: its secretaries, and who chairs. Two queries."""
    day = today()
    chairing = ChairTerm.objects.filter(holding_on(day), board__in=boards, role=ChairTerm.Role.CHAIR)
    seats = set(chairing.values_list("seat_id", flat=True))
    found: dict[int, list[int]] = {pk: [] for pk in boards}
    holders = SeatHolder.objects.filter(
        present(day), holding_on(day), seat__board__in=boards, kind=SeatHolder.Kind.HOLDER
    ).values_list("seat__board_id", "seat_id", "seat__role", "person_id")
    for board, seat, role, person in holders:
        if person is not None and (role == Seat.Role.SECRETARY or seat in seats) and person not in found[board]:
            found[board].append(person)
    return found


def _with(only: Collection[int] | None) -> Any:
    rows = Meeting.objects.select_related("board")
    return rows if only is None else rows.filter(pk__in=only)
