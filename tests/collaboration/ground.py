"""A small made-up place with joint work in it, for the tests of finding and of the thread."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collaboration.initiatives import indexing
from collaboration.initiatives.models import Alignment, FundingLine, Initiative, Partner
from groundwork.access.actors import PersonActor, Public
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Area, Mandate, Organisation, Sector
from groundwork.directory.queries import fold
from vision.frameworks.models import Element, ElementAlias, ElementLink, Framework

PUBLIC = Public()
_numbers = itertools.count(1)


@dataclass
class Ground:
    """What :func:`lay` made, by code or slug."""

    elements: dict[str, Element]
    areas: dict[str, Area]
    organisations: dict[str, Organisation]


def lay() -> Ground:
    """Three ambitions with strands, three building blocks, a plan with commitments, a county with areas, bodies."""
    vision = Framework.objects.create(key="vision", title="Vision of the Vale", part="vision", kind="vision")
    blocks = Framework.objects.create(
        key="blocks", title="Building blocks", part="building-blocks", kind="model", order=1
    )
    plan = Framework.objects.create(key="plan", title="County plan", kind="strategy", order=2)
    elements: dict[str, Element] = {}

    def element(framework: Framework, code: str, title: str | None, parent: str = "") -> None:
        above = elements[parent] if parent else None
        elements[code] = Element.objects.create(
            framework=framework,
            code=code,
            slug=code.lower().replace(".", "-"),
            kind="thing",
            title=title,
            parent=above,
            depth=above.depth + 1 if above else 0,
            order=len(elements),
        )

    element(vision, "V-A1", "Live well for longer")
    element(vision, "V-A1.1", "Promoting independence", "V-A1")
    element(vision, "V-A1.2", "Preventing illness", "V-A1")
    element(vision, "V-A2", "An equal start for every child")
    element(vision, "V-A2.1", "Ready for school", "V-A2")
    element(vision, "V-A3", "Connected to the world")
    element(vision, "V-A3.1", "Fast broadband everywhere", "V-A3")
    element(blocks, "B-1", "Governance")
    element(blocks, "B-2", "Delivery")
    element(blocks, "B-3", "Data and evidence")
    element(plan, "P-1", "Health")
    element(plan, "P-1.1", "Healthy places", "P-1")
    element(plan, "P-2", None)
    ElementAlias.objects.create(
        element=elements["V-A2"], title="An equal foundation for every child", folded=fold("equal foundation")
    )
    ElementLink.objects.create(
        from_element=elements["P-1"], to_element=elements["V-A1"], kind="serves", reason="Same aim."
    )
    ElementLink.objects.create(from_element=elements["P-2"], to_framework=vision, kind="serves")

    county = Area.objects.create(code="C0", slug="vale", name="The Vale", kind="county")
    areas = {"C0": county}
    for code, name in (("C1", "Northwick"), ("C2", "Southwick"), ("C3", "Eastwick")):
        areas[code] = Area.objects.create(code=code, slug=name.lower(), name=name, kind="district", within=county)

    councils = Sector.objects.create(code="local-government", title="Local government")
    health = Sector.objects.create(code="health", title="Health", order=1)
    organisations: dict[str, Organisation] = {}
    for slug, name, sector, is_group in (
        ("northwick-council", "Northwick Council", councils, False),
        ("southwick-council", "Southwick Council", councils, False),
        ("vale-county", "Vale County Council", councils, False),
        ("vale-nhs", "Vale NHS", health, False),
        ("all-councils", "All councils", councils, True),
    ):
        organisations[slug] = Organisation.objects.create(slug=slug, name=name, sector=sector, is_group=is_group)
    return Ground(elements, areas, organisations)


def person_for(organisation: Organisation, role: str = "lead") -> PersonActor:
    """A new person who acts for an organisation."""
    who = Person.objects.create(email=f"person{next(_numbers)}@example.org", name="A Person")
    mandate = Mandate.objects.create(person=who, organisation=organisation, role=role, valid_from=date(2020, 1, 1))
    return PersonActor(who=who, under=mandate)


def initiative(
    ground: Ground,
    title: str,
    summary: str = "",
    *,
    codes: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
    lead: str = "",
    partners: tuple[str, ...] = (),
    visibility: str = "public",
    money: tuple[int, ...] = (),
    changed_at: datetime | None = None,
    indexed: bool = True,
    **fields: object,
) -> Initiative:
    """One initiative as the services leave it, indexed unless asked not to be."""
    number = next(_numbers)
    made = Initiative.objects.create(
        number=number,
        reference=f"VAL-{number:04}",
        title=title,
        summary=summary,
        visibility=visibility,
        lead=ground.organisations.get(lead),
        changed_at=changed_at or now() + timedelta(milliseconds=number),
        **fields,
    )
    made.areas.set([ground.areas[code] for code in areas])
    for n, code in enumerate(codes):
        Alignment.objects.create(initiative=made, element=ground.elements[code], is_main=n == 0)
    for slug in partners:
        Partner.objects.create(initiative=made, organisation=ground.organisations[slug], role="delivery")
    for amount in money:
        FundingLine.objects.create(initiative=made, amount=amount)
    if indexed:
        indexing.reindex([made.pk])
    return made
