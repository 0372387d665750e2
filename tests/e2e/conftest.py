"""A real browser against the real product: the ASGI application under uvicorn, on the tests' own database.

Where there is no Chromium the tests are skipped and say so; with GT_REQUIRE_BROWSER=1 they fail instead.
Write plain (not async) tests here: Playwright's own loop runs in this thread while a module's browser is open.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.e2e.browsers import BUILT, Faults, chromium, unavailable
from tests.serving import served

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _server(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    from goldenthread.asgi import application

    with served(application, django_db_blocker) as address:
        yield address


@pytest.fixture
def live_site(_server: str, transactional_db: None, browser: Browser) -> str:
    """The address of the running product. What a test writes to the database, the product sees.

    Depends on the browser, so that where there is none the test is skipped before any work.
    """
    return _server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not BUILT.exists():
        unavailable("The front end is not built: run npm run --prefix frontend build.")
    path = chromium()
    # Playwright keeps a loop in this thread, which Django takes for a reason to refuse its database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            yield opened
            opened.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def faults() -> Faults:
    """What a browser complained of: script errors, policy violations, requests to others.

    A test fails when it ends with any. One that asks for a refusal on purpose says so by ``faults.allow(…)``.
    """
    return Faults()


Open = Callable[..., Page]


@pytest.fixture
def open_browser(browser: Browser, live_site: str, faults: Faults) -> Iterator[Open]:
    """Opens a page in a window of its own: ``open_browser(width=360, height=740, javascript=False, …)``.

    ``scripts=False`` leaves JavaScript on but gives the page empty scripts: axe, which needs JavaScript to look at a
    page, then sees what somebody without scripts gets.
    """
    contexts: list[BrowserContext] = []

    def heard(message: ConsoleMessage) -> None:
        # A page asks what a step will do; when the step was taken meanwhile the answer is 409, and no harm is done.
        if "status of 409" in message.text and "/effects" in message.location.get("url", ""):
            return
        if message.type in ("error", "warning"):
            faults.append(f"console {message.type}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((live_site, "data:", "blob:")):
            faults.append(f"a request to somebody else: {request.url}")

    def open_one(
        *, width: int = 1280, height: int = 900, javascript: bool = True, scripts: bool = True, **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=live_site,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        contexts.append(context)
        if not scripts:
            context.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        context.set_default_timeout(10_000)
        # A page that a busy machine brings late is no broken page.
        context.set_default_navigation_timeout(40_000)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("request", asked)
        return page

    yield open_one
    for context in contexts:
        context.close()
    unexpected = faults.unexpected()
    assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def page(open_browser: Open) -> Page:
    """A desktop."""
    return open_browser()


@pytest.fixture
def phone(open_browser: Open) -> Page:
    """A small phone with a thumb."""
    return open_browser(width=360, height=740, is_mobile=True, has_touch=True)


@pytest.fixture
def page_without_js(open_browser: Open) -> Page:
    """A desktop with JavaScript switched off. For axe, open one with ``open_browser(scripts=False)`` instead."""
    return open_browser(javascript=False)


@pytest.fixture
def sign_in() -> Callable[[Page, Any], None]:
    """Signs a person in without the sign-in page: ``sign_in(page, person)``."""

    def sign_in_as(page: Page, person: Any) -> None:
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "127.0.0.1", "path": "/"}]
        )

    return sign_in_as
