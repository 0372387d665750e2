"""The register as tables people can take away: initiatives, their latest changes, the table they were printed in."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from collaboration.initiatives.catalogue import PRINTED_COLUMNS
from collaboration.initiatives.columns import COLUMNS
from collaboration.initiatives.finding.downloads import Row
from groundwork.sheets.columns import Column, Table, register_table

INITIATIVES: Final = register_table(
    Table(name="initiatives", title=_("Initiatives"), address="/initiatives", columns=COLUMNS)
)

_CHANGED: Final = (
    "changed", "ref", "title", "summary", "stage", "lead", "verified", "published", "visibility", "address", "licence",
)  # fmt: skip
_PLACES: Final = {column.name: place for place, column in enumerate(COLUMNS)}

UPDATES: Final = register_table(
    Table(
        name="updates",
        title=_("Latest changes"),
        address="/updates",
        columns=tuple(COLUMNS[_PLACES[name]] for name in _CHANGED),
    )
)

_PRINTED: Final = {
    "Ambition": _("The ambition, in the words of the source."),
    "Strand": _("The strand, in the words of the source."),
    "Theme": _("What the source calls the work."),
    "Examples of joint working": _("The examples the source gives."),
    "Partners": _("Who works together, in the words of the source."),
}

JOINT_WORKING: Final = register_table(
    Table(
        name="joint-working",
        title=_("Joint work that came with the place, as its source prints it"),
        address="/joint-working",
        columns=tuple(
            Column(
                name=name,
                kind="list" if name in ("Examples of joint working", "Partners") else "text",
                meaning=_PRINTED[name],
            )
            for name in PRINTED_COLUMNS
        ),
    )
)


def update_cells(row: Row, licence: str) -> list[Any]:
    """A line of the latest changes, in the order of :data:`UPDATES`."""
    cells = row.cells(licence)
    return [cells[_PLACES[name]] for name in _CHANGED]


def update_record(row: Row, licence: str) -> dict[str, Any]:
    """A line of the latest changes as a JSON object, with codes."""
    record = {**row.record, "licence": licence}
    return {name: record[name] for name in _CHANGED}
