"""The live board's client without its view, in a real browser, against the product: sockets, storage, two tabs."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from collaboration.boards import states
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import picture
from collaboration.boards.engine.texts import device_hash
from collaboration.workshops import registry
from collaboration.workshops.models import Participation
from frontend.pages.joining_in.here import device_key
from tests.collaboration.boards.hall import Hall
from tests.collaboration.boards.wire import guest
from tests.e2e.browsers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

SOURCE = ROOT / "frontend" / "assets" / "board" / "store.ts"
ESBUILD = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The client as one script that leaves ``client`` behind."""
    if not ESBUILD.exists():
        pytest.skip("esbuild is not here: run npm ci --prefix frontend.")
    out: Path = tmp_path_factory.mktemp("client") / "client.js"
    built = [
        ESBUILD,
        SOURCE,
        "--bundle",
        "--format=iife",
        "--global-name=client",
        "--footer:js=globalThis.client=client;",
    ]
    subprocess.run([*built, f"--outfile={out}", "--log-level=warning"], check=True)
    return out.read_text()


class Device:
    """Somebody's browser, with the client on the board's own page instead of the view."""

    def __init__(self, open_browser: Callable[..., Page], hall: Hall, client: str, role: str = "participant") -> None:
        self.hall, self.client = hall, client
        self.who, self.secret = guest(hall, role)
        self.page = open_browser()
        cookie = {"name": settings.GUEST_COOKIE_NAME, "value": self.secret, "domain": "127.0.0.1", "path": "/"}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page.context.route("**/board*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))

    def load(self, page: Page | None = None) -> Page:
        """Load the page and start the client."""
        page = page or self.page
        page.goto(reverse("board", args=[self.hall.workshop.code]))
        self.start(page)
        return page

    def start(self, page: Page) -> None:
        page.evaluate(self.client)
        page.evaluate(
            """() => {
                const config = JSON.parse(document.getElementById("board-config").textContent);
                globalThis.store = client.createStore(config);
                return store.start();
            }"""
        )

    def wait(self, what: str, page: Page | None = None) -> None:
        """Until something is true in the page, whose policy forbids what Playwright's own waiting does."""
        page, end = page or self.page, time.monotonic() + 40
        while not page.evaluate(what):
            assert time.monotonic() < end, (what, page.evaluate("store.connection.value"))
            page.wait_for_timeout(50)

    def write(self, *texts: str, page: Page | None = None) -> None:
        """Write notes, and wait for no answer."""
        (page or self.page).evaluate(
            """(texts) => { for (const text of texts) {
                void store.act("note.add", store.newId(), { column: store.columns.value[0].id, text });
            } }""",
            texts,
        )

    def shows(self, page: Page | None = None) -> dict[str, Any]:
        shown: str = (page or self.page).evaluate("() => JSON.stringify([...store.things.value])")
        return {id: {key: value for key, value in thing.items() if key != "id"} for id, thing in json.loads(shown)}

    def sees(self) -> dict[str, Any]:
        """What the server says that this device sees."""
        who: Participation = self.who
        device = device_hash(str(self.hall.board_id), device_key(self.secret, self.hall.workshop.uuid))
        with states.held(self.hall.board_id) as held:
            told: dict[str, Any] = picture(held.state, Actor(who.key, who.role, device))
            return told


def texts(hall: Hall) -> list[str]:
    return sorted(thing["text"] for thing in hall.state().things.values() if thing["type"] == "note")


def settle(*devices: Device) -> None:
    for device in devices:
        device.wait("store.waiting.value === 0")
        device.page.wait_for_timeout(300)
        assert device.shows() == device.sees()


def test_offline_and_an_empty_battery_lose_nothing_and_double_nothing(
    open_browser: Callable[..., Page], client: str, live_site: str, faults: Any
) -> None:
    faults.allow("ERR_INTERNET_DISCONNECTED")
    hall = Hall()
    ann, fay = Device(open_browser, hall, client), Device(open_browser, hall, client, "facilitator")
    ann.load()
    fay.load()
    ann.wait("store.connection.value === 'live'")
    fay.wait("store.board.value?.stage === 0")
    fay.page.evaluate("store.act('stage.next', 'board', { from: 0 })")
    ann.wait("store.board.value?.stage === 1")
    ann.write("with a connection")
    settle(ann, fay)
    assert "with a connection" not in json.dumps(fay.shows())

    ann.page.context.set_offline(True)
    ann.wait("store.connection.value === 'offline'")
    ann.write("without one", "and another")
    assert ann.page.evaluate("store.waiting.value") == 2
    ann.page.wait_for_timeout(300)
    # The page is loaded again while its board is still out of reach.
    ann.page.context.route("**/live/**", lambda route: route.abort())
    ann.page.route_web_socket("**/live/**", lambda socket: socket.close(code=1013))
    ann.page.context.set_offline(False)
    faults.allow("ERR_FAILED", "WebSocket connection to")
    ann.load()
    assert ann.page.evaluate("store.waiting.value") == 2
    assert texts(hall) == ["with a connection"]
    ann.page.close()
    ann.page = ann.load(open_browser_page(ann))
    settle(ann, fay)
    assert texts(hall) == ["and another", "with a connection", "without one"]
    assert ann.page.evaluate("store.remembers.value") is True


def open_browser_page(device: Device) -> Page:
    """Another tab of the same browser, whose network is in order."""
    device.page.context.unroute("**/live/**")
    return device.page.context.new_page()


def test_two_tabs_share_what_is_kept_and_send_it_once(
    open_browser: Callable[..., Page], client: str, live_site: str, faults: Any
) -> None:
    hall = Hall()
    hall.go(1)
    ann = Device(open_browser, hall, client)
    first = ann.load()
    second = ann.load(ann.page.context.new_page())
    ann.wait("store.connection.value === 'live'", second)
    ann.write("from the first", page=first)
    ann.write("from the second", page=second)
    for page in (first, second):
        ann.wait(
            "store.waiting.value === 0 && [...store.things.value.values()].filter((it) => it.text).length === 2", page
        )
        assert ann.shows(page) == ann.sees()
    assert texts(hall) == ["from the first", "from the second"]


@pytest.mark.parametrize("way", ["streaming", "polling"])
def test_without_sockets(open_browser: Callable[..., Page], client: str, live_site: str, faults: Any, way: str) -> None:
    faults.allow("ERR_FAILED", "Failed to load resource")
    hall = Hall()
    hall.go(1)
    ann, fay = Device(open_browser, hall, client), Device(open_browser, hall, client, "facilitator")
    ann.page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked'); } };")
    if way == "polling":
        ann.page.route("**/events*", lambda route: route.abort())
    ann.load()
    fay.load()
    ann.wait(f"store.connection.value === '{way}'")
    ann.write(*[f"note {number}" for number in range(25)])
    settle(ann)
    fay.wait("store.board.value?.stage === 1")
    fay.page.evaluate("store.act('stage.next', 'board', { from: 1 })")
    ann.wait("store.board.value?.stage === 2")
    refused = ann.page.evaluate(
        "store.act('note.add', store.newId(), { column: store.columns.value[0].id, text: 'late' })"
    )
    assert refused["code"] == "not_in_stage"
    assert ann.page.evaluate("store.drafts.value.map((draft) => draft.text)") == ["late"]
    settle(ann, fay)
    assert len(texts(hall)) == 25


def test_who_is_removed_hears_it_and_stays_away(
    open_browser: Callable[..., Page], client: str, live_site: str, faults: Any
) -> None:
    hall = Hall()
    hall.go(1)
    ann = Device(open_browser, hall, client)
    ann.load()
    ann.wait("store.connection.value === 'live'")
    Participation.objects.filter(pk=ann.who.pk).update(status=Participation.Status.REMOVED)
    registry.tell_access_changed([hall.workshop.pk])
    ann.wait("store.connection.value === 'ended'")
    assert ann.page.evaluate("store.ended.value.code") == 4003
    assert ann.page.evaluate("store.ended.value.sentence")
