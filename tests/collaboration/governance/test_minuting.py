"""Minutes: drafted, written, circulated, commented on, approved, published, corrected; what is left over is carried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.services import working
from collaboration.governance.models import Access, AgendaItem, Declaration, Meeting, Minutes
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import minuting, planning, running
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.audit.models import AuditEntry
from groundwork.clock import now, today
from groundwork.events.models import OutboxEvent
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, MEMBER, OF_THE_BOARD, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import circulated, closed, mark, published, running_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def fresh(item: AgendaItem) -> AgendaItem:
    return AgendaItem.objects.select_related("meeting__board").get(pk=item.pk)


def write(ground: Ground, item: AgendaItem, text: str, **fields: Any) -> AgendaItem:
    now_is = fresh(item)
    values = {"actor": ground[SECRETARY], "version": now_is.version, **fields}
    return minuting.write(item=now_is, text=text, **values)


def test_the_view_rule_and_the_list_agree(ground: Ground) -> None:
    every: list[Minutes] = []
    for level in Access.values:
        for status in Minutes.Status.values:
            meeting = ground.meeting(access=level, status="held")
            meeting.named.add(ground["lead:approver"].person)
            every.append(Minutes.objects.create(meeting=meeting, status=status))
    found = {}
    for name, actor in ground.world.actors.items():
        found[name] = {one.pk for one in every if can(actor, "minutes.view", Minutes.objects.get(pk=one.pk))}
        assert found[name] == set(reading.visible_to(actor).values_list("pk", flat=True)), name
    assert found["public"] == {one.pk for one in every if (one.meeting.access, one.status) == ("public", "published")}
    assert found["public"] < found["other:officer"] < found[MEMBER] < found[SECRETARY]


def test_who_may_do_what_with_minutes(ground: Ground) -> None:
    minutes = circulated(ground, running_meeting(ground))
    found = {
        verb: {name for name, actor in ground.world.actors.items() if can(actor, f"minutes.{verb}", minutes)}
        for verb in ("write", "comment", "approve", "publish")
    }
    keepers = {"owner:lead", "owner:officer", SECRETARY, CHAIR, DEPUTY, "system"}
    assert found == {
        "write": keepers,
        "approve": keepers,
        "publish": keepers,
        "comment": {*OF_THE_BOARD, "system"},
    }


def test_minutes_draft_themselves_and_what_was_written_stays(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    running.take(actor=ground[SECRETARY], item=item)
    mark(ground, item, "First.")
    assert fresh(item).minute == "First."
    write(ground, item, "My words.")
    later = mark(ground, item, "Second.")
    assert fresh(item).minute == "My words."
    assert [each.id for each in minuting.offered(fresh(item))] == [later.pk]
    write(ground, item, "My words. And the second.")
    assert minuting.offered(fresh(item)) == []
    minuting.draft_anew(actor=ground[SECRETARY], item=fresh(item), version=fresh(item).version)
    assert fresh(item).minute == "First.\n\nSecond."


def test_what_was_marked_while_somebody_wrote_is_offered(ground: Ground) -> None:
    item = ground.item(running_meeting(ground))
    seen = mark(ground, item, "First.")
    mark(ground, item, "Marked while the page was open.")
    write(ground, item, "About the first.", upto=seen.pk)
    assert [each.text for each in minuting.offered(fresh(item))] == ["Marked while the page was open."]


def test_a_stale_minute_is_refused_and_tells_who_wrote(ground: Ground) -> None:
    item = ground.item(running_meeting(ground))
    version = fresh(item).version
    write(ground, item, "The chair was first.", actor=ground[CHAIR])
    with pytest.raises(Conflict, match="was changed by Partner Lead at"):
        write(ground, item, "I am late.", version=version)
    assert fresh(item).minute == "The chair was first."


def test_the_whole_way_to_published(ground: Ground) -> None:
    meeting = running_meeting(ground)
    ground.item(meeting)
    secretary = ground[SECRETARY]
    minutes = closed(ground, meeting)
    with pytest.raises(Conflict, match="not been circulated"):
        minuting.approve(actor=secretary, minutes=minutes, version=None)
    with pytest.raises(Invalid) as refused:
        minuting.circulate(actor=secretary, minutes=minutes, comments_until=today() - timedelta(days=1), version=None)
    assert list(refused.value.errors) == ["comments_until"]
    minutes = circulated(ground, meeting)
    with pytest.raises(Conflict, match="Only approved"):
        minuting.publish(actor=secretary, minutes=minutes, version=None)
    later = ground.meeting(starts_at=meeting.starts_at + timedelta(days=30), status="running")
    with pytest.raises(Conflict, match="later meeting"):
        minuting.approve(actor=secretary, minutes=minutes, version=None, approved_in=meeting)
    minutes = minuting.approve(actor=ground[CHAIR], minutes=minutes, version=minutes.version, approved_in=later)
    assert (minutes.approved_in, minutes.approved_by) == (later, ground[CHAIR].person)
    minutes = minuting.publish(actor=secretary, minutes=minutes, version=minutes.version)
    assert can(ground["public"], "minutes.view", minutes)
    again = OutboxEvent.objects.count()
    assert minuting.publish(actor=secretary, minutes=minutes, version=None).status == "published"
    assert OutboxEvent.objects.count() == again


def test_comments_are_answered_before_the_approval(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    minutes = circulated(ground, meeting)
    said = minuting.comment(actor=ground[MEMBER], minutes=minutes, text="We said more.", item=item)
    assert minuting.comment(actor=ground[MEMBER], minutes=minutes, text="We said more.", item=item) == said
    with pytest.raises(NotAllowed, match="Only people of this board"):
        minuting.comment(actor=ground["lead:lead"], minutes=published(ground, running_meeting(ground)), text="Hello")
    with pytest.raises(NotFound):
        minuting.comment(actor=ground["lead:lead"], minutes=minutes, text="Hello")
    with pytest.raises(Conflict, match="1 comment is not settled"):
        minuting.approve(actor=ground[SECRETARY], minutes=minutes, version=None)
    minuting.settle(actor=ground[SECRETARY], comment=said, answer="Added.")
    assert minuting.approve(actor=ground[SECRETARY], minutes=minutes, version=None).status == "approved"
    with pytest.raises(Conflict, match="not open for comments"):
        minuting.comment(actor=ground[MEMBER], minutes=minutes, text="Late")


def test_comments_end_with_their_day(ground: Ground, clock: Any) -> None:
    minutes = circulated(ground, running_meeting(ground))
    clock.shift(timedelta(days=11))
    with pytest.raises(Conflict, match="Comments could be made until"):
        minuting.comment(actor=ground[MEMBER], minutes=minutes, text="Late")


def test_a_declared_interest_locks_the_minute(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    for name in (MEMBER, SECRETARY):
        actor = ground[name]
        Declaration.objects.create(
            item=item,
            meeting=meeting,
            person=actor.person,
            name=name,
            organisation=actor.organisation,
            kind="personal",
            text="x",
        )
    minutes = circulated(ground, meeting)
    with pytest.raises(NotAllowed, match="declared an interest"):
        minuting.comment(actor=ground[MEMBER], minutes=minutes, text="Mine", item=item)
    with pytest.raises(NotAllowed, match="declared an interest"):
        write(ground, item, "Mine")
    minuting.comment(actor=ground[MEMBER], minutes=minutes, text="On the rest")


def test_corrections_are_dated_and_keep_what_stood_there(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    mark(ground, item, "Twelve pounds.")
    minutes = published(ground, meeting)
    with pytest.raises(Conflict, match="are approved"):
        write(ground, item, "Twenty pounds.")
    with pytest.raises(Conflict, match="are approved"):
        mark(ground, item, "More.")
    with pytest.raises(Invalid) as refused:
        minuting.correct(actor=ground[SECRETARY], item=fresh(item), text="Twenty.", why=" ", version=None)
    assert list(refused.value.errors) == ["why"]
    made = minuting.correct(actor=ground[SECRETARY], item=fresh(item), text="Twenty.", why="The sum.", version=None)
    assert made is not None
    assert (made.before, made.text, fresh(item).minute) == ("Twelve pounds.", "The sum.", "Twenty.")
    assert Minutes.objects.get(pk=minutes.pk).status == "published"


def test_neither_audit_nor_events_hold_what_was_said(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    mark(ground, item, "CANARY-MARK")
    running.defer(actor=ground[SECRETARY], item=item, reason="CANARY-REASON")
    write(ground, item, "CANARY-MINUTE")
    minutes = circulated(ground, meeting)
    said = minuting.comment(actor=ground[MEMBER], minutes=minutes, text="CANARY-COMMENT", item=item)
    minuting.settle(actor=ground[SECRETARY], comment=said, answer="CANARY-ANSWER")
    minuting.approve(actor=ground[SECRETARY], minutes=minutes, version=None)
    minuting.correct(actor=ground[SECRETARY], item=fresh(item), text="CANARY-NEW", why="CANARY-WHY", version=None)
    kept = [str(entry.changes) for entry in AuditEntry.objects.all()]
    kept += [str(event.payload) for event in OutboxEvent.objects.all()]
    assert not [text for text in kept if "CANARY" in text]


def carried_to(meeting: Meeting) -> list[AgendaItem | None]:
    return [item.carried_from for item in meeting.items.exclude(carried_from=None)]


def test_deferred_items_come_once_to_the_next_meeting(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3", purpose="decision", minutes=25)
    running.defer(actor=ground[SECRETARY], item=item)
    closed(ground, meeting)
    start = meeting.starts_at + timedelta(days=30)
    plan = {"actor": ground[SECRETARY], "board": ground.board, "ends_at": start + timedelta(hours=1)}
    following = planning.plan(starts_at=start, **plan)
    made = following.items.get(carried_from=item)
    assert (made.title, made.exempt, made.purpose, made.minutes) == (item.title, True, "decision", 25)
    assert following.items.filter(kind="arising").count() == 1
    planning.call(actor=ground[SECRETARY], meeting=following)
    plan["ends_at"] = start + timedelta(days=2)
    after = planning.plan(starts_at=start + timedelta(days=1), **plan)
    assert (carried_to(following), carried_to(after)) == ([item], [])
    planning.cancel(actor=ground[SECRETARY], meeting=following, reason="Snow")
    assert carried_to(after) == [item]
    assert after.items.get(carried_from=item).exempt


def test_what_comes_from_a_narrower_meeting_stays_narrow(ground: Ground) -> None:
    meeting = running_meeting(ground, access="board")
    item = ground.item(meeting)
    following = ground.meeting(access="public", starts_at=meeting.starts_at + timedelta(days=30))
    closed(ground, meeting)
    assert following.items.get(carried_from=item).access == "board"


def test_open_actions_arise_in_the_next_meeting_until_they_are_done(ground: Ground) -> None:
    meeting = running_meeting(ground)
    open_one = mark(ground, ground.item(meeting), "Write to schools", "action").action
    done = mark(ground, ground.item(meeting), "Call them", "action").action
    hidden = mark(ground, ground.item(meeting, exempt=True, exempt_reason="P3"), "CANARY pay", "action").action
    assert open_one is not None
    assert done is not None
    working.finish(actor=ground[SECRETARY], action=done)
    following = ground.meeting(access="public", starts_at=meeting.starts_at + timedelta(days=30), status="called")
    closed(ground, meeting)
    assert set(reading.arising(ground[SECRETARY], following)) == {open_one, hidden}
    assert reading.arising(ground["other:officer"], following) == [open_one]
    assert reading.arising(ground["public"], following) == []
    arising = following.items.get(kind="arising")
    Meeting.objects.filter(pk=following.pk).update(agenda_published_at=now())
    actor = ground[SECRETARY]
    running.begin(actor=actor, meeting=following)
    running.take(actor=actor, item=fresh(arising))
    running.close(actor=actor, meeting=following)
    minute = fresh(arising).minute
    assert open_one.reference in minute
    assert "CANARY" not in minute
    assert done.reference not in minute


def test_queries_do_not_grow_with_items(ground: Ground) -> None:
    counts = []
    for many in (1, 3):
        meeting = running_meeting(ground)
        for _n in range(many):
            item = ground.item(meeting)
            mark(ground, item)
            mark(ground, item, f"Write {item.pk}", "action")
        actor = ground[SECRETARY]
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = reading.items_of(actor, reading.meeting_for(actor, meeting.uuid))
            assert all(reading.marked(each.item) for each in found if each.item)
            reading.tick_list(meeting, reading.attendance_of(meeting))
        counts.append(len(caught))
    assert counts[0] == counts[1]
