"""Whom the lines of an import name, before any of them is in the register."""

from __future__ import annotations

from collaboration.imports import cells
from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives.services.stating.naming import Directory, exists_today
from groundwork.directory.models import Organisation


def named_by(imported: Import) -> list[Organisation]:
    """The other organisations that its new lines name, and that publishing those would therefore ask; by name.

    Groups are not among them: nobody can answer for all of a group. A handful of queries, however many lines there are.
    """
    columns = {column: int(index) for index, column in imported.mapping.items() if column in ("lead", "partners")}
    if not columns:
        return []
    new = ImportedLine.objects.filter(imported=imported, verdict=ImportedLine.Verdict.NEW).order_by()
    # Fifty thousand lines name a few hundred organisations: the database reads the cells, we the different ones.
    said = {
        (column, text)
        for column, index in columns.items()
        for text in new.values_list(f"cells__{index}", flat=True).distinct()
        if text
    }
    names: set[str] = set()
    for column, text in said:
        understood, _unclear = cells.statements({column: text})
        names |= {understood["lead"]} if "lead" in understood else set()
        names |= {partner.organisation for partner in understood.get("partners", ())}
    known = Directory.read().organisations
    meant = [found[0] for name in names if len(found := known.meant(name, exists_today)) == 1]
    others = {each.pk: each for each in meant if not each.is_group and each.pk != imported.organisation_id}
    return sorted(others.values(), key=lambda organisation: organisation.name)
