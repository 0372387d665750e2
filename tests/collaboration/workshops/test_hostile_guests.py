"""Guests who try to get further than they were let in."""

from __future__ import annotations

import pytest
import time_machine

from collaboration.boards import services as boards
from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from groundwork.access.actors import Public
from groundwork.access.errors import Conflict, NotAllowed, NotFound
from groundwork.accounts.services.limits import TooMany, network_of
from tests.collaboration.workshops.ground import Ground, as_guest, guest, invited, lay, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def status(joined: services.Joined) -> str:
    return Participation.objects.get(pk=joined.participation.pk).status


def with_lobby(ground: Ground) -> Workshop:
    return opened(ground, has_lobby=True)


def test_somebody_elses_way_back_brings_nobody_back_who_was_removed(ground: Ground) -> None:
    it = opened(ground)
    out, friend = guest(it, "Out"), guest(it, "Friend")
    services.remove(actor=ground["member"], participation=out.participation)
    with pytest.raises(NotAllowed):
        services.return_with(token=friend.return_token, guest_secret=out.guest_secret)
    assert (status(out), status(friend)) == ("removed", "admitted")
    with pytest.raises(NotFound):
        services.return_with(token=out.return_token)
    # The friend has lost nothing by it.
    services.return_with(token=friend.return_token, guest_secret=friend.guest_secret)


def test_who_left_waits_in_the_lobby_like_everybody(ground: Ground) -> None:
    it = with_lobby(ground)
    one = guest(it)
    services.admit(actor=ground["member"], participation=one.participation)
    services.leave(actor=as_guest(one), participation=one.participation)
    back = services.return_with(token=one.return_token)
    assert back.participation.status == "waiting"


def test_who_waits_cannot_leave_and_come_back_in(ground: Ground) -> None:
    one = guest(with_lobby(ground))
    with pytest.raises(Conflict):
        services.leave(actor=as_guest(one), participation=one.participation)
    assert status(one) == "waiting"


def test_a_place_in_the_lobby_that_is_given_up_lets_nobody_in(ground: Ground) -> None:
    it = with_lobby(ground)
    waiting, friend = guest(it, "Waiting"), guest(it, "Friend")
    services.admit(actor=ground["member"], participation=friend.participation)
    services.return_with(token=friend.return_token, guest_secret=waiting.guest_secret)
    assert (status(waiting), status(friend)) == ("removed", "admitted")
    with pytest.raises(NotFound):
        services.return_with(token=waiting.return_token)


def test_a_guest_who_facilitates_makes_nobody_a_facilitator(ground: Ground) -> None:
    it = opened(ground)
    room, other = guest(it, "Room"), services.join(actor=ground["nobody"], workshop=it, name="Other")
    services.change_role(actor=ground["member"], participation=room.participation, role="facilitator")
    with pytest.raises(NotAllowed):
        services.change_role(actor=as_guest(room), participation=other.participation, role="facilitator")


def test_who_is_made_unknown_is_not_named_by_their_invitation(ground: Ground) -> None:
    it = opened(ground)
    by_link, by_account = invited(ground, it), invited(ground, it, "nobody@vale.example")
    invited(ground, it, "bo@parish.example")
    ann = services.join_by_invitation(actor=Public(), token=queries.invitation_token(by_link), name="Ann")
    # With an account one may come in without the link that was sent.
    own = services.join(actor=ground["nobody"], workshop=it, via="account")
    for joined in (ann, own):
        boards.erase_person(actor=ground["officer"], participation=joined.participation)
    assert by_account.email not in str(WorkshopInvitation.objects.values())
    assert [each.email for each in WorkshopInvitation.objects.all()] == ["bo@parish.example"]


def test_a_network_of_ipv6_is_one_guesser(ground: Ground) -> None:
    it = opened(ground)
    for host in range(30):
        with pytest.raises(NotFound):
            services.try_code(code="22222222", address=f"2001:db8:0:7::{host:x}")
    with pytest.raises(TooMany):
        services.try_code(code=it.code, address="2001:db8:0:7:aaaa::1")
    # Next door, and whoever comes by IPv4, as some servers write it.
    assert services.try_code(code=it.code, address="2001:db8:0:8::1") == it
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
