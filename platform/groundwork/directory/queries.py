"""Reading the directory: the place, organisations and areas as of a day, and who may act for whom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.clock import now, today
from groundwork.directory.models import (
    Area,
    FormerAddress,
    Invitation,
    JoinRequest,
    Mandate,
    Organisation,
    OrganisationName,
    Place,
    PlaceDate,
    Sector,
    holding_on,
)
from groundwork.waiting import waiting


def the_place() -> Place | None:
    """The place this installation serves, or None before a catalogue is loaded."""
    return Place.objects.select_related("convening_organisation").first()


def days_kept(*, around: date | None = None) -> dict[str, frozenset[date]]:
    """The single days that the place keeps, for each kind of them, from 60 days before ``around`` to 500 after."""
    around = around or today()
    first, last = around - timedelta(days=60), around + timedelta(days=500)
    days: dict[str, set[date]] = {kind: set() for kind in PlaceDate.Kind.values}
    rows = PlaceDate.objects.filter(starts_on__lte=last, ends_on__gte=first)
    for kind, starts_on, ends_on in rows.values_list("kind", "starts_on", "ends_on"):
        day = max(starts_on, first)
        while day <= min(ends_on, last):
            days[kind].add(day)
            day += timedelta(days=1)
    return {kind: frozenset(found) for kind, found in days.items()}


def place_dates(*, since: date | None = None) -> QuerySet[PlaceDate]:
    """The days that the place keeps and that are not over on a day (today when none is given), the next first."""
    return PlaceDate.objects.filter(ends_on__gte=since or today()).order_by("starts_on", "name")


def find_place_date(pk: int) -> PlaceDate:
    """Raises :class:`NotFound`."""
    found = PlaceDate.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such period."))
    return found


def mandates_of_people(people: Iterable[Person | int], *, on: date | None = None) -> QuerySet[Mandate]:
    """The mandates under which any of ``people`` may act, each person's in the order of :func:`current_mandates`."""
    day = on or today()
    return (
        Mandate.objects.filter(holding_on(day), _organisation_stands(day), person__in=list(people))
        .select_related("person", "organisation")
        .order_by("organisation__name", "role", "pk")
    )


def mandates_ending(first: date, last: date) -> QuerySet[Mandate]:
    """Mandates in force whose last day is before a day from ``first`` to ``last``, of active people, by person."""
    return (
        Mandate.objects.filter(
            _organisation_stands(first), valid_to__gt=first, valid_to__lte=last, person__is_active=True
        )
        .filter(valid_from__lte=first)
        .select_related("person", "organisation")
        .order_by("person_id", "pk")
    )


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


def organisations_with_accounts(*, on: date | None = None) -> QuerySet[Mandate, Any]:
    """The keys of all organisations for which some active person acts on a day, to be put into other queries."""
    day = on or today()
    found = Mandate.objects.filter(holding_on(day), _organisation_stands(day), person__is_active=True)
    return found.order_by().values("organisation")


def mandates_of(people: Iterable[int], *, on: date | None = None) -> QuerySet[Mandate]:
    """The mandates in force of any of these people, each one's in the order of :func:`current_mandates` (one query)."""
    day = on or today()
    return (
        Mandate.objects.filter(holding_on(day), _organisation_stands(day), person_id__among=people)
        .select_related("organisation")
        .order_by("person_id", "organisation__name", "role", "pk")
    )


def actor_for(user: Any, *, mandate_id: int | None = None, via: str = "web") -> Actor:
    """The actor behind a request's user: the public, or a person under the chosen (else the first) current mandate.

    A chosen mandate that has ended leaves the person acting for nobody until they choose again: to slip into another
    organisation would put words in its mouth. Where that one was succeeded, the mandate that followed it is meant.
    """
    if not isinstance(user, Person) and not getattr(user, "is_authenticated", False):
        return Public(via=via)
    mandates = list(current_mandates(user))
    if mandate_id is None:
        return PersonActor(who=user, under=mandates[0] if mandates else None, via=via)
    chosen = next((m for m in mandates if m.pk == mandate_id), None)
    if chosen is None and (followed := followed_by(mandate_id)) is not None:
        chosen = next((m for m in mandates if m.pk == followed), None)
    return PersonActor(who=user, under=chosen, via=via)


def acts_still(person: Person, mandate_id: int) -> bool:
    """Whether a mandate of the person is in force, or one that followed it when its organisation was succeeded."""
    in_force = current_mandates(person)
    if in_force.filter(pk=mandate_id).exists():
        return True
    followed = followed_by(mandate_id)
    return followed is not None and in_force.filter(pk=followed).exists()


def followed_by(mandate_id: int) -> int | None:
    """The newest mandate that followed one whose organisation was succeeded, perhaps more than once; None for none."""
    followed, seen = None, {mandate_id}
    while (after := Mandate.objects.filter(pk=mandate_id).values_list("followed_by", flat=True).first()) is not None:
        if after in seen:
            break
        seen.add(after)
        followed = mandate_id = after
    return followed


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


def name_as_of(things: Iterable[Any], day: date) -> None:
    """Give organisations or areas, as they are in memory, the names that they had on a day (one query)."""
    listed = list(things)
    prefetch_related_objects(listed, "names")
    for each in listed:
        each.name = each.name_on(day)


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


def slugs_of_organisations(ids: Iterable[int]) -> dict[int, str]:
    """The slugs of some organisations by primary key (one query)."""
    return dict(Organisation.objects.filter(pk__in=list(ids)).values_list("pk", "slug"))


def codes_of_areas(ids: Iterable[int]) -> dict[int, str]:
    """The official codes of some areas by primary key (one query)."""
    return dict(Area.objects.filter(pk__in=list(ids)).values_list("pk", "code"))


def successors_of(slug: str, *, of: str) -> list[tuple[str, str]]:
    """The successors of an organisation, as (slug, name), or of an area, as (code, name), by name (one query)."""
    if of == "organisation":
        return list(Organisation.objects.filter(predecessors__slug=slug).values_list("slug", "name"))
    return list(Area.objects.filter(predecessors__slug=slug).values_list("code", "name"))


def present_slug(slug: str, of: str) -> str:
    """The slug that an organisation or area (``of``) has now that had this one before; "" when nobody had it."""
    found = FormerAddress.objects.filter(slug=slug, **{f"{of}__isnull": False}).values_list(f"{of}__slug", flat=True)
    return found.first() or ""


def former_slugs() -> dict[str, dict[str, str]]:
    """Every slug that an ``organisation`` or an ``area`` had before, with the one it has now (one query)."""
    found: dict[str, dict[str, str]] = {"organisation": {}, "area": {}}
    for slug, organisation, area in FormerAddress.objects.values_list("slug", "organisation__slug", "area__slug"):
        found["organisation" if organisation else "area"][slug] = organisation or area
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


def waiting_to_join(ids: Iterable[int]) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """People who wait to act for any of these organisations, as rows of :class:`groundwork.waiting.Waiting`.

    Kind: ``join_request.made``; ``title`` is the name of who asks.
    """
    asked = JoinRequest.objects.filter(organisation_id__in=ids, status=JoinRequest.Status.WAITING)
    columns = {"owner_id": "organisation_id", "title": "person__name", "who": "organisation__name"}
    return [waiting(asked, "join_request.made", since="created_at", **columns)]
