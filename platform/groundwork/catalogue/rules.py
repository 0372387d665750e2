"""Who may look through what loads of the place catalogue changed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


@rule("catalogue.review")
def may_review_catalogue(actor: Actor, _obj: object) -> Decision:
    if actor.is_officer or actor.is_operator or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers and operators can look through loads of the catalogue."))
