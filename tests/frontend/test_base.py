"""What surrounds every page: who acts for whom, the way around, and pages for what went wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path

from frontend import forms
from frontend.pages import errors
from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.accounts.models import Person
from groundwork.directory.models import Mandate, Organisation, Place, Sector
from tests.frontend.markup import FRONTEND, Node, assert_references_lead_somewhere, page

TEMPLATE = "frontend/errors/error.html"


def request_of(actor: Actor, address: str = "/") -> HttpRequest:
    request = RequestFactory().get(address)
    request.actor = actor  # type: ignore[attr-defined]
    return request


def base(actor: Actor, address: str = "/", **context: Any) -> Node:
    tree = page(render_to_string(TEMPLATE, {"heading": "A page", **context}, request_of(actor, address)))
    assert_references_lead_somewhere(tree)
    return tree


@pytest.fixture
def priya(db: None) -> Person:
    return Person.objects.create(email="priya@example.org", name="Priya Shah")


@pytest.fixture
def rochford(db: None) -> Organisation:
    sector = Sector.objects.create(code="local-government", title="Local government")
    return Organisation.objects.create(slug="rochford", name="Rochford District Council", sector=sector)


@pytest.mark.django_db
class TestHeader:
    def test_every_page_says_who_one_acts_for(self, priya: Person, rochford: Organisation) -> None:
        mandate = Mandate(person=priya, organisation=rochford, role="member", valid_from=date(2026, 1, 1))
        account = base(PersonActor(who=priya, under=mandate)).one("ul.gt-account")
        assert "Priya Shah" in account.text
        assert "acting for Rochford District Council" in account.text
        assert "priya@example.org" not in account.text

    def test_who_holds_no_mandate_is_told(self, priya: Person) -> None:
        assert "acting for no organisation" in base(PersonActor(who=priya)).one("ul.gt-account").text

    def test_signing_out_is_a_post(self, priya: Person) -> None:
        form = base(PersonActor(who=priya)).one("ul.gt-account").one("form")
        assert form.attrs["method"] == "post"
        assert "csrfmiddlewaretoken" in {n.attrs.get("name") for n in form.all("input")}

    def test_the_public_is_offered_to_sign_in(self) -> None:
        tree = base(Public())
        assert tree.one("ul.gt-account").text == "Sign in"
        assert not tree.all("form")

    def test_the_place_is_named(self) -> None:
        Place.objects.create(key="essex", name="Essex", reference_prefix="ESX")
        tree = base(Public())
        assert tree.one("span.gt-header__place").text == "Essex"
        assert tree.one("title").text == "A page \N{EN DASH} Golden Thread Essex"

    def test_the_first_link_skips_to_the_content(self) -> None:
        tree = base(Public())
        assert tree.all("a")[0].attrs["href"] == "#main-content"
        assert tree.one("main").attrs["id"] == "main-content"


@pytest.mark.django_db
class TestTitle:
    def test_an_error_in_the_form_is_said_first(self) -> None:
        class Example(forms.Form):
            title = forms.CharField()

        assert base(Public(), form=Example({})).one("title").text.startswith("Error: A page")
        assert base(Public(), form=Example()).one("title").text.startswith("A page")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "role", "title"),
    [
        (constants.SUCCESS, "alert", "Success"),
        (constants.ERROR, "alert", "There is a problem"),
        (constants.WARNING, "region", "Important"),
    ],
)
def test_messages_are_banners(level: int, role: str, title: str) -> None:
    request = request_of(Public())
    store = CookieStorage(request)
    request._messages = store  # type: ignore[attr-defined]
    store.add(level, "It is done")
    store.add(level, "<b>Twice</b>")
    tree = page(render_to_string(TEMPLATE, {"heading": "A page"}, request))
    assert_references_lead_somewhere(tree)
    banners = tree.all("div.govuk-notification-banner")
    assert [b.attrs["role"] for b in banners] == [role, role]
    assert banners[0].one("h2").text == title
    assert "<b>Twice</b>" in banners[1].text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (lambda r: errors.bad_request(r), 400, "could not be understood"),
        (lambda r: errors.permission_denied(r, PermissionDenied("Only a lead can")), 403, "Only a lead can"),
        (lambda r: errors.permission_denied(r, PermissionDenied()), 403, "does not allow this"),
        (lambda r: errors.not_found(r, Http404("No Initiative matches the given query.")), 404, "nothing at this"),
        (lambda r: errors.csrf_failure(r, "Referer checking failed"), 403, "Nothing was saved"),
        (lambda r: errors.server_error(r), 500, "on our side"),
        (lambda r: errors.refused(r, NotAllowed("Only an approver can")), 403, "Only an approver can"),
        (lambda r: errors.refused(r, NotFound("secret")), 404, "nothing at this"),
        (lambda r: errors.refused(r, Conflict("Priya changed it")), 409, "Priya changed it"),
        (lambda r: errors.refused(r, Invalid("Too long")), 422, "Too long"),
    ],
)
def test_what_went_wrong_is_said_and_nothing_more(answer: Any, status: int, words: str) -> None:
    response: HttpResponse = answer(request_of(Public()))
    assert response.status_code == status
    text = page(response.content.decode()).one("main").text
    assert words in text
    assert not re.search(r"query|Referer|secret|Traceback", text)


def test_a_broken_database_does_not_break_the_page_that_says_so() -> None:
    """No database is allowed here: the page asks it for nothing."""
    assert errors.server_error(request_of(Public())).status_code == 500
    assert errors.bad_request(request_of(Public())).status_code == 400


def _refuse(request: HttpRequest) -> HttpResponse:
    raise {"conflict": Conflict("Changed"), "invalid": Invalid("Wrong"), "hidden": NotFound("?")}[request.GET["as"]]


def _break(request: HttpRequest) -> HttpResponse:
    raise LookupError("secret of the machine")


urlpatterns = [path("refuse/", _refuse), path("break/", _break)]
handler404, handler500 = "frontend.pages.errors.not_found", "frontend.pages.errors.server_error"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
class TestThroughTheServer:
    @pytest.mark.parametrize(("kind", "status"), [("conflict", 409), ("invalid", 422), ("hidden", 404)])
    def test_an_uncaught_refusal_is_a_page(self, kind: str, status: int) -> None:
        response = Client().get(f"/refuse/?as={kind}")
        assert response.status_code == status
        assert "govuk-template" in response.content.decode()

    def test_a_fault_gives_nothing_away(self) -> None:
        response = Client(raise_request_exception=False).get("/break/")
        assert response.status_code == 500
        assert "secret" not in response.content.decode()

    def test_an_unknown_address(self) -> None:
        assert Client().get("/nowhere/").status_code == 404


TEMPLATES = sorted((FRONTEND / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(FRONTEND / "templates")))
def test_no_template_needs_a_loose_content_policy(path: Any) -> None:
    """No inline style, script or handler, and nothing from elsewhere. Email has its own templates, not these."""
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert not re.search(r"(src|<link[^>]*href)=[\"'](https?:)?//", source)


def test_the_lock_names_no_registry() -> None:
    lock = (FRONTEND / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://" not in re.sub(r'"(url|funding)": "[^"]*"', "", lock)
    assert lock.count('"integrity"') >= lock.count('"node_modules/') - lock.count('"link": true')
