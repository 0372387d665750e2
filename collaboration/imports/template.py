"""The empty sheet people fill in: the headings an import understands, and what may stand below them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from collaboration.imports.queries import UNDERSTOOD
from collaboration.initiatives.columns import TEMPLATE
from collaboration.initiatives.models import Partner, Stage
from groundwork.directory.queries import areas, organisations
from groundwork.sheets.cells import safe_cell
from groundwork.sheets.writing import csv_pieces
from vision.frameworks import queries as frameworks

FILE_NAME: Final = "golden-thread-initiatives"
"""What the template is called when it is saved, without its ending."""


def how_to_fill() -> dict[str, str]:
    """For each column an import understands, what to write into it, in the order of the template."""
    return {
        "ref": _(
            "Only to change an initiative that is registered: its reference. Leave it out, or empty, for new ones."
        ),
        "title": _("What it is called, as partners know it. The only cell that must be filled."),
        "summary": _("What it is, in a few plain sentences."),
        "stage": _("One of: %(codes)s.") % {"codes": ", ".join(stage.value for stage in Stage)},
        "lead": _("The organisation that leads it: its name, a former name, an abbreviation or its code."),
        "partners": _(
            "The other organisations, separated by “;”. A role may follow in brackets: %(example)s. Roles: %(roles)s."
        )
        % {
            "example": "Sport England (funder)",
            "roles": ", ".join(role.value for role in Partner.Role if role != Partner.Role.LEAD),
        },
        "strands": _(
            "Strands of the vision or whole ambitions, by code or name, separated by “;”. The first three become its "
            "main ones."
        ),
        "blocks": _("Building blocks, by code or name, separated by “;”."),
        "areas": _("Where it happens: names or official codes of areas, separated by “;”."),
        "start": _("The day it began or begins: 2026-04-03, 3/4/2026 (the day first) or 3 April 2026."),
        "end": _("The day it ended or is to end, written in the same way."),
        "money": _("Pounds in all: 12000, £12,000, 12k or 1.5 million."),
        "contact": _("A role and its email address, not a person: Housing team <housing@example.org>."),
        "source": _("The document it was taken from, with page or row."),
        "original_labels": _("Labels exactly as that document prints them, separated by “;”."),
    }


def rules_of_filling() -> list[str]:
    """What holds for every column."""
    return [
        _("One line is one initiative."),
        _("A cell that is empty means “not stated” in a new initiative, and leaves what is there in one that exists."),
        _("To take something out of an initiative, change it on its own page."),
        _("A line taken out of the sheet does nothing to its initiative."),
    ]


def csv_template() -> bytes:
    """The headings alone, in UTF-8 with the mark by which spreadsheet programs know it."""
    return "".join(csv_pieces(TEMPLATE, [])).encode("utf-8-sig")


def xlsx_template() -> bytes:
    """A workbook: a sheet with the headings, and one that explains them and lists the codes and names known."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("initiatives")
        sheet.freeze_panes(1, 0)
        for index, name in enumerate(TEMPLATE):
            sheet.set_column(index, index, 40 if name in ("title", "summary") else 20, day if name in DAYS else None)
            sheet.write_string(0, index, name, bold)
        guide = book.add_worksheet(_("How to fill it in")[:31])
        for index, width in enumerate((18, 80, 50)):
            guide.set_column(index, index, width, wrapped)
        guide.freeze_panes(1, 0)
        row = _write(guide, 0, [(_("Column"), _("What to write"))], bold)
        row = _write(guide, row, _explained())
        row = _write(guide, row + 1, ((rule,) for rule in rules_of_filling()))
        row = _write(guide, row + 1, [(_("Column"), _("Code"), _("Name"))], bold)
        _write(guide, row, _known())
    return file.getvalue()


DAYS: Final = ("start", "end")


def _explained() -> list[tuple[str, str]]:
    filling = how_to_fill()
    return [(name, filling[name]) for name in (*TEMPLATE, UNDERSTOOD[0])]


def _known() -> Iterator[tuple[str, str, str]]:
    for stage in Stage:
        yield "stage", stage.value, str(stage.label)
    for ambition in frameworks.ambitions():
        yield "strands", ambition.code, ambition.label
        for strand in ambition.strands_in_order:  # type: ignore[attr-defined]
            yield "strands", strand.code, strand.label
    for block in frameworks.building_blocks():
        yield "blocks", block.code, block.label
    for area in areas():
        yield "areas", area.code, area.name
    for organisation in organisations():
        yield "lead, partners", organisation.slug, organisation.name


def _write(sheet: Any, row: int, rows: Iterable[Sequence[str]], style: Any = None) -> int:
    """Write rows of text from ``row`` on; the number of the row below them."""
    for cells in rows:
        for index, text in enumerate(cells):
            sheet.write_string(row, index, safe_cell(text), style)
        row += 1
    return row
