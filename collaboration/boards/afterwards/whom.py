"""Whom a facilitator may ask to do something that came of a workshop, and who may be shown it.

Addresses that guests left are for the report alone: only whoever claimed a proposal is asked at theirs. A facilitator
without an account brings mail to nobody but the people of the workshop, and shows nothing to everybody: nobody could be
asked why it was sent or shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from collaboration.actions.models import Action
from collaboration.actions.services.asking import Who, somebody
from collaboration.workshops.models import Participation, Workshop
from collaboration.workshops.queries import standing_invitations
from collaboration.workshops.queries.people import participants
from groundwork.access.actors import Actor
from groundwork.access.errors import Invalid

VISIBILITY = {
    Workshop.Visibility.INVITED: Action.Visibility.INVOLVED,
    Workshop.Visibility.PARTNERS: Action.Visibility.PARTNERS,
    Workshop.Visibility.PUBLIC: Action.Visibility.PUBLIC,
}
"""Who sees an action when nobody says otherwise: whoever may see the workshop."""

Status = Participation.Status


def offered(actor: Actor) -> tuple[str, ...]:
    """Who an actor may let see an action that came of a workshop."""
    everybody = tuple(Action.Visibility.values)
    if actor.is_signed_in:
        return everybody
    return tuple(each for each in everybody if each != Action.Visibility.PUBLIC)


def usual(actor: Actor, workshop: Workshop) -> str:
    """Who sees an action when the actor does not say."""
    wanted = VISIBILITY[Workshop.Visibility(workshop.visibility)]
    return wanted if wanted in offered(actor) else Action.Visibility.PARTNERS


def askable(workshop: Workshop) -> list[Participation]:
    """Those of the workshop who can be asked by choosing their name: they have an account, and took part by name."""
    found = participants(workshop).filter(person__is_active=True, status__in=(Status.ADMITTED, Status.LEFT))
    return list(found.exclude(name="").order_by("name", "pk"))


def whom(
    *,
    actor: Actor,
    workshop: Workshop,
    claimant: Participation | None,
    ask_claimant: bool = False,
    participant: str = "",
    email: str = "",
    name: str = "",
) -> Who:
    """Whom to ask: whoever claimed it in the room, one who took part (by their key), an address, or nobody.

    Raises :class:`Invalid` under ``email`` or ``participant``.
    """
    if ask_claimant and claimant is not None:
        person = claimant.person if claimant.person is not None and claimant.person.is_active else None
        if person is not None or claimant.email:
            return somebody(person=person, email="" if person else claimant.email, name=claimant.name)
        if not email:
            raise Invalid({"email": [_("Whoever claimed it left no address. Enter one, or ask nobody yet.")]})
        name = name or claimant.name
    elif participant:
        chosen = next((each for each in askable(workshop) if each.key == participant), None)
        if chosen is None:
            raise Invalid({"participant": [_("Choose somebody who took part and has an account.")]})
        return somebody(person=chosen.person, name=chosen.name)
    who = somebody(email=email, name=name)
    if not actor.is_signed_in and _is_stranger(workshop, who):
        raise Invalid(
            {
                "email": [
                    _(
                        "Without an account you can only ask people who take part in the workshop or were invited to "
                        "it. Enter the name alone: somebody with an account can ask them later."
                    )
                ]
            }
        )
    return who


def _is_stranger(workshop: Workshop, who: Who) -> bool:
    address = who.person.email if who.person is not None else who.email
    if not address:
        return False
    inside = participants(workshop).filter(person__email=address, status__in=(Status.ADMITTED, Status.LEFT))
    return not inside.exists() and not standing_invitations(workshop).filter(email=address).exists()


def named(people: Sequence[Participation]) -> list[tuple[str, str]]:
    """The choices of a list of people: their key, and their name with where they come from."""
    told = []
    for each in people:
        body = each.organisation.name if each.organisation is not None else each.organisation_name
        told.append((each.key, f"{each.name}, {body}" if body else each.name))
    return told
