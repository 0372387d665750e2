"""The pages of successions: who reads and who plans, a whole plan by forms, and old addresses that lead on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groundwork.directory.models import Area, Organisation
from groundwork.succession import services
from groundwork.succession.models import Predecessor, Succession, Successor
from tests.collaboration.initiatives.world import World
from tests.frontend.reading import vale
from tests.groundwork.succession.planned import AFTER, DAY, beat, merged, new, plan, taken_apart

pytestmark = pytest.mark.django_db

WHEN = {"effective_on-day": "1", "effective_on-month": "4", "effective_on-year": "2028"}


@pytest.fixture
def world(clock: Any) -> World:
    return vale().world


def client_of(world: World, actor: str) -> Client:
    client = Client()
    if actor != "public":
        client.force_login(world[actor].who)
    return client


def split(world: World) -> Succession:
    made, _heirs = taken_apart(
        world["other:officer"],
        "split",
        {"northwick-council": ["East", "West"]},
        {"East": {"new": new("East Made Up")}, "West": {"new": new("West Made Up")}},
        of="organisation",
    )
    return made


def pages_of(made: Succession) -> dict[str, str]:
    """Every page of one plan; the key is the route."""
    heir, replaced = made.successors.order_by("pk").first(), made.predecessors.get()
    assert heir is not None
    return {
        "succession": reverse("succession", args=[made.pk]),
        "succession-change": reverse("succession-change", args=[made.pk]),
        "succession-cancel": reverse("succession-cancel", args=[made.pk]),
        "succession-successor-new": reverse("succession-successor-new", args=[made.pk]),
        "succession-successor-remove": reverse("succession-successor-remove", args=[made.pk, heir.pk]),
        "succession-predecessor-new": reverse("succession-predecessor-new", args=[made.pk]),
        "succession-predecessor-remove": reverse("succession-predecessor-remove", args=[made.pk, replaced.pk]),
        "succession-items": reverse("succession-items", args=[made.pk, replaced.pk, "initiatives"]),
    }


def test_the_list_costs_the_same_for_one_and_for_three(world: World) -> None:
    made = split(world)
    client = client_of(world, "other:officer")
    address = reverse("successions")
    client.get(address)
    costs = []
    for number in (1, 3):
        while Succession.objects.count() < number:
            copy = Succession.objects.get(pk=made.pk)
            copy.pk, copy.title = None, f"{made.title} {Succession.objects.count()}"
            copy.save()
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address).content.decode()
        assert page.count(made.title) >= number
        costs.append(len(captured))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    "actor",
    ["public", "nobody", "operator", "owner:member", "owner:lead", "other:lead", "partner:lead", "other:officer"],
)
@pytest.mark.parametrize("state", ["planned", "announced", "applied", "cancelled"])
def test_who_gets_which_page_in_which_state(world: World, actor: str, state: str) -> None:
    made = split(world)
    Succession.objects.update(
        is_announced=state == "announced",
        status=state if state in ("applied", "cancelled") else "planned",
        applied_at=AFTER if state == "applied" else None,
    )
    client = client_of(world, actor)
    sees = actor in ("other:officer", "owner:member", "owner:lead") or state in ("announced", "applied")
    for route, address in pages_of(made).items():
        response = client.get(address)
        if actor == "public":
            wanted = 302
        elif not sees:
            wanted = 404
        else:
            wanted = 200 if route == "succession" or actor == "other:officer" else 403
        assert response.status_code == wanted, route
        if route not in ("succession", "succession-items") and wanted in (403, 404):
            assert client.post(address, {"reason": "x"}).status_code == wanted, route


def test_a_merger_is_planned_with_forms_and_takes_effect(world: World, clock: Any) -> None:
    officer = client_of(world, "other:officer")
    made_up = {"of": "organisation", "kind": "merge", "title": "One made-up council", "reason": "A made-up order"}
    nothing = officer.post(reverse("succession-new"), {**made_up, **WHEN, "effective_on-year": "2020"})
    assert nothing.status_code == 422
    # What was typed is still there, beside the sentence that says what is wrong with it.
    assert "The day must be in the future" in nothing.content.decode()
    assert "A made-up order" in nothing.content.decode()
    begun = officer.post(reverse("succession-new"), {**made_up, **WHEN})
    row = Succession.objects.get()
    assert (begun.status_code, begun["Location"]) == (302, row.get_absolute_url())
    adding = reverse("succession-successor-new", args=[row.pk])
    assert "Choose the sector" in officer.post(adding, {"name": "North Made Up"}).content.decode()
    taking = {"name": "North Made Up", "abbreviation": "", "sector": "local-government", "area_code": ""}
    assert officer.post(adding, taking).status_code == 302
    heir = Successor.objects.get()
    replacing = reverse("succession-predecessor-new", args=[row.pk])
    for slug in ("northwick-council", "southwick-council"):
        assert officer.post(replacing, {"slug": slug, "goes_to": [str(heir.pk)]}).status_code == 302
    page = officer.get(row.get_absolute_url()).content.decode()
    assert "history stays under the old name" in page
    assert "It cannot take effect yet" not in page
    beat()
    clock.move_to(AFTER)
    # A year and a half later they have to sign in again.
    officer = client_of(world, "other:officer")
    page = officer.get(row.get_absolute_url()).content.decode()
    assert "moved; history stays under the old name" in page
    refused = officer.post(reverse("succession-cancel", args=[row.pk]), {"reason": "Too late"})
    assert refused.status_code == 409
    assert "has taken effect and cannot be changed" in refused.content.decode()


def test_single_things_are_given_by_hand(world: World) -> None:
    row = split(world)
    officer = client_of(world, "other:officer")
    address = pages_of(row)["succession-items"]
    replaced, west = Predecessor.objects.get(), Successor.objects.get(slug="west-made-up")
    page = officer.get(address).content.decode()
    assert "Warm homes for older people" in page
    item = page.split('name="item-')[1].split('"')[0]
    assert officer.post(address, {f"item-{item}": "99999"}).status_code == 422
    assert officer.post(address, {f"item-{item}": str(west.pk)}).status_code == 302
    pick = replaced.picks.get()
    assert (pick.noun, pick.item, pick.successor) == ("initiatives", item, west)
    # Keys of things that it does not have are nothing to pick.
    officer.post(address, {"item-424242": str(west.pk)})
    assert replaced.picks.count() == 1
    officer.post(address, {f"item-{item}": ""})
    assert replaced.picks.count() == 0


def test_a_stale_edit_is_refused_and_loses_nothing(world: World) -> None:
    row = split(world)
    officer = client_of(world, "other:officer")
    said = {"title": "Another title", "reason": "Another reason", **WHEN, "version": str(row.version)}
    refused = officer.post(reverse("succession-change", args=[row.pk]), said)
    assert refused.status_code == 409
    assert "was changed after you opened it" in refused.content.decode()
    assert "Another reason" in refused.content.decode()


def test_what_is_announced_stands_on_public_pages(world: World, clock: Any) -> None:
    row = merged(world["other:officer"], world.bodies["owner"], world.bodies["lead"])
    anybody = Client()
    page = anybody.get("/organisations/northwick-council/").content.decode()
    assert "North Vale Council" not in page
    services.change(
        actor=world["other:officer"],
        succession=row,
        version=None,
        title=row.title,
        reason="A made-up order",
        effective_on=DAY,
        is_announced=True,
    )
    page = anybody.get("/organisations/northwick-council/").content.decode()
    assert "On 1 April 2028 it is to be succeeded by" in page
    assert "A made-up order" in page
    beat()
    clock.move_to(AFTER)
    page = anybody.get("/organisations/northwick-council/").content.decode()
    assert "This organisation ended on 1 April 2028." in page
    assert "/organisations/north-vale-council/" in page
    listed = anybody.get("/initiatives/?organisation=northwick-council").content.decode()
    assert "Warm homes for older people" in listed
    assert "was succeeded. What was with it is listed here" in listed
    assert anybody.get("/initiatives/?organisation=north-vale-council").content.decode().count("Warm homes") == 1


def test_the_old_address_of_a_renamed_body_leads_on(world: World, clock: Any) -> None:
    row = plan(world["other:officer"], "rename")
    services.add_successor(
        actor=world["other:officer"],
        succession=row,
        version=None,
        existing="northwick-council",
        new=new("Northwick City Council"),
    )
    beat()
    clock.move_to(AFTER)
    anybody = Client()
    moved = anybody.get("/organisations/northwick-council/?page=2")
    assert (moved.status_code, moved["Location"]) == (301, "/organisations/northwick-city-council/?page=2")
    in_the_api = anybody.get("/api/v1/organisations/northwick-council/")
    assert (in_the_api.status_code, in_the_api["Location"]) == (301, "/api/v1/organisations/northwick-city-council/")
    people = client_of(world, "owner:lead").get("/organisations/northwick-council/people/")
    assert (people.status_code, people["Location"]) == (301, "/organisations/northwick-city-council/people/")
    assert "Warm homes" in anybody.get("/initiatives/?organisation=northwick-council").content.decode()
    assert anybody.get("/organisations/never-was/").status_code == 404


def test_areas_are_shown_as_of_a_day(world: World, clock: Any) -> None:
    officer = world["other:officer"]
    made = plan(officer, of="area")
    heir = services.add_successor(
        actor=officer,
        succession=made,
        version=None,
        new=services.NewArea(name="North of the Vale", code="N1", kind="unitary", tile=(0, 1)),
    )
    for slug in ("northwick", "southwick"):
        services.add_predecessor(actor=officer, succession=made, version=None, slug=slug, goes_to=[heir.pk])
    beat()
    clock.move_to(datetime(2029, 1, 1, tzinfo=UTC))
    anybody = Client()
    for address in ("/coverage/", "/map/"):
        before = anybody.get(f"{address}?on=2027-06-01").content.decode()
        after = anybody.get(f"{address}?on=2029-06-01").content.decode()
        assert "Northwick" in before
        assert "North of the Vale" not in before
        assert "North of the Vale" in after
        assert "as it stood at the end of 1 June 2027" in before
        wrong = anybody.get(f"{address}?on=2027-13-01")
        assert wrong.status_code == 200
        assert "is not a day" in wrong.content.decode()
    file: Any = anybody.get("/coverage.csv?columns=area&on=2027-06-01")
    sheet = b"".join(file.streaming_content).decode()
    assert "Northwick" in sheet
    assert "North of the Vale" not in sheet
    assert anybody.get("/coverage.csv?columns=area&on=soon").status_code == 400
    told = anybody.get("/api/v1/coverage/?columns=area&on=2027-06-01").json()
    assert "C1" in {each["code"] for each in told["columns"]}
    assert anybody.get("/api/v1/coverage/?columns=area&on=soon").status_code == 400
    assert Area.objects.get(code="C1").valid_to == DAY
    assert date(2027, 6, 1) < DAY
    assert Organisation.objects.filter(area__code="C1").count() == 0
