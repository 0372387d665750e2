"""Which items and decisions are locked for somebody because they declared an interest: the ground under the rules.

An interest is a person's, not an organisation's: somebody else may speak for it. It holds under every mandate.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from collaboration.governance.models import AgendaItem, Decision, Declaration
from groundwork.access.actors import Actor


def is_locked(actor: Actor, thing: AgendaItem | Decision) -> bool:
    """Whether ``actor`` declared an interest in this item or decision, or in the item it is taken under."""
    if actor.person is None or thing.pk is None:
        return False
    known: dict[int, bool] = thing.__dict__.get("_locked_for", {})
    if actor.person.pk in known:
        return known[actor.person.pk]
    return _standing().filter(_about(thing), person=actor.person).exists()


def look_up(actor: Actor, items: Iterable[AgendaItem]) -> None:
    """Ask once for all of these items, so that a list does not ask for each of objects that live only in it."""
    if actor.person is None:
        return
    items = list(items)
    locked = set(_standing().filter(person=actor.person, item__in=items).values_list("item", flat=True))
    for item in items:
        item.__dict__["_locked_for"] = {actor.person.pk: item.pk in locked}


def _about(thing: AgendaItem | Decision) -> Q:
    if isinstance(thing, AgendaItem):
        return Q(item=thing)
    about = Q(decision=thing)
    return about | Q(item=thing.item_id) if thing.item_id is not None else about


def _standing() -> QuerySet[Declaration]:
    return Declaration.objects.filter(withdrawn_at=None)


def locked_items(actor: Actor) -> Q:
    """The agenda items that are locked for ``actor``: the set-wise twin of :func:`is_locked`."""
    if actor.person is None:
        return Q(pk__in=[])
    return Q(Exists(_standing().filter(person=actor.person, item=OuterRef("pk"))))


def locked_decisions(actor: Actor) -> Q:
    """The decisions that are locked for ``actor``: the set-wise twin of :func:`is_locked`."""
    if actor.person is None:
        return Q(pk__in=[])
    mine = _standing().filter(person=actor.person)
    return Q(Exists(mine.filter(decision=OuterRef("pk")))) | Q(Exists(mine.filter(item=OuterRef("item"))))
