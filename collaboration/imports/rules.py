"""Who may bring a spreadsheet, see what one brought, and take it back, as sentences.

An import belongs to the person who brought it and to those who decide for their organisation. What an operator's
command brought for nobody is kept by partnership officers, as the records are that came of it.

What the lines of a file may do to each record is asked of the register's own rules, line by line.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from collaboration.imports.models import Import
from collaboration.initiatives.rules import DECIDERS, EDITORS
from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule


@rule("import.start")
def may_start(actor: Actor, _obj: Any = None) -> Decision:
    if actor.is_system:
        return Allowed()
    if not actor.is_signed_in:
        return Denied(_("Sign in first."))
    if not actor.is_partner:
        return Denied(
            _("You do not act for an organisation yet. Ask to join yours, or wait until it has approved you.")
        )
    if actor.role not in EDITORS:
        return Denied(_("Scrutiny reads and challenges; importing is for members, leads and approvers."))
    return Allowed()


def _has(actor: Actor, imported: Import) -> Decision:
    """Whether it is this actor's to see and to work on."""
    if actor.is_system:
        return Allowed()
    if imported.organisation_id is None:
        if actor.is_officer:
            return Allowed()
        return Denied(_("Only partnership officers see what was imported for nobody in particular."))
    brought_it = actor.person is not None and actor.person.pk == imported.person_id
    if brought_it and actor.acts_for(imported.organisation_id, *EDITORS):
        return Allowed()
    if actor.acts_for(imported.organisation_id, *DECIDERS):
        return Allowed()
    return Denied(
        _("Only the person who brought this spreadsheet, and leads and approvers of the same organisation, see it.")
    )


@rule("import.view")
def may_view(actor: Actor, imported: Import) -> Decision:
    """The one-object twin of :func:`collaboration.imports.queries.imports_of`."""
    return _has(actor, imported)


@rule("import.run")
def may_run(actor: Actor, imported: Import) -> Decision:
    """Match its columns, check it, confirm it, cancel it."""
    return _has(actor, imported)


@rule("import.publish")
def may_publish(actor: Actor, imported: Import) -> Decision:
    """Show to others at once what is new in it."""
    has = _has(actor, imported)
    if not has or actor.is_system or actor.role in DECIDERS:
        return has
    return Denied(_("Only a lead or an approver can publish. Import drafts, and ask one of them to publish those."))


@rule("import.undo")
def may_undo(actor: Actor, imported: Import) -> Decision:
    return _has(actor, imported)
