"""The tables of the platform: each told once, in words, for files and for the dictionary."""

from __future__ import annotations

import pytest
from django.urls import resolve

from groundwork.sheets.columns import KINDS, Column, Table, register_table, tables

ANY = Column(name="code", kind="code", meaning="Its code.")


def test_every_column_of_every_table_is_told_in_words() -> None:
    found = tables()
    assert [table.name for table in found] == sorted(table.name for table in found)
    assert {"initiatives", "organisations", "areas", "frameworks", "coverage"} <= {table.name for table in found}
    for table in found:
        assert str(table.title)
        for column in table.columns:
            assert column.kind in KINDS
            assert str(column.meaning).endswith((".", "…")), f"{table.name}.{column.name}"
            assert column.unit or column.kind != "number" or column.name == "level", f"{table.name}.{column.name}"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_every_table_can_be_taken_away(ending: str) -> None:
    for table in tables():
        assert resolve(f"{table.address}.{ending}").kwargs == {"format": ending}


def test_a_name_stands_for_one_table_and_one_column() -> None:
    known = tables()[0]
    assert register_table(known) is known
    with pytest.raises(LookupError, match="two tables named"):
        register_table(Table(name=known.name, title="Another", columns=(ANY,)))
    with pytest.raises(LookupError, match="one name"):
        register_table(Table(name="twice", title="Twice", columns=(ANY, ANY)))
    assert "twice" not in {table.name for table in tables()}
