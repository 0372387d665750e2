"""How organisations are looked after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundwork.access.actors import Actor
from groundwork.access.rules import require
from groundwork.directory.queries import mandates_in_force, organisations_matching, the_place
from notifications.models import Care


def every_care() -> dict[int, Care]:
    """The care of every organisation that has one of its own, by the organisation's id. One query."""
    return {care.organisation_id: care for care in Care.objects.select_related("relationship_owner")}


def care_of(organisation: Any) -> Care:
    """How an organisation is looked after; what holds for everybody, not kept, where nothing else was said."""
    found = Care.objects.select_related("relationship_owner").filter(organisation=organisation).first()
    return found or Care(organisation=organisation)


@dataclass(frozen=True, kw_only=True)
class CaredFor:
    """An organisation and its care, and whether that is its own."""

    organisation: Any
    care: Care


def cared_for(actor: Actor, *, words: str = "") -> Any:
    """The organisations that people can act for, by name; of a search, those in whose names its words stand."""
    require(actor, "reminders.manage")
    return organisations_matching(words=words).filter(is_group=False)


def with_care(rows: Any) -> list[CaredFor]:
    """Some organisations with their care: one query more, however many."""
    rows = list(rows)
    held = {
        care.organisation_id: care
        for care in Care.objects.select_related("relationship_owner").filter(organisation__in=rows)
    }
    return [CaredFor(organisation=row, care=held.get(row.pk) or Care(organisation=row)) for row in rows]


def those_who_may_care() -> list[Any]:
    """People of the convening organisation, by name: they keep relationships with the others."""
    place = the_place()
    if place is None or place.convening_organisation_id is None:
        return []
    people = {mandate.person_id: mandate.person for mandate in mandates_in_force([place.convening_organisation_id])}
    return sorted(people.values(), key=lambda person: (person.display_name, person.pk))
