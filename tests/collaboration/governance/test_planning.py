"""Planning, calling, moving and cancelling meetings; series; the day by which papers are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from collaboration.governance.models import Access, Meeting, MeetingInvitation, SeatHolder
from collaboration.governance.series import Every, days_of
from collaboration.governance.services import inviting, planning
from collaboration.governance.working_days import clear_days_before, is_working
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.queries import history_of
from groundwork.clock import now
from groundwork.directory.models import PlaceDate
from groundwork.events.models import OutboxEvent
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground

STARTS = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)


@pytest.fixture
def ground(clock: time_machine.Coordinates, db: None) -> Ground:
    return grounds.lay()


def planned(ground: Ground, by: str = SECRETARY, **fields: object) -> Meeting:
    values: dict = {"starts_at": STARTS, "ends_at": ENDS, **fields}
    return planning.plan(actor=ground[by], board=ground.board, **values)


def events(name: str) -> list[dict]:
    return list(OutboxEvent.objects.filter(name=name).order_by("pk").values_list("payload", flat=True))


@given(st.integers(0, 2000), st.integers(0, 12), st.integers(0, 2**40 - 1))
def test_clear_days_lie_between(number: int, count: int, rests: int) -> None:
    """``rests``: a bit for each of the forty days before, set for a holiday."""
    day = date(2024, 1, 1) + timedelta(days=number)
    holidays = {day - timedelta(days=back + 1) for back in range(40) if rests >> back & 1}
    due = clear_days_before(day, count, holidays)
    between = [due + timedelta(days=number) for number in range(1, (day - due).days)]
    assert sum(is_working(each, holidays) for each in between) == count
    assert is_working(due, holidays)


def test_five_clear_days_by_the_calendar_of_the_place(ground: Ground) -> None:
    """A Thursday with the spring bank holiday before it: five clear days reach back to a Wednesday."""
    PlaceDate.objects.create(
        kind="holiday", name="Spring bank holiday", starts_on=date(2027, 6, 7), ends_on=date(2027, 6, 7)
    )
    assert planned(ground).papers_due_on == date(2027, 6, 1)
    PlaceDate.objects.all().delete()
    assert planned(ground, title="Another").papers_due_on == date(2027, 6, 2)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, ["2027-01-29", "2027-02-05", "2027-02-12"]),
        (Every.FORTNIGHT, ["2027-01-29", "2027-02-12", "2027-02-26"]),
        (Every.MONTH, ["2027-01-29", "2027-02-26", "2027-03-26"]),  # The last Friday where there is no fifth.
        (Every.QUARTER, ["2027-01-29", "2027-04-30", "2027-07-30"]),
    ],
)
def test_days_of_a_series(every: Every, days: list[str]) -> None:
    assert [each.isoformat() for each in days_of(date(2027, 1, 29), every, 3)] == days


def test_a_series_keeps_its_hours_over_the_change_of_the_clock(ground: Ground) -> None:
    made = planning.plan_series(
        actor=ground[SECRETARY],
        board=ground.board,
        starts_at=datetime(2027, 3, 9, 14, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 9, 16, 0, tzinfo=UTC),
        every=Every.MONTH,
        count=3,
    )
    assert [each.starts_at for each in made] == [
        datetime(2027, 3, 9, 14, 0, tzinfo=UTC),
        datetime(2027, 4, 13, 13, 0, tzinfo=UTC),
        datetime(2027, 5, 11, 13, 0, tzinfo=UTC),
    ]
    with pytest.raises(Invalid):
        planning.plan_series(
            actor=ground[SECRETARY], board=ground.board, starts_at=STARTS, ends_at=ENDS, every=Every.WEEK, count=25
        )


def test_two_clicks_plan_one_meeting(ground: Ground) -> None:
    assert planned(ground) == planned(ground)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_at": STARTS}, "ends_at"),
        ({"ends_at": STARTS + timedelta(days=4)}, "ends_at"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"title": "x" * 201}, "title"),
        ({"access": "all"}, "access"),
        ({"papers_due_on": date(2027, 6, 11)}, "papers_due_on"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(ground: Ground, fields: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        planned(ground, **fields)
    assert list(error.value.errors) == [field]
    assert not Meeting.objects.exists()


def test_a_meeting_is_never_shown_to_more_people_than_its_board(ground: Ground) -> None:
    ground.board.access = Access.PARTNERS
    ground.board.save()
    with pytest.raises(Invalid, match="partners of the place"):
        planned(ground, access="public")
    assert planned(ground, access="partners").access == "partners"
    ground.board.access = Access.NAMED
    ground.board.save()
    ground.board.named.add(ground[SECRETARY].person)
    assert planned(ground, title="For few").access == "named"


def test_who_may_plan(ground: Ground) -> None:
    for who in (LEAD, SECRETARY, CHAIR, DEPUTY):  # The deputy of the seat that chairs stands in as chair.
        assert planned(ground, by=who, title=who)
    for who in (MEMBER, "other:officer", "public"):
        with pytest.raises(NotAllowed):
            planned(ground, by=who)
    ground.board.access = Access.BOARD
    ground.board.save()
    with pytest.raises(NotFound):
        planned(ground, by="other:officer")


def test_a_closed_board_holds_no_meetings(ground: Ground) -> None:
    ground.board.status = "closed"
    ground.board.save()
    with pytest.raises(Conflict):
        planned(ground)


def test_calling_invites_whoever_sits_that_day_once(ground: Ground) -> None:
    meeting = planned(ground)
    planning.call(actor=ground[SECRETARY], meeting=meeting)
    planning.call(actor=ground[SECRETARY], meeting=meeting)
    invited = set(MeetingInvitation.objects.values_list("person", flat=True))
    assert invited == {ground[each].person.pk for each in (SECRETARY, CHAIR, MEMBER)}
    [payload] = events("meeting.invited")
    assert len(payload["invitation_ids"]) == 3
    meeting.refresh_from_db()
    assert (meeting.status, meeting.called_at) == ("called", now())


def test_a_seat_that_ends_before_the_meeting_is_not_invited_and_one_filled_later_can_be(ground: Ground) -> None:
    meeting = planned(ground)
    ground.seats["other"].valid_to = date(2027, 6, 10)
    ground.seats["other"].save()
    planning.call(actor=ground[SECRETARY], meeting=meeting)
    assert not meeting.invitations.filter(person=ground[MEMBER].person).exists()
    ground.seats["other"].valid_to = None
    ground.seats["other"].save()
    [late] = inviting.invite_missing(actor=ground[SECRETARY], meeting=meeting)
    assert late.person == ground[MEMBER].person
    assert inviting.invite_missing(actor=ground[SECRETARY], meeting=meeting) == []


def test_what_lies_in_the_past_is_not_called(ground: Ground) -> None:
    meeting = ground.meeting(starts_at=now() - timedelta(days=1))
    with pytest.raises(Conflict):
        planning.call(actor=ground[SECRETARY], meeting=meeting)


def test_moving_raises_the_sequence_only_once_people_know_of_it(ground: Ground) -> None:
    meeting = planned(ground)
    later = {"starts_at": STARTS + timedelta(days=7), "ends_at": ENDS + timedelta(days=7)}
    meeting = planning.change(actor=ground[SECRETARY], meeting=meeting, version=1, **later)
    assert (meeting.sequence, meeting.papers_due_on) == (0, date(2027, 6, 9))
    meeting = planning.call(actor=ground[SECRETARY], meeting=meeting)
    meeting = planning.change(actor=ground[SECRETARY], meeting=meeting, version=meeting.version, notes="Bring lunch.")
    assert meeting.sequence == 0
    meeting = planning.change(actor=ground[SECRETARY], meeting=meeting, version=meeting.version, venue="Town hall")
    assert meeting.sequence == 1
    assert [each["tell"] for each in events("meeting.changed")] == [False, False, False, True]
    again = planning.change(actor=ground[SECRETARY], meeting=meeting, version=1, venue="Town hall")
    assert again.version == meeting.version


def test_a_stale_edit_says_who_was_first(ground: Ground) -> None:
    meeting = planned(ground)
    planning.change(actor=ground[CHAIR], meeting=meeting, version=1, venue="Town hall")
    with pytest.raises(Conflict, match=ground[CHAIR].person.display_name):
        planning.change(actor=ground[SECRETARY], meeting=meeting, version=1, venue="Library")


def test_cancelling_tells_those_who_were_invited(ground: Ground) -> None:
    quiet, meeting = planned(ground, title="Quiet"), planned(ground)
    planning.call(actor=ground[SECRETARY], meeting=meeting)
    with pytest.raises(Invalid):
        planning.cancel(actor=ground[SECRETARY], meeting=meeting, reason=" ")
    for each in (quiet, meeting, meeting):
        planning.cancel(actor=ground[SECRETARY], meeting=each, reason="The hall is flooded.")
    told = events("meeting.cancelled")
    assert [(each["meeting_id"], each["tell"]) for each in told] == [(quiet.pk, False), (meeting.pk, True)]
    meeting.refresh_from_db()
    assert (meeting.status, meeting.sequence, meeting.cancelled_reason) == ("cancelled", 1, "The hall is flooded.")
    assert history_of(meeting).first().action == "meeting.cancel"
    with pytest.raises(Conflict, match="cancelled"):
        planning.change(actor=ground[SECRETARY], meeting=meeting, version=None, venue="Library")


def called(ground: Ground) -> Meeting:
    return planning.call(actor=ground[SECRETARY], meeting=planned(ground))


def of(meeting: Meeting, ground: Ground, who: str) -> MeetingInvitation:
    return meeting.invitations.get(person=ground[who].person)


def test_answering_by_the_link(ground: Ground) -> None:
    meeting = called(ground)
    invitation = of(meeting, ground, CHAIR)
    token = inviting.tokens.invitation_token(invitation)
    assert token not in invitation.token_digest
    assert inviting.answer_by_token(token=token, answer_given="yes").answer == "yes"
    assert inviting.answer_by_token(token=token, answer_given="no").answer == "no"
    with pytest.raises(Invalid):
        inviting.answer_by_token(token=token, answer_given="perhaps")
    for wrong in ("", "x", invitation.token_digest):
        with pytest.raises(NotFound):
            inviting.answer_by_token(token=wrong, answer_given="yes")
    assert len(events("meeting.answered")) == 2


def test_sending_the_deputy_invites_them_once(ground: Ground) -> None:
    meeting = called(ground)
    invitation = of(meeting, ground, CHAIR)
    inviting.answer(invitation=invitation, answer="deputy", actor=ground[CHAIR])
    deputy = of(meeting, ground, DEPUTY)
    assert (deputy.seat, deputy.answer) == (invitation.seat, "")
    inviting.answer(invitation=invitation, answer="yes", actor=ground[CHAIR])
    inviting.answer(invitation=invitation, answer="deputy", actor=ground[CHAIR])
    assert meeting.invitations.filter(person=ground[DEPUTY].person).count() == 1
    with pytest.raises(Invalid, match="Nobody is named as deputy"):
        inviting.answer(invitation=of(meeting, ground, MEMBER), answer="deputy", actor=ground[MEMBER])


def test_a_deputy_whose_mandate_ends_before_the_meeting_is_not_sent(ground: Ground) -> None:
    meeting = called(ground)
    deputy = SeatHolder.objects.get(kind="deputy")
    deputy.mandate.valid_to = date(2027, 6, 1)
    deputy.mandate.save()
    with pytest.raises(Invalid):
        inviting.answer(invitation=of(meeting, ground, CHAIR), answer="deputy", actor=ground[CHAIR])


def test_nobody_answers_for_another_or_for_what_is_over(ground: Ground) -> None:
    meeting = called(ground)
    with pytest.raises(NotAllowed):
        inviting.answer(invitation=of(meeting, ground, CHAIR), answer="no", actor=ground[MEMBER])
    planning.cancel(actor=ground[SECRETARY], meeting=meeting, reason="Snow")
    with pytest.raises(Conflict):
        inviting.answer(invitation=of(meeting, ground, CHAIR), answer="no", actor=ground[CHAIR])


def test_a_guest_is_invited_once(ground: Ground) -> None:
    meeting = called(ground)
    guest = inviting.invite_guest(actor=ground[SECRETARY], meeting=meeting, email=" Ann@Parish.example ", name="Ann")
    again = inviting.invite_guest(actor=ground[SECRETARY], meeting=meeting, email="ann@parish.example")
    assert (guest.pk, guest.email) == (again.pk, "ann@parish.example")
    with pytest.raises(Invalid):
        inviting.invite_guest(actor=ground[SECRETARY], meeting=meeting, email="nobody")
    with pytest.raises(NotAllowed):
        inviting.invite_guest(actor=ground[MEMBER], meeting=meeting, email="bob@parish.example")
