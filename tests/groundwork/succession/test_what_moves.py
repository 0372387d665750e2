"""What each app passes on, beside what the journey of Essex shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from collaboration.initiatives.queries import history
from collaboration.initiatives.services import keeping
from groundwork.directory.models import Organisation, Place
from groundwork.succession import queries, services
from groundwork.succession.moving import mover_of
from notifications.models import Care, Subscriber
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.groundwork.directory.town import acting
from tests.groundwork.succession.planned import AFTER, beat, merged, new, plan
from tests.vision.loading import ESSEX, load
from vision.frameworks.models import Endorsement, Framework

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock: Any) -> World:
    return worlds.build()


def heir() -> Organisation:
    return Organisation.objects.get(slug="north-vale-council")


def test_endorsements_are_asked_for_again(world: World, clock: Any) -> None:
    vision, other_plan = Framework.objects.get(key="vision"), Framework.objects.get(key="plan")
    owner, lead = world.bodies["owner"], world.bodies["lead"]
    given = Endorsement.objects.create(
        framework=vision, organisation=owner, status="endorsed", endorsed_on=timezone.localdate()
    )
    Endorsement.objects.create(framework=vision, organisation=lead, asked_at=timezone.now())
    Endorsement.objects.create(framework=other_plan, organisation=lead, asked_at=timezone.now())
    merged(world["other:officer"], owner, lead)
    beat()
    clock.move_to(AFTER)
    given.refresh_from_db()
    # What a council decided stays what that council decided.
    assert (given.organisation, given.status) == (owner, "endorsed")
    asked = Endorsement.objects.filter(status="asked")
    assert {(each.framework, each.organisation) for each in asked} == {(vision, heir()), (other_plan, heir())}


def test_care_and_addresses_go_on_once(world: World, clock: Any) -> None:
    owner, lead = world.bodies["owner"], world.bodies["lead"]
    for body, days in ((owner, 40), (lead, 50)):
        Care.objects.create(organisation=body, first_days=days)
        Subscriber.objects.create(email="office@example.org", organisation=body)
    merged(world["other:officer"], owner, lead)
    beat()
    clock.move_to(AFTER)
    assert Care.objects.get(organisation=heir()).first_days == 40
    assert Subscriber.objects.get(email="office@example.org").organisation == heir()


def test_a_planner_sees_of_a_draft_that_it_is_one(world: World) -> None:
    owner = world.bodies["owner"]
    draft = worlds.made(world, visibility="draft", owner=owner, lead=owner)
    shown = worlds.made(world, visibility="public", owner=owner, lead=owner)
    made = merged(world["other:officer"], owner, world.bodies["lead"])
    mover = mover_of("initiatives")
    assert mover is not None
    titles = {each.held.item: each.held.title for each in queries.shares(made, mover)}
    assert titles == {str(draft.pk): f"{draft.reference}, a draft", str(shown.pk): str(shown)}


def test_history_shows_the_names_of_its_days(world: World, clock: Any) -> None:
    owner = world.bodies["owner"]
    row = worlds.made(world, visibility="public", owner=owner, lead=owner)
    keeping.verify(actor=world["owner:lead"], initiative=row)
    made = plan(world["other:officer"], "rename")
    owner.names.create(name=owner.name, folded="northwick council", kind="official")
    services.add_successor(
        actor=world["other:officer"], succession=made, version=None, existing=owner.slug, new=new("Another Name")
    )
    beat()
    clock.move_to(AFTER)
    row.refresh_from_db()
    keeping.verify(actor=world["owner:lead"], initiative=row)
    names = [each.organisation for each in history(world["other:officer"], row) if each.action == "initiative.verify"]
    assert names == ["Another Name", "Northwick Council"]


def test_a_renamed_body_stays_who_the_catalogue_means(clock: Any) -> None:
    load(ESSEX)
    county = Organisation.objects.get(slug="essex-county-council")
    officer = acting(county, "officer")
    made = plan(officer, "rename")
    services.add_successor(
        actor=officer, succession=made, version=None, existing=county.slug, new=new("Made-up County Council")
    )
    beat()
    clock.move_to(AFTER)
    county.refresh_from_db()
    before = list(Organisation.objects.order_by("pk").values())
    load(ESSEX)
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert Place.objects.get().convening_organisation == county
