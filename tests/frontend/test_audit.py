"""What was done for an organisation, as its own people read it; and the state of the chain, for those who keep it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groundwork.access.actors import SystemActor
from groundwork.audit.models import AuditEntry
from groundwork.audit.services import keep
from groundwork.audit.services.sealing import seal_all
from groundwork.audit.services.verifying import verify
from tests.collaboration.initiatives.world import World
from tests.frontend.reading import vale

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor(name="clock")


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """That officers need one is shown elsewhere."""
    settings.REQUIRE_MFA = "none"


@pytest.fixture
def world() -> World:
    return vale().world


def client(world: World, role: str) -> Client:
    found = Client()
    found.force_login(world[role].who)
    return found


def act(world: World, role: str, action: str = "initiative.look", **changes: Any) -> AuditEntry:
    return keep(actor=world[role], action=action, obj=world.bodies["owner"], changes=changes)


def address(world: World, name: str = "organisation-acts", body: str = "owner") -> str:
    return reverse(name, args=[world.bodies[body].slug])


def test_a_lead_reads_who_did_what_and_not_the_words(world):
    act(world, "owner:member", title=["Old secret title", "New secret title"])
    seal_all()
    text = client(world, "owner:lead").get(address(world)).content.decode()
    assert "Initiative: look" in text
    assert world["owner:member"].who.display_name in text
    assert "changed: title" in text
    assert "secret" not in text, "the words stand where the thing's own rules hold"
    assert f"as {AuditEntry.objects.count()}" in text


def test_acts_of_others_and_ones_own_mail_are_not_there(world):
    act(world, "partner:lead", "initiative.elsewhere")
    act(world, "owner:member", "mail.set")
    text = client(world, "owner:lead").get(address(world)).content.decode()
    assert "Initiative: elsewhere" not in text
    assert "Mail: set" not in text


def test_a_refusal_says_whom_to_ask(world):
    answer = client(world, "owner:member").get(address(world))
    assert answer.status_code == 403
    assert "Ask one of them." in answer.content.decode()
    assert client(world, "other:officer").get(address(world)).status_code == 403


def test_acts_are_found_by_what_who_and_day(world):
    act(world, "owner:member", "initiative.first")
    act(world, "owner:approver", "mandate.second")
    lead = client(world, "owner:lead")
    for query, there in (
        ({"noun": "initiative"}, (True, False)),
        ({"noun": "mandate"}, (False, True)),
        ({"person": str(world["owner:approver"].who.pk)}, (False, True)),
        ({"since-day": "1", "since-month": "1", "since-year": "2099"}, (False, False)),
        ({"until-day": "1", "until-month": "1", "until-year": "2099"}, (True, True)),
    ):
        text = lead.get(address(world), query).content.decode()
        assert ("Initiative: first" in text, "Mandate: second" in text) == there, query
        rows = list(csv.DictReader(io.StringIO(_read(lead.get(address(world, "organisation-acts-csv"), query)))))
        assert ("initiative.first" in {row["action"] for row in rows}) is there[0]
    asked = {"person": "no number", "since-day": "31", "since-month": "2", "since-year": "2026"}
    wrong = lead.get(address(world), asked)
    assert wrong.status_code == 200
    assert "The first day must be a real date" in wrong.content.decode()


def _read(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_a_long_list_comes_in_parts(world):
    for n in range(60):
        act(world, "owner:member", "initiative.look" if n else "initiative.earliest")
    lead = client(world, "owner:lead")
    first = lead.get(address(world), {"noun": "initiative"})
    assert "Initiative: earliest" not in first.content.decode()
    second = lead.get(address(world) + first.context["next_href"])
    assert "Initiative: earliest" in second.content.decode()
    assert "noun=initiative" in first.context["next_href"]
    rows = list(csv.DictReader(io.StringIO(_read(lead.get(address(world, "organisation-acts-csv"))))))
    assert len([row for row in rows if row["action"] == "initiative.look"]) == 59


def test_pages_cost_the_same_for_one_act_and_for_many(world):
    for role, page in (("owner:lead", address(world)), ("operator", reverse("manage-audit") + "?of=system")):
        reader = client(world, role)
        counts = []
        for number in (1, 5):
            for n in range(number):
                act(world, ("owner:member", "owner:approver", "owner:lead")[n % 3])
                keep(actor=SYSTEM, action="initiative.look", obj=world.bodies["owner"])
            reader.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert reader.get(page).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], role


def test_keepers_see_the_state_of_the_chain_and_no_acts_of_partners(world):
    act(world, "owner:lead", "initiative.of_a_partner")
    act(world, "other:officer", "initiative.of_an_officer")
    keep(actor=SYSTEM, action="initiative.of_the_clock", obj=world.bodies["owner"])
    for role in ("other:officer", "operator"):
        page = client(world, role).get(reverse("manage-audit")).content.decode()
        assert "Nothing is sealed yet" in page
        assert "Acts since" in page
        assert "of a partner" not in page
        assert "of an officer" in page
        system = client(world, role).get(reverse("manage-audit") + "?of=system").content.decode()
        assert "of the clock" in system
        assert "of a partner" not in system
    seal_all()
    report = verify()
    page = client(world, "operator").get(reverse("manage-audit")).content.decode()
    assert f"{report.number}:{report.hash}" in page
    assert "it holds" in page
