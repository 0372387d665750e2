"""Who gets in, who is put out, and how soon: origins, tickets, sessions, rights, limits (S1, S2, S5, S10, S19, E17)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.conf import settings
from django.db import OperationalError
from django.test import Client as Browser
from websockets.exceptions import ConnectionClosed, InvalidStatus

from collaboration.boards.models import Ticket
from collaboration.boards.services import issue_ticket
from collaboration.workshops import registry
from collaboration.workshops.models import Participation
from groundwork.accounts.services import tokens
from tests.collaboration.boards.hall import Hall, acting, person
from tests.collaboration.boards.wire import DIRECT, PLAIN, Client, guest
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)
PROTOCOL = "golden-thread.board"


@pytest.fixture(params=[DIRECT, PLAIN], ids=["direct", "plain"])
def address(request: pytest.FixtureRequest, db: None, django_db_blocker: object) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker, **request.param) as where:
        yield where


@pytest.fixture
def hall(db: None) -> Hall:
    return Hall()


@pytest.fixture
def enter(address: str, hall: Hall) -> Iterator[Callable[..., Client]]:
    with ExitStack() as stack:

        def entered(**options: Any) -> Client:
            return stack.enter_context(Client(address, hall, **options))

        yield entered


HOSTILE = [
    "null",
    "http://evil.example",
    "http://127.0.0.1.evil.example:{port}",
    "http://evil127.0.0.1:{port}",
    "http://127.0.0.1:1",
    "http://127.0.0.1",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil@127.0.0.1:{port}",
    "http://127.0.0.1:{port}/path",
    "http://127。0。0。1:{port}".encode("idna").decode() + "x",
    None,
]


def test_only_pages_of_our_own_open_a_socket_and_refusals_are_logged(enter: Any, address: str, hall: Hall) -> None:
    _who, secret = guest(hall)
    with structlog.testing.capture_logs() as lines:
        for hostile in HOSTILE:
            origin = hostile and hostile.replace("{port}", address.rsplit(":", 1)[1])
            with pytest.raises(InvalidStatus) as refused:
                enter(secret=secret, origin=origin)
            assert refused.value.response.status_code == 403
    assert [line["event"] for line in lines].count("socket_refused") == len(HOSTILE) == 12
    assert enter(secret=secret, origin=settings.BASE_URL).hello().seq == 1
    assert enter(secret=secret, origin=address).hello().seq == 1


def test_a_ticket_lets_in_once_within_a_minute_on_its_board(enter: Any, hall: Hall) -> None:
    who, _secret = guest(hall)
    ticket = issue_ticket(participation=who)
    program = enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{ticket}"])
    assert program.socket.subprotocol == PROTOCOL
    assert program.hello().frames[0]["you"] == who.key
    again = enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{ticket}"])
    assert again.goodbye() == (4003, 4003)

    late = issue_ticket(participation=who)
    Ticket.objects.update(expires_at=Ticket.objects.latest("pk").expires_at - timedelta(seconds=61))
    assert enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{late}"]).goodbye() == (4003, 4003)

    other = issue_ticket(participation=guest(Hall())[0])
    assert enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{other}"]).goodbye() == (4003, 4003)
    assert enter(origin=None, subprotocols=[PROTOCOL, "ticket.x"]).goodbye() == (4003, 4003)


def test_taking_back_a_token_closes_what_its_tickets_opened(enter: Any, hall: Hall) -> None:
    actor = acting(hall.workshop.host)
    who = hall.join(person=actor.who, mandate=actor.mandate)

    def program() -> tuple[Any, Any]:
        token, _secret = tokens.create(actor=actor, name=f"Program {uuid4()}")
        ticket = issue_ticket(participation=who, api_token_id=token.pk)
        return token, enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{ticket}"]).hello()

    (first, ending), (second, staying) = program(), program()
    # A number at the end of a ticket is believed only where the digest vouches for it.
    made = issue_ticket(participation=who, api_token_id=first.pk)
    forged = f"{made.rpartition('.')[0]}.{second.pk}"
    assert enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{forged}"]).goodbye() == (4003, 4003)
    tokens.revoke(actor=actor, token=first)
    assert ending.goodbye() == (4003, 4003)
    staying.send(t="ping")
    assert staying.until("heartbeat")
    assert enter(origin=None, subprotocols=[PROTOCOL, f"ticket.{made}"]).goodbye() == (4003, 4003)


def test_a_ticket_is_no_way_around_the_origin_and_none_is_taken_from_an_address(enter: Any, hall: Hall) -> None:
    ticket = issue_ticket(participation=guest(hall)[0])
    with pytest.raises(InvalidStatus):
        enter(origin="http://evil.example", subprotocols=[PROTOCOL, f"ticket.{ticket}"])
    with pytest.raises(InvalidStatus):
        enter(origin=None, query=f"?ticket={ticket}")
    assert enter(query=f"?ticket={ticket}").goodbye() == (4004, 4004)
    assert not Ticket.objects.exclude(used_at=None).exists()


def test_strangers_other_boards_and_those_who_wait_are_told_why(enter: Any, hall: Hall) -> None:
    assert enter().goodbye() == (4004, 4004)
    assert enter(secret="x" * 43).goodbye() == (4004, 4004)
    elsewhere, secret = guest(Hall())
    assert enter(secret=secret).goodbye() == (4004, 4004)
    assert enter(secret=secret, board=str(uuid4())).goodbye() == (4004, 4004)
    _who, secret = guest(hall, status="waiting")
    waiting = enter(secret=secret)
    assert waiting.goodbye() == (4003, 4003)
    assert "let you in" in waiting.frames[-1]["sentence"]
    _who, secret = guest(hall, status="removed")
    assert enter(secret=secret).goodbye() == (4003, 4003)
    assert elsewhere.workshop_id != hall.workshop.pk


def ended_within(client: Client, seconds: float = 2.0) -> tuple[int | None, int | None]:
    began = time.monotonic()
    codes = client.goodbye(within=10)
    assert time.monotonic() - began < seconds + 1, "it took too long"
    return codes


def test_whoever_is_removed_is_put_out_and_hears_nothing_more(enter: Any, hall: Hall) -> None:
    _leader, leading = guest(hall, "facilitator")
    who, secret = guest(hall)
    leader, ann = enter(secret=leading).hello(), enter(secret=secret).hello()
    ann.drain(0.2)
    Participation.objects.filter(pk=who.pk).update(status="removed")
    registry.tell_access_changed([hall.workshop.pk])
    began = time.monotonic()
    head = leader.do("stage.next", from_=0)["seq"]
    leader.do("stage.next", from_=1)
    with suppress(ConnectionClosed):
        ann.op("stage.next", from_=2)
    assert ended_within(ann) == (4003, 4003)
    assert time.monotonic() - began < 3
    assert not any(frame["t"] == "ack" for frame in ann.frames)
    # What was on its way may still have come, for two seconds at most (E17); nothing that happens from now on does.
    seen = ann.seq
    leader.do("stage.next", from_=2)
    with suppress(ConnectionClosed):
        ann.drain(0.2)
    assert ann.seq == seen <= head + 1
    assert enter(secret=secret).goodbye() == (4003, 4003)
    leader.send(t="ping")
    leader.until("heartbeat")


def test_a_change_that_nobody_hints_at_is_seen_within_seconds(enter: Any, hall: Hall) -> None:
    who, secret = guest(hall)
    ann = enter(secret=secret).hello()
    Participation.objects.filter(pk=who.pk).update(status="removed")
    type(hall.board).objects.update(access_version=7)
    assert ann.goodbye(within=6) == (4003, 4003)


def test_another_role_brings_another_picture(enter: Any, hall: Hall) -> None:
    _leader, leading = guest(hall, "facilitator")
    who, secret = guest(hall)
    leader, ann = enter(secret=leading).hello(), enter(secret=secret).hello()
    leader.do("stage.next", from_=0)
    Participation.objects.filter(pk=who.pk).update(role="facilitator")
    registry.tell_access_changed([hall.workshop.pk])
    welcome = ann.until("welcome")
    assert (welcome["role"], welcome["resume"]) == ("facilitator", "epoch")
    ann.until("yours")
    assert ann.do("stage.next", from_=1)["t"] == "ack"
    type(hall.workshop).objects.filter(pk=hall.workshop.pk).update(status="reported")
    registry.tell_access_changed([hall.workshop.pk])
    assert ann.until("welcome")["role"] == "observer"
    assert ann.do("stage.next", from_=2)["code"] == "watching"
    type(hall.workshop).objects.filter(pk=hall.workshop.pk).update(status="archived")
    registry.tell_access_changed([hall.workshop.pk])
    assert ended_within(ann) == (4003, 4003)
    assert ended_within(leader) == (4003, 4003)


@pytest.fixture
def signed_in(hall: Hall) -> tuple[Any, Browser, dict[str, str]]:
    """A facilitator with an account, in their browser."""
    who, browser = person("Ada"), Browser()
    hall.join("facilitator", person=who)
    browser.force_login(who)
    cookies = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    return who, browser, cookies


def test_a_session_lets_in_until_it_ends(enter: Any, signed_in: Any) -> None:
    _who, browser, cookies = signed_in
    ada = enter(cookies=cookies).hello()
    assert ada.frames[0]["role"] == "facilitator"
    browser.logout()
    assert ended_within(ada) == (4003, 4003)
    assert enter(cookies=cookies).goodbye() == (4004, 4004)


def test_an_account_that_is_closed_is_put_out(enter: Any, signed_in: Any, hall: Hall) -> None:
    who, _browser, cookies = signed_in
    ada = enter(cookies=cookies).hello()
    who.is_active = False
    who.save()
    registry.tell_access_changed([hall.workshop.pk])
    assert ended_within(ada) == (4003, 4003)
    assert enter(cookies=cookies).goodbye()[0] in (4003, 4004)


def test_a_session_that_was_idle_for_too_long_lets_nobody_in(enter: Any, signed_in: Any) -> None:
    from groundwork.accounts.adapter import SEEN_AT, SIGNED_IN_AT

    _who, browser, cookies = signed_in
    session = browser.session
    session[SIGNED_IN_AT] = int(time.time()) - 14 * 3600
    session[SEEN_AT] = int(time.time()) - 13 * 3600
    session.save()
    assert enter(cookies=cookies).goodbye() == (4004, 4004)


def test_one_person_opens_so_many_and_no_more(enter: Any, hall: Hall) -> None:
    _who, secret = guest(hall)
    clients = [enter(secret=secret) for _ in range(settings.BOARD_SOCKETS_PER_PERSON)]
    assert enter(secret=secret).goodbye() == (4009, 4009)
    clients[0].socket.close()
    time.sleep(0.3)
    assert enter(secret=secret).hello().seq == 1


def test_a_board_holds_so_many_and_no_more(enter: Any, hall: Hall, settings: Any) -> None:
    settings.BOARD_SOCKETS_PER_BOARD = 3
    for _ in range(3):
        enter(secret=guest(hall)[1])
    assert enter(secret=guest(hall)[1]).goodbye() == (4009, 4009)


def test_whoever_says_nothing_is_put_out(enter: Any, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collaboration.boards.consumers.socket.HELLO_SECONDS", 0.3)
    assert enter(secret=guest(hall)[1]).goodbye() == (4000, 4000)


def test_after_eight_hours_one_comes_back(enter: Any, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collaboration.boards.consumers.socket.LONGEST_SECONDS", 0.2)
    client = enter(secret=guest(hall)[1]).hello()
    assert client.goodbye() == (4001, 4001)
    assert client.frames[-1]["after"] >= 0


def test_one_who_floods_slows_nobody_else(enter: Any, hall: Hall) -> None:
    _leader, leading = guest(hall, "facilitator")
    leader, flooder = enter(secret=leading).hello(), enter(secret=guest(hall)[1]).hello()
    leader.do("stage.next", from_=0)
    with suppress(ConnectionClosed):
        for _ in range(400):
            flooder.op("vote", str(uuid4()))
    began = time.monotonic()
    assert leader.do("stage.next", from_=1)["t"] == "ack"
    assert time.monotonic() - began < 1
    assert flooder.goodbye() == (4029, 4029)


def test_when_the_server_stops_everybody_is_told_when_to_come_back(hall: Hall, django_db_blocker: object) -> None:
    from goldenthread.asgi import application

    with ExitStack() as stack:
        with served(application, django_db_blocker, **DIRECT) as address:
            clients = [stack.enter_context(Client(address, hall, secret=guest(hall)[1])).hello() for _ in range(12)]
            began = time.monotonic()
        assert time.monotonic() - began < 5
        assert {client.goodbye() for client in clients} == {(1012, 1012)}
    waits = {client.frames[-1]["after"] for client in clients}
    assert len(waits) > 6
    assert all(0 <= wait <= 3_100 for wait in waits)


def test_while_the_database_is_away_one_is_told_to_come_back(
    enter: Any, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    _who, secret = guest(hall)
    enter(secret=secret).hello()

    def away() -> None:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        # What every thread does first, before it asks for a connection.
        patch.setattr("groundwork.live.threads.close_old_connections", away)
        client = enter(secret=secret)
        assert client.goodbye() == (1012, 1012)
        assert client.frames[-1]["after"] >= 2_000
    assert enter(secret=secret).hello().seq == 1
