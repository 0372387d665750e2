"""Reading the directory: the place, organisations and areas as of a day, and who may act for whom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.clock import now, today
from groundwork.directory.models import (
    Area,
    Invitation,
    JoinRequest,
    Mandate,
    Organisation,
    OrganisationName,
    Place,
    Sector,
    holding_on,
)


def the_place() -> Place | None:
    """The place this installation serves, or None before a catalogue is loaded."""
    return Place.objects.select_related("convening_organisation").first()


def _organisation_stands(day: date) -> Q:
    """Nobody acts for an organisation that is closed, or that is not there yet or any more."""
    begun = Q(organisation__valid_from=None) | Q(organisation__valid_from__lte=day)
    goes_on = Q(organisation__valid_to=None) | Q(organisation__valid_to__gt=day)
    return begun & goes_on & ~Q(organisation__status="closed")


def current_mandates(person: Person, *, on: date | None = None) -> QuerySet[Mandate]:
    """The mandates under which a person may act on a day (today when none is given)."""
    return (
        Mandate.objects.filter(holding_on(on or today()), _organisation_stands(on or today()), person=person)
        .select_related("organisation", "organisation__sector")
        .order_by("organisation__name", "role", "pk")
    )


def mandates_in_force(
    organisations: Iterable[Organisation | int], *roles: str, on: date | None = None
) -> QuerySet[Mandate]:
    """Under which mandates active people act for any of ``organisations``, in one of ``roles`` (any when none given).

    Oldest first, so that the first of several is the same each time.
    """
    day = on or today()
    found = Mandate.objects.filter(
        holding_on(day), _organisation_stands(day), organisation__in=list(organisations), person__is_active=True
    )
    if roles:
        found = found.filter(role__in=roles)
    return found.select_related("person", "organisation").order_by("pk")


def actor_for(user: Any, *, mandate_id: int | None = None, via: str = "web") -> Actor:
    """The actor behind a request's user: the public, or a person under the chosen (else the first) current mandate.

    A chosen mandate that has ended leaves the person acting for nobody until they choose again: to slip into another
    organisation would put words in its mouth.
    """
    if not isinstance(user, Person) and not getattr(user, "is_authenticated", False):
        return Public(via=via)
    mandates = list(current_mandates(user))
    if mandate_id is None:
        return PersonActor(who=user, under=mandates[0] if mandates else None, via=via)
    return PersonActor(who=user, under=next((m for m in mandates if m.pk == mandate_id), None), via=via)


def fold(name: str) -> str:
    """A name without case, accents, punctuation or repeated spaces: two names that fold alike are the same name."""
    text = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", text).strip()[:200]


def find_organisation(text: str) -> Organisation | None:
    """The one organisation meant by an identifier (``gss:E07000071``), slug, or present, former or bare place name."""
    text = text.strip()
    scheme, _, value = text.partition(":")
    found = Organisation.objects.filter(
        Q(slug=text.lower()) | Q(identifiers__scheme=scheme, identifiers__value=value) | Q(names__folded=fold(text))
    ).distinct()[:2]
    return found[0] if len(found) == 1 else None


def areas(*, on: date | None = None) -> QuerySet[Area]:
    """The areas that exist on a day, by name."""
    return Area.objects.filter(holding_on(on or today()))


def organisations(*, on: date | None = None) -> QuerySet[Organisation]:
    """The organisations that exist on a day, groups included, by name."""
    return Organisation.objects.filter(holding_on(on or today())).exclude(status="closed").select_related("sector")


def sectors() -> QuerySet[Sector]:
    return Sector.objects.all()


def area_by_slug(slug: str) -> Area:
    """One area, past ones included, with what it is part of. Raises :class:`NotFound`."""
    found = (
        Area.objects.select_related("within").prefetch_related("successors", "predecessors").filter(slug=slug).first()
    )
    if found is None:
        raise NotFound(_("There is no such area."))
    return found


def area_by_code(code: str) -> Area:
    """One area by its official (GSS) code, past ones included, with what it is part of. Raises :class:`NotFound`."""
    found = (
        Area.objects.select_related("within").prefetch_related("successors", "predecessors").filter(code=code).first()
    )
    if found is None:
        raise NotFound(_("There is no area with this code."))
    return found


def organisation_by_slug(slug: str) -> Organisation:
    """One organisation, past ones included, with its names, identifiers, bodies, and what came before and after it.

    Raises :class:`NotFound`.
    """
    found = (
        Organisation.objects.select_related("sector", "area", "part_of")
        .prefetch_related("names", "identifiers", "bodies", "successors", "predecessors")
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such organisation."))
    return found


def organisations_matching(*, words: str = "", sector: str = "", on: date | None = None) -> QuerySet[Organisation]:
    """The organisations of a day in whose present or former names every one of the words stands."""
    found = organisations(on=on)
    if sector:
        found = found.filter(sector__code=sector)
    wanted = fold(words).split()
    if words.strip() and not wanted:
        # Nothing but punctuation: no name has it.
        return found.none()
    if wanted:
        named = OrganisationName.objects.all()
        for word in wanted[:10]:
            named = named.filter(folded__contains=word)
        found = found.filter(pk__in=named.values("organisation_id"))
    return found


def names_of_the_place() -> list[str]:
    """The names of the place and of who convenes it: words that passwords are guessed from here."""
    place = the_place()
    if place is None:
        return []
    convening = place.convening_organisation
    return [place.name, place.key, *([convening.name, convening.abbreviation] if convening else [])]


def people_of(actor: Actor, organisation: Organisation) -> QuerySet[Mandate]:
    """Who acts for an organisation today, by name. Raises unless ``actor`` may see that."""
    require(actor, "organisation.see_people", organisation)
    return (
        Mandate.objects.filter(holding_on(today()), organisation=organisation, person__is_active=True)
        .select_related("person", "organisation")
        .order_by("person__name", "role", "pk")
    )


def open_invitations(actor: Actor, organisation: Organisation) -> QuerySet[Invitation]:
    """Invitations to an organisation that may still be accepted, newest first."""
    require(actor, "organisation.invite", organisation)
    waiting = Invitation.objects.filter(
        organisation=organisation, accepted_at=None, revoked_at=None, expires_at__gt=now()
    )
    return waiting.select_related("organisation", "invited_by")


def waiting_join_requests(actor: Actor, organisation: Organisation | None = None) -> QuerySet[JoinRequest]:
    """Join requests that ``actor`` may answer, oldest first: of one organisation, or of all.

    The set-wise twin of ``can(actor, "join_request.decide", ...)``.
    """
    waiting = JoinRequest.objects.filter(
        status=JoinRequest.Status.WAITING, organisation__is_group=False, person__is_active=True
    ).exclude(organisation__status="closed")
    if organisation is not None:
        waiting = waiting.filter(organisation=organisation)
    if actor.person is not None:
        waiting = waiting.exclude(person=actor.person)
    if not actor.is_system:
        mine = Q(pk=None)
        if actor.role in ("lead", "officer"):
            mine |= Q(organisation_id=actor.organisation_id)
        if actor.is_officer:
            led = Mandate.objects.filter(
                holding_on(today()), role__in=("lead", "officer"), person__is_active=True
            ).values("organisation_id")
            mine |= ~Q(organisation_id__in=led)
        waiting = waiting.filter(mine)
    return waiting.select_related("person", "organisation").order_by("created_at", "pk")


def join_requests_of(person: Person) -> QuerySet[JoinRequest]:
    """What a person has asked for, newest first."""
    return JoinRequest.objects.filter(person=person).select_related("organisation")


def demo_people() -> list[Person]:
    """The made-up people that a demo offers, in its order, with their current mandates; none anywhere else."""
    if not settings.ENVIRONMENT.is_demo:
        return []
    current = Mandate.objects.filter(holding_on(today())).select_related("organisation")
    found = Person.objects.filter(is_demo=True, is_active=True, email__in=settings.DEMO_ACCOUNTS)
    order = {email: number for number, email in enumerate(settings.DEMO_ACCOUNTS)}
    return sorted(found.prefetch_related(Prefetch("mandates", current)), key=lambda person: order[person.email])


def find_join_request(actor: Actor, pk: int) -> JoinRequest:
    """One join request that ``actor`` may see. Raises :class:`NotFound`."""
    found = JoinRequest.objects.select_related("person", "organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    require(actor, "join_request.view", found)
    return found


def find_mandate(actor: Actor, pk: int) -> Mandate:
    """One mandate that ``actor`` may see. Raises :class:`NotFound`."""
    found = Mandate.objects.select_related("person", "organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such mandate."))
    require(actor, "mandate.view", found)
    return found


def find_invitation(actor: Actor, pk: int) -> Invitation:
    """One invitation that ``actor`` may see. Raises :class:`NotFound`."""
    found = Invitation.objects.select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    require(actor, "invitation.view", found)
    return found
