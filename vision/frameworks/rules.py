"""Who may ask for an endorsement, give it, and say what it means locally."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, Role
from groundwork.access.rules import Allowed, Decision, Denied, rule
from vision.frameworks.models import Endorsement, Framework

PUBLIC = (Endorsement.Status.ENDORSED, Endorsement.Status.WITHDRAWN)
"""What is in the public register. Who was asked, and who declined, is between them and the partnership officers."""
DECIDERS: tuple[Role, ...] = ("lead", "approver", "officer")


@rule("framework.view")
def may_view_framework(actor: Actor, framework: Framework) -> Decision:
    """Frameworks are public."""
    return Allowed()


@rule("framework.ask_endorsements")
def may_ask(actor: Actor, framework: Framework) -> Decision:
    if not (actor.is_system or actor.is_officer):
        return Denied(_("Only partnership officers ask organisations to endorse a framework."))
    if framework.withdrawn_on is not None:
        return Denied(_("This framework was withdrawn, so nobody can be asked to endorse it."))
    return Allowed()


@rule("endorsement.view")
def may_view(actor: Actor, endorsement: Endorsement) -> Decision:
    if (
        endorsement.status in PUBLIC
        or actor.is_system
        or actor.is_officer
        or actor.acts_for(endorsement.organisation_id)
    ):
        return Allowed()
    return Denied(_("Who was asked, and who declined, is shown to the organisation and to partnership officers."))


@rule("endorsement.answer")
def may_answer(actor: Actor, endorsement: Endorsement) -> Decision:
    """To endorse, to decline, to take it back."""
    if endorsement.organisation.is_group:
        return Denied(_("This is a group of organisations. Each of them endorses for itself."))
    if actor.is_system or actor.acts_for(endorsement.organisation_id, *DECIDERS):
        return Allowed()
    return Denied(_("Only a lead or approver of the organisation can say whether it endorses this."))


@rule("endorsement.translate")
def may_translate(actor: Actor, endorsement: Endorsement) -> Decision:
    if actor.is_system or actor.acts_for(endorsement.organisation_id, *DECIDERS):
        return Allowed()
    return Denied(_("Only a lead or approver of the organisation can say what this means locally."))


@rule("endorsement.review")
def may_review(actor: Actor, endorsement: Endorsement) -> Decision:
    if actor.is_system or actor.acts_for(endorsement.organisation_id, "member", *DECIDERS):
        return Allowed()
    return Denied(_("Only people of the organisation can look through its programmes here."))
