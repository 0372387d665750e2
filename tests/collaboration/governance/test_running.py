"""A meeting while it is held: items taken and deferred, marks kept once, actions and decisions joining their lists."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from collaboration.actions import queries as actions
from collaboration.actions.models import Action
from collaboration.actions.origins import is_sensitive, origin_of
from collaboration.governance.models import AgendaItem, Declaration, Mark, Meeting, MeetingInvitation, Minutes
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import attending, running
from collaboration.governance.services.attending import Said
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import can, verbs
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import closed, mark, running_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay(quorum_organisations=2, quorum_sectors=1)


def test_who_runs_a_meeting(ground: Ground) -> None:
    meeting = ground.meeting(access="public", agenda_published_at=now())
    ground.item(meeting)
    allowed = {name for name, actor in ground.world.actors.items() if can(actor, "meeting.run", meeting)}
    assert allowed == {LEAD, "owner:officer", SECRETARY, CHAIR, "system"} | {
        name for name in (DEPUTY,) if can(ground[DEPUTY], "meeting.run", meeting)
    }
    with pytest.raises(NotAllowed, match="run a meeting"):
        running.begin(actor=ground[MEMBER], meeting=meeting)
    hidden = ground.meeting(access="board")
    with pytest.raises(NotFound):
        running.begin(actor=ground["other:officer"], meeting=hidden)


def test_the_table_of_verbs_is_whole() -> None:
    mine = {"meeting.run", "item.mark", "item.write_minute"}
    mine |= {f"minutes.{each}" for each in ("view", "write", "comment", "approve", "publish")}
    assert mine <= set(verbs())
    assert {each for each in verbs() if each.startswith("minutes.")} < mine


def test_items_are_taken_one_after_another(ground: Ground) -> None:
    meeting = running_meeting(ground)
    first, second, third = (ground.item(meeting) for _n in range(3))
    actor = ground[SECRETARY]
    assert running.next_item(actor=actor, meeting=meeting) == first
    running.defer(actor=actor, item=second)
    assert running.next_item(actor=actor, meeting=meeting) == third
    assert running.next_item(actor=actor, meeting=meeting) is None
    outcomes = {item.title: item.outcome for item in meeting.items.all()}
    assert outcomes == {first.title: "taken", second.title: "deferred", third.title: "taken"}
    running.take(actor=actor, item=second)
    assert AgendaItem.objects.get(pk=second.pk).outcome == ""
    with pytest.raises(Conflict, match="has not begun"):
        running.take(actor=actor, item=ground.item(ground.meeting(access="public", agenda_published_at=now())))


def test_a_mark_sent_twice_is_kept_once(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    other = ground.item(meeting)
    same = uuid4()
    first = mark(ground, item, "Agreed to write.", "action", uuid=same)
    again = mark(ground, item, "Agreed to write.", "action", uuid=same)
    assert first == again
    assert (Mark.objects.count(), Action.objects.count()) == (1, 1)
    with pytest.raises(Invalid, match="of another item"):
        mark(ground, other, uuid=same)


@pytest.mark.parametrize(
    ("kind", "text", "due", "field"),
    [("note", "  ", None, "text"), ("shout", "x", None, "kind"), ("action", "x" * 501, None, "text"),
     ("action", "x", "31/31/31", "due_on"), ("note", "x" * 2001, None, "text")],
)  # fmt: skip
def test_bad_marks_are_refused_with_a_sentence(ground: Ground, kind: str, text: str, due: str, field: str) -> None:
    item = ground.item(running_meeting(ground))
    with pytest.raises(Invalid) as refused:
        mark(ground, item, text, kind, due_on=due)
    assert list(refused.value.errors) == [field]
    assert not Mark.objects.exists()


def test_an_action_joins_the_one_list_and_its_owner_must_accept(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    who = ground[MEMBER]
    action = mark(ground, item, "Write to schools", "action", who=who.person.name, due_on=date(2027, 1, 4)).action
    assert action is not None
    assert (action.status, action.owner, action.organisation) == ("asked", who.person, ground.world.bodies["other"])
    assert action in actions.waiting_for(who)
    by_mail = mark(ground, item, "Call them", "action", who="jo@example.org").action
    assert by_mail is not None
    assert (by_mail.status, by_mail.owner_email) == ("asked", "jo@example.org")
    nobody = mark(ground, item, "Think", "action", who="Somebody Else").action
    assert nobody is not None
    assert (nobody.status, nobody.owner_name) == ("unowned", "Somebody Else")
    with pytest.raises(Invalid) as refused:
        mark(ground, item, "Shout", "action", who="not an @ address")
    assert list(refused.value.errors) == ["who"]


@pytest.mark.parametrize(
    ("item", "meeting", "visibility"),
    [({}, {}, "partners"), ({"access": "partners"}, {}, "partners"), ({"access": "board"}, {}, "room"),
     ({"exempt": True, "exempt_reason": "Paragraph 3"}, {}, "room"), ({}, {"access": "partners"}, "partners"),
     ({}, {"access": "board"}, "room"), ({}, {"agenda_published_at": None}, "room"),
     ({"access": "named"}, {}, "involved")],
)  # fmt: skip
def test_an_action_is_seen_by_no_more_than_its_item(ground: Ground, item: dict, meeting: dict, visibility: str) -> None:
    made = mark(ground, ground.item(running_meeting(ground, **meeting), **item), "Write", "action").action
    assert made is not None
    assert made.visibility == visibility


def test_where_an_action_comes_from_is_told_to_those_who_see_the_item(ground: Ground) -> None:
    meeting = running_meeting(ground)
    secret = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    named = "Jo Person"
    open_action = mark(ground, ground.item(meeting), "Write", "action", who=named).action
    hidden = mark(ground, secret, "Pay them", "action", who="jo@example.org").action
    assert open_action is not None
    assert hidden is not None
    assert origin_of(ground["public"], open_action) is not None
    assert origin_of(ground["public"], hidden) is None
    assert origin_of(ground[MEMBER], hidden) is not None
    assert (is_sensitive(open_action), is_sensitive(hidden)) == (False, True)


def test_a_decision_is_proposed_of_the_item(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    decision = mark(ground, item, "We fund it.\nFrom April.", "decision").decision
    assert decision is not None
    assert (decision.title, decision.item, decision.status) == ("We fund it.", item, "proposed")
    assert not can(ground["public"], "decision.view", decision)


def test_a_declared_interest_locks_the_item(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    secretary = ground[SECRETARY]
    Declaration.objects.create(
        meeting=meeting, item=item, person=secretary.person, name="S", organisation=secretary.organisation,
        kind="pecuniary", text="Mine", by=secretary.person,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="declared an interest"):
        mark(ground, item)
    assert mark(ground, item, actor=ground[CHAIR]).by == ground[CHAIR].person
    running.take(actor=secretary, item=item)


def test_a_note_can_be_taken_back_and_an_action_cannot(ground: Ground) -> None:
    item = ground.item(running_meeting(ground))
    note, action = mark(ground, item), mark(ground, item, "Write", "action")
    running.strike(actor=ground[SECRETARY], item=item, uuid=note.uuid)
    assert list(item.marks.all()) == [action]
    with pytest.raises(Conflict, match="own pages"):
        running.strike(actor=ground[SECRETARY], item=item, uuid=action.uuid)


def test_closing_loses_no_item(ground: Ground) -> None:
    meeting = running_meeting(ground)
    taken, left, deferred = (ground.item(meeting) for _n in range(3))
    opening = ground.item(meeting, kind="apologies")
    following = ground.meeting(starts_at=meeting.starts_at + timedelta(days=30))
    actor = ground[SECRETARY]
    running.take(actor=actor, item=taken)
    running.defer(actor=actor, item=deferred)
    minutes = closed(ground, meeting)
    assert minutes.status == "draft"
    assert {item.pk: item.outcome for item in meeting.items.all()} == {
        taken.pk: "taken", left.pk: "deferred", deferred.pk: "deferred", opening.pk: "",
    }  # fmt: skip
    carried = following.items.exclude(carried_from=None)
    assert [item.carried_from for item in carried] == [left, deferred]
    assert Meeting.objects.get(pk=meeting.pk).status == "held"
    assert closed(ground, meeting) == minutes
    assert following.items.exclude(carried_from=None).count() == 2


def seat_of(ground: Ground, name: str) -> int:
    return ground.seats[name].pk


def test_the_tick_list_counts_organisations(ground: Ground) -> None:
    meeting = running_meeting(ground)
    actor = ground[SECRETARY]
    rows = {row.seat.pk: row for row in reading.tick_list(meeting, [])}
    deputy = rows[seat_of(ground, "partner")].deputies[0]
    said = [
        Said(seat=seat_of(ground, "partner"), state="remote", holder=deputy.pk),
        Said(seat=seat_of(ground, "secretary"), state="present"),
        Said(seat=seat_of(ground, "other"), state="apologies"),
    ]
    noted = attending.note(actor=actor, meeting=meeting, seats=said)
    by_seat = {row.seat_id: row for row in noted}
    assert by_seat[seat_of(ground, "partner")].as_deputy
    assert by_seat[seat_of(ground, "partner")].mandate == ground[DEPUTY].mandate
    assert not reading.quorum_of(meeting).met
    attending.note(actor=actor, meeting=meeting, seats=[Said(seat=seat_of(ground, "other"), state="present")])
    assert reading.quorum_of(meeting).met
    row = next(each for each in reading.attendance_of(meeting) if each.seat_id == seat_of(ground, "other"))
    attending.leave(actor=actor, meeting=meeting, row=row.pk)
    assert not reading.quorum_of(meeting).met
    closed(ground, meeting)
    assert Minutes.objects.get(meeting=meeting).quorum_said.startswith("There was a quorum")


def test_who_cannot_be_ticked_off(ground: Ground) -> None:
    meeting = running_meeting(ground)
    actor = ground[SECRETARY]
    vacant = seat_of(ground, "owner")
    for wrong in (
        Said(seat=vacant, state="present"),
        Said(seat=vacant, state="dancing"),
        Said(seat=0, state="present"),
        Said(seat=seat_of(ground, "other"), state="present", holder=10**9),
    ):
        with pytest.raises(Invalid):
            attending.note(actor=actor, meeting=meeting, seats=[wrong])
    attending.note(actor=actor, meeting=meeting, seats=[Said(seat=vacant, state="absent")])
    attending.note(actor=actor, meeting=meeting, seats=[Said(seat=vacant, state="")])
    assert not meeting.attendance.exists()


def test_a_guest_is_noted_once_and_does_not_count(ground: Ground) -> None:
    meeting = running_meeting(ground)
    actor = ground[SECRETARY]
    guest = attending.add_guest(actor=actor, meeting=meeting, name="Jo Bloggs, Age UK")
    assert attending.add_guest(actor=actor, meeting=meeting, name="jo bloggs, Age UK") == guest
    assert reading.quorum_of(meeting).organisations == 0
    attending.remove_guest(actor=actor, meeting=meeting, guest=guest.pk)
    assert not meeting.attendance.exists()


def test_answers_to_the_invitation_stand_beside_the_seats(ground: Ground) -> None:
    meeting = running_meeting(ground)
    seat = ground.seats["other"]
    for number, answer in enumerate(("no", "yes")):
        MeetingInvitation.objects.create(
            meeting=meeting, seat=seat, email=f"{number}@example.org", answer=answer, token_digest=str(number)
        )
    rows = {row.seat.pk: row for row in reading.tick_list(meeting, [])}
    assert rows[seat.pk].answer == "yes"
    assert rows[seat_of(ground, "owner")].holder is None
