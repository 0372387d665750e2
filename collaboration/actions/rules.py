"""Who may do what with an action, as sentences.

Whoever is asked, and takes it on, *owns* it. Those who *keep* it made it, asked for it, or speak for the organisation
that is to do it or for the initiative it belongs to, or keep the room it was agreed in; officers keep what partners of
the place can see. An owner without an account acts by the link in their mail: see
:mod:`collaboration.actions.services.by_link`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from collaboration.actions import rooms
from collaboration.actions.models import Action
from collaboration.initiatives.rules import DECIDERS, EDITORS
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule

Status = Action.Status
ENDED = (Status.DONE, Status.DROPPED)


def owns(actor: Actor, action: Action) -> bool:
    """Whether the actor is who was asked, also by their address before they had an account."""
    person = actor.person
    if person is None:
        return False
    return action.owner_id == person.pk or (action.owner_id is None and action.owner_email == person.email != "")


def keeps(actor: Actor, action: Action) -> bool:
    person = actor.person
    if person is not None and person.pk in (action.created_by_id, action.asked_by_id):
        return True
    if actor.acts_for(action.organisation_id, *DECIDERS):
        return True
    if actor.is_officer and action.visibility not in (Action.Visibility.INVOLVED, Action.Visibility.ROOM):
        return True
    if action.room and action.room in rooms.kept_by(actor):
        return True
    return action.initiative is not None and (
        actor.acts_for(action.initiative.owner_id, *DECIDERS) or actor.acts_for(action.initiative.lead_id, *DECIDERS)
    )


def is_involved(actor: Actor, action: Action) -> bool:
    """Whether the actor may see it even if only those involved may."""
    if owns(actor, action) or keeps(actor, action):
        return True
    if actor.acts_for(action.organisation_id, *EDITORS):
        return True
    return action.initiative is not None and (
        actor.acts_for(action.initiative.owner_id, *EDITORS) or actor.acts_for(action.initiative.lead_id, *EDITORS)
    )


@rule("action.view")
def may_view(actor: Actor, action: Action) -> Decision:
    """The one-object twin of :func:`collaboration.actions.queries.visible_to`."""
    if actor.is_system or action.visibility == Action.Visibility.PUBLIC:
        return Allowed()
    if action.visibility == Action.Visibility.PARTNERS and actor.is_partner:
        return Allowed()
    if action.visibility == Action.Visibility.ROOM and action.room in rooms.seen_by(actor):
        return Allowed()
    if is_involved(actor, action):
        return Allowed()
    return Denied(_("This action is not shown to you."))


@rule("action.see_owner")
def may_see_owner(actor: Actor, action: Action) -> Decision:
    """Names of people are for partners and for those involved, also where everybody sees the action."""
    if actor.is_partner or is_involved(actor, action):
        return may_view(actor, action)
    if actor.is_system:
        return Allowed()
    return Denied(_("Names are shown to partners of the place only."))


@rule("action.make")
def may_make(actor: Actor, _obj: Any = None) -> Decision:
    if actor.is_system or (actor.is_partner and actor.role in EDITORS):
        return Allowed()
    if not actor.is_signed_in:
        return Denied(_("Sign in first."))
    return Denied(_("Only people who act for an organisation of the place can make an action."))


@rule("action.answer")
def may_answer(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action):
        return Denied(_("Only the person who was asked can answer."))
    return Allowed()


@rule("action.update")
def may_update(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can say how it is going."))
    return Allowed()


@rule("action.block")
def may_block(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can say what stands in its way."))
    return Allowed()


@rule("action.chase")
def may_chase(actor: Actor, action: Action) -> Decision:
    if not keeps(actor, action):
        return Denied(_("Only those who keep this action can ask how it goes."))
    return Allowed()


@rule("action.finish")
def may_finish(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can say that it is done."))
    return Allowed()


@rule("action.postpone")
def may_postpone(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can give it more time."))
    if not action.is_open:
        return Denied(_("This action has ended."))
    return Allowed()


@rule("action.reopen")
def may_reopen(actor: Actor, action: Action) -> Decision:
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can take it up again."))
    return Allowed()


@rule("action.ask")
def may_ask(actor: Actor, action: Action) -> Decision:
    """Asking somebody to take it on; an owner hands it over so."""
    if not owns(actor, action) and not keeps(actor, action):
        return Denied(_("Only its owner and those who keep it can ask somebody to take it on."))
    return Allowed()


@rule("action.claim")
def may_claim(actor: Actor, action: Action) -> Decision:
    if actor.role not in EDITORS and not keeps(actor, action) and not owns(actor, action):
        return Denied(_("Only people who act for an organisation of the place can take on an action."))
    if actor.person is None:
        return Denied(_("Sign in first."))
    return may_view(actor, action)


@rule("action.change")
def may_change(actor: Actor, action: Action) -> Decision:
    if not keeps(actor, action):
        return Denied(_("Only those who keep this action can change it."))
    return Allowed()


@rule("action.drop")
def may_drop(actor: Actor, action: Action) -> Decision:
    if not keeps(actor, action):
        return Denied(_("Only those who keep this action can say that it is no longer needed."))
    return Allowed()
