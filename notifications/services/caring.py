"""Saying how an organisation is looked after."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid
from groundwork.access.rules import require
from groundwork.audit import services as audit
from notifications.models import Care
from notifications.queries.caring import those_who_may_care

LONGEST: Final = 730
"""Days."""


@transaction.atomic
def save_care(
    *,
    actor: Actor,
    organisation: Any,
    relationship_owner: int | None,
    first_days: int,
    second_days: int,
    third_days: int,
    at: datetime | None = None,
) -> Care:
    """Who keeps in touch with an organisation (a person's id, or None), and after how many days it is reminded.

    Saying the same again changes nothing. Raises :class:`Invalid` for somebody who does not act for the convening
    organisation and keeps no relationship with this one already, and for days that do not rise.
    """
    require(actor, "reminders.manage")
    care = Care.objects.select_for_update(of=("self",)).filter(organisation=organisation).first()
    care = care or Care(organisation=organisation)
    errors: dict[str, list[str]] = {}
    people = {person.pk: person for person in those_who_may_care()}
    if relationship_owner is not None and relationship_owner not in {*people, care.relationship_owner_id}:
        errors["relationship_owner"] = [_("Choose somebody from the list")]
    before = _said(care)
    days = {"first_days": first_days, "second_days": second_days, "third_days": third_days}
    for name, number in days.items():
        if not 1 <= number <= LONGEST:
            errors[name] = [_("Enter a number of days from 1 to %(most)s") % {"most": LONGEST}]
    if not errors and not first_days < second_days:
        errors["second_days"] = [_("The second reminder must come after the first")]
    elif not errors and not second_days < third_days:
        errors["third_days"] = [_("The third reminder must come after the second")]
    if errors:
        raise Invalid(errors)
    care.relationship_owner_id = relationship_owner
    for name, number in days.items():
        setattr(care, name, number)
    changes = audit.differences(before, _said(care))
    if care.pk is not None and not changes:
        return care
    care.save()
    audit.keep(actor=actor, action="care.change", obj=care, changes=changes, at=at)
    return care


def _said(care: Care) -> dict[str, Any]:
    days = [care.first_days, care.second_days, care.third_days]
    return {"relationship_owner": care.relationship_owner_id, "days": days}
