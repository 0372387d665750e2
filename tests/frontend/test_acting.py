"""The pages of actions: asked, taken on, declined, done; with an account and by the link alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action, Chase
from collaboration.actions.services import asking, making, records
from collaboration.actions.services.asking import Who, somebody
from groundwork.access.rules import can
from groundwork.clock import today
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World, made
from tests.frontend.test_keeping import follow
from tests.frontend.test_registering import signed_in, text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    forget_cache()
    return worlds.build()


def an_action(world: World, **fields: Any) -> Action:
    given = {"what": "Ask the bus operator", "who": Who(person=world["partner:member"].who), **fields}
    return making.make(actor=world["owner:lead"], **given)


def test_whoever_is_asked_finds_it_and_takes_it_on(world: World) -> None:
    action = an_action(world)
    client = signed_in(world, "partner:member")
    home = text(client.get("/home/"))
    assert "Will you take this on? Ask the bus operator" in home
    assert f"/actions/{action.reference}/reply/" in home
    listed = text(client.get("/actions/"))
    assert "Ask the bus operator" in listed
    assert "Waiting for an answer" in listed
    assert "Accept or decline" in text(client.get(f"/actions/{action.reference}/"))
    address = f"/actions/{action.reference}/reply/"
    client.get(address)
    action.refresh_from_db()
    assert action.status == "asked"
    assert client.post(address, {}).status_code == 422
    assert "It is yours now." in follow(client, address, answer="yes")
    assert "Half way" in follow(client, f"/actions/{action.reference}/update/", text="Half way")
    assert "It runs" in follow(client, f"/actions/{action.reference}/done/", text="It runs")
    action.refresh_from_db()
    assert action.status == "done"


def test_those_who_keep_it_change_ask_drop_and_take_up_again(world: World) -> None:
    action = an_action(world, who=None)
    client = signed_in(world, "owner:lead")
    page = f"/actions/{action.reference}/"
    shown = text(client.get(page + "change/"))
    assert 'name="version" value="1"' in shown
    change = {
        "what": "Ask them twice",
        "visibility": "public",
        "due_on-day": "1",
        "due_on-month": "3",
        "due_on-year": "2027",
    }
    assert "Ask them twice" in follow(client, page + "change/", version="1", **change)
    stale = client.post(page + "change/", {**change, "what": "Never", "version": "1"})
    assert stale.status_code == 409
    assert "Never" in text(stale)
    assert "asked them by mail" in follow(client, page + "ask/", email="gwen@example.org", name="Gwen")
    assert client.post(page + "ask/", {"email": "no address"}).status_code == 422
    assert "no longer needed" in follow(client, page + "drop/", reason="Closed")
    assert "open again" in follow(client, page + "reopen/")


def test_a_new_one_of_an_initiative(world: World) -> None:
    initiative = made(world, visibility="public")
    client = signed_in(world, "owner:member")
    address = f"/actions/new/?initiative={initiative.reference}"
    assert initiative.title in text(client.get(address))
    assert "saved" in follow(client, address, what="Write to them", visibility="partners")
    assert Action.objects.get().initiative == initiative
    assert signed_in(world, "other:member").get(address).status_code == 403
    assert signed_in(world, "nobody").get("/actions/new/").status_code == 403


def test_the_public_sees_no_names_and_no_more_than_it_may(world: World) -> None:
    nurse = world["partner:member"].who
    seen, unseen = an_action(world, visibility="public"), an_action(world, what="Secret", visibility="involved")
    client = Client()
    page = text(client.get(f"/actions/{seen.reference}/"))
    assert "Ask the bus operator" in page
    assert nurse.name not in page
    assert nurse.email not in page
    assert client.get(f"/actions/{unseen.reference}/").status_code == 404
    assert client.get("/actions/").status_code == 302
    assert client.get(f"/actions/{seen.reference.lower()}/").status_code == 200
    assert signed_in(world, "partner:officer").get(f"/actions/{unseen.reference}/").status_code == 404


def test_an_address_is_told_to_nobody_but_those_who_keep_it(world: World) -> None:
    action = an_action(world, who=somebody(email="gwen@example.org"))
    assert "gwen@example.org" in text(signed_in(world, "owner:lead").get(f"/actions/{action.reference}/"))
    page = text(signed_in(world, "partner:member").get(f"/actions/{action.reference}/"))
    assert "gwen@example.org" not in page
    assert "Somebody asked by mail" in page


def test_the_link_is_enough_and_looking_changes_nothing(world: World) -> None:
    action = an_action(world, who=somebody(email="gwen@example.org", name="Gwen"))
    address = f"/actions/answer/{records.token_of(action)}/"
    client = Client()
    opened = client.get(address)
    assert opened.status_code == 200
    assert opened["Referrer-Policy"] == "same-origin"
    action.refresh_from_db()
    assert action.status == "asked"
    assert client.post(address, {"act": "answer"}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert "Keep this link" in follow(client, address, act="answer", answer="yes")
    assert client.post(address, {"act": "update", "text": ""}).status_code == 422
    assert "They can read it now" in follow(client, address, act="update", text="Half way")
    assert "marked as done" in follow(client, address, act="done", text="Done it")
    assert client.post(address, {"act": "answer", "answer": "no"}).status_code == 409


def test_declining_by_link_and_thinking_again(world: World) -> None:
    action = an_action(world, who=somebody(email="gwen@example.org"))
    address = f"/actions/answer/{records.token_of(action)}/"
    client = Client()
    assert "You have declined" in follow(client, address, act="answer", answer="no", reason="No time")
    assert "It is yours now" in follow(client, address, act="answer", answer="yes")
    asking.ask(actor=world["owner:lead"], action=action, who=somebody(email="else@example.org"))
    gone = client.get(address)
    assert gone.status_code == 422
    assert "does not work any more" in text(gone)


PAGES = {
    "": "view",
    "reply/": "answer",
    "claim/": "claim",
    "done/": "finish",
    "update/": "update",
    "ask/": "ask",
    "block/": "block",
    "unblock/": "block",
    "change/": "change",
    "drop/": "drop",
    "reopen/": "reopen",
}


@pytest.mark.parametrize("visibility", ["involved", "partners", "public"])
def test_each_page_for_each_role(world: World, visibility: str) -> None:
    """What tests/collaboration/actions/test_rules.py says of each verb holds for its page, and for its form."""
    action = an_action(world, visibility=visibility)
    before = list(Action.objects.values())
    wrong = []
    for name, actor in world.actors.items():
        if name == "system":
            continue
        client = Client() if name == "public" else signed_in(world, name)
        for page, verb in PAGES.items():
            address = f"/actions/{action.reference}/{page}"
            if not can(actor, "action.view", action):
                wanted = 302 if name == "public" and page else 404
            elif name == "public" and page:
                wanted = 302
            else:
                wanted = 200 if can(actor, f"action.{verb}", action) else 403
            found = client.get(address).status_code
            if found != wanted:
                wrong.append(f"{name} {page}: {found}, not {wanted}")
            if page and wanted != 200 and client.post(address, {"reason": "x", "text": "x"}).status_code != wanted:
                wrong.append(f"{name} posts to {page}")
    assert wrong == []
    assert list(Action.objects.values()) == before


def test_many_are_asked_about_at_once_after_a_card_that_says_how_many(world: World) -> None:
    keeper = signed_in(world, "owner:lead")
    first, second = an_action(world), an_action(world, what="Count who comes")
    listed = text(keeper.get("/actions/?whose=made"))
    assert "Ask how those chosen go" in listed
    assert "Ask how those chosen go" not in text(signed_in(world, "partner:member").get("/actions/"))
    both = f"/actions/chase/?ref={first.reference}&ref={second.reference}"
    card = text(keeper.get(both))
    assert "This will email 1 person about 2 actions." in card
    assert not Chase.objects.exists()
    refs = {"ref": [first.reference, second.reference]}
    assert keeper.post("/actions/chase/", {**refs, "message": "x" * 501}).status_code == 422
    assert "We ask 1 person by email." in text(keeper.post("/actions/chase/", refs, follow=True))
    assert list(Chase.objects.get().actions.order_by("pk")) == [first, second]
    assert "Somebody asked about it in the last three days." in text(keeper.get(both))
    assert keeper.post("/actions/chase/", refs).status_code == 409
    assert "Choose at least one action." in text(keeper.get("/actions/chase/"))
    assert keeper.post("/actions/chase/", {}).status_code == 422


def test_what_stands_in_the_way_is_said_and_shown(world: World) -> None:
    action = an_action(world)
    owner = signed_in(world, "partner:member")
    assert "Whoever asked for it is told" in follow(owner, f"/actions/{action.reference}/block/", reason="No reply yet")
    shown = text(owner.get(f"/actions/{action.reference}/"))
    assert "No reply yet" in shown
    assert "The way is free again" in shown
    assert "blocked" in text(signed_in(world, "owner:lead").get("/actions/?whose=made&state=blocked"))
    assert "It goes on." in follow(owner, f"/actions/{action.reference}/unblock/")
    done = follow(owner, f"/actions/{action.reference}/done/", text="", evidence="https://example.org/letter")
    assert 'href="https://example.org/letter"' in done


def test_odd_addresses_are_answered_in_words(world: World) -> None:
    client = signed_in(world, "owner:lead")
    page = text(client.get("/actions/?whose=theirs&state=lost&page=x"))
    assert "There is no list of that name" in page
    assert client.get("/actions/A-9999/").status_code == 404
    assert Client().get("/actions/answer/nothing/").status_code == 422


def test_one_action_or_three_cost_the_same(world: World) -> None:
    client = signed_in(world, "partner:member")
    an_action(world)
    client.get("/actions/")
    with CaptureQueriesContext(connection) as one:
        client.get("/actions/")
    an_action(world, what="Second")
    an_action(world, what="Third")
    with CaptureQueriesContext(connection) as three:
        client.get("/actions/")
    assert len(one) == len(three)


def test_the_list_says_how_late_and_how_old_and_is_filtered(world: World, clock: time_machine.Coordinates) -> None:
    nurse = somebody(email=world["partner:member"].who.email)
    late = an_action(world, what="Paint the bench", due_on=today() + timedelta(days=3))
    clock.shift(timedelta(days=15))
    an_action(world, what="Ask the operator", who=nurse, due_on=today() + timedelta(days=5))
    an_action(world, what="Count the chairs", who=None)
    clock.shift(timedelta(days=2))
    client = signed_in(world, "owner:lead")
    page = text(client.get("/actions/?whose=made"))
    for words in ("14 days late", "asked 2 days ago", "for 2 days", "Late: 1", "Nobody has it yet: 1"):
        assert words in page, words
    assert "Waiting for an answer: 2" in page

    def shown(query: str) -> list[str]:
        found = text(client.get(f"/actions/?whose=made&{query}"))
        names = ("Paint the bench", "Ask the operator", "Count the chairs")
        return sorted((name for name in names if name in found), key=found.index)

    assert shown("state=late") == ["Paint the bench"]
    assert shown("state=soon") == ["Ask the operator"]
    assert shown("state=waiting") == ["Paint the bench", "Ask the operator"]
    assert shown("state=nobody") == ["Count the chairs"]
    assert shown("q=the+chairs") == ["Count the chairs"]
    assert shown(f"q={late.reference.lower()}") == ["Paint the bench"]
    assert shown("sort=oldest") == ["Paint the bench", "Ask the operator", "Count the chairs"]
    assert shown("q=%00%F0%9F%A6%86") == []
    odd = client.get("/actions/?state=odd&whose=odd&sort=odd&page=odd")
    assert odd.status_code == 200
    assert "There is no state of that name" in text(odd)


def test_the_list_is_taken_away_as_it_is_shown(world: World) -> None:
    seen = an_action(world, visibility="public")
    an_action(world, what="=Secret", who=somebody(email="gwen@example.org", name="Gwen"))
    nurse = world["partner:member"].who
    response = signed_in(world, "owner:lead").get("/actions.csv?whose=made")
    assert response["Content-Disposition"] == 'attachment; filename="actions.csv"'
    told = b"".join(response.streaming_content).decode()
    lines = {line["what"]: line for line in csv.DictReader(io.StringIO(told.lstrip("\ufeff")))}
    assert lines["Ask the bus operator"]["who"] == nurse.display_name
    assert lines["Ask the bus operator"]["reference"] == seen.reference
    assert lines["'=Secret"]["who"] == "Gwen", "a formula is none in a sheet"
    assert "gwen@example.org" not in told
    stranger = b"".join(signed_in(world, "nobody").get("/actions.csv?whose=all").streaming_content).decode()
    assert "Ask the bus operator" in stranger
    assert "Secret" not in stranger
    assert nurse.name not in stranger, "names are for partners"
    assert nurse.name not in text(signed_in(world, "nobody").get("/actions/?whose=all"))
    sheet = signed_in(world, "owner:lead").get("/actions.xlsx?whose=made")
    assert sheet["Content-Disposition"] == 'attachment; filename="actions.xlsx"'
    assert Client().get("/actions.csv").status_code == 302
