"""What stands in a person's own calendar, and whose a secret address is."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from collaboration.workshops import tokens
from collaboration.workshops.models import CalendarLink, Workshop
from collaboration.workshops.queries.listing import for_feed, going
from groundwork.access.actors import Actor, PersonActor
from groundwork.access.errors import NotFound


def calendar_token_of(actor: Actor) -> str:
    """The secret of the actor's own calendar; "" where they have none (any more)."""
    link = CalendarLink.objects.filter(person=actor.person).exclude(digest=None).first() if actor.person else None
    if link is None:
        return ""
    token = tokens.calendar_token(link)
    # Under another secret of the service it would be another one.
    return token if tokens.digest(token) == link.digest else ""


def own_calendar(token: str) -> QuerySet[Workshop]:
    """The workshops with a date that the person of this calendar takes part in or was invited to, cancelled ones too.

    Raises :class:`NotFound`, always the same, for an address that opens nothing.
    """
    person = calendar_owner(token)
    return for_feed(person, only=Workshop.objects.filter(going(person)).values("pk"))


def calendar_owner(token: str) -> PersonActor:
    """Whose calendar this is; they act for nobody there. Raises :class:`NotFound`, as :func:`own_calendar`."""
    link = (
        CalendarLink.objects.select_related("person")
        .filter(digest=tokens.digest(token), person__is_active=True)
        .first()
    )
    if link is None:
        raise NotFound(_("This calendar link does not work any more. Make a new one under Your account."))
    return PersonActor(who=link.person)
