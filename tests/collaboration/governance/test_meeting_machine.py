"""Meetings and their minutes in any order of acts, by anybody, with versions that may be stale: what always holds."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from collaboration.governance.models import AgendaItem, Mark, Meeting, Minutes, MinutesComment, MinutesCorrection
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import minuting, planning, running
from groundwork.access.errors import DomainError
from groundwork.clock import now, today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, MEMBER, SECRETARY

WHO = st.sampled_from([SECRETARY, SECRETARY, CHAIR, MEMBER, "other:officer", "public"])
PICK = st.integers(0, 7)
STALE = st.booleans()
SECRET = "CANARY"


class MeetingMachine(RuleBasedStateMachine):
    """Every act is tried by anybody at any time; what is refused changes nothing."""

    @initialize()
    def lay(self) -> None:
        self.point = transaction.savepoint()
        self.ground = grounds.lay()
        self.days = 0
        self.sent: list[Any] = []
        self.sequences: dict[int, int] = {}
        self.marked = 0
        self.agreed: dict[int, str] = {}
        """What the minutes said of an item when they were approved, or since they were last corrected."""

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.savepoint_rollback(self.point)

    def tried(self, act: Any, who: str, **given: Any) -> Any:
        try:
            with transaction.atomic():
                return act(actor=self.ground[who], **given)
        except DomainError:
            return None

    def picked(self, model: Any, number: int) -> Any:
        rows = list(model.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(who=WHO)
    def plan(self, who: str) -> None:
        if self.days >= 6:
            return
        self.days += 1
        start = now() + timedelta(days=self.days)
        self.tried(
            planning.plan, who, board=self.ground.board, starts_at=start, ends_at=start + timedelta(hours=1),
            title=f"Meeting {self.days}", access="public",
        )  # fmt: skip

    @rule(number=PICK, exempt=st.booleans())
    def put_on_the_agenda(self, number: int, exempt: bool) -> None:
        meeting = self.picked(Meeting, number)
        if meeting is None or not meeting.is_ahead:
            return
        Meeting.objects.filter(pk=meeting.pk).update(agenda_published_at=now())
        title = f"{SECRET} {uuid4()}" if exempt else f"Open {uuid4()}"
        self.ground.item(meeting, title=title, exempt=exempt, exempt_reason="Paragraph 3" if exempt else "")

    @rule(who=WHO, number=PICK)
    def call(self, who: str, number: int) -> None:
        if (meeting := self.picked(Meeting, number)) is not None:
            self.tried(planning.call, who, meeting=meeting)

    @rule(who=WHO, number=PICK)
    def cancel(self, who: str, number: int) -> None:
        if (meeting := self.picked(Meeting, number)) is not None:
            self.tried(planning.cancel, who, meeting=meeting, reason="Snow")

    @rule(who=WHO, number=PICK)
    def begin(self, who: str, number: int) -> None:
        if (meeting := self.picked(Meeting, number)) is not None:
            self.tried(running.begin, who, meeting=meeting)

    @rule(who=WHO, number=PICK)
    def next_item(self, who: str, number: int) -> None:
        if (meeting := self.picked(Meeting, number)) is not None:
            self.tried(running.next_item, who, meeting=meeting)

    @rule(who=WHO, number=PICK)
    def take(self, who: str, number: int) -> None:
        if (item := self.picked(AgendaItem, number)) is not None:
            self.tried(running.take, who, item=item)

    @rule(who=WHO, number=PICK)
    def defer(self, who: str, number: int) -> None:
        if (item := self.picked(AgendaItem, number)) is not None:
            self.tried(running.defer, who, item=item)

    @rule(who=WHO, number=PICK, kind=st.sampled_from(["note", "note", "action", "decision"]), again=st.booleans())
    def mark(self, who: str, number: int, kind: str, again: bool) -> None:
        item = self.picked(AgendaItem, number)
        if item is None:
            return
        uuid = self.sent[-1] if again and self.sent else uuid4()
        self.sent.append(uuid)
        self.marked += 1
        text = f"{SECRET if item.exempt else 'Open'} {kind} {self.marked}"
        self.tried(running.mark, who, item=item, kind=kind, text=text, uuid=uuid)

    @rule(who=WHO, number=PICK, stale=STALE)
    def write(self, who: str, number: int, stale: bool) -> None:
        item = self.picked(AgendaItem, number)
        if item is None:
            return
        text = f"{SECRET if item.exempt else 'Open'} written {uuid4()}"
        made = self.tried(minuting.write, who, item=item, text=text, version=item.version - stale)
        assert made is None or not stale

    @rule(who=WHO, number=PICK)
    def close(self, who: str, number: int) -> None:
        if (meeting := self.picked(Meeting, number)) is not None:
            self.tried(running.close, who, meeting=meeting)

    @rule(who=WHO, number=PICK, stale=STALE)
    def circulate(self, who: str, number: int, stale: bool) -> None:
        if (minutes := self.picked(Minutes, number)) is not None:
            until, version = today() + timedelta(days=7), minutes.version - stale
            self.tried(minuting.circulate, who, minutes=minutes, comments_until=until, version=version)

    @rule(who=WHO, number=PICK, about=PICK)
    def comment(self, who: str, number: int, about: int) -> None:
        minutes = self.picked(Minutes, number)
        if minutes is not None:
            items = list(minutes.meeting.items.all())
            item = items[about % len(items)] if items else None
            self.tried(minuting.comment, who, minutes=minutes, text=f"{SECRET} {uuid4()}", item=item)

    @rule(who=WHO, number=PICK)
    def settle(self, who: str, number: int) -> None:
        if (said := self.picked(MinutesComment, number)) is not None:
            self.tried(minuting.settle, who, comment=said, answer="Done")

    @rule(who=WHO, number=PICK, stale=STALE)
    def approve(self, who: str, number: int, stale: bool) -> None:
        if (minutes := self.picked(Minutes, number)) is not None:
            self.tried(minuting.approve, who, minutes=minutes, version=minutes.version - stale)

    @rule(who=WHO, number=PICK, stale=STALE)
    def publish(self, who: str, number: int, stale: bool) -> None:
        if (minutes := self.picked(Minutes, number)) is not None:
            self.tried(minuting.publish, who, minutes=minutes, version=minutes.version - stale)

    @rule(who=WHO, number=PICK, stale=STALE)
    def correct(self, who: str, number: int, stale: bool) -> None:
        item = self.picked(AgendaItem, number)
        if item is None:
            return
        before = MinutesCorrection.objects.count()
        text = f"{SECRET if item.exempt else 'Open'} corrected {uuid4()}"
        made = self.tried(minuting.correct, who, item=item, text=text, why="A slip.", version=item.version - stale)
        assert MinutesCorrection.objects.count() == before + (made is not None)
        if made is not None:
            assert not stale
            assert made.before == self.agreed[item.pk]
            self.agreed[item.pk] = text

    @rule(number=PICK)
    def a_good_secretary(self, number: int) -> None:
        """Takes a meeting from wherever it is to published minutes, so that the end is reached often."""
        meeting = self.picked(Meeting, number)
        if meeting is None:
            return
        for act in (running.begin, running.next_item, running.close):
            self.tried(act, SECRETARY, meeting=meeting)
        minutes = Minutes.objects.filter(meeting=meeting).first()
        if minutes is None:
            return
        self.tried(minuting.circulate, SECRETARY, minutes=minutes, comments_until=today(), version=None)
        for said in minutes.comments.all():
            self.tried(minuting.settle, SECRETARY, comment=said, answer="Done")
        for act in (minuting.approve, minuting.publish):
            self.tried(act, SECRETARY, minutes=minutes, version=None)

    @invariant()
    def nothing_exempt_is_read_by_the_public(self) -> None:
        if not hasattr(self, "ground"):
            return
        public = self.ground["public"]
        for minutes in reading.visible_to(public).select_related("meeting__board"):
            assert minutes.status == "published"
            for row in reading.items_of(public, minutes.meeting):
                assert row.item is None or SECRET not in row.item.title + row.item.minute
                assert row.item is None or not any(SECRET in mark.text for mark in row.item.marks.all())

    @invariant()
    def approved_minutes_change_only_by_a_correction(self) -> None:
        for item in AgendaItem.objects.filter(meeting__minutes__status__in=("approved", "published")):
            assert item.minute == self.agreed.setdefault(item.pk, item.minute)

    @invariant()
    def no_item_is_lost_and_each_is_carried_once(self) -> None:
        going = AgendaItem.objects.exclude(carried_from=None).exclude(meeting__status="cancelled")
        for _source, times in Counter(going.values_list("carried_from", flat=True)).items():
            assert times == 1
        held = AgendaItem.objects.filter(meeting__status="held", kind="item")
        assert not held.filter(outcome="").exists()
        for item in held.filter(outcome="deferred").select_related("meeting"):
            ahead = Meeting.objects.filter(
                board=item.meeting.board_id, status__in=("planned", "called"), starts_at__gt=item.meeting.starts_at
            )
            first = Meeting.objects.filter(status__in=("planned", "called")).order_by("starts_at").first()
            carried = going.filter(carried_from=item).first()
            if carried is not None:
                assert (carried.exempt, carried.title) == (item.exempt, item.title)
            elif first is not None and ahead.exists():
                # It waits only where the next meeting ahead is one before its own.
                assert first.starts_at < item.meeting.starts_at

    @invariant()
    def marks_are_kept_once_and_states_follow_each_other(self) -> None:
        assert Mark.objects.count() <= len(set(getattr(self, "sent", [])))
        for meeting in Meeting.objects.all():
            assert self.sequences.get(meeting.pk, 0) <= meeting.sequence
            self.sequences[meeting.pk] = meeting.sequence
            assert (meeting.status in ("running", "held")) == (meeting.started_at is not None)
            assert (meeting.status == "held") == (meeting.closed_at is not None)
            taken_now = meeting.items.filter(started_at__isnull=False, ended_at=None).count()
            assert taken_now <= (1 if meeting.status == "running" else 0)
        for minutes in Minutes.objects.select_related("meeting"):
            assert minutes.status == "draft" or minutes.meeting.status == "held"
            if minutes.status in ("approved", "published"):
                assert minutes.approved_at is not None
                assert not minutes.comments.filter(settled_at=None).exists()


class TestMeetings(TestCase):
    def test_meetings_and_minutes(self) -> None:
        run_state_machine_as_test(
            MeetingMachine,
            settings=settings(
                max_examples=12,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            ),
        )
