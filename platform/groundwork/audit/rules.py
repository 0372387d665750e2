"""Who may look at what was done, and for whom."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.access.actors import Actor, Role
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.audit.models import AuditEntry
from groundwork.directory.models import Organisation, Place

ANSWERABLE: tuple[Role, ...] = ("lead", "approver", "scrutiny", "officer")
"""Who answers for what is done for their organisation, or looks at it on behalf of others."""
OWN_TYPES = ("accounts.person",)
OWN_PREFIXES = ("mail.", "calendar.")
"""What somebody does to their own account, mail and calendar is not the organisation's to look through."""


def looks_after_the_log(actor: Actor) -> bool:
    return actor.is_officer or actor.is_operator


def is_own(entry: AuditEntry) -> bool:
    """Whether an act concerns somebody's own account, mail or calendar."""
    return entry.object_type in OWN_TYPES or entry.action.startswith(OWN_PREFIXES)


@rule("audit.view")
def may_view_act(actor: Actor, entry: AuditEntry) -> Decision:
    """Each organisation sees its own acts. An officer sees nobody else's, and the system's beside them."""
    if actor.is_system:
        return Allowed()
    if not is_own(entry):
        if actor.acts_for(entry.organisation_id, *ANSWERABLE):
            return Allowed()
        if looks_after_the_log(actor):
            convening = Place.objects.values_list("convening_organisation_id", flat=True).first()
            if entry.acted_as or (convening is not None and entry.organisation_id == convening):
                return Allowed()
    return Denied(_("Only those who answer for an organisation see what was done for it."))


@rule("organisation.see_acts")
def may_see_acts_of(actor: Actor, organisation: Organisation) -> Decision:
    if actor.is_system or actor.acts_for(organisation.pk, *ANSWERABLE):
        return Allowed()
    if actor.acts_for(organisation.pk):
        return Denied(_("Leads, approvers and scrutiny see what was done for their organisation. Ask one of them."))
    return Denied(_("Only this organisation's own leads, approvers and scrutiny see what was done for it."))


@rule("audit.manage")
def may_manage(actor: Actor, _nothing: object = None) -> Decision:
    """The state of the chain, the acts of the convening organisation and those of the system."""
    if actor.is_system or looks_after_the_log(actor):
        return Allowed()
    return Denied(_("Only partnership officers and operators look after the audit log."))
