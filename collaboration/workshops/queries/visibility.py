"""Which workshops an actor sees."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.workshops.models import CODE_LENGTH, Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import HOSTS, THERE, mandate_holds
from collaboration.workshops.tokens import tidy_code
from groundwork.access.actors import Actor, GuestActor
from groundwork.access.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Workshop]:
    """The set-wise twin of ``can(actor, "workshop.view", workshop)``; a test holds the two equal."""
    everything = Workshop.objects.select_related("host")
    if actor.is_system:
        return everything
    seen = Q(visibility=Workshop.Visibility.PUBLIC)
    if actor.is_partner:
        seen |= Q(visibility=Workshop.Visibility.PARTNERS)
    if actor.organisation_id is not None and actor.role in HOSTS:
        seen |= Q(host_id=actor.organisation_id)
    taking_part = in_person(actor)
    if taking_part is not None:
        seen |= Q(Exists(taking_part.filter(workshop=OuterRef("pk"), status__in=THERE)))
    if actor.person is not None:
        invited = WorkshopInvitation.objects.filter(workshop=OuterRef("pk"), email=actor.person.email, revoked_at=None)
        seen |= Q(Exists(invited))
    return everything.filter(seen)


def in_person(actor: Actor) -> QuerySet[Participation] | None:
    """The actor's own participations, whatever their status, or None for whoever has none."""
    if isinstance(actor, GuestActor):
        return Participation.objects.filter(pk=actor.participation_id, workshop_id=actor.workshop_id, person=None)
    if actor.person is None:
        return None
    return Participation.objects.filter(mandate_holds(), person=actor.person)


def find(actor: Actor, code: str) -> Workshop:
    """The workshop with this code, however it is typed, with its host. Raises :class:`NotFound`."""
    code = tidy_code(code)
    found = visible_to(actor).filter(code=code).first() if could_be_a_code(code) else None
    if found is None:
        raise NotFound(_("There is no such workshop, or you may not see it."))
    return found


def could_be_a_code(code: str) -> bool:
    """Whether it is worth looking up: PostgreSQL does not look for every text (NUL, half characters)."""
    return len(code) == CODE_LENGTH and code.isascii() and code.isalnum()
