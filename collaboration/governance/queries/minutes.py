"""Reading meetings as they are run, and their minutes: who may read what of them, and what is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from collaboration.actions import queries as actions
from collaboration.actions.models import Action
from collaboration.governance import drafting, quorum
from collaboration.governance.models import (
    Access,
    AgendaItem,
    Attendance,
    Decision,
    Declaration,
    Mark,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesComment,
    PartnershipBoard,
    Seat,
    SeatHolder,
)
from collaboration.governance.queries import visible
from collaboration.governance.queries.levels import level_of
from collaboration.governance.queries.told import seated
from collaboration.governance.standing import boards_kept_by, boards_of, holding
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import holding_on

Status = Minutes.Status


def visible_to(actor: Actor) -> QuerySet[Minutes]:
    """The minutes shown to ``actor``: the set-wise twin of the rule ``minutes.view``.

    What they say of each item is shown to those who may see the item: see :func:`items_of`.
    """
    if actor.is_system:
        return Minutes.objects.all()
    kept = PartnershipBoard.objects.filter(boards_kept_by(actor)).order_by().values("pk")
    inside = PartnershipBoard.objects.filter(boards_of(actor)).order_by().values("pk")
    return Minutes.objects.filter(
        Q(meeting__board__in=kept)
        | Q(status=Status.PUBLISHED)
        | (~Q(status=Status.DRAFT) & Q(meeting__board__in=inside)),
        meeting__in=visible.meetings(actor).order_by().values("pk"),
    )


def meeting_for(actor: Actor, uuid: UUID) -> Meeting:
    """Raises :class:`NotFound` where there is none, or it is not shown to ``actor``."""
    found = visible.meetings(actor).select_related("board", "board__lead").filter(uuid=uuid).first()
    if found is None:
        raise NotFound("This does not exist, or you may not see it.")
    return found


def minutes_for(actor: Actor, meeting: Meeting) -> Minutes:
    """The minutes of a meeting. Raises :class:`NotFound` where there are none, or they are not shown to ``actor``."""
    found = visible_to(actor).select_related("approved_in", "approved_by").filter(meeting=meeting).first()
    if found is None:
        raise NotFound("This does not exist, or you may not see it.")
    found.meeting = meeting
    return found


def item_for(actor: Actor, meeting: Meeting, uuid: UUID) -> AgendaItem:
    """Raises :class:`NotFound` where it is none of the meeting's items, or not shown to ``actor``."""
    found = visible.items(actor).filter(meeting=meeting, uuid=uuid).first()
    if found is None:
        raise NotFound("This does not exist, or you may not see it.")
    found.meeting = meeting
    return found


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item of an agenda with its number. ``item`` is None where the reader may only know that there is one."""

    number: int
    item: AgendaItem | None
    reason: str = ""


def items_of(actor: Actor, meeting: Meeting) -> list[Numbered]:
    """Every item in order; of an exempt one its reason, and of one for fewer people nothing, where it is not shown.

    Three queries, however many items.
    """
    shown = {
        item.pk: item
        for item in visible.items(actor)
        .filter(meeting=meeting)
        .select_related("owner_organisation", "owner")
        .prefetch_related(
            Prefetch("marks", Mark.objects.select_related("action__organisation", "decision", "by")),
            "corrections",
        )
    }
    found: list[Numbered] = []
    rows = AgendaItem.objects.filter(meeting=meeting).values_list("pk", "exempt", "exempt_reason", "access")
    for number, (pk, exempt, reason, access) in enumerate(rows, start=1):
        item = shown.get(pk)
        if item is not None:
            item.meeting = meeting
        narrow = access and access != Access.PUBLIC
        found.append(Numbered(number, item, reason if item is None and exempt and not narrow else ""))
    return found


# -- attendance


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """One seat on the day of a meeting: who may come for it, what they answered, and what was noted."""

    seat: Seat
    holder: SeatHolder | None
    deputies: tuple[SeatHolder, ...]
    answer: str
    noted: Attendance | None


def attendance_of(meeting: Meeting) -> list[Attendance]:
    """Who was noted, with seat and organisation: what :func:`collaboration.governance.quorum.of` reads. One query."""
    return list(
        Attendance.objects.filter(meeting=meeting).select_related(
            "seat__organisation", "organisation", "person", "meeting"
        )
    )


def tick_list(meeting: Meeting, attendance: Iterable[Attendance]) -> list[SeatRow]:
    """The seats of the board on the day of the meeting, with answers to the invitation. Three queries."""
    day = _day(meeting)
    holding_then = SeatHolder.objects.filter(holding_on(day), holding("mandate__", day), person__isnull=False)
    seats = (
        Seat.objects.filter(holding_on(day), board=meeting.board_id)
        .select_related("organisation")
        .prefetch_related(Prefetch("holders", holding_then.select_related("person", "mandate"), to_attr="there"))
    )
    noted = {row.seat_id: row for row in attendance if row.seat_id is not None}
    answers: dict[int, str] = {}
    for invitation in MeetingInvitation.objects.filter(meeting=meeting).exclude(answer="").exclude(seat=None):
        assert invitation.seat_id is not None  # noqa: S101 - excluded above
        # Of two people of one seat, the one who comes says more than the one who does not.
        if answers.get(invitation.seat_id) != MeetingInvitation.Answer.YES:
            answers[invitation.seat_id] = invitation.answer
    found: list[SeatRow] = []
    for seat in seats:
        there: list[SeatHolder] = seat.there
        found.append(
            SeatRow(
                seat=seat,
                holder=next((each for each in there if each.kind == SeatHolder.Kind.HOLDER), None),
                deputies=tuple(each for each in there if each.kind == SeatHolder.Kind.DEPUTY),
                answer=answers.get(seat.pk, ""),
                noted=noted.get(seat.pk),
            )
        )
    return found


def _day(meeting: Meeting) -> date:
    return timezone.localtime(meeting.starts_at).date()


# -- matters arising


def actions_of(board: PartnershipBoard, *, before: Meeting | None = None) -> QuerySet[Action]:
    """The actions that were marked in meetings of ``board``; only of those that began before another, if one is given.

    Not what an actor may see of them: meet it with :func:`collaboration.actions.queries.visible_to`.
    """
    marks = Mark.objects.filter(item__meeting__board=board, action=OuterRef("pk"))
    if before is not None:
        marks = marks.filter(item__meeting__starts_at__lt=before.starts_at).exclude(item__meeting=before)
    return Action.objects.filter(Exists(marks))


def open_actions_before(meeting: Meeting) -> QuerySet[Action]:
    """The open actions of earlier meetings, for whoever may see each: nothing is copied, so nothing is there twice."""
    return (
        actions_of(meeting.board, before=meeting)
        .filter(status__in=("unowned", "asked", "accepted"))
        .select_related("organisation", "owner")
        .order_by(F("due_on").asc(nulls_last=True), "number")
    )


def arising(actor: Actor, meeting: Meeting) -> list[Action]:
    """The open actions of earlier meetings that ``actor`` may see. One query."""
    seen = actions.visible_to(actor).order_by().values("pk")
    return list(open_actions_before(meeting).filter(pk__in=seen))


def arising_for_draft(item: AgendaItem) -> list[drafting.Open]:
    """The open actions that the minute of an item on matters arising may name to everybody who may read it.

    What was agreed under an exempt item, or under one for fewer people than this item, is left out.
    """
    order = list(Access.values)
    here = level_of(item)
    marks: dict[int, list[Mark]] = defaultdict(list)
    rows = open_actions_before(item.meeting)
    for mark in Mark.objects.filter(action__in=rows.order_by().values("pk")).select_related("item__meeting__board"):
        assert mark.action_id is not None  # noqa: S101 - filtered above
        marks[mark.action_id].append(mark)
    return [
        drafting.Open(
            reference=row.reference,
            what=row.what,
            owner=row.organisation.name if row.organisation else "",
            due_on=row.due_on,
        )
        for row in rows
        if all(order.index(level_of(mark.item)) <= order.index(here) for mark in marks[row.pk])
        and here != Access.NAMED
        and all(not mark.item.exempt or item.exempt for mark in marks[row.pk])
    ]


def marked(item: AgendaItem) -> list[drafting.Marked]:
    """The marks of an item as minutes tell them. One query, or none where they were brought along."""
    return [
        drafting.Marked(
            id=mark.pk,
            kind=mark.kind,
            text=mark.text,
            reference=_reference(mark),
            owner=mark.action.organisation.name if mark.action and mark.action.organisation else "",
            due_on=mark.action.due_on if mark.action else None,
        )
        for mark in sorted(_marks(item), key=lambda each: each.pk)
    ]


def _marks(item: AgendaItem) -> list[Mark]:
    if "marks" in getattr(item, "_prefetched_objects_cache", {}):
        return list(item.marks.all())
    return list(item.marks.select_related("action__organisation", "decision"))


def _reference(mark: Mark) -> str:
    if mark.action is not None:
        return mark.action.reference
    return mark.decision.reference if mark.decision is not None else ""


# -- comments and what waits


def comments_on(actor: Actor, minutes: Minutes, items: Collection[AgendaItem]) -> list[MinutesComment]:
    """The comments on minutes as a whole, and on those of their items that the reader may see. One query."""
    return list(
        MinutesComment.objects.filter(
            Q(item=None) | Q(item__in=[item.pk for item in items]), minutes=minutes
        ).select_related("by", "organisation", "item")
    )


def later_meetings(meeting: Meeting) -> QuerySet[Meeting]:
    """The meetings of the board after this one in which its minutes can have been approved."""
    return Meeting.objects.filter(
        board=meeting.board_id,
        status__in=(Meeting.Status.RUNNING, Meeting.Status.HELD),
        starts_at__gt=meeting.starts_at,
    ).order_by("starts_at")


def waiting_to_write(actor: Actor) -> QuerySet[Minutes]:
    """Minutes that wait for those who run the boards of ``actor``: to be circulated, approved or published."""
    if actor.mandate is None:
        return Minutes.objects.none()
    kept = PartnershipBoard.objects.filter(boards_kept_by(actor)).order_by().values("pk")
    return (
        visible_to(actor)
        .filter(meeting__board__in=kept, meeting__status=Meeting.Status.HELD)
        .exclude(status=Status.PUBLISHED)
        .exclude(status=Status.CIRCULATED, comments_until__gte=today())
        .select_related("meeting__board")
        .order_by("meeting__starts_at")
    )


def waiting_for_comment(actor: Actor) -> QuerySet[Minutes]:
    """Circulated minutes on which ``actor`` can still comment and has not."""
    if actor.person is None or actor.mandate is None:
        return Minutes.objects.none()
    inside = PartnershipBoard.objects.filter(boards_of(actor)).order_by().values("pk")
    mine = MinutesComment.objects.filter(minutes=OuterRef("pk"), by=actor.person)
    return (
        visible_to(actor)
        .filter(~Exists(mine), status=Status.CIRCULATED, comments_until__gte=today(), meeting__board__in=inside)
        .select_related("meeting__board")
        .order_by("comments_until")
    )


def present_names(attendance: Iterable[Attendance]) -> list[Any]:
    """Those who are there now, by name: whom an action can be given to without typing an address."""
    return [row for row in attendance if row.is_present and row.left_at is None]


def declarations(meeting: Meeting, items: Collection[AgendaItem]) -> dict[int, list[Declaration]]:
    """The interests that stand in items of a meeting, by id of the item; of ``items`` only. One query."""
    found: dict[int, list[Declaration]] = defaultdict(list)
    rows = Declaration.objects.filter(item__in=[item.pk for item in items], decision=None, withdrawn_at=None)
    for row in rows.select_related("organisation"):
        assert row.item_id is not None  # noqa: S101 - filtered above
        found[row.item_id].append(row)
    return dict(found)


def quorum_of(meeting: Meeting) -> quorum.Quorum:
    """The quorum as it is now. One query."""
    return quorum.of(meeting.board, attendance_of(meeting))


def course_of(meeting: Meeting, attendance: Iterable[Attendance] | None = None) -> quorum.Course:
    """How the quorum went so far, or in the whole meeting. One query, or none with the rows of attendance."""
    rows = attendance_of(meeting) if attendance is None else attendance
    return quorum.course(meeting.board, rows, began=meeting.started_at, ended=meeting.closed_at)


def quorum_said(meeting: Meeting, attendance: Iterable[Attendance] | None = None) -> str:
    """What is said of the quorum wherever the meeting is shown: once it is over, what its minutes keep."""
    kept = Minutes.objects.filter(meeting=meeting).values_list("quorum_said", flat=True).first()
    return kept or course_of(meeting, attendance).sentence


def quorum_at_decision(decision: Decision, on: date) -> quorum.Quorum | None:
    """The quorum of the meeting at the moment at which a decision was taken in it, on that day.

    None where it is taken in no meeting, on another day than it, or in one of which nobody noted who was there. Two
    queries at most.
    """
    meeting = decision.meeting
    if meeting is None or meeting.status not in (Meeting.Status.RUNNING, Meeting.Status.HELD):
        return None
    if on != timezone.localtime(meeting.started_at or meeting.starts_at).date():
        return None
    rows = attendance_of(meeting)
    if meeting.status == Meeting.Status.RUNNING:
        return quorum.of(meeting.board, rows)
    marked_at = Mark.objects.filter(decision=decision).order_by("at").values_list("at", flat=True).last()
    at = marked_at or (decision.item.ended_at if decision.item else None) or meeting.closed_at
    if at is None or not rows:
        return None
    # What is marked afterwards, of a meeting that is over, was taken before its end.
    return quorum.course(meeting.board, rows, began=None, ended=min(at, meeting.closed_at or at)).now


def told_of_minutes(meeting: Meeting, on: date) -> list[Person]:
    """Whom circulated minutes are sent: everybody who fills a seat of the board that day and may see it, once.

    Deputies too: they may have been there.
    """
    ids = seated(meeting, on).order_by().values("person")
    return list(Person.objects.filter(pk__in=ids, is_active=True).order_by("pk"))
