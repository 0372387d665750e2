"""A hall that comes in at once: who they are and what they are given, for many as cheaply as for one, and as truly."""

from __future__ import annotations

import asyncio
import itertools
import threading
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.boards import oplog, states
from collaboration.boards.consumers import door
from collaboration.boards.consumers.bringing import Brought, Wanted, bring, bring_now
from collaboration.boards.consumers.door import Admitted, Knock, TurnedAway, admit
from collaboration.boards.consumers.neighbours import PROCESS, PresenceTopic, cache_key
from collaboration.boards.consumers.presence import Roster, rosters
from collaboration.boards.engine.people import Actor
from collaboration.boards.standing import standings, standings_of_guests
from collaboration.workshops.models import Participation, Workshop
from goldenthread.asgi import application
from groundwork.clock import today
from groundwork.directory.models import Mandate
from groundwork.live.sending import group_of, own_layer
from tests.collaboration.boards.hall import Hall, organisation, person
from tests.collaboration.boards.wire import DIRECT, Client, guest
from tests.serving import served

pytestmark = pytest.mark.django_db


def knock(hall: Hall, secret: str, **more: Any) -> Knock:
    return Knock(hall.board_id, {settings.GUEST_COOKIE_NAME: secret}, **more)


def counted(work: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        work()
    return len(asked)


def test_guests_are_who_they_are_one_by_one() -> None:
    """The query in words that are kept says what the one that is made anew says."""
    for status, workshop in itertools.product(Participation.Status.values, Workshop.Status.values):
        hall = Hall(status=workshop)
        body = organisation()
        everybody = []
        for number, until in enumerate((None, None, timedelta(days=1), timedelta(0))):
            mandate = None
            if number:
                mandate = Mandate.objects.create(
                    person=person(),
                    organisation=body,
                    role="member",
                    valid_from=today() - timedelta(days=9),
                    valid_to=None if until is None else today() + until,
                )
            everybody.append(guest(hall, status=status, mandate=mandate, organisation=body)[0])
        digests = {str(who.guest_digest): who.pk for who in everybody}
        found = standings_of_guests([*digests, "f" * 64])
        expected = standings(hall.board_id, [who.pk for who in everybody])
        assert {standing.participation_id: standing for _board, standing in found.values()} == expected
        assert all(board == hall.board_id for board, _standing in found.values())
        assert all(digests[digest] == standing.participation_id for digest, (_board, standing) in found.items())


def test_who_has_an_account_by_now_is_not_let_in_by_a_secret() -> None:
    hall = Hall()
    who, _secret = guest(hall)
    assert who.guest_digest in standings_of_guests([str(who.guest_digest)])
    Participation.objects.filter(pk=who.pk).update(person=person())
    assert standings_of_guests([str(who.guest_digest)]) == {}
    assert standings_of_guests([]) == {}


def test_a_hall_is_asked_for_in_as_many_queries_as_one_guest() -> None:
    halls = [Hall(), Hall()]
    secrets = [(hall, guest(hall)[1]) for hall in halls for _ in range(4)]
    door._known.clear()
    admit([knock(hall, secret) for hall, secret in secrets])
    one = counted(lambda: admit([knock(*secrets[0])]))
    assert one == 1
    assert counted(lambda: admit([knock(hall, secret) for hall, secret in secrets])) == one
    said = admit([*[knock(hall, secret) for hall, secret in secrets], knock(halls[1], secrets[0][1])])
    assert all(isinstance(each, Admitted) for each in said[:-1])
    # Whoever is somebody in one workshop is a stranger in the other.
    assert isinstance(said[-1], TurnedAway)
    assert said[-1].code == 4004


def test_languages_are_told_apart() -> None:
    hall = Hall()
    _who, secret = guest(hall)
    told = admit([knock(hall, secret, accept_language=accepted) for accepted in ("en-GB,en;q=0.9", "", "x" * 200)])
    assert {each.language for each in told if isinstance(each, Admitted)} <= {
        code for code, _name in settings.LANGUAGES
    }
    assert len(told) == 3


def viewer(who: Participation) -> Actor:
    return Actor(who.key, "participant", "")


def frames(brought: Brought | Exception | None) -> list[bytes]:
    assert isinstance(brought, Brought)
    return [said.payload for said in brought.frames]


def test_pictures_of_many_boards_are_brought_with_one_question_for_their_heads() -> None:
    halls = [Hall() for _ in range(3)]
    wanted = [Wanted(hall.board_id, viewer(hall.facilitator), None, None) for hall in halls]
    bring(wanted)
    assert counted(lambda: bring(wanted[:1])) == counted(lambda: bring(wanted)) == 1
    assert counted(lambda: rosters([hall.board_id for hall in halls])) == 2
    assert [roster.names for roster in rosters([hall.board_id for hall in halls]) if isinstance(roster, Roster)] == [
        {hall.facilitator.key: hall.facilitator.name} for hall in halls
    ]


def test_what_is_brought_at_once_is_what_is_brought() -> None:
    hall = Hall()
    hall.go(1)
    note = hall.note(hall.facilitator)
    wanted = Wanted(hall.board_id, viewer(hall.facilitator), None, None)
    head = oplog.heads([hall.board_id])[hall.board_id]
    states.forget(hall.board_id)
    # Nothing is here yet.
    assert bring_now(wanted, head) is None
    slowly = bring([wanted])[0]
    assert counted(lambda: frames(bring_now(wanted, head))) == 0
    assert frames(bring_now(wanted, head)) == frames(slowly)
    assert note.encode() in frames(slowly)[1]
    tail = bring_now(wanted._replace(since=head.head_seq - 1, epoch=head.epoch), head)
    assert isinstance(tail, Brought)
    assert (tail.resume, tail.seq, tail.frames) == ("tail", head.head_seq - 1, ())


def test_nothing_is_brought_at_once_that_may_not_be_so_any_more() -> None:
    hall = Hall()
    wanted = Wanted(hall.board_id, viewer(hall.facilitator), None, None)
    bring([wanted])
    head = oplog.heads([hall.board_id])[hall.board_id]
    assert bring_now(wanted, head) is not None
    # The log is further than this process, or of another history.
    assert bring_now(wanted, oplog.Head(head.epoch, head.head_seq + 1, head.horizon, head.access_version)) is None
    assert bring_now(wanted, oplog.Head("another", head.head_seq, head.horizon, head.access_version)) is None
    # Somebody commits: what they have absorbed is not kept yet.
    answers: list[object] = []
    with states.held_all([hall.board_id]):
        other = threading.Thread(target=lambda: answers.append(bring_now(wanted, head)))
        other.start()
        other.join(5)
    assert answers == [None]
    # Too much to make ready on the loop.
    with states.held_all([hall.board_id]) as held:
        it = held[hall.board_id]
        it.state.touched |= {str(number) for number in range(states.FEW + 1)}
        assert not it.is_quick
    assert bring_now(wanted, head) is None


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_who_is_connected_to_another_process_is_here_too(django_db_blocker: Any) -> None:
    hall = Hall()
    ann, secret = guest(hall)
    there, _secret = guest(hall)
    with served(application, django_db_blocker, **DIRECT) as address, Client(address, hall, secret=secret) as client:
        client.hello()
        assert client.until("presence")["here"] == 1
        # What another process does when somebody connects to it.
        cache.set(cache_key(hall.board_id, "another"), {there.key: 1}, 40)
        asyncio.run(hinted("another"))
        told = client.until("presence", within=15)
        assert told["here"] == 2
        assert {person["key"] for person in told["people"]} == {there.key}
        # And it was told, because it may not have heard of this one.
        end = monotonic() + 15
        while cache.get(cache_key(hall.board_id, PROCESS)) is None and monotonic() < end:
            sleep(0.05)
        assert cache.get(cache_key(hall.board_id, PROCESS)) == {ann.key: 1}


async def hinted(process: str) -> None:
    layer = own_layer()
    name = PresenceTopic().name
    await layer.group_send(group_of(name), {"type": "hint", "topic": name, "hint": {"process": process}})
    await layer.close_pools()
