"""Where an action that was marked in a meeting comes from, told to those who may read it there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from collaboration.governance.models import AgendaItem
from collaboration.governance.queries import visible
from collaboration.governance.queries.levels import OPEN, level_of
from groundwork.access.actors import Actor

KIND: Final = "meeting"
"""Of an action's origin; its id is the uuid of the agenda item, because that says who may read where it comes from."""


def seen(actor: Actor, ids: Collection[str]) -> set[str]:
    """Of these agenda items (uuids), those shown to the actor."""
    found = visible.items(actor).filter(uuid__in=_uuids(ids))
    return {str(uuid) for uuid in found.values_list("uuid", flat=True)}


def sensitive(ids: Collection[str]) -> set[str]:
    """Of these agenda items, those of which mail must not quote: all that is for the board. One that is gone is too."""
    rows = AgendaItem.objects.filter(uuid__in=_uuids(ids)).select_related("meeting__board")
    plain = {str(item.uuid) for item in rows if level_of(item) in OPEN}
    return set(ids) - plain


def _uuids(ids: Collection[str]) -> list[UUID]:
    found = []
    for id in ids:
        try:
            found.append(UUID(id))
        except ValueError:
            # Of another making: nobody is told where it comes from, and mail does not quote it.
            continue
    return found
