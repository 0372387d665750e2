"""Putting many new rows in at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.db import connection, models

_TEXTS: Final = (models.CharField, models.TextField)
"""Fields whose text goes as it is."""


def insert(rows: Sequence[models.Model]) -> None:
    """Put new rows of one model in, within the caller's transaction, in one statement.

    ``COPY`` on PostgreSQL takes a fifth of the time of ``INSERT`` for large texts, which that quotes twice. SQLite gets
    them as one value: of parameters it takes so few that a thousand rows would be dozens of statements. The rows have
    their keys already, and no field of bytes or decimals; as with ``bulk_create`` no signals are sent.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({names})"
    values = (
        [
            value
            if type(value := getattr(row, field.attname)) is str and isinstance(field, _TEXTS)
            else field.get_db_prep_save(field.pre_save(row, True), connection)
            for field in fields
        ]
        for row in rows
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for each in values:
                    copy.write_row(each)
        else:
            columns = ", ".join(f"value ->> {number}" for number in range(len(fields)))
            cursor.execute(f"INSERT INTO {into} SELECT {columns} FROM json_each(%s)", [json.dumps([*values])])  # noqa: S608
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
