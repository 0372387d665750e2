"""Reading the directory: the place, organisations and areas as of a day, and who may act for whom."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import NotFound
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import Area, Mandate, Organisation, OrganisationName, Place, Sector, holding_on


def the_place() -> Place | None:
    """The place this installation serves, or None before a catalogue is loaded."""
    return Place.objects.select_related("convening_organisation").first()


def current_mandates(person: Person, *, on: date | None = None) -> QuerySet[Mandate]:
    """The mandates under which a person may act on a day (today when none is given)."""
    return (
        Mandate.objects.filter(holding_on(on or today()), person=person)
        .exclude(organisation__status="closed")
        .select_related("organisation", "organisation__sector")
        .order_by("organisation__name", "role", "pk")
    )


def actor_for(user: Any, *, mandate_id: int | None = None, via: str = "web") -> Actor:
    """The actor behind a request's user: the public, or a person under the chosen (else the first) current mandate."""
    if not isinstance(user, Person) and not getattr(user, "is_authenticated", False):
        return Public(via=via)
    mandates = list(current_mandates(user))
    chosen = next((m for m in mandates if m.pk == mandate_id), mandates[0] if mandates else None)
    return PersonActor(who=user, under=chosen, via=via)


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
