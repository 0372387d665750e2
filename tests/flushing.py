"""Emptying the database between tests that commit: only what holds rows, and without new files.

Django truncates every table. PostgreSQL then makes a new file for each table and index and waits until all of them are
on disk: hundreds of flushes after every such test, which on an ordinary disk take longer than the tests themselves.
"""

from __future__ import annotations

from typing import Any

from django.db import connection


def hurry() -> None:
    """Delete instead of truncating, where this is PostgreSQL and its user may set triggers and foreign keys aside."""
    if connection.vendor == "sqlite":
        _set_triggers_aside()
    if connection.vendor != "postgresql":
        return
    operations: Any = type(connection.ops)
    truncate = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, *, reset_sequences: bool = False, **options: Any) -> list[str]:
        if reset_sequences or not tables:
            return list(truncate(self, style, tables, reset_sequences=reset_sequences, **options))
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                return list(truncate(self, style, tables, **options))
            named = [(table, self.quote_name(table)) for table in tables]
            cursor.execute(
                " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted})" for table, quoted in named)  # noqa: S608
            )
            filled = {table for (table,) in cursor.fetchall()}
        if not filled:
            return []
        deletes = [f"DELETE FROM {quoted};" for table, quoted in named if table in filled]  # noqa: S608
        return ["SET LOCAL session_replication_role = 'replica';", *deletes]

    operations.sql_flush = sql_flush


def _set_triggers_aside() -> None:
    """SQLite cannot switch triggers off. Those that refuse to delete are taken away and put back as they were."""
    operations: Any = type(connection.ops)
    delete = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = list(delete(self, style, tables, **options))
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = [row for row in cursor.fetchall() if row[1] in tables]
            filled = set()
            for table in {table for _name, table, _sql in found}:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {self.quote_name(table)})")  # noqa: S608
                if cursor.fetchone()[0]:
                    filled.add(table)
        aside = [(name, sql) for name, table, sql in found if table in filled]
        drops = [f"DROP TRIGGER {self.quote_name(name)};" for name, _sql in aside]
        return [*drops, *statements, *(sql for _name, sql in aside)]

    operations.sql_flush = sql_flush
