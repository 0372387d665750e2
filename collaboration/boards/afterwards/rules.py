"""Who may read the report of a workshop, who is named in it to whom, and who makes something of what was said.

Whoever takes part reads it at any time, and whoever left once it is reported; so do those who organise it. Once it is
reported, partners or everybody read it too where its visibility says so, without a name in it. To have been invited,
or to wait at the door, is not to have been there.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.queries.visibility import in_person
from collaboration.workshops.rules import HOSTS, facilitates, organises, own_participation
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule

REPORTED: Final = (Workshop.Status.REPORTED, Workshop.Status.ARCHIVED)


def was_there(actor: Actor, workshop: Workshop) -> bool:
    """Whether the actor takes part, or took part in what is reported by now, or organises it."""
    own = own_participation(actor, workshop)
    if own is not None and own.status == Participation.Status.ADMITTED:
        return True
    if own is not None and own.status == Participation.Status.LEFT and workshop.status in REPORTED:
        return True
    return organises(actor, workshop)


@rule("report.view")
def may_view(actor: Actor, workshop: Workshop) -> Decision:
    """The one-object twin of :func:`readable_by`."""
    if actor.is_system or was_there(actor, workshop):
        return Allowed()
    if workshop.status in REPORTED and (
        workshop.visibility == Workshop.Visibility.PUBLIC
        or (workshop.visibility == Workshop.Visibility.PARTNERS and actor.is_partner)
    ):
        return Allowed()
    return Denied(_("There is no report of this workshop for you."))


@rule("report.see_names")
def may_see_names(actor: Actor, workshop: Workshop) -> Decision:
    """Names, where the workshop shows any, and votes by organisation: for those who were in the room."""
    if was_there(actor, workshop):
        return Allowed()
    return Denied(_("Names are shown only to those who took part."))


@rule("report.take_file")
def may_take_file(actor: Actor, workshop: Workshop) -> Decision:
    """The file that a board can be made from again holds who wrote what, where names are shown."""
    return may_see_names(actor, workshop)


@rule("report.make_outcome")
def may_make_outcome(actor: Actor, workshop: Workshop) -> Decision:
    if facilitates(actor, workshop):
        return Allowed()
    return Denied(_("Only a facilitator of this workshop can make something of what was said."))


def readable_by(actor: Actor) -> QuerySet[Workshop]:
    """Workshops whose report the actor may read: the set-wise twin of ``can(actor, "report.view", workshop)``."""
    if actor.is_system:
        return Workshop.objects.all()
    seen = Q(status__in=REPORTED, visibility=Workshop.Visibility.PUBLIC)
    if actor.is_partner:
        seen |= Q(status__in=REPORTED, visibility=Workshop.Visibility.PARTNERS)
    if actor.organisation_id is not None and actor.role in HOSTS:
        seen |= Q(host_id=actor.organisation_id)
    own = in_person(actor)
    if own is not None:
        mine = own.filter(workshop=OuterRef("pk"))
        seen |= Q(Exists(mine.filter(status=Participation.Status.ADMITTED)))
        seen |= Q(Exists(mine.filter(status=Participation.Status.LEFT)), status__in=REPORTED)
    return Workshop.objects.filter(seen)
