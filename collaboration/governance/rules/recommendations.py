"""Who may see recommendations, assemblies, briefings and letters, and who may say how they go."""

from __future__ import annotations

from django.utils.translation import gettext as _

from collaboration.governance.models import Access, Engagement, Recommendation, RecommendationList
from collaboration.governance.standing import admits
from collaboration.initiatives.rules import EDITORS
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


@rule("recommendations.view")
def may_view_list(actor: Actor, made: RecommendationList) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.recommendation_lists`."""
    if actor.is_system or made.access == Access.PUBLIC or actor.acts_for(made.keeper_id):
        return Allowed()
    if made.access == Access.PARTNERS and actor.is_partner:
        return Allowed()
    if made.board is not None and admits(actor, made.board, made.access):
        return Allowed()
    return Denied(_("These recommendations are not shown to you."))


@rule("recommendation.view")
def may_view(actor: Actor, recommendation: Recommendation) -> Decision:
    return may_view_list(actor, recommendation.list)


def keeps_list(actor: Actor, made: RecommendationList) -> bool:
    """Those who lead who follows them up; where nobody is named, the partnership officers."""
    if actor.acts_for(made.keeper_id, "lead", "approver", "officer"):
        return True
    return made.keeper_id is None and actor.is_officer


@rule("recommendations.keep")
def may_keep(actor: Actor, made: RecommendationList) -> Decision:
    if actor.is_system or keeps_list(actor, made):
        return may_view_list(actor, made)
    if made.keeper_id is None:
        return Denied(_("Only partnership officers look after these recommendations."))
    return Denied(_("Only leads of the organisation that follows these up can change who answers for them."))


@rule("recommendation.assign")
def may_assign(actor: Actor, recommendation: Recommendation) -> Decision:
    """Who answers for it, and by when."""
    return may_keep(actor, recommendation.list)


@rule("recommendation.accept")
def may_accept(actor: Actor, recommendation: Recommendation) -> Decision:
    """Saying yes or no for the organisation that is asked to answer for it."""
    if actor.acts_for(recommendation.owner_id, "lead", "approver", "officer"):
        return may_view(actor, recommendation)
    return Denied(_("Only a lead or approver of the organisation that is asked can answer."))


@rule("recommendation.report")
def may_report(actor: Actor, recommendation: Recommendation) -> Decision:
    """Saying how far it is, and what shows that."""
    if actor.acts_for(recommendation.owner_id, *EDITORS) or keeps_list(actor, recommendation.list):
        return may_view(actor, recommendation)
    return Denied(_("Only the organisation that answers for it can say how it goes."))


@rule("engagements.log")
def may_log(actor: Actor, _obj: object = None) -> Decision:
    if actor.is_partner and actor.role in EDITORS:
        return Allowed()
    return Denied(_("Only people who act for an organisation of the place can note this."))


@rule("engagement.edit")
def may_edit_engagement(actor: Actor, engagement: Engagement) -> Decision:
    if actor.acts_for(engagement.held_by_id, *EDITORS):
        return Allowed()
    return Denied(_("Only the organisation that held it can change what is noted of it."))


@rule("engagement.view")
def may_view_engagement(actor: Actor, engagement: Engagement) -> Decision:
    """The one-object twin of :func:`collaboration.governance.queries.visible.engagements`."""
    if actor.is_system or engagement.access == Access.PUBLIC or actor.acts_for(engagement.held_by_id):
        return Allowed()
    if engagement.access == Access.PARTNERS and actor.is_partner:
        return Allowed()
    if engagement.board is not None and admits(actor, engagement.board, engagement.access):
        return Allowed()
    return Denied(_("This is not shown to you."))
