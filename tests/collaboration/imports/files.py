"""Spreadsheets made for tests, and what one does with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collaboration.imports import services
from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives.columns import COLUMNS, TEMPLATE
from collaboration.initiatives.finding.downloads import find_all
from collaboration.initiatives.finding.filters import Filters
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Actor
from groundwork.sheets.writing import csv_pieces, xlsx_file


def sheet(*rows: Mapping[str, Any] | Sequence[Any], headers: Sequence[str] = TEMPLATE) -> io.BytesIO:
    """A CSV file; rows by column name, or in the order of ``headers``."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headers)
    for row in rows:
        cells = [row.get(name, "") for name in headers] if isinstance(row, Mapping) else row
        writer.writerow(cells)
    return io.BytesIO(text.getvalue().encode())


def titled(*titles: str, **same: Any) -> io.BytesIO:
    return sheet(*({"title": title, **same} for title in titles))


def uploaded(actor: Actor, file: io.BytesIO, name: str = "list.csv") -> Import:
    file.seek(0)
    return services.upload(actor=actor, file=file, name=name)


def checked(actor: Actor, file: io.BytesIO, name: str = "list.csv") -> Import:
    imported = uploaded(actor, file, name)
    return services.choose_columns(actor=actor, imported=imported, mapping=imported.mapping)


def imported(actor: Actor, file: io.BytesIO, **how: Any) -> Import:
    return services.confirm(actor=actor, imported=checked(actor, file), **how)


def problems(of: Import) -> list[tuple[int, str, str]]:
    """Every problem as (line number, column, sentence)."""
    lines = ImportedLine.objects.filter(imported=of).order_by("number")
    return [(line.number, column, sentence) for line in lines for column, sentence in line.problems]


def verdicts(of: Import) -> list[str]:
    return list(ImportedLine.objects.filter(imported=of).order_by("number").values_list("verdict", flat=True))


def titles(**of: Any) -> list[str]:
    return sorted(Initiative.objects.filter(**of).values_list("title", flat=True))


def exported_csv(actor: Actor, *, columns: Iterable[str] | None = None) -> io.BytesIO:
    """Everything the actor finds, as a page or a command would write it; with ``columns``, those alone."""
    names = [column.name for column in COLUMNS]
    wanted = list(columns or names)
    rows = (
        [dict(zip(names, row.cells("OGL"), strict=True))[name] for name in wanted] for row in find_all(actor, Filters())
    )
    return io.BytesIO("".join(csv_pieces(wanted, rows)).encode())


def exported_xlsx(actor: Actor) -> io.BytesIO:
    rows = (row.cells("OGL") for row in find_all(actor, Filters()))
    with xlsx_file(
        [column.name for column in COLUMNS], rows, sheet_name="initiatives", kinds=[column.kind for column in COLUMNS]
    ) as file:
        return io.BytesIO(file.read())
