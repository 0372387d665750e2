"""What the columns of the platform's tables mean: one declaration for the downloads, the API and the dictionary.

An app declares the tables it owns beside its queries and registers them when it is ready, so that the dictionary of
columns and the files can never say different things::

    AREAS = register_table(Table(name="areas", title=_("Areas"), columns=(Column(name="code", …), …)))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

Kind = Literal["text", "code", "list", "number", "date", "moment", "yes_no", "address"]

KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``name`` is its heading and its key in JSON; ``meaning`` says in words what stands in it.

    A ``list`` is written with "; " between its entries and is a list in JSON. A ``date`` is a day (ISO 8601), a
    ``moment`` a day and a time by the clock of the place. ``unit`` says what a number counts. Empty is "not stated".
    """

    name: str
    meaning: StrOrPromise
    kind: Kind
    unit: StrOrPromise = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table people can take away. ``address`` is the path of its download without its ending: ``/areas``."""

    name: str
    title: StrOrPromise
    columns: tuple[Column, ...]
    address: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


LICENCE = Column(name="licence", kind="text", meaning=_("The licence under which the data may be used."))
"""Told in every line, because lines are copied out of files."""

_tables: dict[str, Table] = {}


def register_table(table: Table) -> Table:
    """Make a table known to the dictionary of columns, and hand it back.

    Raises :class:`LookupError` for a second table of the name, or when two of its columns have one name.
    """
    if _tables.get(table.name, table) != table:
        raise LookupError(f"There are two tables named {table.name}.")
    if len(set(table.headers)) != len(table.headers):
        raise LookupError(f"Two columns of the table {table.name} have one name.")
    _tables[table.name] = table
    return table


def tables() -> tuple[Table, ...]:
    """Every table, by name."""
    return tuple(_tables[name] for name in sorted(_tables))
