"""Statements, terms and the small files that machines ask for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from groundwork.clock import now
from groundwork.directory.models import Place
from tests.frontend.reading import read, words

pytestmark = pytest.mark.django_db


def test_the_accessibility_statement_has_all_that_regulation_8_asks_for(client: Client) -> None:
    text = words(client, "/accessibility/")
    for part in (
        "(WCAG) version 2.2 at level AA",
        "partially compliant",
        "Non-accessible content",
        "Disproportionate burden",
        "Feedback and contact",
        settings.ENVIRONMENT.contact_email,
        "Equality and Human Rights Commission (EHRC)",
        "Equality Advisory and Support Service (EASS)",
        "was prepared on 22 November 2026",
        "last reviewed on",
        "has not been audited by an independent body",
    ):
        assert part in text, part


def test_the_footer_leads_to_every_statement(client: Client) -> None:
    footer = read(client, "/").one("footer")
    hrefs = {link.attrs["href"] for link in footer.all("a")}
    assert {"/help/", "/accessibility/", "/privacy/", "/cookies/", "/data-licence/", "/status/", "/terms/"} <= hrefs


def test_the_cookie_page_names_the_cookies_that_are_set(client: Client) -> None:
    text = words(client, "/cookies/")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.GUEST_COOKIE_NAME):
        assert name in text


def test_the_licence_comes_from_the_place(client: Client) -> None:
    assert "No licence has been stated" in words(client, "/data-licence/")
    Place.objects.create(
        key="vale",
        name="The Vale",
        reference_prefix="VAL",
        data_licence="Open Government Licence v3.0",
        attribution="Contains public sector information of the Vale.",
    )
    text = words(client, "/data-licence/")
    assert "Open Government Licence v3.0" in text
    assert "Contains public sector information of the Vale." in text


def test_the_status_page_tells_what_works_and_what_does_not(client: Client, settings: Any) -> None:
    text = words(client, "/status/")
    assert "Database Works" in text
    assert re.search(r"Worker (Works|Fails)", text)
    assert client.get("/status/")["Cache-Control"] == "no-store"


def test_security_txt_is_served_and_not_expired(client: Client) -> None:
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == f"mailto:{settings.ENVIRONMENT.contact_email}"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - now() < timedelta(days=365)
    assert fields["Canonical"].endswith("/.well-known/security.txt")


def test_robots_and_the_old_icon(client: Client) -> None:
    assert "Disallow: /account/" in client.get("/robots.txt").content.decode()
    assert client.get("/favicon.ico")["Location"].endswith(".svg")
