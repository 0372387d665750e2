"""Coming into a workshop: by code, by link, by what a browser holds, or signed in."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from collaboration.workshops import tokens
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.visibility import could_be_a_code
from groundwork.access.actors import Actor, GuestActor, PersonActor
from groundwork.access.errors import NotFound
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.queries import current_mandates

JoiningState = Literal["not_open", "join", "waiting", "in", "locked", "removed", "over"]

link_token = tokens.link_token
is_link = tokens.is_link

OVER = (Workshop.Status.REPORTED, Workshop.Status.ARCHIVED, Workshop.Status.CANCELLED)


def dead_link() -> str:
    """The one sentence for every invitation that lets nobody in, whatever the reason (promise S16)."""
    return _(
        "This link does not work any more. Somebody may have used it already, or it was taken back or has run out. "
        "Ask the organisers for a new one, or join with the code that they show in the room."
    )


def by_code_for_joining(code: str) -> Workshop | None:
    """The workshop with this code, whatever its status, or None.

    It says nothing about who may know of it and counts no guesses: whoever is not in the workshop, holds no link to it
    and may not see it must be answered as if it did not exist, or come through :func:`services.try_code` (S17).
    """
    code = tokens.tidy_code(code)
    if not could_be_a_code(code):
        return None
    return Workshop.objects.select_related("host").filter(code=code).first()


def participation_for(
    workshop: Workshop, *, person: Person | None = None, guest_secret: str = ""
) -> Participation | None:
    """Who somebody is in a workshop, whatever the status: by account first, then by what their browser holds."""
    found = Participation.objects.select_related("workshop", "person", "organisation")
    if person is not None:
        own = found.filter(workshop=workshop, person=person).first()
        if own is not None:
            return own
    if not guest_secret:
        return None
    return found.filter(
        workshop=workshop, person=None, guest_digest=tokens.guest_digest(guest_secret, workshop)
    ).first()


def joining_state(workshop: Workshop, participation: Participation | None) -> JoiningState:
    """What somebody who opens the workshop's address finds: the one question that the join page asks."""
    status = participation.status if participation is not None else ""
    if status == Participation.Status.REMOVED:
        return "removed"
    if workshop.status in OVER:
        return "over"
    if workshop.status == Workshop.Status.PLANNED:
        return "not_open"
    if status == Participation.Status.ADMITTED:
        return "in"
    if status == Participation.Status.WAITING:
        return "waiting"
    return "locked" if workshop.locked else "join"


def actor_of(participation: Participation, *, via: str = "web") -> Actor:
    """Who acts when somebody takes part: a guest for themselves, a person under the mandate they joined under."""
    if participation.person is None:
        return GuestActor(workshop_id=participation.workshop_id, participation_id=participation.pk, via=via)
    mandate = None
    if participation.mandate_id is not None:
        mandate = current_mandates(participation.person).filter(pk=participation.mandate_id).first()
    return PersonActor(who=participation.person, under=mandate, via=via)


def invitation_by_token(token: str) -> WorkshopInvitation:
    """The invitation behind a link that still works; looking changes nothing.

    One that somebody came in by still stands, so that its holder sees what they answered; it lets nobody else in.
    Raises :class:`NotFound` for every other token, always with the same sentence.
    """
    found = (
        WorkshopInvitation.objects.select_related("workshop", "workshop__host", "participation")
        .filter(token_digest=tokens.digest(token), revoked_at=None, expires_at__gt=now())
        .first()
    )
    if found is None:
        raise NotFound(dead_link())
    return found


def participation_by_return_token(token: str) -> Participation:
    """Whose own way back this is; looking changes nothing. Raises :class:`NotFound`, always the same."""
    found = (
        Participation.objects.select_related("workshop", "organisation")
        .filter(return_digest=tokens.digest(token), person=None)
        .exclude(status=Participation.Status.REMOVED)
        .first()
    )
    if found is None:
        raise NotFound(_("This link does not work any more. Join again with the code that is shown in the room."))
    return found
