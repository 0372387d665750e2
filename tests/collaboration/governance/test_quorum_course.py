"""Minutes and the screen tell the same of the quorum, at every moment; a decision needs it at its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from collaboration.governance.models import Attendance, Decision, Meeting, Minutes
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import attending, deciding, running, voices
from collaboration.governance.services.attending import Said
from groundwork.access.errors import Conflict, Invalid
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.decided import WHOLE
from tests.collaboration.governance.ground import CHAIR, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import closed, mark, running_meeting

pytestmark = pytest.mark.django_db
BOTH = ("partner", "other")


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return grounds.lay(quorum_organisations=2)


@pytest.fixture
def meeting(ground: Ground) -> Meeting:
    """Begun at noon."""
    return running_meeting(ground, starts_at=now())


def tick(ground: Ground, meeting: Meeting, *names: str, state: str = "present") -> None:
    seats = [Said(seat=ground.seats[name].pk, state=state) for name in names]
    attending.note(actor=ground[SECRETARY], meeting=meeting, seats=seats)


def row(ground: Ground, meeting: Meeting, name: str) -> Attendance:
    return Attendance.objects.get(meeting=meeting, seat=ground.seats[name])


def said(meeting: Meeting) -> str:
    return reading.quorum_said(Meeting.objects.get(pk=meeting.pk))


def gone(ground: Ground, meeting: Meeting, name: str, **when: Any) -> None:
    attending.leave(actor=ground[SECRETARY], meeting=meeting, row=row(ground, meeting, name).pk, **when)


def back(ground: Ground, meeting: Meeting, name: str, **when: Any) -> None:
    attending.come_back(actor=ground[SECRETARY], meeting=meeting, row=row(ground, meeting, name).pk, **when)


def test_a_quorum_throughout(ground: Ground, meeting: Meeting, clock: Any) -> None:
    clock.shift(timedelta(minutes=5))
    tick(ground, meeting, *BOTH)
    assert said(meeting).startswith("There is a quorum.")
    clock.shift(timedelta(minutes=60))
    minutes = closed(ground, meeting)
    assert minutes.quorum_said == said(meeting)
    assert minutes.quorum_said.startswith("There was a quorum throughout. 2 organisations with a vote were present, of")


def test_who_leaves_and_comes_back_is_told_on_the_screen_and_in_the_minutes(
    ground: Ground, meeting: Meeting, clock: Any
) -> None:
    tick(ground, meeting, *BOTH)
    clock.shift(timedelta(minutes=40))
    gone(ground, meeting, "other")
    assert said(meeting).startswith("There is no quorum. 1 organisation with a vote is present")
    clock.shift(timedelta(minutes=30))
    back(ground, meeting, "other")
    assert said(meeting).startswith("There is a quorum.")
    assert said(meeting).endswith("There was none from 12:40 to 13:10.")
    clock.shift(timedelta(minutes=20))
    gone(ground, meeting, "partner")
    clock.shift(timedelta(minutes=10))
    minutes = closed(ground, meeting)
    assert minutes.quorum_said == said(meeting)
    assert minutes.quorum_said == (
        "There was a quorum for a part of the meeting. There was none from 12:40 to 13:10, from 13:30 to the end. "
        "2 organisations with a vote were present, of 1 sector. The board needs 2 organisations with a vote."
    ).replace("of 1 sector", minutes.quorum_said.split("present, ")[1].split(".")[0])


def test_who_comes_late_counts_from_then_unless_they_were_only_noted_late(
    ground: Ground, meeting: Meeting, clock: Any
) -> None:
    tick(ground, meeting, "partner")
    clock.shift(timedelta(minutes=20))
    tick(ground, meeting, *BOTH)
    assert said(meeting).endswith("There was none from the beginning to 12:20.")
    attending.was_there(actor=ground[SECRETARY], meeting=meeting, row=row(ground, meeting, "other").pk)
    assert "There was none" not in said(meeting)


def test_never_a_quorum_and_a_list_that_nobody_kept(ground: Ground, meeting: Meeting) -> None:
    other = running_meeting(ground, starts_at=now())
    tick(ground, meeting, "partner")
    assert closed(ground, meeting).quorum_said.startswith("There was no quorum at any time. 1 organisation")
    assert closed(ground, other).quorum_said == "Nobody noted who was there."


def test_a_wrong_button_is_no_absence(ground: Ground, meeting: Meeting, clock: Any) -> None:
    tick(ground, meeting, *BOTH)
    gone(ground, meeting, "other")
    clock.shift(timedelta(seconds=30))
    back(ground, meeting, "other")
    clock.shift(timedelta(minutes=5))
    assert closed(ground, meeting).quorum_said.startswith("There was a quorum throughout.")


def test_what_is_put_right_after_the_meeting_follows_into_the_minutes(
    ground: Ground, meeting: Meeting, clock: Any
) -> None:
    tick(ground, meeting, *BOTH)
    clock.shift(timedelta(minutes=60))
    closed(ground, meeting)
    with pytest.raises(Invalid, match="Enter the time at which they left"):
        gone(ground, meeting, "other")
    start = Meeting.objects.get(pk=meeting.pk).started_at
    assert start is not None
    for minutes in (-5, 61):
        with pytest.raises(Invalid, match="did not go on at that time"):
            gone(ground, meeting, "other", when=start + timedelta(minutes=minutes))
    gone(ground, meeting, "other", when=start + timedelta(minutes=30))
    assert "There was none from 12:30 to the end." in Minutes.objects.get(meeting=meeting).quorum_said
    with pytest.raises(Invalid, match="before they left"):
        back(ground, meeting, "other", when=start + timedelta(minutes=20))
    back(ground, meeting, "other")
    assert Minutes.objects.get(meeting=meeting).quorum_said.startswith("There was a quorum throughout.")


def carried(ground: Ground, meeting: Meeting) -> Decision:
    """A decision marked in the meeting, whole, with the voices it needs."""
    decision = mark(ground, ground.item(meeting), "We fund it.", "decision").decision
    assert decision is not None
    deciding.change(actor=ground[LEAD], decision=decision, version=None, **WHOLE)
    deciding.open_for_voices(actor=ground[LEAD], decision=decision)
    for name in (CHAIR, MEMBER):
        voices.give(actor=ground[name], decision=decision, choice="for")
    return decision


def test_a_decision_needs_a_quorum_while_it_is_made(ground: Ground, meeting: Meeting, clock: Any) -> None:
    tick(ground, meeting, *BOTH)
    decision = carried(ground, meeting)
    clock.shift(timedelta(minutes=10))
    gone(ground, meeting, "other")
    with pytest.raises(Conflict, match=r"There is no quorum\. 1 organisation with a vote is present"):
        deciding.make(actor=ground[LEAD], decision=decision)
    clock.shift(timedelta(minutes=10))
    back(ground, meeting, "other")
    assert deciding.make(actor=ground[LEAD], decision=decision).status == "made"


def test_a_decision_made_afterwards_for_the_day_of_the_meeting_asks_how_it_was_then(
    ground: Ground, meeting: Meeting, clock: Any
) -> None:
    tick(ground, meeting, "partner")
    before = carried(ground, meeting)
    clock.shift(timedelta(minutes=20))
    tick(ground, meeting, "other")
    clock.shift(timedelta(minutes=10))
    after = carried(ground, meeting)
    closed(ground, meeting)
    assert deciding.make(actor=ground[LEAD], decision=after).status == "made"
    with pytest.raises(Conflict, match="There is no quorum"):
        deciding.make(actor=ground[LEAD], decision=before)
    clock.shift(timedelta(days=1))
    # On another day the board decides by the voices that were given, without a meeting.
    assert deciding.make(actor=ground[LEAD], decision=before).status == "made"


def test_the_rule_of_sectors_is_asked_of_the_voices(ground: Ground) -> None:
    ground.board.quorum_sectors = 2
    ground.board.save()
    bodies = ground.world.bodies
    for name in BOTH:
        bodies[name].sector = bodies["partner"].sector
        bodies[name].save()
    decision = deciding.propose(actor=ground[LEAD], board=ground.board, title="Fund it", text="We fund it.", **WHOLE)
    deciding.open_for_voices(actor=ground[LEAD], decision=decision)
    for name in (CHAIR, MEMBER):
        voices.give(actor=ground[name], decision=decision, choice="for")
    with pytest.raises(Conflict, match=r"Voices of 2 sectors are needed. Heard so far: .*\. N"):
        deciding.make(actor=ground[LEAD], decision=decision)


def test_a_deputy_who_takes_over_fills_the_seat_again(ground: Ground, meeting: Meeting, clock: Any) -> None:
    tick(ground, meeting, *BOTH)
    clock.shift(timedelta(minutes=10))
    gone(ground, meeting, "partner")
    clock.shift(timedelta(minutes=10))
    rows = {each.seat.pk: each for each in reading.tick_list(meeting, [])}
    deputy = rows[ground.seats["partner"].pk].deputies[0]
    there = Said(seat=ground.seats["partner"].pk, state="present", holder=deputy.pk)
    attending.note(actor=ground[SECRETARY], meeting=meeting, seats=[there])
    assert said(meeting).endswith("There was none from 12:10 to 12:20.")


def test_take_waits_for_nobody(ground: Ground, meeting: Meeting) -> None:
    """A meeting without a quorum goes on: it only decides nothing."""
    item = ground.item(meeting)
    assert running.take(actor=ground[SECRETARY], item=item).started_at is not None
