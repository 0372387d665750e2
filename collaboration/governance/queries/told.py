"""Who is told of a meeting by mail: people who fill a seat of its board, hold a mandate for that, and may see it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from collaboration.governance.models import ChairTerm, Meeting, MeetingInvitation, Seat, SeatHolder
from collaboration.governance.queries.boards import present
from collaboration.governance.queries.levels import named_in_meeting
from collaboration.governance.standing import holding
from groundwork.directory.models import holding_on


def seated(meeting: Meeting, on: date) -> QuerySet[SeatHolder]:
    """Who fills a seat of the board on a day, deputies too, and may see the meeting.

    Of a meeting for named people those, and whoever runs the board's meetings.
    """
    held = SeatHolder.objects.filter(present(on), holding("seat__", on), seat__board=meeting.board_id)
    named = named_in_meeting(meeting)
    if named is None:
        return held
    chairs = ChairTerm.objects.filter(holding_on(on), board=meeting.board_id, role=ChairTerm.Role.CHAIR)
    runs = Q(seat__role=Seat.Role.SECRETARY) | Q(seat__in=chairs.order_by().values("seat"))
    return held.filter(Q(person__in=named) | runs)


def is_still_for(invitation: MeetingInvitation) -> bool:
    """Whether the meeting is still told to who was invited: guests, and who fills a seat on the day of the meeting.

    Whoever left the board, or whose mandate ended, is told nothing more of it.
    """
    if invitation.seat_id is None or invitation.person_id is None:
        return True
    day = timezone.localtime(invitation.meeting.starts_at).date()
    return seated(invitation.meeting, day).filter(person=invitation.person_id).exists()
