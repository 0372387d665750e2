"""The made-up people one can sign in as in a demo, and the organisations they act for.

The organisations are found by their catalogue keys. A place that lacks one gets the nearest: another council, another
body of that sector, any organisation at all; so that another place's demo works too.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from groundwork.access.actors import SystemActor
from groundwork.access.errors import NotAllowed
from groundwork.accounts.models import Person
from groundwork.accounts.services.people import make_person
from groundwork.directory.models import Mandate, Organisation
from groundwork.directory.queries import organisations, the_place
from groundwork.directory.services import grant_mandate


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a demo person does for which organisation: its catalogue key, else the first of a sector."""

    key: str
    role: str
    sector: str
    convening: bool = False
    """Officers exist in the convening organisation only, whatever it is called."""


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """One person to try the product as. ``tries`` says what is worth trying."""

    email: str
    name: str
    job_title: str
    roles: tuple[Role, ...] = ()
    is_operator: bool = False
    tries: str = ""


COUNCIL, HEALTH, VOLUNTARY, PARTNERSHIP = (
    "local-government",
    "nhs-and-health",
    "voluntary-and-community",
    "partnership",
)

ACCOUNTS = (
    DemoAccount(
        email="convenor@example.org",
        name="Priya Anand",
        job_title="County partnership officer",
        roles=(
            Role(key="essex-county-council", role="officer", sector=COUNCIL, convening=True),
            Role(key="essex-partners", role="member", sector=PARTNERSHIP),
        ),
        tries="sees where nothing happens yet; acts for two organisations",
    ),
    DemoAccount(
        email="district@example.org",
        name="Martin Hale",
        job_title="District council officer",
        roles=(Role(key="rochford-district-council", role="lead", sector=COUNCIL),),
        tries="registers joint work and publishes it",
    ),
    DemoAccount(
        email="nhs@example.org",
        name="Dr Leila Haddad",
        job_title="NHS partnerships manager",
        roles=(Role(key="nhs", role="lead", sector=HEALTH),),
        tries="confirms or declines what others say of the NHS",
    ),
    DemoAccount(
        email="voluntary@example.org",
        name="Joan Whitlock",
        job_title="Voluntary sector organiser",
        roles=(Role(key="ccvs", role="lead", sector=VOLUNTARY),),
        tries="finds work to join, and offers help",
    ),
    DemoAccount(
        email="scrutiny@example.org",
        name="Councillor Peter Osei",
        job_title="Scrutiny member",
        roles=(Role(key="essex-county-council", role="scrutiny", sector=COUNCIL),),
        tries="reads what is under review, and challenges it",
    ),
    DemoAccount(
        email="operator@example.org",
        name="Sam Turner",
        job_title="Operator",
        is_operator=True,
        tries="sees that the system is well",
    ),
)


@transaction.atomic
def ensure_demo_accounts() -> list[Person]:
    """Make the demo accounts that are missing and give them their mandates. May be run again and again.

    Raises :class:`NotAllowed` outside a demo: these accounts need no password.
    """
    if not settings.ENVIRONMENT.is_demo:
        raise NotAllowed("Demo accounts exist in demo mode only.")
    actor = SystemActor(name="demo", via="command")
    people = []
    for account in ACCOUNTS:
        person = Person.objects.filter(email=account.email).first()
        if person is None:
            person = make_person(
                actor=actor,
                email=account.email,
                name=account.name,
                job_title=account.job_title,
                is_demo=True,
                is_operator=account.is_operator,
            )
        _grant(actor, person, account.roles)
        people.append(person)
    return people


def _grant(actor: SystemActor, person: Person, roles: tuple[Role, ...]) -> None:
    taken: set[int] = set()
    for role in roles:
        # Whatever became of it: a mandate that somebody ended in the demo stays ended.
        given = Mandate.objects.filter(person=person, role=role.role).order_by("pk").first()
        organisation = given.organisation if given else _organisation(role, taken)
        if organisation is None:
            continue
        if given is None:
            grant_mandate(actor=actor, person=person, organisation=organisation, role=role.role)
        taken.add(organisation.pk)


def _organisation(role: Role, taken: set[int]) -> Organisation | None:
    place = the_place()
    if role.convening:
        return place.convening_organisation if place else None
    bodies = organisations().filter(is_group=False)
    named = bodies.filter(slug=role.key).first()
    if named is not None:
        return named
    free = bodies.exclude(pk__in=taken)
    # A council of a part of the place, rather than the one that convenes it.
    within = free.filter(~Q(pk=place.convening_organisation_id if place else None), sector__code=role.sector)
    return within.order_by("name", "pk").first() or free.order_by("name", "pk").first()
