"""Puts meetings of the invented board into the demonstration: one held, with minutes and decisions, and one to come."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from django.utils import timezone

from collaboration.governance.models import Attendance, Meeting, PartnershipBoard
from collaboration.governance.queries import boards
from collaboration.governance.services import agenda, attending, minuting, papers, planning, running
from goldenthread.demo import decisions
from groundwork.access.actors import PersonActor
from groundwork.clock import now, today

PAPER = """## What we know

Seven in ten children in the two pilot districts started school ready to learn. The figures are invented.

## What we propose

1. One welcome visit for each family, by whoever knows it best.
2. One form, shared by all partners, filled in once.
"""
_NAMES = UUID("6f3f1f7e-9f0b-4c5e-8a51-0d6f0f9a4c11")


def load(keeper: PersonActor, board: PartnershipBoard) -> None:
    """A meeting of earlier today and one in two weeks. What was agreed has owners, days and reasons."""
    _held(keeper, board)
    coming = planning.plan(
        actor=keeper,
        board=board,
        starts_at=_at(14, 10),
        ends_at=_at(14, 12),
        venue="Town Hall (invented)",
        access="public",
        public_may_attend=True,
    )
    agenda.start_with_usual(actor=keeper, meeting=coming)
    visits = agenda.add(
        actor=keeper, meeting=coming, title="Welcome visits: first results", purpose="information", minutes=20
    )
    papers.add(actor=keeper, meeting=coming, item=visits, title="Welcome visits so far", body=PAPER)
    planning.publish_agenda(actor=keeper, meeting=coming)
    planning.call(actor=keeper, meeting=coming)


def _held(keeper: PersonActor, board: PartnershipBoard) -> None:
    # Earlier today: nobody sat on the board before it was set up.
    begins = max(timezone.localtime().replace(hour=0, minute=1, second=0, microsecond=0), now() - timedelta(hours=4))
    past = planning.plan(
        actor=keeper,
        board=board,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        venue="Online",
        access="public",
    )
    agenda.start_with_usual(actor=keeper, meeting=past)
    visits = agenda.add(
        actor=keeper, meeting=past, title="One welcome visit for each family", purpose="decision", minutes=30
    )
    form = agenda.add(
        actor=keeper,
        meeting=past,
        title="Who makes the shared form",
        purpose="decision",
        minutes=15,
        exempt=True,
        exempt_reason="Two firms named their prices in confidence.",
    )
    planning.publish_agenda(actor=keeper, meeting=past)
    running.begin(actor=keeper, meeting=past, at=past.starts_at)
    _attend(keeper, past)
    running.take(actor=keeper, item=visits)
    running.mark(
        actor=keeper,
        item=visits,
        kind="note",
        text="Health visitors and nurseries both visit now, and families tell their story twice.",
        uuid=uuid5(_NAMES, "note"),
    )
    once = running.mark(
        actor=keeper,
        item=visits,
        kind="decision",
        text="Each family gets one welcome visit, by whoever knows it best",
        uuid=uuid5(_NAMES, "decision"),
    )
    running.mark(
        actor=keeper,
        item=visits,
        kind="action",
        text="Draft the one form that all partners use for the visit",
        uuid=uuid5(_NAMES, "action"),
        who=keeper.person.name,
        due_on=today() + timedelta(days=5),
    )
    running.take(actor=keeper, item=form)
    maker = running.mark(
        actor=keeper,
        item=form,
        kind="decision",
        text="The second firm makes the shared form",
        uuid=uuid5(_NAMES, "maker"),
    )
    running.close(actor=keeper, meeting=past, at=past.ends_at)
    if once.decision is not None and maker.decision is not None:
        decisions.of_meeting(keeper, past, once.decision, maker.decision)
    decisions.of_board(keeper, board)
    past.refresh_from_db()
    minutes = past.minutes
    minutes = minuting.circulate(
        actor=keeper, minutes=minutes, comments_until=today() + timedelta(days=1), version=minutes.version
    )
    minutes = minuting.approve(actor=keeper, minutes=minutes, version=minutes.version)
    minuting.publish(actor=keeper, minutes=minutes, version=minutes.version)


def _attend(keeper: PersonActor, meeting: Meeting) -> None:
    """Whoever holds a seat was there; a vacant one is noted as absent."""
    said = []
    for each in boards.sitting(meeting.board):
        there = Attendance.State.ABSENT if each.is_vacant else Attendance.State.PRESENT
        said.append(attending.Said(seat=each.seat.pk, state=there))
    attending.note(actor=keeper, meeting=meeting, seats=said)


def _at(days: int, hour: int) -> datetime:
    day = today() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour))).astimezone(UTC)
