"""Who may look into the outbox."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


@rule("outbox.manage")
def may_manage_outbox(actor: Actor, _obj: object) -> Decision:
    """A parked event shows the error that stopped it: for those who run the system, not for partners."""
    if actor.is_operator or actor.is_system:
        return Allowed()
    return Denied(_("Only operators can look into the outbox."))
