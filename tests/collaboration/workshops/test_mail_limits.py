"""How much mail a workshop can make: nobody's inbox is flooded by clicking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, WorkshopInvitation
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, NotAllowed, NotFound
from groundwork.clock import now
from groundwork.events.models import OutboxEvent
from tests.collaboration.workshops.ground import Ground, as_guest, guest, invited, lay, opened, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def mails() -> int:
    return sum(len(event.payload["invitation_ids"]) for event in OutboxEvent.objects.filter(name="workshop.invited"))


def test_withdrawing_and_inviting_in_a_loop_mails_three_times_a_day(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    it = planned(ground)
    one = invited(ground, it)
    for _turn in range(6):
        clock.shift(timedelta(minutes=1))
        services.withdraw_invitation(actor=ground["member"], invitation=one)
        checked = services.invite(actor=ground["member"], workshop=it, people=[queries.Invitee(one.email)])
    assert mails() == 3
    assert [person.email for person in checked.later] == [one.email]
    with pytest.raises(Conflict, match="three times in the last day"):
        services.add_facilitator(actor=ground["member"], workshop=it, email=one.email)
    one.refresh_from_db()
    assert one.revoked_at is not None, "who could not be mailed is not invited behind their back"
    clock.shift(timedelta(days=1))
    assert services.invite(actor=ground["member"], workshop=it, people=[queries.Invitee(one.email)]).mails == 1
    assert mails() == 4


def test_an_invitation_is_sent_again_with_the_same_link(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground)
    one = invited(ground, it)
    link = queries.invitation_token(one)
    assert services.send_again(actor=ground["member"], invitation=one).mailed_at == one.mailed_at, "a double click"
    assert mails() == 1
    clock.shift(timedelta(hours=1))
    again = services.send_again(actor=ground["member"], invitation=one)
    assert (again.mailed_at, queries.invitation_token(again), mails()) == (now(), link, 2)
    assert queries.invitation_by_token(link).pk == one.pk
    clock.shift(timedelta(hours=1))
    services.send_again(actor=ground["member"], invitation=one)
    clock.shift(timedelta(hours=1))
    with pytest.raises(Conflict, match="3 times in the last day"):
        services.send_again(actor=ground["member"], invitation=one)
    assert mails() == 3


def test_one_that_ran_out_works_again(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = planned(ground, starts_at=None, ends_at=None)
    one = invited(ground, it)
    clock.shift(timedelta(days=15))
    assert one.expires_at < now()
    assert services.send_again(actor=ground["member"], invitation=one).expires_at > now()


def test_what_is_not_sent_again_is_refused_with_a_sentence(ground: Ground, clock: time_machine.Coordinates) -> None:
    it = opened(ground)
    gone, no, came = (invited(ground, it, f"{name}@parish.example") for name in ("gone", "no", "came"))
    services.withdraw_invitation(actor=ground["member"], invitation=gone)
    services.answer_invitation(token=queries.invitation_token(no), answer="no")
    services.join_by_invitation(actor=Public(), token=queries.invitation_token(came), name="Came")
    clock.shift(timedelta(hours=1))
    for each, sentence in ((gone, "taken back"), (no, "do not come"), (came, "came in by")):
        with pytest.raises(Conflict, match=sentence):
            services.send_again(actor=ground["member"], invitation=each)
    with pytest.raises(NotFound):
        services.send_again(actor=ground["nurse"], invitation=no)
    assert mails() == 3


def test_a_guest_who_facilitates_puts_out_no_facilitator(ground: Ground) -> None:
    it = opened(ground)
    helper, visitor = guest(it, "Helper"), guest(it, "Visitor")
    services.change_role(actor=ground["member"], participation=helper.participation, role="facilitator")
    other = guest(it, "Other").participation
    services.change_role(actor=ground["member"], participation=other, role="facilitator")
    planner = it.participations.get(person=ground["member"].who)
    for each in (planner, other):
        with pytest.raises(NotAllowed, match="Only a facilitator with an account"):
            services.remove(actor=as_guest(helper), participation=each)
    services.remove(actor=as_guest(helper), participation=visitor.participation)
    services.remove(actor=ground["member"], participation=other)
    assert set(it.participations.filter(status="removed").values_list("name", flat=True)) == {"Visitor", "Other"}
    with pytest.raises(NotAllowed, match="Only its facilitators"):
        services.remove(actor=as_guest(guest(it, "Nobody")), participation=Participation.objects.get(pk=planner.pk))


def test_an_old_invitation_counts_as_mailed_once(ground: Ground) -> None:
    one = invited(ground, planned(ground))
    WorkshopInvitation.objects.update(mailed=[])
    one.refresh_from_db()
    assert (one.mailed_at, len(one.mails_since(now() - timedelta(days=1)))) == (one.created_at, 1)
