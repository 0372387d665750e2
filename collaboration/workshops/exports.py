"""The list of workshops as a table people can take away: its columns, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from collaboration.initiatives import queries as register
from collaboration.workshops.queries.listing import Which, listing
from groundwork.access.actors import Actor, Public
from groundwork.sheets.chunks import in_chunks
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

WORKSHOPS: Final = register_table(
    Table(
        name="workshops",
        title=_("Workshops"),
        address="/workshops",
        columns=(
            Column(name="title", kind="text", meaning=_("What it is called.")),
            Column(name="status", kind="code", meaning=_("planned, open, reported, archived or cancelled.")),
            Column(name="starts", kind="moment", meaning=_("When it begins.")),
            Column(name="ends", kind="moment", meaning=_("When it ends.")),
            Column(name="venue", kind="text", meaning=_("Where it takes place.")),
            Column(name="host", kind="code", meaning=_("The code of the organisation that hosts it.")),
            Column(name="host_name", kind="text", meaning=_("That organisation’s name.")),
            Column(name="purpose", kind="text", meaning=_("What it is for.")),
            Column(name="initiatives", kind="list", meaning=_("References of the initiatives it inquires into.")),
            Column(name="elements", kind="list", meaning=_("Codes of what it inquires into in the frameworks.")),
            Column(name="people", kind="number", unit=_("people"), meaning=_("How many take part, or took part.")),
            Column(name="visible_to", kind="code", meaning=_("invited, partners or public.")),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


def workshop_records(actor: Actor, which: Which | None, *, words: str = "") -> Iterator[dict[str, Any]]:
    """The workshops an actor sees, as on their page: without ``which`` those open, then those to come."""
    # What they inquire into is told as far as everybody may see it: a file travels further than its reader.
    public = Prefetch("initiatives", queryset=register.visible_to(Public()))
    lists: tuple[Which, ...] = (which,) if which else ("open", "upcoming")
    for each_list in lists:
        found = listing(actor, each_list, words=words).prefetch_related(public, "elements")
        for each in in_chunks(found):
            row: Any = each
            yield {
                "title": each.title,
                "status": each.status,
                "starts": each.starts_at,
                "ends": each.ends_at,
                "venue": each.venue,
                "host": each.host.slug,
                "host_name": each.host.name,
                "purpose": each.purpose,
                "initiatives": sorted(one.reference for one in each.initiatives.all()),
                "elements": sorted(one.code for one in each.elements.all()),
                "people": row.people,
                "visible_to": each.visibility,
                "address": settings.BASE_URL + each.get_absolute_url(),
            }
