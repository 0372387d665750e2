"""The bell's socket: a real server, real connections; the number, and nothing but the number."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from groundwork import live
from groundwork.access.actors import PersonActor, SystemActor
from groundwork.accounts.services import people as accounts
from notifications import services
from notifications.consumers import bells
from notifications.models import OutgoingMessage
from notifications.topics import PersonTopic
from tests.collaboration.boards.wire import DIRECT, PLAIN
from tests.notifications.ground import Ground, lay, message
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[..., ClientConnection]


@pytest.fixture(params=[DIRECT, PLAIN], ids=["direct", "plain"])
def address(request: pytest.FixtureRequest, db: None, django_db_blocker: object) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker, **request.param) as where:
        yield where


@pytest.fixture
def ground(db: None) -> Ground:
    return lay()


@pytest.fixture
def open_page(address: str) -> Iterator[Open]:
    """Opens the socket of a page: of a browser that is signed in, or of none."""
    with ExitStack() as stack:

        def opened(browser: Browser | None = None, *, origin: str = "", cookie: str = "") -> ClientConnection:
            if browser is not None:
                cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
            return stack.enter_context(
                connect(
                    f"{address.replace('http', 'ws')}/live/me/socket",
                    origin=origin or address,  # type: ignore[arg-type]
                    additional_headers={"Cookie": cookie} if cookie else {},
                    open_timeout=20,
                    close_timeout=2,
                    compression=None,
                )
            )

        yield opened


def signed_in(actor: PersonActor) -> Browser:
    browser = Browser()
    browser.force_login(actor.who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def heard(socket: ClientConnection, within: float = 5.0) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(socket.recv(timeout=within))
    return told


def closed(socket: ClientConnection, within: float) -> int:
    """The code it was closed with, in so many seconds."""
    until = time.monotonic() + within
    while True:
        try:
            socket.recv(timeout=max(0.01, until - time.monotonic()))
        except ConnectionClosed:
            return socket.close_code or 0


def write(actor: PersonActor, number: int, **more: Any) -> OutgoingMessage:
    return services.queue(
        kind="test.bell",
        mail_class="service",
        dedupe_key=f"bell:{number}",
        recipient=actor.who.email,
        person=actor.who,
        reason="this is a test",
        template="account_closed",
        context={},
        **more,
    )


def test_the_number_comes_at_once_and_whenever_it_changes(ground: Ground, open_page: Open) -> None:
    nurse, lead = ground.people["nurse"], ground.people["lead"]
    browser = signed_in(nurse)
    first, second, other = open_page(browser), open_page(browser), open_page(signed_in(lead))
    for socket in (first, second, other):
        assert heard(socket) == {"unread": 0, "words": "Messages", "short": "Messages"}
    began = time.monotonic()
    write(nurse, 1)
    for socket in (first, second):
        assert heard(socket) == {"unread": 1, "words": "1 unread message", "short": "1 unread"}
    assert time.monotonic() - began < 2
    write(nurse, 2)
    assert heard(first) == {"unread": 2, "words": "2 unread messages", "short": "2 unread"}
    assert heard(second)["unread"] == 2
    # One page marks all as read; the others of the same person follow.
    services.mark_messages_read(actor=nurse)
    assert heard(first)["unread"] == heard(second)["unread"] == 0
    with pytest.raises(TimeoutError):
        other.recv(timeout=0.3)


def test_a_hint_that_tells_nothing_new_says_nothing(ground: Ground, open_page: Open) -> None:
    nurse = ground.people["nurse"]
    socket = open_page(signed_in(nurse))
    heard(socket)
    for _ in range(20):
        live.hint(PersonTopic(nurse.who.pk), look=1)
    with pytest.raises(TimeoutError):
        socket.recv(timeout=0.5)


def test_signing_out_ends_it_within_two_seconds(ground: Ground, open_page: Open) -> None:
    nurse = ground.people["nurse"]
    here, elsewhere = signed_in(nurse), signed_in(nurse)
    leaving, staying = open_page(here), open_page(elsewhere)
    heard(leaving), heard(staying)
    here.logout()
    assert closed(leaving, within=2) == 4003
    write(nurse, 1)
    assert heard(staying)["unread"] == 1


def test_signing_out_ends_it_where_the_hint_of_it_is_lost(ground: Ground, open_page: Open) -> None:
    nurse = ground.people["nurse"]
    browser = signed_in(nurse)
    socket = open_page(browser)
    heard(socket)
    # Past everything that would tell of it.
    Session.objects.filter(session_key=browser.session.session_key).delete()
    assert closed(socket, within=bells.LOOK_SECONDS + 2) == 4003


def test_a_closed_account_ends_it(ground: Ground, open_page: Open) -> None:
    nurse = ground.people["nurse"]
    socket = open_page(signed_in(nurse))
    heard(socket)
    accounts.close(actor=SystemActor(name="test"), person=nurse.who)
    assert closed(socket, within=2) == 4003


def test_a_lost_hint_is_healed(ground: Ground, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "COUNT_SECONDS", 1.0)
    nurse = ground.people["nurse"]
    socket = open_page(signed_in(nurse))
    heard(socket)
    message(nurse.who.email, person=nurse.who)
    assert heard(socket)["unread"] == 1


@pytest.mark.parametrize(
    "cookie", ["", "session=", f"{settings.SESSION_COOKIE_NAME}=abcdefghijklmnopqrstuvwxyz012345", "%00=\t;;=;"]
)
def test_nobody_is_told_nothing_and_asked_not_to_come_back(ground: Ground, open_page: Open, cookie: str) -> None:
    assert closed(open_page(cookie=cookie), within=5) == 4003


def test_another_sites_page_is_refused(ground: Ground, open_page: Open) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_page(signed_in(ground.people["nurse"]), origin="https://evil.example")
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("said", ["hello", "{}", b"\x00", "x" * 60_000])
def test_a_page_that_speaks_is_shown_out(ground: Ground, open_page: Open, said: str | bytes) -> None:
    socket = open_page(signed_in(ground.people["nurse"]))
    heard(socket)
    socket.send(said)
    assert closed(socket, within=3) == 4000


def test_one_person_has_so_many_pages_and_leaving_makes_room(
    ground: Ground, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.consumers.bell.MOST_PER_PERSON", 2)
    browser = signed_in(ground.people["nurse"])
    first, second = open_page(browser), open_page(browser)
    heard(first), heard(second)
    assert closed(open_page(browser), within=3) == 4009
    first.close()
    deadline = time.monotonic() + 5
    while True:
        third = open_page(browser)
        try:
            assert heard(third) == {"unread": 0, "words": "Messages", "short": "Messages"}
            break
        except ConnectionClosed:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_after_eight_hours_it_is_begun_anew(ground: Ground, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "LONGEST_SECONDS", 0.5)
    socket = open_page(signed_in(ground.people["nurse"]))
    assert closed(socket, within=4) == 4001


def test_nothing_is_left_when_all_have_gone(ground: Ground, open_page: Open) -> None:
    sockets = [open_page(signed_in(actor)) for actor in ground.people.values()]
    for socket in sockets:
        heard(socket)
        socket.close()
    ours = next(each for each in bells._all if not each.loop.is_closed() and each.loop.is_running())

    async def kept() -> int:
        return len(ours._bells) + len(ours._live._topics)

    deadline = time.monotonic() + 5
    while asyncio.run_coroutine_threadsafe(kept(), ours.loop).result(5):
        assert time.monotonic() < deadline
        time.sleep(0.05)
