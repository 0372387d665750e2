"""A small place with people who hold workshops in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from collaboration.workshops import queries, services
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from groundwork.access.actors import Actor, GuestActor, PersonActor, Public
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation, OrganisationName, Place, Sector
from groundwork.directory.queries import fold


@dataclass
class Ground:
    council: Organisation
    hospital: Organisation
    people: dict[str, PersonActor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> PersonActor:
        return self.people[name]


def lay() -> Ground:
    """A council that convenes the place, a hospital, and people in every role."""
    sector = Sector.objects.create(code="bodies", title="Bodies")
    council = Organisation.objects.create(slug="vale-council", name="Vale Council", sector=sector)
    hospital = Organisation.objects.create(slug="vale-hospital", name="Vale Hospital", sector=sector)
    Place.objects.create(key="vale", name="The Vale", reference_prefix="VAL", convening_organisation=council)
    OrganisationName.objects.bulk_create(
        OrganisationName(organisation=body, name=body.name, folded=fold(body.name), kind="official")
        for body in (council, hospital)
    )
    ground = Ground(council, hospital)
    for name, organisation, role in (
        ("officer", council, "officer"),
        ("lead", council, "lead"),
        ("member", council, "member"),
        ("scrutiny", council, "scrutiny"),
        ("nurse", hospital, "lead"),
        ("porter", hospital, "member"),
    ):
        who = Person.objects.create(email=f"{name}@vale.example", name=name.capitalize())
        mandate = Mandate.objects.create(person=who, organisation=organisation, role=role, valid_from=date(2020, 1, 1))
        ground.people[name] = PersonActor(who=who, under=mandate)
    who = Person.objects.create(email="nobody@vale.example", name="Nobody")
    ground.people["nobody"] = PersonActor(who=who)
    return ground


def planned(ground: Ground, by: str = "member", **fields: Any) -> Workshop:
    """A workshop tomorrow, planned by a member of the council."""
    given = {
        "title": "Getting to the clinic",
        "template": "barriers-and-enablers",
        "starts_at": now() + timedelta(days=1),
        "ends_at": now() + timedelta(days=1, hours=2),
        **fields,
    }
    return services.plan_workshop(actor=ground[by], **given)


def opened(ground: Ground, by: str = "member", **fields: Any) -> Workshop:
    return services.open_workshop(actor=ground[by], workshop=planned(ground, by, **fields))


def guest(workshop: Workshop, name: str = "Sam", **given: Any) -> services.Joined:
    """Somebody without an account who has just joined."""
    return services.join(actor=Public(), workshop=workshop, name=name, **given)


def acting(participation: Participation) -> Actor:
    return queries.actor_of(participation)


def as_guest(joined: services.Joined) -> GuestActor:
    it = joined.participation
    return GuestActor(workshop_id=it.workshop_id, participation_id=it.pk)


def invited(ground: Ground, workshop: Workshop, email: str = "ann@parish.example", **given: Any) -> WorkshopInvitation:
    """An invitation by the workshop's planner; its token is ``queries.invitation_token(…)``."""
    person = queries.Invitee(email, given.get("name", "Ann"), given.get("role", "participant"))
    services.invite(actor=ground["member"], workshop=workshop, people=[person])
    return WorkshopInvitation.objects.get(workshop=workshop, email=email)
