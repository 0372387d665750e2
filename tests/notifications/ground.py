"""A small made-up place with people who get mail. Ids are given, so that mail about it is the same each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from collaboration.initiatives.models import Initiative, Partner
from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Area, Mandate, Organisation, Place, Sector
from notifications.models import OutgoingMessage


@dataclass
class Ground:
    place: Place
    council: Organisation
    hospital: Organisation
    county: Organisation
    empty: Organisation
    area: Area
    initiative: Initiative
    partner: Partner
    people: dict[str, PersonActor]


def lay() -> Ground:
    """A council that keeps an initiative, a hospital asked to confirm, a county with officers, a body with nobody."""
    sector = Sector.objects.create(code="public", title="Public bodies")
    county = _organisation(501, "vale-county", "Vale County Council", sector)
    council = _organisation(502, "northwick", "Northwick Council", sector)
    hospital = _organisation(503, "vale-nhs", "Vale NHS Trust", sector)
    empty = _organisation(504, "young-vale", "Young Vale", sector)
    place = Place.objects.create(key="vale", name="The Vale", reference_prefix="VAL", convening_organisation=county)
    area = Area.objects.create(code="V1", slug="northwick", name="Northwick", kind="district")
    people = {
        "officer": _person(601, "officer@example.org", "Olive Officer", county, "officer"),
        "lead": _person(602, "lead@example.org", "Lena Lead", council, "lead"),
        "approver": _person(603, "approver@example.org", "Amir Approver", council, "approver"),
        "member": _person(604, "member@example.org", "Mina Member", council, "member"),
        "nurse": _person(605, "nurse@example.org", "Nora Nurse", hospital, "lead"),
        "scrutiny": _person(606, "scrutiny@example.org", "Sam Scrutiny", county, "scrutiny"),
    }
    operator = Person.objects.create_user(id=607, email="operator@example.org", name="Opal", is_operator=True)
    people["operator"] = PersonActor(who=operator)
    initiative = Initiative.objects.create(
        id=701,
        number=42,
        reference="VAL-0042",
        title="Warm homes & “safe” streets <for everyone>",
        summary="Councils and the NHS find cold homes together.",
        visibility="public",
        owner=council,
        lead=council,
        contact_email="warm@northwick.example",
        created_by=people["member"].person,
        published_at=now(),
    )
    partner = Partner.objects.create(
        id=801,
        initiative=initiative,
        organisation=hospital,
        role="delivery",
        contribution="Nurses tell the team which patients live in cold homes.",
        confirmation="asked",
        asked_at=now(),
    )
    return Ground(place, council, hospital, county, empty, area, initiative, partner, people)


def message(recipient: str = "reader@example.org", **fields: Any) -> OutgoingMessage:
    """A row as ``queue`` leaves it."""
    number = OutgoingMessage.objects.count() + 1
    given = {
        "kind": "test.kind",
        "mail_class": "asked",
        "dedupe_key": f"test:{number}",
        "recipient": recipient,
        "reason": "this is a test",
        "subject": f"Message {number}",
        "text": "Hello\n.a line with a dot\n",
        "html": "<!DOCTYPE html><html lang='en-GB'><head><title>Hello</title></head><body>Hello</body></html>",
        "due_at": now() - timedelta(seconds=1),
        **fields,
    }
    return OutgoingMessage.objects.create(**given)


def _organisation(pk: int, slug: str, name: str, sector: Sector) -> Organisation:
    return Organisation.objects.create(id=pk, slug=slug, name=name, sector=sector)


def _person(pk: int, email: str, name: str, organisation: Organisation, role: str) -> PersonActor:
    who = Person.objects.create_user(id=pk, email=email, name=name)
    mandate = Mandate.objects.create(
        id=pk, person=who, organisation=organisation, role=role, valid_from=date(2020, 1, 1)
    )
    return PersonActor(who=who, under=mandate)
