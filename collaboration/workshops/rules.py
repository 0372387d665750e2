"""Who may do what with a workshop, as sentences.

Those who *organise* it have an account: its facilitators, and the leads, approvers and officers of the organisation
that hosts it. Those who *facilitate* run it in the room: all of these, and guests whom an organiser made facilitators.
*Taking part* is being one of its people, with or without an account. Everybody else sees what its visibility allows:
nothing, or that it takes place and what came out of it.

A partnership officer is no super-user of others' workshops, but may hold what was said from removal in those they see,
because a request for information can reach any of them. What a workshop's status forbids, services refuse.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from groundwork.access.actors import Actor, GuestActor, Role
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.clock import today

PLANNERS: Final[tuple[Role, ...]] = ("member", "lead", "approver", "officer")
"""Roles that plan a workshop for their organisation: everybody with a mandate but scrutiny."""

HOSTS: Final[tuple[Role, ...]] = ("lead", "approver", "officer")
"""Roles that look after every workshop that their organisation hosts."""

Status = Participation.Status
THERE: Final = (Status.WAITING, Status.ADMITTED)
"""Statuses of those who take part."""

Subject = Workshop | Participation | WorkshopInvitation


def mandate_holds() -> Q:
    """Of participations: joined under no mandate, or under one that is in force."""
    day = today()
    begun = Q(mandate__valid_from__lte=day)
    goes_on = Q(mandate__valid_to=None) | Q(mandate__valid_to__gt=day)
    return Q(mandate=None) | (begun & goes_on)


def own_participation(actor: Actor, workshop: Workshop) -> Participation | None:
    """Who the actor is in this workshop, whatever the status; None for whoever has not joined it."""
    if isinstance(actor, GuestActor):
        if actor.workshop_id != workshop.pk:
            return None
        return Participation.objects.filter(pk=actor.participation_id, workshop=workshop, person=None).first()
    if actor.person is None:
        return None
    return Participation.objects.filter(mandate_holds(), workshop=workshop, person=actor.person).first()


def facilitates(actor: Actor, workshop: Workshop) -> bool:
    """Whether the actor runs this workshop in the room."""
    return organises(actor, workshop) or (isinstance(actor, GuestActor) and _is_facilitator(actor, workshop))


def organises(actor: Actor, workshop: Workshop) -> bool:
    """Whether the actor plans this workshop and decides what becomes of it."""
    if actor.acts_for(workshop.host_id, *HOSTS):
        return True
    return actor.person is not None and _is_facilitator(actor, workshop)


def _is_facilitator(actor: Actor, workshop: Workshop) -> bool:
    own = own_participation(actor, workshop)
    return own is not None and own.status == Status.ADMITTED and own.role == Participation.Role.FACILITATOR


def _workshop(subject: Subject) -> Workshop:
    return subject if isinstance(subject, Workshop) else subject.workshop


def _not_an_organiser() -> Decision:
    return Denied(
        _("Only its facilitators, and leads, approvers and officers of the organisation that hosts it, can do this.")
    )


@rule("workshop.view")
def may_view(actor: Actor, subject: Subject) -> Decision:
    """The one-object twin of :func:`collaboration.workshops.queries.visible_to`."""
    workshop = _workshop(subject)
    if actor.is_system:
        return Allowed()
    if workshop.visibility == Workshop.Visibility.PUBLIC:
        return Allowed()
    if workshop.visibility == Workshop.Visibility.PARTNERS and actor.is_partner:
        return Allowed()
    if actor.acts_for(workshop.host_id, *HOSTS):
        return Allowed()
    own = own_participation(actor, workshop)
    if own is not None and own.status in THERE:
        return Allowed()
    if (
        actor.person is not None
        and WorkshopInvitation.objects.filter(workshop=workshop, email=actor.person.email, revoked_at=None).exists()
    ):
        return Allowed()
    return Denied(_("This workshop is seen only by people who take part in it."))


@rule("workshop.plan")
def may_plan(actor: Actor, _obj: Any = None) -> Decision:
    if not actor.is_signed_in:
        return Denied(_("Sign in first."))
    if not actor.is_partner:
        return Denied(
            _("You do not act for an organisation yet. Ask to join yours, or wait until it has approved you.")
        )
    if actor.role not in PLANNERS:
        return Denied(_("Scrutiny reads and challenges; planning a workshop is for members, leads and approvers."))
    return Allowed()


@rule("workshop.edit")
def may_edit(actor: Actor, workshop: Workshop) -> Decision:
    """Plan it, and see to invitations and team."""
    return Allowed() if organises(actor, workshop) else _not_an_organiser()


@rule("workshop.invite")
def may_invite(actor: Actor, subject: Workshop | WorkshopInvitation) -> Decision:
    return may_edit(actor, _workshop(subject))


@rule("workshop.open")
def may_open(actor: Actor, workshop: Workshop) -> Decision:
    """Open, report, reopen, archive and cancel it."""
    return may_edit(actor, workshop)


@rule("workshop.copy")
def may_copy(actor: Actor, workshop: Workshop) -> Decision:
    """Whoever sees a workshop and may plan one may begin with a copy of its plan. Nothing that was said is copied."""
    planning = may_plan(actor)
    return planning if not planning else may_view(actor, workshop)


@rule("workshop.run")
def may_run(actor: Actor, subject: Workshop | Participation) -> Decision:
    """Let people in, remove them, lock, see who is there and the link."""
    if facilitates(actor, _workshop(subject)):
        return Allowed()
    return Denied(_("Only its facilitators can do this."))


@rule("workshop.remove")
def may_remove(actor: Actor, participation: Participation) -> Decision:
    """Put somebody out of the room. The team is the organisers' to choose: a guest who helps puts none of it out."""
    if participation.role == Participation.Role.FACILITATOR and not organises(actor, participation.workshop):
        running = may_run(actor, participation)
        return Denied(_("Only a facilitator with an account can remove another facilitator.")) if running else running
    return may_run(actor, participation)


@rule("workshop.hold")
def may_hold(actor: Actor, workshop: Workshop) -> Decision:
    """Stop, and start again, the clock that removes what was said."""
    if actor.acts_for(workshop.host_id, *HOSTS):
        return Allowed()
    if actor.is_officer and may_view(actor, workshop):
        return Allowed()
    return Denied(_("Only a partnership officer, or a lead of the organisation that hosts it, can do this."))


@rule("workshop.join")
def may_join(actor: Actor, workshop: Workshop) -> Decision:
    """Anybody who has its code, its link or an invitation: services ask for those. The system takes no part."""
    return Denied(_("Only people take part.")) if actor.is_system else Allowed()


@rule("workshop.take_part")
def may_take_part(actor: Actor, participation: Participation) -> Decision:
    """Change one's own name, leave, give feedback."""
    if isinstance(actor, GuestActor):
        own = actor.participation_id == participation.pk and participation.person_id is None
    else:
        own = actor.person is not None and actor.person.pk == participation.person_id
    if not own:
        return Denied(_("Only they themselves can do this."))
    if participation.status == Status.REMOVED:
        return Denied(_("A facilitator removed you from this workshop."))
    return Allowed()


@rule("workshop.rename")
def may_rename(actor: Actor, participation: Participation) -> Decision:
    """Somebody's own name; a facilitator may change it too, for instance when it offends."""
    own = may_take_part(actor, participation)
    return own if own else may_run(actor, participation)


@rule("workshop.forget")
def may_forget(actor: Actor, _workshop: Workshop) -> Decision:
    if actor.is_system:
        return Allowed()
    return Denied(_("What was said is removed by the clock, never by hand."))
