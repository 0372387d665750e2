"""A made-up place with every kind of actor and every state of a record, for the tests of the register."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from collaboration.initiatives.models import Initiative, Partner
from collaboration.initiatives.services import registering
from collaboration.initiatives.services.registering import PartnerInput
from groundwork.access.actors import Actor, PersonActor, Public, SystemActor
from groundwork.accounts.models import Person
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation, Place
from groundwork.events.models import OutboxEvent
from tests.collaboration.ground import Ground, lay
from vision.frameworks.models import Element, Framework

ROLES = ("member", "lead", "approver", "scrutiny", "officer")
BODIES = ("owner", "lead", "partner", "other")
_numbers = itertools.count(5001)


@dataclass
class World:
    ground: Ground
    place: Place
    bodies: dict[str, Organisation]
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """The actor of that name: "owner:lead", "public", "operator", "nobody", "system"."""
        return self.actors[name]


def build() -> World:
    """The place, four organisations and a group, and every actor: five roles in each organisation, and four others."""
    ground = lay()
    for number in (1, 2):
        Element.objects.create(
            framework=Framework.objects.get(key="plan"),
            code=f"PR-{number}",
            slug=f"pr-{number}",
            kind="principle",
            title=f"Principle {number}",
            order=90 + number,
        )
    bodies = {
        "owner": ground.organisations["northwick-council"],
        "lead": ground.organisations["southwick-council"],
        "partner": ground.organisations["vale-nhs"],
        "other": ground.organisations["vale-county"],
        "group": ground.organisations["all-councils"],
    }
    place = Place.objects.create(
        key="vale", name="The Vale", reference_prefix="VAL", convening_organisation=bodies["other"]
    )
    world = World(ground, place, bodies)
    for body in BODIES:
        for role in ROLES:
            world.actors[f"{body}:{role}"] = person(f"{body} {role}", bodies[body], role)
    world.actors["public"] = Public()
    world.actors["nobody"] = person("nobody")
    operator = person("operator")
    operator.who.is_operator = True
    operator.who.save()
    world.actors["operator"] = operator
    world.actors["system"] = SystemActor(name="tests")
    return world


def person(name: str, organisation: Organisation | None = None, role: str = "lead") -> PersonActor:
    number = next(_numbers)
    who = Person.objects.create(email=f"{number}@example.org", name=name.title())
    mandate = None
    if organisation is not None:
        mandate = Mandate.objects.create(person=who, organisation=organisation, role=role, valid_from=date(2020, 1, 1))
    return PersonActor(who=who, under=mandate)


def made(world: World, **fields: Any) -> Initiative:
    """A record put into a state directly, owned by "owner", led by "lead", with "partner" confirmed in it."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "number": number,
        "reference": f"VAL-{number:04d}",
        "title": f"Work {number}",
        "owner": world.bodies["owner"],
        "lead": world.bodies["lead"],
        **fields,
    }
    initiative = Initiative.objects.create(**values)
    Partner.objects.create(
        initiative=initiative,
        organisation=world.bodies["partner"],
        role="delivery",
        confirmation=Partner.Confirmation.CONFIRMED,
    )
    return initiative


def states(world: World) -> dict[str, Initiative]:
    """Every state a record can be in, by name."""
    at = now()
    survivor = made(world, visibility="public", title="Survivor")
    records: dict[str, Initiative] = {"survivor": survivor}
    for visibility in ("draft", "partners", "public"):
        records[visibility] = made(world, visibility=visibility)
        records[f"{visibility} withdrawn"] = made(world, visibility=visibility, withdrawn_at=at)
        records[f"{visibility} merged"] = made(world, visibility=visibility, merged_into=survivor)
        records[f"{visibility} unowned"] = made(world, visibility=visibility, owner=None, lead=None)
        records[f"{visibility} unowned, led"] = made(world, visibility=visibility, owner=None)
        records[f"{visibility} unowned, withdrawn"] = made(
            world, visibility=visibility, owner=None, lead=None, withdrawn_at=at
        )
        records[f"{visibility} without lead"] = made(world, visibility=visibility, lead=None)
    records["draft in review"] = made(world, visibility="draft", review_asked_at=at)
    records["draft in review, withdrawn"] = made(world, visibility="draft", review_asked_at=at, withdrawn_at=at)
    records["draft in review, merged"] = made(world, visibility="draft", review_asked_at=at, merged_into=survivor)
    return records


def draft(world: World, *, title: str = "Warm homes", at: datetime | None = None, **about: Any) -> Initiative:
    """A draft with everything that publishing needs, made with the services by the owner's lead."""
    actor = world["owner:lead"]
    it = registering.start_draft(actor=actor, title=title, at=at)
    it = registering.save_about(
        actor=actor,
        initiative=it,
        version=it.version,
        title=title,
        summary="Insulation for cold homes.",
        stage="active",
        **about,
    )
    it = registering.save_alignment(
        actor=actor,
        initiative=it,
        version=it.version,
        main=[("V-A1.1", "People stay in their own homes.")],
        blocks=["B-1"],
    )
    it = registering.save_places(actor=actor, initiative=it, version=it.version, areas=["C1"], scale="district")
    it = registering.save_partners(
        actor=actor,
        initiative=it,
        version=it.version,
        lead="southwick-council",
        partners=[
            PartnerInput(organisation="vale-nhs", role="funder", contribution="Pays for surveys"),
            PartnerInput(organisation="all-councils", role="adviser"),
            PartnerInput(organisation="northwick-council", role="host"),
        ],
    )
    return registering.save_contact(
        actor=actor, initiative=it, version=it.version, contact_role="Housing team", contact_email="homes@example.org"
    )


def published(world: World, **fields: Any) -> Initiative:
    return registering.publish(actor=world["owner:lead"], initiative=draft(world, **fields))


def partner_of(initiative: Initiative, slug: str) -> Partner:
    return Partner.objects.get(initiative=initiative, organisation__slug=slug, valid_to=None)


def events_of(*names: str) -> list[OutboxEvent]:
    """What was recorded under these names, oldest first."""
    return list(OutboxEvent.objects.filter(name__in=names).order_by("id"))


def audited(initiative: Initiative, action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(object_id=str(initiative.pk), action=action).order_by("at", "id"))
