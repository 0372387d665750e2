"""The secret address of a person's own calendar: made, made anew, ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.workshops import tokens
from collaboration.workshops.models import CalendarLink
from groundwork.access.actors import Actor
from groundwork.access.errors import NotAllowed
from groundwork.accounts.models import Person
from groundwork.audit.services import keep
from groundwork.clock import now


@transaction.atomic
def make_calendar_link(*, actor: Actor, at: datetime | None = None) -> CalendarLink:
    """Give the actor a link of their own; one they had opens nothing any more. Raises :class:`NotAllowed`."""
    at = at or now()
    link = _own(actor)
    link.version += 1
    link.made_at = at
    link.digest = tokens.digest(tokens.calendar_token(link))
    link.save()
    keep(actor=actor, action="calendar.make_link", obj=link, at=at)
    return link


@transaction.atomic
def end_calendar_link(*, actor: Actor, at: datetime | None = None) -> None:
    """From now on the link opens nothing. Ending what has ended changes nothing."""
    link = _own(actor)
    if link.digest is not None:
        link.digest = None
        link.save(update_fields=["digest"])
        keep(actor=actor, action="calendar.end_link", obj=link, at=at)


def _own(actor: Actor) -> CalendarLink:
    if actor.person is None:
        raise NotAllowed(_("Sign in first."))
    # The person is locked first: two clicks at once make one link.
    Person.objects.select_for_update().get(pk=actor.person.pk)
    return CalendarLink.objects.get_or_create(person=actor.person, defaults={"version": 0})[0]
