"""Who may bring people into an organisation, and out of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.clock import today
from groundwork.directory.models import Invitation, JoinRequest, Mandate, Organisation, Place, holding_on

ORDINARY_ROLES: tuple[str, ...] = ("member", "lead", "approver", "scrutiny")
"""What a lead may give; officers exist in the convening organisation only."""


def has_lead(organisation: Organisation) -> bool:
    """Whether somebody leads the organisation today, in an account that is open."""
    leads = Mandate.objects.filter(holding_on(today()), organisation=organisation, role__in=("lead", "officer"))
    return leads.filter(person__is_active=True).exists()


def is_convening(organisation: Organisation) -> bool:
    return Place.objects.filter(convening_organisation=organisation).exists()


def roles_to_give(organisation: Organisation) -> tuple[str, ...]:
    """The roles that exist in an organisation."""
    return (*ORDINARY_ROLES, "officer") if is_convening(organisation) else ORDINARY_ROLES


def _leads(actor: Actor, organisation: Organisation) -> Decision:
    """A lead of the organisation; or, while it has none, an officer of the convening organisation."""
    if organisation.is_group:
        return Denied(_("This is a group of organisations. It has no people of its own."))
    if organisation.status == "closed":
        return Denied(_("This organisation has closed."))
    if actor.is_system or actor.acts_for(organisation.pk, "lead", "officer"):
        return Allowed()
    if actor.is_officer:
        if not has_lead(organisation):
            return Allowed()
        return Denied(_("This organisation has a lead, who decides who acts for it."))
    return Denied(_("Only a lead of this organisation decides who acts for it."))


@rule("organisation.view")
def may_view(actor: Actor, organisation: Organisation) -> Decision:
    """Organisations are public."""
    return Allowed()


@rule("organisation.see_people")
def may_see_people(actor: Actor, organisation: Organisation) -> Decision:
    """Names of colleagues are for colleagues, and for officers, who must know whom to ask."""
    if actor.is_system or actor.is_officer or actor.acts_for(organisation.pk):
        return Allowed()
    return Denied(_("Only people of this organisation, and partnership officers, see who acts for it."))


@rule("organisation.manage_people")
def may_manage_people(actor: Actor, organisation: Organisation) -> Decision:
    return _leads(actor, organisation)


@rule("organisation.invite")
def may_invite(actor: Actor, organisation: Organisation) -> Decision:
    return _leads(actor, organisation)


@rule("organisation.decide_join")
def may_decide_join(actor: Actor, organisation: Organisation) -> Decision:
    return _leads(actor, organisation)


@rule("organisation.request_to_join")
def may_request_to_join(actor: Actor, organisation: Organisation) -> Decision:
    if actor.person is None:
        return Denied(_("Sign in to ask to join an organisation."))
    if organisation.is_group:
        return Denied(_("This is a group of organisations. Ask to join one of them."))
    if organisation.status == "closed":
        return Denied(_("This organisation has closed."))
    return Allowed()


@rule("invitation.view")
def may_view_invitation(actor: Actor, invitation: Invitation) -> Decision:
    return may_see_people(actor, invitation.organisation)


@rule("invitation.revoke")
def may_revoke(actor: Actor, invitation: Invitation) -> Decision:
    return _leads(actor, invitation.organisation)


@rule("join_request.view")
def may_view_join_request(actor: Actor, join_request: JoinRequest) -> Decision:
    if actor.person is not None and actor.person.pk == join_request.person_id:
        return Allowed()
    return may_see_people(actor, join_request.organisation)


@rule("join_request.decide")
def may_decide(actor: Actor, join_request: JoinRequest) -> Decision:
    if actor.person is not None and actor.person.pk == join_request.person_id:
        return Denied(_("Somebody else has to decide about your own request."))
    return _leads(actor, join_request.organisation)


@rule("mandate.view")
def may_view_mandate(actor: Actor, mandate: Mandate) -> Decision:
    if actor.person is not None and actor.person.pk == mandate.person_id:
        return Allowed()
    return may_see_people(actor, mandate.organisation)


@rule("mandate.end")
def may_end(actor: Actor, mandate: Mandate) -> Decision:
    """Anybody may leave; a lead may end the mandates of the organisation."""
    if actor.person is not None and actor.person.pk == mandate.person_id:
        return Allowed()
    return _leads(actor, mandate.organisation)


@rule("place.keep_dates")
def may_keep_dates(actor: Actor, _obj: object = None) -> Decision:
    """Which days the place keeps: holidays, and periods before elections."""
    if actor.is_officer or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers look after reminders."))
