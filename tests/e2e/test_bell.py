"""The bell in a browser: the number changes by itself, and every page is as it was where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from groundwork.clock import now
from notifications import services
from notifications.models import Follow, Seen, Subscriber
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets
from tests.e2e.conftest import Open
from tests.notifications.ground import Ground, lay, message

SignIn = Callable[[Page, Any], None]
RECORD = "/initiatives/VAL-0042/"


@pytest.fixture
def ground(transactional_db: None) -> Ground:
    return lay()


@pytest.fixture
def nurse(ground: Ground) -> Any:
    return ground.people["nurse"].who


def write(person: Any, number: int) -> None:
    services.queue(
        kind="test.bell",
        mail_class="service",
        dedupe_key=f"bell:{number}",
        recipient=person.email,
        person=person,
        reason="this is a test",
        template="account_closed",
        context={},
    )


def test_the_number_changes_while_one_looks(page: Page, sign_in: SignIn, ground: Ground, nurse: Any) -> None:
    sign_in(page, nurse)
    with page.expect_websocket():
        page.goto("/help/")
    bell = page.locator("[data-gt-bell-words]")
    expect(bell).to_have_text("Messages")
    page.wait_for_timeout(300)
    write(nurse, 1)
    expect(bell).to_have_text("1 unread message")
    expect(page.locator("[data-gt-bell-says]")).to_have_text("1 unread message")
    assert_accessible(page)
    write(nurse, 2)
    expect(bell).to_have_text("2 unread messages")
    page.get_by_role("link", name="2 unread messages", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages")
    assert_accessible(page)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    expect(page.locator("[data-gt-bell-words]")).to_have_text("Messages")


def test_two_tabs_and_signing_out_in_one_of_them(page: Page, sign_in: SignIn, ground: Ground, nurse: Any) -> None:
    sign_in(page, nurse)
    other = page.context.new_page()
    with other.expect_websocket() as opened:
        other.goto("/help/")
    ended: list[bool] = []
    opened.value.on("close", lambda _socket: ended.append(True))
    write(nurse, 1)
    expect(other.locator("[data-gt-bell-words]")).to_have_text("1 unread message")
    page.goto("/help/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    other.wait_for_timeout(2_000)
    assert ended
    # It is told that nobody is there any more, and asks no more.
    asked: list[str] = []
    other.on("websocket", lambda socket: asked.append(socket.url))
    other.wait_for_timeout(4_000)
    assert asked == []


def test_a_page_that_nobody_looks_at_listens_to_nothing(
    page: Page, sign_in: SignIn, ground: Ground, nurse: Any
) -> None:
    def shown(is_shown: bool) -> None:
        page.evaluate(
            """(hidden) => {
                Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            not is_shown,
        )

    sign_in(page, nurse)
    with page.expect_websocket() as opened:
        page.goto("/help/")
    with opened.value.expect_event("framereceived"):
        pass
    with opened.value.expect_event("close"):
        shown(False)
    write(nurse, 1)
    with page.expect_websocket():
        shown(True)
    expect(page.locator("[data-gt-bell-words]")).to_have_text("1 unread message")


def test_on_a_phone(phone: Page, sign_in: SignIn, ground: Ground, nurse: Any) -> None:
    row = message(nurse.email, person=nurse, status="sent", subject="Please confirm your part in Warm homes")
    message(nurse.email, person=nurse, status="suppressed", subject="Held back")
    sign_in(phone, nurse)
    for address in ("/account/messages/", f"/account/messages/{row.pk}/", RECORD):
        phone.goto(address)
        expect(phone.locator("[data-gt-bell-words]")).to_have_text("1 unread message")
        assert_accessible(phone)
        assert_fits(phone)
        assert_targets(phone)


def test_without_scripts(open_browser: Open, sign_in: SignIn, ground: Ground, nurse: Any) -> None:
    message(nurse.email, person=nurse, status="sent")
    page = open_browser(javascript=False)
    sign_in(page, nurse)
    page.goto("/account/messages/")
    expect(page.locator("[data-gt-bell-words]")).to_have_text("1 unread message")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("[data-gt-bell-words]")).to_have_text("Messages")


def test_without_a_socket_the_number_stays_as_it_came(
    page: Page, sign_in: SignIn, ground: Ground, nurse: Any, faults: Faults
) -> None:
    message(nurse.email, person=nurse, status="sent")
    page.add_init_script("window.WebSocket = class { constructor() { throw new DOMException('no', 'SecurityError') } }")
    sign_in(page, nurse)
    page.goto("/help/")
    page.wait_for_timeout(4_000)
    expect(page.locator("[data-gt-bell-words]")).to_have_text("1 unread message")
    assert faults.unexpected() == []


def test_the_public_has_no_bell_and_opens_nothing(page: Page, ground: Ground) -> None:
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.goto(RECORD)
    page.wait_for_timeout(4_500)
    assert asked == []


def test_a_record_is_seen_after_three_seconds(page: Page, sign_in: SignIn, ground: Ground, nurse: Any) -> None:
    subscriber = Subscriber.objects.create(person=nurse, confirmed_at=now())
    Follow.objects.create(subscriber=subscriber, query="area=V1", anchor="area:V1")
    sign_in(page, nurse)
    page.goto(RECORD)
    page.wait_for_timeout(1_000)
    page.goto("/help/")
    assert not Seen.objects.exists()
    with page.expect_response("**/seen/") as told:
        page.goto(RECORD)
    assert told.value.status == 204
    assert Seen.objects.get().subject == f"initiative:{ground.initiative.pk}"
