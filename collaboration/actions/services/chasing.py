"""Asking those who have actions how these go: many at once, and one mail to each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.actions.events import ActionsChased
from collaboration.actions.models import Action, Chase
from collaboration.actions.queries import visible_to
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import can
from groundwork.audit.services import keep_many
from groundwork.clock import now
from groundwork.events.services import record

LONGEST_MESSAGE: Final = 500
MOST_AT_ONCE: Final = 200
REST: Final = timedelta(days=3)
"""How long nobody is asked about the same action again, by whomever."""
Status = Action.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a chase would do, or did: the actions asked about, who has them, and why others are left out."""

    asked: list[Action] = field(default_factory=list)
    left_out: list[tuple[Action, str]] = field(default_factory=list)

    @property
    def owners(self) -> int:
        """How many people get a mail."""
        return len({_owner(each) for each in self.asked})


def look(*, actor: Actor, references: Collection[str], at: datetime | None = None) -> Round:
    """What chasing these would do now. What the actor may not see is not spoken of. Changes nothing.

    Raises :class:`Invalid` when none is chosen, or too many are.
    """
    return _look(actor, _chosen(actor, references), at or now())


@transaction.atomic
def chase(*, actor: Actor, references: Collection[str], message: str = "", at: datetime | None = None) -> Round:
    """Ask each who has any of these how they go. Raises :class:`Conflict` when nobody is left to be asked."""
    at = at or now()
    problems = cleaning.Problems()
    said = cleaning.text(message, field="message", label=_("Your message"), longest=LONGEST_MESSAGE, problems=problems)
    problems.raise_if_any()
    chosen = _chosen(actor, references)
    locked = Action.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in chosen])
    rows = list(locked.select_related("owner", "organisation", "initiative").order_by("pk"))
    found = _look(actor, rows, at)
    if not found.asked:
        raise Conflict(_("Nobody can be asked about these now. Each of them says why."))
    made = Chase.objects.create(message=said, at=at, by=actor.person, organisation=actor.organisation)
    made.actions.set(found.asked)
    keep_many(actor=actor, acts=[("action.chase", each, {"message": [None, said]}) for each in found.asked], at=at)
    record(ActionsChased(chase_id=made.pk), actor=actor)
    return found


def _chosen(actor: Actor, references: Collection[str]) -> list[Action]:
    wanted = {each.upper() for each in references if each.isascii() and each.isprintable() and len(each) <= 20}
    if not wanted:
        raise Invalid({"ref": [_("Choose at least one action.")]})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid({"ref": [_("Choose at most %(most)d actions at once.") % {"most": MOST_AT_ONCE}]})
    found = visible_to(actor).filter(reference__in=wanted)
    return list(found.select_related("owner", "organisation", "initiative").order_by("due_on", "pk"))


def _look(actor: Actor, rows: Iterable[Action], at: datetime) -> Round:
    rows = list(rows)
    asked_lately = set(
        Action.objects.filter(pk__in=[each.pk for each in rows], chases__at__gt=at - REST).values_list("pk", flat=True)
    )
    found = Round()
    for each in rows:
        reason = _why_not(actor, each, each.pk in asked_lately)
        if reason:
            found.left_out.append((each, reason))
        else:
            found.asked.append(each)
    return found


def _why_not(actor: Actor, action: Action, was_asked_lately: bool) -> str:
    allowed = can(actor, "action.chase", action)
    if not allowed:
        return allowed.reason
    if action.status not in (Status.ASKED, Status.ACCEPTED):
        ended = action.status in (Status.DONE, Status.DROPPED)
        return str(_("It has ended.") if ended else _("Nobody has it now."))
    if _owner(action) is None:
        return str(_("There is no address of who has it."))
    if action.owner is not None and actor.person is not None and action.owner.pk == actor.person.pk:
        return str(_("It is yours."))
    if was_asked_lately:
        return str(_("Somebody asked about it in the last three days."))
    return ""


def _owner(action: Action) -> str | None:
    if action.owner is not None:
        return f"person {action.owner.pk}" if action.owner.is_active else None
    return action.owner_email or None
