"""What partnership boards wait for from organisations and people, to be read for many of them in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from collaboration.governance.models import (
    Access,
    Decision,
    Declaration,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesComment,
    Paper,
    Recommendation,
    Seat,
    SeatHolder,
    Voice,
)
from collaboration.governance.queries import board_needs, recommendations
from collaboration.governance.queries.boards import present
from collaboration.governance.standing import holding
from groundwork.waiting import waiting

Rows = list[QuerySet[Any, tuple[Any, ...]]]


def waiting_for_organisations(ids: Collection[int], *, on: date) -> Rows:
    """``recommendation.overdue`` (late, or not taken on) and ``seat.vacant`` for those who speak for any of these."""
    open_ones = Recommendation.objects.filter(owner__in=ids, status__in=recommendations.OPEN).filter(
        Q(due_on__lt=on) | Q(owner_accepted_at=None), list__access__in=(Access.PUBLIC, Access.PARTNERS)
    )
    seats = board_needs.vacant(on=on).filter(organisation__in=ids)
    return [
        waiting(
            open_ones,
            "recommendation.overdue",
            owner_id="owner_id",
            reference="code",
            title="title",
            who="list__slug",
            due_on="due_on",
        ),
        waiting(
            seats,
            "seat.vacant",
            owner_id="organisation_id",
            reference="board__slug",
            title="board__name",
            who="organisation__name",
        ),
    ]


def waiting_for_people(
    ids: Collection[int], emails: Collection[str], *, at: datetime, until: datetime, on: date, last_day: date
) -> Rows:
    """What waits for any of these people, or those who read these addresses.

    ``decision.voice_asked`` (their organisation has said nothing and they may speak for it), ``minutes.to_comment``,
    ``paper.asked`` (due on ``last_day`` or before), ``meeting.invited`` (no answer) and ``meeting.coming`` (they come),
    of meetings that begin from ``at`` to ``until``. Nothing of what is for named people only or exempt.
    """
    sits = SeatHolder.objects.filter(present(on), holding("seat__", on), person__in=ids)
    return [
        _voices(sits),
        _minutes(sits, on),
        waiting(
            Paper.objects.filter(
                asked_of__in=ids,
                submitted_at=None,
                meeting__status__in=(Meeting.Status.PLANNED, Meeting.Status.CALLED),
                meeting__papers_due_on__lte=last_day,
            ),
            "paper.asked",
            person_id="asked_of_id",
            lead_id="meeting_id",
            reference="meeting__uuid",
            title="title",
            who="meeting__board__name",
            due_on="meeting__papers_due_on",
        ),
        *_meetings(ids, emails, at, until),
    ]


def _voices(sits: QuerySet[SeatHolder]) -> Any:
    said = Voice.objects.filter(decision=OuterRef("asked_id"), organisation=OuterRef("seat__organisation"))
    locked = Declaration.objects.filter(withdrawn_at=None, person=OuterRef("person")).filter(
        Q(decision=OuterRef("asked_id")) | Q(item__isnull=False, item=OuterRef("asked_item"))
    )
    rows = (
        sits.filter(seat__role=Seat.Role.MEMBER)
        .annotate(
            asked_id=F("seat__board__decisions__pk"),
            asked_item=F("seat__board__decisions__item"),
            asked_status=F("seat__board__decisions__status"),
            asked_access=F("seat__board__decisions__access"),
            asked_reference=F("seat__board__decisions__reference"),
            asked_title=F("seat__board__decisions__title"),
            asked_exempt=F("seat__board__decisions__item__exempt"),
        )
        .filter(Q(asked_exempt=None) | Q(asked_exempt=False), asked_status=Decision.Status.OPEN)
        .exclude(asked_access=Access.NAMED)
        .filter(~Exists(said), ~Exists(locked))
    )
    return waiting(
        rows,
        "decision.voice_asked",
        id="asked_id",
        person_id="person_id",
        reference="asked_reference",
        title="asked_title",
        who="seat__organisation__name",
    )


def _minutes(sits: QuerySet[SeatHolder], on: date) -> Any:
    mine = MinutesComment.objects.filter(minutes=OuterRef("minutes_id"), by=OuterRef("person"))
    rows = (
        sits.annotate(
            minutes_id=F("seat__board__meetings__minutes__pk"),
            minutes_status=F("seat__board__meetings__minutes__status"),
            minutes_until=F("seat__board__meetings__minutes__comments_until"),
            minutes_meeting=F("seat__board__meetings__uuid"),
            minutes_title=F("seat__board__meetings__title"),
            minutes_access=F("seat__board__meetings__access"),
        )
        .filter(minutes_status=Minutes.Status.CIRCULATED, minutes_until__gte=on)
        .exclude(minutes_access=Access.NAMED)
        .filter(~Exists(mine))
    )
    return waiting(
        rows,
        "minutes.to_comment",
        id="minutes_id",
        person_id="person_id",
        reference="minutes_meeting",
        title="minutes_title",
        who="seat__board__name",
        due_on="minutes_until",
    )


@dataclass(frozen=True, kw_only=True)
class MeetingAhead:
    """A meeting that everybody, or with ``is_public`` unset any partner of the place, may know of."""

    id: int
    title: str
    board: str
    board_slug: str
    path: str
    is_public: bool
    starts_at: datetime


def meetings_ahead(at: datetime, until: datetime) -> list[MeetingAhead]:
    """Meetings that begin from ``at`` to ``until`` and are for more than their board, the soonest first. One query."""
    wide = (Access.PUBLIC, Access.PARTNERS)
    rows = Meeting.objects.filter(
        status__in=(Meeting.Status.PLANNED, Meeting.Status.CALLED),
        starts_at__gt=at,
        starts_at__lte=until,
        access__in=wide,
        board__access__in=wide,
    ).select_related("board")
    return [
        MeetingAhead(
            id=row.pk,
            title=row.title,
            board=row.board.name,
            board_slug=row.board.slug,
            path=row.get_absolute_url(),
            is_public=row.access == row.board.access == Access.PUBLIC,
            starts_at=row.starts_at,
        )
        for row in rows.order_by("starts_at", "pk")
    ]


def _meetings(ids: Collection[int], emails: Collection[str], at: datetime, until: datetime) -> Rows:
    theirs = MeetingInvitation.objects.filter(
        Q(person__in=ids) | Q(person=None, email__in=emails),
        meeting__status=Meeting.Status.CALLED,
        meeting__starts_at__gt=at,
        meeting__starts_at__lte=until,
    )
    columns = {
        "person_id": "person_id",
        "email": "email",
        "lead_id": "meeting_id",
        "reference": "meeting__uuid",
        "title": "meeting__title",
        "who": "meeting__board__name",
        "starts": "meeting__starts_at",
    }
    comes = (MeetingInvitation.Answer.YES, MeetingInvitation.Answer.MAYBE)
    return [
        waiting(theirs.filter(answer=""), "meeting.invited", **columns),
        waiting(theirs.filter(answer__in=comes), "meeting.coming", **columns),
    ]
