"""For whom a command acts."""

from __future__ import annotations

import sys

from groundwork.access.actors import Actor, PersonActor, SystemActor
from groundwork.access.errors import Invalid
from groundwork.accounts.queries import person_by_email
from groundwork.directory.queries import current_mandates


def actor_of_command(name: str, email: str | None) -> Actor:
    """The person with this address under the mandate that lets them do most, or the system as ``name`` without one.

    Says on standard error for which organisation they act. Raises :class:`Invalid` when nobody has the address, or
    they act for no organisation.
    """
    if email is None:
        return SystemActor(name=name, via="command")
    person = person_by_email(email)
    if person is None or not person.is_active:
        raise Invalid(f"Nobody has an account with the address {email}.")
    mandates = list(current_mandates(person))
    if not mandates:
        raise Invalid(f"{person.email} does not act for any organisation now.")
    # Who both reads for scrutiny and works for an organisation imports as the latter; decides before works.
    order = ("officer", "lead", "approver", "member", "scrutiny")
    mandate = min(mandates, key=lambda each: order.index(each.role))
    print(f"Acting as {person.email} for {mandate.organisation.name}.", file=sys.stderr)
    return PersonActor(who=person, under=mandate, via="command")
