"""Who plans successions, and who may read a plan.

Partnership officers plan: a succession reaches every organisation. The people of those it concerns read it before
anybody else does; what is announced, or in effect, everybody reads.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.succession.models import Predecessor, Succession, Successor


def concerned(organisation_id: int | None) -> Q:
    """Of successions: those in which an organisation, or the area it serves, is replaced or takes over."""
    if organisation_id is None:
        return Q(pk=None)
    replaced = Predecessor.objects.filter(Q(organisation=organisation_id) | Q(area__organisations=organisation_id))
    taking = Successor.objects.filter(Q(organisation=organisation_id) | Q(area__organisations=organisation_id))
    return Q(pk__in=replaced.values("succession")) | Q(pk__in=taking.values("succession"))


def is_open() -> Q:
    """Of successions: those that everybody may read."""
    return Q(status=Succession.Status.APPLIED) | Q(is_announced=True, status=Succession.Status.PLANNED)


@rule("succession.view")
def may_view(actor: Actor, succession: Succession) -> Decision:
    """The one-object twin of :func:`groundwork.succession.queries.visible_to`."""
    if actor.is_system or actor.is_officer:
        return Allowed()
    if succession.status == Succession.Status.APPLIED or (succession.is_announced and succession.is_planned):
        return Allowed()
    if Succession.objects.filter(concerned(actor.organisation_id), pk=succession.pk).exists():
        return Allowed()
    return Denied(_("This plan is seen by partnership officers and by the organisations it concerns."))


@rule("succession.plan")
def may_plan(actor: Actor, _obj: object = None) -> Decision:
    if actor.is_officer or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers plan how organisations and areas are succeeded."))


@rule("succession.see_items")
def may_see_items(actor: Actor, succession: Succession) -> Decision:
    """What would move, one by one: titles of drafts and names of people are among it."""
    if actor.is_officer or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers see one by one what would move."))


@rule("succession.change")
def may_change(actor: Actor, succession: Succession) -> Decision:
    """What a plan says, and whether there is one. Its state is for services to refuse."""
    return may_plan(actor)
