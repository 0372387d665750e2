"""The list of partnership boards as a table people can take away: its columns, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from collaboration.governance.queries.board_lists import Filters, listed, records
from groundwork.access.actors import Actor
from groundwork.sheets.columns import LICENCE, Column, Table, register_table

PARTNERSHIPS: Final = register_table(
    Table(
        name="partnerships",
        title=_("Partnership boards"),
        address="/partnerships",
        columns=(
            Column(name="key", kind="code", meaning=_("The word that its address ends with.")),
            Column(name="name", kind="text", meaning=_("What it is called.")),
            Column(name="abbreviation", kind="text", meaning=_("What it is called in short.")),
            Column(name="kind", kind="code", meaning=_("board, group, commission, task_force or assembly.")),
            Column(name="status", kind="code", meaning=_("proposed, active or closed.")),
            Column(name="purpose", kind="text", meaning=_("What it is for. Empty: not stated.")),
            Column(name="lead", kind="code", meaning=_("The code of its lead partner. Empty: not stated.")),
            Column(name="parent", kind="code", meaning=_("The key of the board it reports to.")),
            Column(name="starts_on", kind="date", meaning=_("The day it begins or began. Empty: not stated.")),
            Column(name="ends_on", kind="date", meaning=_("The day until which it is set up. Empty: no end.")),
            Column(name="closed_on", kind="date", meaning=_("The day it was closed.")),
            Column(name="elements", kind="list", meaning=_("Codes of what it serves in the frameworks.")),
            Column(name="areas", kind="list", meaning=_("Codes of the areas it is for.")),
            Column(name="organisations", kind="list", meaning=_("Codes of the organisations that have seats on it.")),
            Column(name="chair", kind="code", meaning=_("The code of the organisation that has the chair today.")),
            Column(name="seats", kind="number", unit=_("seats"), meaning=_("How many seats it has today.")),
            Column(name="vacant", kind="number", unit=_("seats"), meaning=_("How many of them nobody fills.")),
            Column(name="visible_to", kind="code", meaning=_("public, partners, board or named.")),
            Column(name="address", kind="address", meaning=_("Its page here.")),
            LICENCE,
        ),
    )
)


def partnership_records(actor: Actor, filters: Filters) -> Iterator[dict[str, Any]]:
    """One line for each board of the list as its page shows it to this reader."""
    for each in records(actor, listed(actor, filters)):
        access, path = each.pop("access"), each.pop("path")
        yield {**each, "visible_to": access, "address": settings.BASE_URL + path}
