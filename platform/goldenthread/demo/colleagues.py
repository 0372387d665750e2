"""A fictional person for each organisation that acts in the demonstration."""

from __future__ import annotations

from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import Mandate, Organisation, holding_on
from groundwork.directory.queries import the_place

NAMES = (
    "Amina Yusuf",
    "Ben Carter",
    "Chloe Marsh",
    "Daniel Okafor",
    "Ewa Nowak",
    "Farah Khan",
    "Gareth Pugh",
    "Hannah Brooks",
    "Imran Ali",
    "Judith Stone",
    "Kwame Mensah",
    "Lucy Fenn",
    "Mei Chen",
    "Noel Rivers",
)
SPEAKS_FOR = ("lead", "approver", "officer")


def colleague_of(organisation: Organisation | None) -> PersonActor:
    """Somebody who may speak for ``organisation``; for None, a partnership officer."""
    place = the_place()
    if organisation is None and place:
        organisation = place.convening_organisation
    if organisation is None:
        raise LookupError("The place has no convening organisation, so nobody can be its officer.")
    day = today()
    found = (
        Mandate.objects.filter(holding_on(day), organisation=organisation, role__in=SPEAKS_FOR)
        .select_related("person", "organisation")
        .order_by("pk")
        .first()
    )
    if found is None:
        email = f"{organisation.slug}@example.org"
        person = Person.objects.filter(email=email).first()
        if person is None:
            name = NAMES[Person.objects.filter(is_demo=True).count() % len(NAMES)]
            person = Person.objects.create_user(email, name=name, is_demo=True)
        found = Mandate.objects.create(person=person, organisation=organisation, role="lead", valid_from=day)
    return PersonActor(who=found.person, under=found, via="command")
