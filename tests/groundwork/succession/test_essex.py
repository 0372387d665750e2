"""Essex's fifteen councils become five made-up unitaries on 1 April 2028: before, at the instant, and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from collaboration.actions.models import Action
from collaboration.governance.models import ChairTerm, Recommendation, Seat, SeatHolder
from collaboration.initiatives.models import Initiative, JoinAsk, Partner
from collaboration.thread.queries import coverage
from collaboration.workshops.models import Workshop
from groundwork.audit.models import AuditEntry
from groundwork.directory.models import Area, Invitation, JoinRequest, Mandate, Organisation, Place
from groundwork.directory.queries import actor_for, mandates_in_force
from groundwork.succession import queries
from groundwork.succession.queries import preview
from notifications.models import Follow
from tests.groundwork.succession import essex as ground
from tests.groundwork.succession.planned import DAY, beat
from tests.vision.loading import ESSEX, load

pytestmark = pytest.mark.django_db

THE_DAY = datetime(2028, 3, 31, 23, 0, tzinfo=UTC)
BEFORE = datetime(2028, 3, 31, 22, 59, tzinfo=UTC)
JUNE_2027, JUNE_2029 = date(2027, 6, 1), date(2029, 6, 1)


def heir_of(area: str) -> str:
    return next(f"{name} Council" for name, slugs in ground.UNITARIES.items() if area in slugs)


def columns(day: date) -> dict[str, int]:
    return {column.title: column.total for column in coverage("area", on=day).columns}


def test_fifteen_councils_become_five(clock: Any, drain: Callable[[], int]) -> None:
    made = ground.build()
    of_areas, of_councils = ground.plan_the_future(made)
    drain()
    of_2027 = columns(JUNE_2027)
    partners_2027 = coverage("area", "partners", on=JUNE_2027)
    assert of_2027["Colchester"] == 2
    # Until it is announced, the future is what is known: nobody but officers and the councils sees the plan.
    assert columns(JUNE_2029) == of_2027
    old_audit = list(AuditEntry.objects.order_by("pk").values_list("pk", "organisation_id", "mandate_id"))

    clock.move_to(BEFORE)
    beat(BEFORE)
    assert Organisation.objects.filter(name__startswith="Made-up").count() == 0
    counted = {each.mover.noun: each.number for each in preview(of_councils)}
    counted_areas = {each.mover.noun: each.number for each in preview(of_areas)}
    assert counted["seats"] == 15
    assert counted["actions"] == 15
    assert counted["initiatives"] == 16 + _catalogued(made)
    assert "15 seats" in queries.in_one_sentence(preview(of_councils))
    assert "history stays under the old name" in queries.in_one_sentence(preview(of_councils))
    done = {row.pk: row.organisation_id for row in Action.objects.filter(status="done")}

    clock.move_to(THE_DAY)
    beat(THE_DAY)
    drain()
    for plan, promised in ((of_areas, counted_areas), (of_councils, counted)):
        plan.refresh_from_db()
        assert plan.status == "applied", plan.problem
        # What was previewed is what moved.
        assert plan.moved == promised

    _people_and_mail(made)
    _work(made, done)
    _boards(made)
    _what_waited(made)
    _coverage(of_2027, partners_2027)
    _addresses(made)
    # History is added to, never rewritten.
    assert (
        list(
            AuditEntry.objects.filter(pk__in=[pk for pk, *_rest in old_audit])
            .order_by("pk")
            .values_list("pk", "organisation_id", "mandate_id")
        )
        == old_audit
    )
    _the_catalogue_is_loaded_again()


def _catalogued(made: ground.Essex) -> int:
    """Initiatives that the catalogue itself names one of the councils in."""
    mine = [each.pk for each in made.initiatives.values()]
    named = Partner.objects.filter(organisation__in=made.councils.values()).exclude(initiative__in=mine)
    led = Initiative.objects.filter(lead__in=made.councils.values()).exclude(pk__in=mine)
    return len({*named.values_list("initiative", flat=True), *led.values_list("pk", flat=True)})


def _people_and_mail(made: ground.Essex) -> None:
    for area, lead in made.people.items():
        if area == ground.COUNTY:
            continue
        assert lead.under is not None
        [mandate] = mandates_in_force([Organisation.objects.get(name=heir_of(area))], "lead").filter(person=lead.who)
        assert mandate.valid_from == DAY
        # A session that had chosen the old mandate goes on under the one that followed.
        assert actor_for(lead.who, mandate_id=lead.under.pk).mandate == mandate
        assert not mandates_in_force([made.councils[area]]).exists()
    # Nobody but officers of the convening body are officers, and that body has gone to the first of its successors.
    convening = Place.objects.get().convening_organisation
    assert convening is not None
    assert convening.name.startswith("Made-up")
    assert actor_for(made.officer.who).is_officer
    followed = set(Follow.objects.values_list("query", flat=True))
    assert followed == {"organisation=made-up-north-council", "area=X06000000"}


def _work(made: ground.Essex, done: dict[int, int | None]) -> None:
    for area, row in made.initiatives.items():
        row.refresh_from_db()
        if area in ("together", ground.COUNTY):
            continue
        assert row.lead is not None
        assert row.lead.name == heir_of(area)
        assert row.owner == row.lead
        assert [each.name for each in row.areas.all()] == [heir_of(area).removesuffix(" Council")]
        assert [each.slug for each in row.past_areas.all()] == [area]
        led = Partner.objects.get(initiative=row, organisation=made.councils[area])
        assert (led.role, led.valid_to) == ("lead", DAY)
        action = Action.objects.get(initiative=row)
        assert action.organisation == row.lead
        assert action.owner_mandate is not None
        assert action.owner_mandate.organisation == row.lead
        assert Workshop.objects.get(title=f"Workshop of {area}").host == row.lead
    # What was done before stays with who did it.
    assert {row.pk: row.organisation_id for row in Action.objects.filter(pk__in=done)} == done
    together = made.initiatives["together"]
    north, west = (Organisation.objects.get(name=f"Made-up {name} Council") for name in ("North", "West"))
    asked = Partner.objects.get(initiative=together, organisation=north, role="delivery")
    assert (asked.confirmation, asked.valid_from) == ("asked", DAY)
    funds = Partner.objects.get(initiative=together, organisation=west, valid_to=None)
    assert (funds.confirmation, funds.printed_as) == ("confirmed", "")
    funded = Partner.objects.get(initiative=together, organisation=made.councils["harlow"])
    assert (funded.valid_to, funded.printed_as) == (DAY, "Harlow DC")


def _boards(made: ground.Essex) -> None:
    for area, council in made.councils.items():
        old = Seat.objects.get(board=made.board, organisation=council)
        assert old.valid_to == DAY
        new = Seat.objects.get(board=made.board, title=area, valid_to=None)
        assert new.organisation.name.startswith("Made-up")
        held = SeatHolder.objects.get(seat=new)
        assert held.mandate is not None
        assert (held.person, held.mandate.organisation) == (made.people[area].who, new.organisation)
        assert Recommendation.objects.get(title=f"Of {area}").owner == new.organisation
    before, after = ChairTerm.objects.order_by("valid_from")
    assert (before.valid_to, after.valid_from, after.valid_to) == (DAY, DAY, None)
    made.board.refresh_from_db()
    assert made.board.lead.name.startswith("Made-up")


def _what_waited(made: ground.Essex) -> None:
    mid = Organisation.objects.get(name="Made-up Mid Council")
    assert JoinRequest.objects.get().organisation == mid
    assert JoinAsk.objects.get().organisation == mid
    assert Invitation.objects.get().organisation == mid


def _coverage(of_2027: dict[str, int], partners_2027: Any) -> None:
    assert columns(JUNE_2027) == of_2027
    after = columns(JUNE_2029)
    assert set(after) == {*ground.UNITARIES}
    # An initiative in two districts of one unitary is one initiative there; the county's own is in all five.
    assert after["Made-up North"] == 4 + 1 + 1
    assert after["Made-up West"] == 2 + 1
    # Partners of the old areas are those of their last day, of the new ones those of today: nobody is counted twice.
    assert coverage("area", "partners", on=JUNE_2027).columns == partners_2027.columns
    now_there = {column.title: column.total for column in coverage("area", "partners", on=JUNE_2029).columns}
    assert now_there["Made-up Mid"] == 2
    page = Client().get("/coverage/?on=2027-06-01").content.decode()
    assert "Colchester" in page
    assert "Made-up North" not in page
    tiles = Client().get("/map/?on=2029-06-01").content.decode()
    assert "Made-up North" in tiles
    assert "Colchester" not in tiles


def _addresses(made: ground.Essex) -> None:
    client = Client()
    page = client.get("/organisations/colchester-city-council/").content.decode()
    assert "This organisation ended on 1 April 2028." in page
    assert "/organisations/made-up-north-council/" in page
    listed = client.get("/initiatives/?organisation=colchester-city-council").content.decode()
    assert "Work of two" in listed
    assert "made-up-north-council" in listed
    in_the_api = client.get("/api/v1/initiatives/?organisation=colchester-city-council").json()
    assert {"Work of two", "Work in colchester"} <= {each["title"] for each in in_the_api["results"]}
    area = client.get("/areas/colchester/").content.decode()
    assert "/areas/made-up-north/" in area
    record = client.get(made.initiatives["colchester"].get_absolute_url()).content.decode()
    assert "Made-up North Council" in record
    assert "Colchester City Council" in record


def _the_catalogue_is_loaded_again() -> None:
    """The next load of the place's catalogue leaves all of it as it is."""
    before = [list(model.objects.order_by("pk").values()) for model in (Organisation, Area, Mandate)]
    successors = list(Organisation.successors.through.objects.order_by("pk").values())
    place = Place.objects.values().get()
    load(ESSEX)
    assert Place.objects.values().get() == place
    assert [list(model.objects.order_by("pk").values()) for model in (Organisation, Area, Mandate)] == before
    assert list(Organisation.successors.through.objects.order_by("pk").values()) == successors
