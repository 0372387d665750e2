"""Recommendations followed to their end; assemblies, briefings and letters; the actions of a board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.actions.origins import Origin
from collaboration.actions.services import asking, making
from collaboration.governance.models import Engagement, Recommendation
from collaboration.governance.rooms import room_of
from collaboration.governance.services import recommending
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.access.rules import can
from groundwork.audit.queries import history_of
from groundwork.clock import now, today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, SECRETARY, Ground
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World, person
from tests.frontend.followed_up import engagement, recommendation
from tests.frontend.test_keeping import follow
from tests.frontend.test_registering import signed_in, text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

PAGES = {"": "view", "assign/": "assign", "answer/": "accept", "report/": "report"}
LEADING = {"lead", "approver", "officer"}


@pytest.fixture
def world() -> World:
    forget_cache()
    return worlds.build()


@pytest.fixture
def ground() -> Ground:
    forget_cache()
    return grounds.lay()


def test_from_nobody_to_done_with_what_shows_it(world: World) -> None:
    it = recommendation(world, owner=None)
    page = f"/recommendations/road-map/{it.code}/"
    keeper = signed_in(world, "lead:lead")
    body = world.bodies["partner"]
    due = {"due_on-day": "1", "due_on-month": "3", "due_on-year": "2027"}
    asked = follow(keeper, f"{page}assign/", owner=body.slug, version=it.version, **due)
    assert "(asked, has not answered yet)" in asked
    assert "1 March 2027" in asked
    assert keeper.post(f"{page}answer/", {"answer": "yes"}).status_code == 403
    owner = signed_in(world, "partner:approver")
    assert "Does your organisation answer for “Few shared measures”?" in text(owner.get("/home/"))
    assert "Few shared measures" not in text(signed_in(world, "partner:member").get("/home/"))
    assert "Say whether you answer for it" in text(owner.get(page))
    assert "has not answered" not in follow(owner, f"{page}answer/", answer="yes")
    stale = it.version
    refused = owner.post(f"{page}report/", {"status": "done", "text": "It is done", "version": stale + 2})
    assert refused.status_code == 422
    assert "Say what shows that it is done" in text(refused)
    assert "It is done" in text(refused)
    said = {"status": "done", "evidence": "https://example.org/measures", "text": "Eight agreed"}
    assert owner.post(f"{page}report/", {**said, "version": stale}).status_code == 409
    done = follow(owner, f"{page}report/", **said, version=stale + 2)
    assert 'href="https://example.org/measures"' in done
    assert "Eight agreed" in done
    it.refresh_from_db()
    assert (it.status, it.closed_on) == ("done", today())
    assert next(entry.action for entry in history_of(it)) == "recommendation.report"
    assert "Few shared measures" in text(Client().get("/recommendations/road-map/"))
    assert Client().get("/recommendations/road-map.csv").status_code == 200
    assert "1 recommendation, 0 open" in text(Client().get("/recommendations/"))


def test_late_ones_wait_on_your_work(world: World) -> None:
    recommendation(world, owner_accepted_at=now(), due_on=today() - timedelta(days=2))
    recommendation(world, code="R-2", title="In time", owner_accepted_at=now(), due_on=today())
    home = text(signed_in(world, "owner:lead").get("/home/"))
    assert "How far is “Few shared measures”?" in home
    assert "In time" not in home


def test_declined_by_who_was_asked_it_is_nobodys_again(world: World) -> None:
    it = recommendation(world)
    owner = signed_in(world, "owner:lead")
    page = follow(owner, f"/recommendations/road-map/{it.code}/answer/", answer="no", reason="Not ours")
    assert "Nobody yet" in page
    assert "does not answer for this. Not ours" in page


def test_what_is_refused_and_a_second_click(world: World) -> None:
    it = recommendation(world)
    lead = world["lead:lead"]
    with pytest.raises(Invalid):
        recommending.assign(actor=lead, recommendation=it, version=None, owner="all-councils")
    with pytest.raises(Invalid):
        recommending.report(actor=lead, recommendation=it, version=None, status="")
    with pytest.raises(Invalid):
        recommending.report(actor=lead, recommendation=it, version=None, status="not_accepted")
    with pytest.raises(NotAllowed):
        recommending.report(actor=world["other:officer"], recommendation=it, version=None, status="open")
    accepted = recommending.accept(actor=world["owner:lead"], recommendation=it)
    assert recommending.accept(actor=world["owner:lead"], recommendation=it).version == accepted.version
    with pytest.raises(Conflict):
        recommending.assign(actor=lead, recommendation=it, version=it.version, owner="")
    unkept = recommendation(world, code="R-2")
    unkept.list.keeper = None
    unkept.list.save()
    assert can(world["other:officer"], "recommendation.assign", unkept)
    assert not can(lead, "recommendation.assign", unkept)


def test_each_page_for_each_role(world: World) -> None:
    it = recommendation(world)
    before = list(Recommendation.objects.values())
    wrong = []
    for name, actor in world.actors.items():
        if name == "system":
            continue
        client = Client() if name == "public" else signed_in(world, name)
        for page, verb in PAGES.items():
            wanted = 200 if can(actor, f"recommendation.{verb}", it) else 403
            wanted = 302 if name == "public" and page else wanted
            if (found := client.get(f"/recommendations/road-map/{it.code}/{page}").status_code) != wanted:
                wrong.append(f"{name} {page}: {found}, not {wanted}")
            if page and wanted != 200:
                refused = client.post(f"/recommendations/road-map/{it.code}/{page}", {"status": "done"})
                if refused.status_code != wanted:
                    wrong.append(f"{name} posts to {page}")
    assert wrong == []
    assert list(Recommendation.objects.values()) == before
    may = {
        verb: {name for name, actor in world.actors.items() if can(actor, f"recommendation.{verb}", it)}
        for verb in ("assign", "accept", "report")
    }
    keepers, owners = ({f"{body}:{role}" for role in LEADING} for body in ("lead", "owner"))
    assert may["assign"] == {*keepers, "system"}
    assert may["accept"] == owners
    assert may["report"] == {*keepers, *owners, "owner:member"}


@pytest.mark.parametrize("address", ["/recommendations/road-map/", "/engagements/", "/recommendations/"])
def test_as_many_queries_for_three_as_for_one(world: World, address: str) -> None:
    client, counted = Client(), []
    for number in (1, 2, 3):
        recommendation(world, code=f"R-{number}")
        engagement(world)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        counted.append(len(queries))
    assert counted[0] == counted[2]


def test_noted_changed_and_a_promise_becomes_an_action(world: World) -> None:
    owner = signed_in(world, "owner:member")
    typed: dict[str, Any] = {
        "kind": "assembly", "title": "Vale Assembly", "held_on-day": "3", "held_on-month": "11", "held_on-year": "2026",
        "audience": "Anybody", "reached": "many", "themes": "Buses\nRent", "promises": "Ask the operator\n\nCount",
        "access": "public",
    }  # fmt: skip
    refused = owner.post("/engagements/new/", typed)
    assert refused.status_code == 422
    assert "Enter a whole number, such as 120" in text(refused)
    assert "Ask the operator" in text(refused)
    page = follow(owner, "/engagements/new/", **{**typed, "reached": "1,200"})
    assert "1200" in page
    assert "Make it an action" in page
    noted = Engagement.objects.get()
    first = noted.commitments.order_by("order")[0]
    follow(owner, f"/engagements/{noted.pk}/promises/{first.pk}/")
    owner.post(f"/engagements/{noted.pk}/promises/{first.pk}/")
    assert Action.objects.get().what == "Ask the operator"
    assert owner.get(f"/engagements/{noted.pk}/promises/{first.pk}/").status_code == 405
    changed = {**typed, "reached": "", "promises": "Count again", "version": noted.version}
    page = follow(owner, f"/engagements/{noted.pk}/edit/", **changed)
    assert "Ask the operator" in page
    assert "Count again" in page
    assert owner.post(f"/engagements/{noted.pk}/edit/", {**changed, "title": "Other"}).status_code == 409
    other = signed_in(world, "other:officer")
    assert other.get(f"/engagements/{noted.pk}/edit/").status_code == 403
    assert other.post(f"/engagements/{noted.pk}/promises/{first.pk}/").status_code == 403
    assert "Vale Assembly" in text(Client().get("/engagements/"))
    hidden = engagement(world, access="partners", title="For partners")
    assert Client().get(f"/engagements/{hidden.pk}/").status_code == 404
    assert other.get(f"/engagements/{hidden.pk}/").status_code == 200


def test_the_actions_of_a_board_with_how_late_they_are(ground: Ground) -> None:
    room = room_of(ground.board)
    for what, visibility in (("For the board", "room"), ("For partners", "partners"), ("For everyone", "public")):
        making.new_action(
            actor=ground[SECRETARY],
            said=making.Said(what=what, visibility=visibility),
            who=asking.Who(person=person("somebody").who),
            organisation=None,
            initiative=None,
            origin=Origin(kind="meeting", id=str(uuid4()), label="A meeting", room=room),
            at=now(),
        )
    address = f"/partnerships/{ground.board.slug}/actions/"
    shown = text(signed_in(ground.world, CHAIR).get(address))
    assert "For the board" in shown
    assert "Ask how those chosen go" in shown
    told = text(Client().get(address))
    assert "For everyone" in told
    assert "For the board" not in told
    assert "For partners" not in told
    ground.board.access = "board"
    ground.board.save()
    assert Client().get(address).status_code == 404
