"""Who may look after the mail, and what must still hold when a message is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.clock import now
from groundwork.directory.queries import current_mandates

ANSWERING_ROLES = ("lead", "approver", "officer")
"""Roles that speak for their organisation, and are written to when it is asked something."""


@rule("mail.manage")
def may_manage_mail(actor: Actor, _obj: object) -> Decision:
    """Officers chase what did not arrive; operators see that the machinery is well."""
    if actor.is_officer or actor.is_operator or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers and operators can look after the mail."))


Condition = Callable[..., str]
_conditions: dict[str, Condition] = {}


def condition(name: str) -> Callable[[Condition], Condition]:
    """Register what must still hold when a message is sent.

    The decorated function takes the keyword arguments kept with the message and returns "" when it holds, otherwise
    a short reason that officers read. ``name`` is kept in the database for good.
    """

    def register(function: Condition) -> Condition:
        if _conditions.get(name, function) is not function:
            raise LookupError(f"There are two conditions named {name}.")
        _conditions[name] = function
        return function

    return register


def no_longer_wanted(conditions: Mapping[str, Mapping[str, Any]]) -> str:
    """Why a message must not be sent any more, or "". Raises :class:`LookupError` for a condition nobody registered."""
    if unknown := conditions.keys() - _conditions.keys():
        raise LookupError(f"No condition is named {sorted(unknown)[0]}.")
    # In the order of registration, the general before the particular: a database need not keep the order of keys.
    for name, holds in _conditions.items():
        if name in conditions and (reason := holds(**conditions[name])):
            return reason
    return ""


def known_conditions() -> tuple[str, ...]:
    return tuple(sorted(_conditions))


@condition("useful_until")
def is_still_useful(*, until: str) -> str:
    """``until`` is an ISO 8601 instant: after it the message would only confuse."""
    return "" if now() < datetime.fromisoformat(until) else "It came too late to be of use."


@condition("person_reads")
def person_still_reads(*, person_id: int, email: str) -> str:
    """The person may sign in, and the address is theirs."""
    person = get_user_model().objects.filter(pk=person_id).first()
    if person is None or not person.is_active:
        return "The person no longer has an account."
    if person.email.casefold() != email.casefold():
        return "The person has another address now."
    return ""


@condition("person_acts")
def person_still_acts(*, person_id: int, mandate_id: int) -> str:
    """The mandate, for the sake of which the person is told, is in force."""
    person = get_user_model().objects.filter(pk=person_id).first()
    if person is None or not current_mandates(person).filter(pk=mandate_id).exists():
        return "The person no longer acts for that organisation."
    return ""
