"""The list of actions as a sheet: its columns, and its rows. No public table: it says who does what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from collaboration.actions.models import Action
from collaboration.actions.origins import origins_of
from collaboration.actions.queries import Filters, listed, owner_named
from groundwork.access.actors import Actor
from groundwork.sheets.chunks import CHUNK, in_chunks
from groundwork.sheets.columns import Column

COLUMNS: Final = (
    Column(name="reference", kind="code", meaning=_("Its reference.")),
    Column(name="what", kind="text", meaning=_("What is to be done.")),
    Column(name="details", kind="text", meaning=_("What else there is to know.")),
    Column(name="status", kind="code", meaning=_("unowned, asked, accepted, declined, done or dropped.")),
    Column(name="who", kind="text", meaning=_("Whose it is, or who is asked; empty where you may not see names.")),
    Column(name="organisation", kind="text", meaning=_("The organisation that is to do it.")),
    Column(name="initiative", kind="code", meaning=_("The reference of the initiative it belongs to.")),
    Column(name="due", kind="date", meaning=_("The day it is due.")),
    Column(name="made", kind="moment", meaning=_("When it was made.")),
    Column(name="asked", kind="moment", meaning=_("When somebody was last asked to take it on.")),
    Column(name="done", kind="moment", meaning=_("When it was done.")),
    Column(name="agreed_in", kind="text", meaning=_("Where it was agreed, if you may see that.")),
    Column(name="visible_to", kind="code", meaning=_("involved, room, partners or public.")),
    Column(name="blocked", kind="text", meaning=_("What stands in its way.")),
    Column(name="evidence", kind="text", meaning=_("What shows that it is done.")),
    Column(name="address", kind="address", meaning=_("Its page here.")),
)


def rows(actor: Actor, filters: Filters) -> Iterator[list[Any]]:
    """One line for each action of the list as its page shows it to this reader, in the order of :data:`COLUMNS`."""
    some: list[Action] = []
    for each in in_chunks(listed(actor, filters)):
        some.append(each)
        if len(some) == CHUNK:
            yield from _lines(actor, some)
            some = []
    yield from _lines(actor, some)


def _lines(actor: Actor, actions: list[Action]) -> Iterator[list[Any]]:
    origins = origins_of(actor, actions)
    for each in actions:
        origin = origins.get(each.pk)
        yield [
            each.reference,
            each.what,
            each.details,
            each.status,
            owner_named(actor, each),
            each.organisation.name if each.organisation else "",
            each.initiative.reference if each.initiative and each.initiative.is_published else "",
            each.due_on,
            each.created_at,
            each.asked_at,
            each.done_at,
            origin.label if origin else "",
            each.visibility,
            each.blocked_reason if each.is_blocked else "",
            each.evidence,
            settings.BASE_URL + each.get_absolute_url(),
        ]
