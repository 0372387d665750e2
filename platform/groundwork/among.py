"""``field__among=values``: what ``__in`` says, for long lists.

``__in`` makes a parameter of each value. For the people of a thousand digests, named several times in one statement,
putting these together takes longer than the database takes to answer. Here the list is one parameter.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


@ForeignObject.register_lookup  # takes no lookups over from Field
@Field.register_lookup
class Among(Lookup):
    """Equal to one of some values, none of which is None. An empty list finds nothing and asks nobody."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        prepared = self.lhs.output_field.get_prep_value
        return [prepared(value) for value in self.rhs]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        lhs, params = compiler.compile(self.lhs)
        kept = self.lhs.output_field.get_db_prep_value
        values = [kept(value, connection, prepared=True) for value in self.rhs]
        if connection.vendor == "postgresql":
            return f"{lhs} = ANY(%s)", (*params, values)
        return f"{lhs} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(values))  # noqa: S608 - a column
