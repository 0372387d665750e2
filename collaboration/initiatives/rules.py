"""Who may do what with an initiative, as sentences.

Four kinds of people matter. Those who *keep* it act for the organisation that owns or leads it; a partnership officer
also keeps what has no owner. Those who *decide* for it are the leads and approvers among them. Its *partners* are the
organisations that confirmed a part in it. Everybody else reads what is published.

Scrutiny reads and challenges; it changes nothing. An operator runs the system and has no more rights here than the
public. The system itself reads everything, to index and to write mail, and changes nothing by these rules; only an
operator's command, run beside the database, may bring in work that no organisation owns, and change such work.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from collaboration.initiatives.models import (
    Challenge,
    Initiative,
    JoinAsk,
    Partner,
    ProblemReport,
    Visibility,
)
from groundwork.access.actors import Actor, Role
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.clock import today

EDITORS: Final[tuple[Role, ...]] = ("member", "lead", "approver", "officer")
"""Roles that work on records: everybody with a mandate but scrutiny."""

DECIDERS: Final[tuple[Role, ...]] = ("lead", "approver", "officer")
"""Roles that speak for their organisation. An officer counts as a lead of the convening organisation."""

Subject = Initiative | Partner | JoinAsk | Challenge | ProblemReport


def keeps(actor: Actor, initiative: Initiative, *roles: Role) -> bool:
    """Whether the actor acts, in one of ``roles``, for the owner or the lead organisation.

    What has no owner came with the place: partnership officers keep it.
    """
    return (
        actor.acts_for(initiative.owner_id, *roles)
        or actor.acts_for(initiative.lead_id, *roles)
        or (initiative.owner_id is None and actor.is_officer)
    )


def is_confirmed_partner(actor: Actor, initiative: Initiative, *roles: Role) -> bool:
    """Whether the actor acts, in one of ``roles``, for an organisation that confirmed its part and still has it."""
    organisation = actor.organisation_id
    if organisation is None or not actor.acts_for(organisation, *roles):
        return False
    day = today()
    # all() and not filter(): a page that has read the partners asks nothing more of the database.
    return any(
        partner.organisation_id == organisation
        and partner.confirmation == Partner.Confirmation.CONFIRMED
        and partner.holds_on(day)
        for partner in initiative.partners.all()
    )


def _is_command(actor: Actor) -> bool:
    return actor.is_system and actor.via == "command"


def _unless(*refusals: Decision | None) -> Decision:
    """The first refusal, else allowed. (A refusal is falsy: ``or`` would pass over it.)"""
    return next((refusal for refusal in refusals if refusal is not None), Allowed())


def _initiative(subject: Subject) -> Initiative:
    return subject if isinstance(subject, Initiative) else subject.initiative


def _not_live(initiative: Initiative) -> Decision | None:
    if initiative.merged_into_id is not None:
        return Denied(_("This initiative was merged into another one. Make the change there."))
    if initiative.withdrawn_at is not None:
        return Denied(_("This initiative is withdrawn. It has to be restored before it can be changed."))
    return None


def _not_published(initiative: Initiative) -> Decision | None:
    if not initiative.is_published:
        return Denied(_("This initiative is still a draft. It has to be published first."))
    return None


def _no_mandate(actor: Actor) -> Decision | None:
    if not actor.is_signed_in:
        return Denied(_("Sign in first."))
    if not actor.is_partner:
        return Denied(
            _("You do not act for an organisation yet. Ask to join yours, or wait until it has approved you.")
        )
    return None


@rule("initiative.view")
def may_view(actor: Actor, subject: Subject) -> Decision:
    """The one-object twin of :func:`collaboration.initiatives.queries.visible_to`."""
    initiative = _initiative(subject)
    if actor.is_system:
        return Allowed()
    if not initiative.is_published:
        if keeps(actor, initiative, *EDITORS):
            return Allowed()
        if initiative.review_asked_at and initiative.is_live and actor.acts_for(initiative.owner_id, "scrutiny"):
            return Allowed()
        return Denied(_("Drafts are seen only by the organisations that own and lead them."))
    if initiative.withdrawn_at is not None:
        if actor.is_officer or actor.acts_for(initiative.owner_id) or actor.acts_for(initiative.lead_id):
            return Allowed()
        return Denied(_("This initiative was withdrawn."))
    if initiative.visibility == Visibility.PUBLIC or actor.is_partner:
        return Allowed()
    return Denied(_("This initiative is shared among partners only."))


@rule("initiative.register")
def may_register(actor: Actor, _obj: Any = None) -> Decision:
    if _is_command(actor):
        return Allowed()
    refusal = _no_mandate(actor)
    if refusal is not None:
        return refusal
    if actor.role not in EDITORS:
        return Denied(_("Scrutiny reads and challenges; registering is for members, leads and approvers."))
    return Allowed()


@rule("initiative.edit")
def may_edit(actor: Actor, initiative: Initiative) -> Decision:
    unowned = _is_command(actor) and initiative.owner_id is None
    if not unowned and not keeps(actor, initiative, *EDITORS):
        return Denied(_("Only people of the organisation that owns or leads this initiative can change it."))
    return _unless(_not_live(initiative))


@rule("initiative.ask_review")
def may_ask_review(actor: Actor, initiative: Initiative) -> Decision:
    if not keeps(actor, initiative, *EDITORS):
        return Denied(_("Only people of the organisation that owns or leads this initiative can ask for its review."))
    if initiative.is_published:
        return Denied(_("This initiative is already published."))
    return _unless(_not_live(initiative))


@rule("initiative.publish")
def may_publish(actor: Actor, initiative: Initiative) -> Decision:
    unowned = _is_command(actor) and initiative.owner_id is None
    if not unowned and not keeps(actor, initiative, *DECIDERS):
        return Denied(
            _("Only a lead or an approver of the organisation that owns or leads this initiative can publish it.")
        )
    return _unless(_not_live(initiative))


@rule("initiative.verify")
def may_verify(actor: Actor, initiative: Initiative) -> Decision:
    if not keeps(actor, initiative, *EDITORS) and not is_confirmed_partner(actor, initiative, *EDITORS):
        return Denied(_("Only its owner, its lead and its confirmed partners can say that this is still accurate."))
    return _unless(_not_live(initiative), _not_published(initiative))


@rule("initiative.update")
def may_update(actor: Actor, initiative: Initiative) -> Decision:
    if not keeps(actor, initiative, *EDITORS) and not is_confirmed_partner(actor, initiative, *EDITORS):
        return Denied(_("Only its owner, its lead and its confirmed partners can write about how this is going."))
    return _unless(_not_live(initiative), _not_published(initiative))


def _decides_for_owner(actor: Actor, initiative: Initiative) -> bool:
    if initiative.owner_id is None and _is_command(actor):
        return True
    return actor.acts_for(initiative.owner_id, *DECIDERS) or (initiative.owner_id is None and actor.is_officer)


@rule("initiative.withdraw")
def may_withdraw(actor: Actor, initiative: Initiative) -> Decision:
    if not _decides_for_owner(actor, initiative):
        return Denied(_("Only a lead or an approver of the organisation that owns this initiative can withdraw it."))
    if initiative.merged_into_id is not None:
        return Denied(_("This initiative was merged into another one. There is nothing left to withdraw."))
    return Allowed()


@rule("initiative.restore")
def may_restore(actor: Actor, initiative: Initiative) -> Decision:
    if not _decides_for_owner(actor, initiative):
        return Denied(_("Only a lead or an approver of the organisation that owns this initiative can restore it."))
    if initiative.merged_into_id is not None:
        return Denied(_("This initiative was merged into another one and cannot be restored."))
    return Allowed()


@rule("initiative.merge")
def may_merge(actor: Actor, initiative: Initiative) -> Decision:
    """Asked of both records: of the one that goes and of the one that stays."""
    is_leads = actor.acts_for(initiative.owner_id, "lead", "officer")
    if not is_leads and not (actor.is_officer and (initiative.is_published or initiative.owner_id is None)):
        return Denied(
            _("Only a partnership officer, or a lead of the organisation that owns both, can merge two initiatives.")
        )
    return _unless(_not_live(initiative))


@rule("initiative.answer_for")
def may_answer_for(actor: Actor, partner: Partner) -> Decision:
    if partner.organisation.is_group:
        return Denied(_("This names a group of organisations. Nobody can answer for all of them."))
    if not actor.acts_for(partner.organisation_id, *DECIDERS):
        return Denied(
            _("Only a lead or an approver of %(organisation)s can answer for it.")
            % {"organisation": partner.organisation.name}
        )
    if partner.valid_to is not None and not partner.holds_on(today()):
        return Denied(
            _("%(organisation)s is no longer named as a partner here.") % {"organisation": partner.organisation.name}
        )
    return _unless(_not_live(partner.initiative), _not_published(partner.initiative))


@rule("initiative.ask_to_join")
def may_ask_to_join(actor: Actor, initiative: Initiative) -> Decision:
    refusal = _no_mandate(actor)
    if refusal is not None:
        return refusal
    if actor.role not in EDITORS:
        return Denied(_("Scrutiny reads and challenges; asking to join is for members, leads and approvers."))
    not_now = _unless(_not_live(initiative), _not_published(initiative))
    if not not_now:
        return not_now
    if actor.organisation_id in (initiative.owner_id, initiative.lead_id):
        return Denied(_("Your organisation already owns or leads this initiative."))
    day = today()
    for partner in initiative.partners.all():
        if partner.organisation_id == actor.organisation_id and partner.holds_on(day):
            if partner.confirmation == Partner.Confirmation.CONFIRMED:
                return Denied(_("Your organisation is already a partner in this initiative."))
            if partner.confirmation != Partner.Confirmation.DECLINED:
                return Denied(_("Your organisation is already named as a partner here. It only has to confirm."))
    return Allowed()


@rule("initiative.answer_join")
def may_answer_join(actor: Actor, ask: JoinAsk) -> Decision:
    if not keeps(actor, ask.initiative, *DECIDERS):
        return Denied(
            _("Only a lead or an approver of the organisation that owns or leads this initiative can answer.")
        )
    return _unless(_not_live(ask.initiative))


@rule("initiative.challenge")
def may_challenge(actor: Actor, initiative: Initiative) -> Decision:
    if actor.role != "scrutiny":
        return Denied(_("Challenging an initiative is for people with a scrutiny mandate."))
    return _unless(_not_live(initiative), may_view(actor, initiative))


@rule("initiative.respond")
def may_respond(actor: Actor, challenge: Challenge) -> Decision:
    if not keeps(actor, challenge.initiative, *DECIDERS):
        return Denied(
            _("Only a lead or an approver of the organisation that owns or leads this initiative can respond.")
        )
    return _unless(_not_live(challenge.initiative))


@rule("initiative.see_history")
def may_see_history(actor: Actor, initiative: Initiative) -> Decision:
    """Whoever sees the record sees how it came about; :func:`queries.history` leaves out what was not theirs to see."""
    return may_view(actor, initiative)


@rule("initiative.report_problem")
def may_report_problem(actor: Actor, initiative: Initiative) -> Decision:
    if actor.is_system:
        return Denied(_("Only people report problems."))
    return _unless(_not_live(initiative), may_view(actor, initiative))


@rule("initiative.close_problem")
def may_close_problem(actor: Actor, problem: ProblemReport) -> Decision:
    if keeps(actor, problem.initiative, *EDITORS) or (actor.is_officer and problem.initiative.is_published):
        return Allowed()
    return Denied(
        _("Only people of the organisation that owns or leads this initiative, and officers, can close this.")
    )


@rule("initiative.mark_exemplar")
def may_mark_exemplar(actor: Actor, initiative: Initiative) -> Decision:
    if not actor.is_officer:
        return Denied(_("Only a partnership officer can say that an initiative shows good practice."))
    return _unless(_not_live(initiative), _not_published(initiative))


@rule("initiative.nominate")
def may_nominate(actor: Actor, _obj: Any = None) -> Decision:
    if actor.is_system:
        return Denied(_("Only people nominate work."))
    return Allowed()


@rule("initiative.handle_nominations")
def may_handle_nominations(actor: Actor, _obj: Any = None) -> Decision:
    if not actor.is_officer:
        return Denied(_("Only a partnership officer can deal with nominations."))
    return Allowed()
