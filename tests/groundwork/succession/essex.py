"""Essex as its catalogue has it, with people, work, boards and follows in every council, and a made-up future.

The five councils that follow are invented for the test. Which ones there will be is not known, and nothing of this is
in the place's own catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from collaboration.actions.models import Action
from collaboration.governance.models import ChairTerm, PartnershipBoard, Recommendation, RecommendationList, Seat
from collaboration.governance.models import SeatHolder as Holder
from collaboration.initiatives import indexing
from collaboration.initiatives.models import Alignment, Initiative, JoinAsk, Partner
from collaboration.thread import services as thread
from collaboration.workshops.models import Workshop
from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Area, Invitation, JoinRequest, Mandate, Organisation, Place
from groundwork.succession import services
from groundwork.succession.models import Succession
from groundwork.succession.services import NewArea, NewOrganisation
from notifications.services import subscribing
from tests.groundwork.succession.planned import DAY
from tests.vision.loading import ESSEX, load
from vision.frameworks.models import Element

UNITARIES = {
    "Made-up North": ("uttlesford", "braintree", "colchester", "tendring"),
    "Made-up West": ("harlow", "epping-forest"),
    "Made-up Mid": ("chelmsford", "maldon"),
    "Made-up East": ("rochford", "castle-point", "southend-on-sea"),
    "Made-up South": ("brentwood", "basildon", "thurrock"),
}
"""Five made-up unitaries and the areas that each takes; the county is divided among all of them."""

COUNTY = "essex"


@dataclass
class Essex:
    councils: dict[str, Organisation]
    """By the slug of the area that each serves."""
    areas: dict[str, Area]
    officer: PersonActor
    people: dict[str, PersonActor] = field(default_factory=dict)
    """One lead of each council, by the slug of its area."""
    initiatives: dict[str, Initiative] = field(default_factory=dict)
    board: Any = None


def build() -> Essex:
    """Each council leads one initiative in its area with an action, a seat and a follow; two do more together."""
    load(ESSEX)
    areas = {each.slug: each for each in Area.objects.all()}
    councils = {
        each.area.slug: each
        for each in Organisation.objects.filter(area__in=areas.values(), sector__code="local-government")
        if each.area is not None
    }
    assert len(councils) == 15
    made = Essex(councils, areas, _person(councils[COUNTY], "officer", "olive"))
    board = made.board = PartnershipBoard.objects.create(
        slug="made-up-board", name="Made-up Board", status="active", access="public", lead=councils[COUNTY]
    )
    report = RecommendationList.objects.create(slug="made-up", title="Made-up report", keeper=councils[COUNTY])
    strand = Element.objects.filter(framework__part="vision", depth=1).first()
    assert strand is not None
    for number, (slug, council) in enumerate(councils.items()):
        lead = made.people[slug] = _person(council, "lead", slug)
        row = made.initiatives[slug] = _initiative(9000 + number, f"Work in {slug}", council, [areas[slug]], strand)
        Action.objects.create(
            number=9000 + number, reference=f"A-{9000 + number}", what=f"Do it in {slug}", organisation=council,
            status="accepted", owner=lead.who, owner_mandate=lead.under, initiative=row,
        )  # fmt: skip
        Action.objects.create(
            number=9500 + number, reference=f"A-{9500 + number}", what=f"Done in {slug}", organisation=council,
            status="done", owner=lead.who, owner_mandate=lead.under,
        )  # fmt: skip
        seat = Seat.objects.create(board=board, organisation=council, title=slug, valid_from=date(2026, 1, 1))
        Holder.objects.create(seat=seat, person=lead.who, mandate=lead.under, valid_from=date(2026, 1, 1))
        if slug == "colchester":
            ChairTerm.objects.create(board=board, seat=seat, valid_from=date(2026, 1, 1))
        Recommendation.objects.create(list=report, code=f"R{number}", title=f"Of {slug}", owner=council)
        Workshop.objects.create(title=f"Workshop of {slug}", template="barriers-and-enablers", host=council)
    together = made.initiatives["together"] = _initiative(
        9100, "Work of two", councils["colchester"], [areas["colchester"], areas["tendring"]], strand
    )
    Partner.objects.create(
        initiative=together, organisation=councils["tendring"], role="delivery", confirmation="asked", asked_at=now()
    )
    Partner.objects.create(
        initiative=together, organisation=councils["harlow"], role="funder", confirmation="confirmed",
        printed_as="Harlow DC",
    )  # fmt: skip
    subscribing.follow(made.people["harlow"], "organisation=colchester-city-council")
    subscribing.follow(made.people["harlow"], "area=E07000071")
    asker = Person.objects.create(email="asker@example.org", name="Asker")
    JoinRequest.objects.create(person=asker, organisation=councils["maldon"])
    JoinAsk.objects.create(initiative=together, organisation=councils["maldon"])
    Invitation.objects.create(
        email="guest@example.org", organisation=councils["maldon"], role="member", token_hash="0" * 64,
        expires_at=now().replace(year=2029),
    )  # fmt: skip
    indexing.reindex([each.pk for each in made.initiatives.values()])
    thread.recount()
    return made


def plan_the_future(essex: Essex) -> tuple[Succession, Succession]:
    """Areas and councils both become five on one day: two plans, made by an officer."""
    of_areas = _plan(essex, "area")
    taking: dict[str, Any] = {}
    for number, (name, slugs) in enumerate(UNITARIES.items()):
        heir = services.add_successor(
            actor=essex.officer,
            succession=of_areas,
            version=None,
            new=NewArea(name=name, code=f"X0600000{number}", kind="unitary", tile=(number, 0)),
        )
        taking[name] = heir
        for slug in slugs:
            _replace(essex, of_areas, slug, [heir])
    _replace(essex, of_areas, COUNTY, list(taking.values()))
    of_councils = _plan(essex, "organisation")
    heirs: dict[str, Any] = {}
    for number, (name, slugs) in enumerate(UNITARIES.items()):
        heirs[name] = services.add_successor(
            actor=essex.officer,
            succession=of_councils,
            version=None,
            new=NewOrganisation(name=f"{name} Council", sector="local-government", area_code=f"X0600000{number}"),
            takes_areas=[essex.areas[slug].code for slug in slugs],
        )
    for name, slugs in UNITARIES.items():
        for slug in slugs:
            _replace(essex, of_councils, essex.councils[slug].slug, [heirs[name]])
    _replace(essex, of_councils, essex.councils[COUNTY].slug, list(heirs.values()))
    return of_areas, of_councils


def _plan(essex: Essex, of: str) -> Succession:
    return services.plan(
        actor=essex.officer, of=of, kind="replacement", title="Made-up unitaries", reason="Made up", effective_on=DAY
    )


def _replace(essex: Essex, plan: Succession, slug: str, heirs: list[Any]) -> None:
    services.add_predecessor(
        actor=essex.officer, succession=plan, version=None, slug=slug, goes_to=[heir.pk for heir in heirs]
    )


def _person(body: Organisation, role: str, name: str) -> PersonActor:
    who = Person.objects.create(email=f"{name}@example.org", name=name.title())
    under = Mandate.objects.create(person=who, organisation=body, role=role, valid_from=date(2026, 1, 1))
    return PersonActor(who=who, under=under)


def _initiative(number: int, title: str, lead: Organisation, areas: list[Area], strand: Element) -> Initiative:
    place = Place.objects.get()
    row = Initiative.objects.create(
        number=number, reference=f"{place.reference_prefix}-{number}", title=title, summary="Made up", lead=lead,
        owner=lead, visibility="public", published_at=now(), stage="active",
    )  # fmt: skip
    row.areas.set(areas)
    Alignment.objects.create(initiative=row, element=strand, is_main=True)
    return row
