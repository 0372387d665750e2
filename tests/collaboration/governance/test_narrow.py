"""What is for named people stays theirs: carried over, suggested, sent round, quoted by mail, asked for by address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from collaboration.boards.afterwards import provenance as of_workshops
from collaboration.governance import interests, tokens
from collaboration.governance.models import Access, Meeting, MeetingInvitation, SeatHolder
from collaboration.governance.queries import boards, meetings, told
from collaboration.governance.queries import decisions as register
from collaboration.governance.queries import minutes as reading
from collaboration.governance.queries.decisions import DecisionFilters
from collaboration.governance.services import agenda, declaring, minuting, running
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.access.rules import can
from groundwork.clock import now, today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import circulated, closed, running_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def called(ground: Ground, meeting: Meeting, days: int = 30, **fields: Any) -> Meeting:
    return ground.meeting(**{"access": "public", "starts_at": meeting.starts_at + timedelta(days=days), **fields})


def people(thing: Any) -> set[str]:
    return set(thing.named.values_list("email", flat=True))


def test_an_item_for_named_people_stays_theirs_when_it_is_carried_over(ground: Ground) -> None:
    lead, member = ground[LEAD].person, ground[MEMBER].person
    meeting = running_meeting(ground, access="named")
    meeting.named.set([lead, member])
    narrow = ground.item(meeting, access="named")
    narrow.named.set([lead])
    plain = ground.item(meeting)
    following = called(ground, meeting)
    closed(ground, meeting)
    carried = {item.carried_from: item for item in following.items.exclude(carried_from=None)}
    assert {item.access for item in carried.values()} == {"named"}
    assert people(carried[narrow]) == {lead.email}
    assert people(carried[plain]) == {lead.email, member.email}


def test_a_meeting_for_named_people_takes_only_what_is_for_them(ground: Ground) -> None:
    lead, member = ground[LEAD].person, ground[MEMBER].person
    meeting = running_meeting(ground)
    plain, narrow = ground.item(meeting), ground.item(meeting, access="named")
    narrow.named.set([lead])
    closer = called(ground, meeting, 7, access="named")
    closer.named.set([lead, member])
    following = called(ground, meeting)
    closed(ground, meeting)
    [taken] = closer.items.exclude(carried_from=None)
    assert (taken.carried_from, taken.access, people(taken)) == (narrow, "named", {lead.email})
    assert [item.carried_from for item in following.items.exclude(carried_from=None)] == [plain]


def test_an_interest_comes_along_with_the_item_it_is_in(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
    declaring.declare(actor=ground[MEMBER], item=item, kind="pecuniary", text="My firm")
    following = called(ground, meeting)
    closed(ground, meeting)
    carried = following.items.get(carried_from=item)
    assert interests.is_locked(ground[MEMBER], carried)
    assert not interests.is_locked(ground[CHAIR], carried)
    assert item.declarations.count() == 1


def test_minutes_of_a_meeting_for_named_people_go_to_them_and_to_who_runs_it(ground: Ground) -> None:
    meeting = ground.meeting(access="named", status="held")
    meeting.named.set([ground[LEAD].person])
    told = reading.told_of_minutes(meeting, today())
    # The deputy stands in for the chair; the lead has no seat.
    assert set(told) == {ground[name].person for name in (CHAIR, DEPUTY, SECRETARY)}
    meeting.named.add(ground[MEMBER].person)
    assert ground[MEMBER].person in reading.told_of_minutes(meeting, today())


def test_a_mandate_that_ended_is_sent_no_minutes(ground: Ground) -> None:
    meeting = ground.meeting(status="held")
    mandate = ground[MEMBER].under
    type(mandate).objects.filter(pk=mandate.pk).update(valid_to=today())
    assert ground[MEMBER].person not in reading.told_of_minutes(meeting, today())


def test_what_was_put_off_among_named_people_is_suggested_to_them_alone(ground: Ground) -> None:
    earlier = ground.meeting(access="public", starts_at=now() - timedelta(days=60), status="held")
    plain = ground.item(earlier, outcome="deferred", title="Parking")
    last = ground.meeting(access="named", starts_at=now() - timedelta(days=30), status="held")
    last.named.set([ground[MEMBER].person])
    secret = ground.item(last, outcome="deferred", title="CANARY")
    meeting = ground.meeting(access="board")

    def suggested(name: str) -> list[str]:
        return [each.id for each in agenda.suggestions(ground[name], meeting).get("arising", [])]

    assert suggested(LEAD) == [f"item:{plain.pk}"]
    assert suggested(SECRETARY) == [f"item:{plain.pk}", f"item:{secret.pk}"]
    with pytest.raises(Exception, match="does not stand any more"):
        agenda.take(actor=ground[LEAD], meeting=meeting, kind="arising", source_id=f"item:{secret.pk}")
    item = agenda.take(actor=ground[SECRETARY], meeting=meeting, kind="arising", source_id=f"item:{secret.pk}")
    assert (item.access, people(item)) == ("named", {ground[MEMBER].person.email})


def test_a_decision_under_an_exempt_item_is_suggested_for_the_board_alone(ground: Ground) -> None:
    past = ground.meeting(access="public", status="held", agenda_published_at=now())
    item = ground.item(past, exempt=True, exempt_reason="Paragraph 3")
    ground.decision(status="made", decided_on=today(), review_on=today(), access="public", item=item)
    [found] = agenda.suggestions(ground[SECRETARY], ground.meeting(access="public"))["decision"]
    assert found.access == Access.BOARD


def test_a_hidden_board_and_none_at_all_are_told_alike(ground: Ground) -> None:
    hidden = grounds.made_board(ground.world, access="board")
    for name in ("public", MEMBER):
        asked = [DecisionFilters.from_query(ground[name], {"board": slug}) for slug in (hidden.slug, "no-such-board")]
        assert asked[0] == asked[1]
        assert asked[0][1] == ["There is no such board."]
    _filters, problems = DecisionFilters.from_query(ground[LEAD], {"board": hidden.slug})
    assert problems == []
    assert not register.listed(ground[LEAD], _filters).exists()


def test_an_origin_that_is_no_id_is_shown_to_nobody_and_not_quoted(ground: Ground) -> None:
    assert of_workshops.seen(ground["system"], ["WORKSHOP-1", ""]) == set()
    assert of_workshops.sensitive(["WORKSHOP-1"]) == {"WORKSHOP-1"}


def test_whoever_runs_a_meeting_takes_what_named_people_put_off(ground: Ground) -> None:
    meeting = running_meeting(ground, access="named")
    item = ground.item(meeting)
    running.defer(actor=ground[SECRETARY], item=item)
    closed(ground, meeting)
    # Nothing was ahead to carry it to, so it is suggested once something is planned.
    last = Meeting.objects.get(pk=meeting.pk)
    Meeting.objects.filter(pk=last.pk).update(starts_at=now() - timedelta(days=1), ends_at=now())
    found = agenda.suggestions(ground[CHAIR], ground.meeting(access="board"))["arising"]
    assert [each.id for each in found] == [f"item:{item.pk}"]


def invited(ground: Ground, meeting: Meeting, name: str, seat: str = "") -> MeetingInvitation:
    person = ground[name].person
    return MeetingInvitation.objects.create(
        meeting=meeting,
        seat=ground.seats[seat] if seat else None,
        person=person,
        email=person.email,
        token_digest=name,
    )


def test_who_left_the_board_is_told_nothing_more_of_its_meetings(ground: Ground) -> None:
    meeting = ground.meeting(access="board", status="called")
    member, chair = (invited(ground, meeting, *each) for each in ((MEMBER, "other"), (CHAIR, "partner")))
    guest = invited(ground, meeting, "lead:lead")
    assert all(told.is_still_for(each) for each in (member, chair, guest))
    mandate = ground[MEMBER].under
    type(mandate).objects.filter(pk=mandate.pk).update(valid_to=today())
    assert [told.is_still_for(each) for each in (member, chair, guest)] == [False, True, True]
    assert meetings.for_own_calendar(ground[CHAIR]).exists()
    assert not meetings.for_own_calendar(ground[MEMBER]).exists()
    Meeting.objects.filter(pk=meeting.pk).update(access="named")
    for each in (member, chair):
        each.meeting.refresh_from_db()
    assert [told.is_still_for(each) for each in (member, chair)] == [False, True]


def test_a_link_in_mail_is_dead_once_its_reader_left_the_board(ground: Ground) -> None:
    row = invited(ground, ground.meeting(access="board", status="called"), MEMBER, "other")
    token = meetings.invitation_token(row)
    MeetingInvitation.objects.filter(pk=row.pk).update(token_digest=tokens.digest(token))
    assert meetings.invitation_by_token(token) == row
    SeatHolder.objects.filter(person=ground[MEMBER].person).update(valid_to=today())
    with pytest.raises(NotFound, match="does not work"):
        meetings.invitation_by_token(token)


def test_whoever_may_not_see_a_decision_or_a_meeting_does_nothing_to_it(ground: Ground) -> None:
    """The lead organisation keeps the board, and is not by that among the named people."""
    meeting = ground.meeting(access="named")
    decision = ground.decision(access="named")
    for verb in ("change", "settle", "take_voices"):
        assert not can(ground[LEAD], f"decision.{verb}", decision)
        assert can(ground[SECRETARY], f"decision.{verb}", decision)
    assert not can(ground[LEAD], "meeting.edit", meeting)
    assert can(ground[SECRETARY], "meeting.edit", meeting)
    with pytest.raises(NotFound):
        agenda.add(actor=ground[LEAD], meeting=meeting, title="Mine")


def test_a_hidden_board_and_none_are_refused_in_the_same_words(ground: Ground) -> None:
    hidden = grounds.made_board(ground.world, access="board")
    said = []
    for slug in (hidden.slug, "no-such-board"):
        with pytest.raises(NotFound) as refused:
            boards.get(ground[MEMBER], slug)
        said.append(refused.value.message)
    assert said[0] == said[1]


def test_a_second_press_passes_over_no_item(ground: Ground) -> None:
    meeting = running_meeting(ground)
    first, second = ground.item(meeting), ground.item(meeting)
    for _twice in range(2):
        running.next_item(actor=ground[SECRETARY], meeting=meeting, named=first)
    assert [item.started_at is not None for item in meeting.items.all()] == [True, False]
    running.next_item(actor=ground[SECRETARY], meeting=meeting, named=second)
    # Another screen still shows the first as the next.
    running.next_item(actor=ground[CHAIR], meeting=meeting, named=first)
    assert meeting.items.get(pk=second.pk).ended_at is None


def test_whoever_declared_an_interest_settles_no_comment_on_it(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    minutes = circulated(ground, meeting)
    said = minuting.comment(actor=ground[MEMBER], minutes=minutes, text="We said more.", item=item)
    declaring.declare(actor=ground[CHAIR], item=item, kind="personal", text="My sister.")
    with pytest.raises(NotAllowed, match="declared an interest"):
        minuting.settle(actor=ground[CHAIR], comment=said, answer="No.")
    assert minuting.settle(actor=ground[SECRETARY], comment=said, answer="Put right.").settled_at is not None


def test_who_declared_in_the_item_is_not_asked_for_a_voice(ground: Ground) -> None:
    item = ground.item(ground.meeting(access="public"))
    ground.decision(status="open", item=item, access="public")
    assert register.asked_for_voice(ground[MEMBER]).count() == 1
    declaring.declare(actor=ground[MEMBER], item=item, kind="personal", text="My sister.")
    assert not register.asked_for_voice(ground[MEMBER]).exists()
