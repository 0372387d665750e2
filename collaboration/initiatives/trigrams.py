"""What the databases need to find by words, and whether they have it: FTS5 in SQLite, pg_trgm in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable

from django.core import checks
from django.db import DatabaseError, connection, connections, transaction

from collaboration.initiatives.models import SearchWord


def has_trigrams(using: str = "default") -> bool:
    """Whether PostgreSQL has the extension that finds similar words by index."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('searchword_trigrams') IS NOT NULL")
        row = cursor.fetchone()
    return bool(row and row[0])


def _is_migrated(using: str) -> bool:
    return SearchWord._meta.db_table in connections[using].introspection.table_names()


def ensure_trigrams() -> bool:
    """Create the extension and its index where the database lets us. Returns whether they are there."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "CREATE INDEX IF NOT EXISTS searchword_trigrams ON initiatives_searchword USING gin (word gin_trgm_ops)"
            )
    except DatabaseError:
        return False
    return True


@checks.register(checks.Tags.database)
def check_word_search(databases: Iterable[str] | None = None, **kwargs: object) -> list[checks.CheckMessage]:
    """Warn where the database cannot do what finding by words relies on."""
    messages: list[checks.CheckMessage] = []
    for alias in databases or ():
        vendor = connections[alias].vendor
        try:
            if vendor == "sqlite":
                with connections[alias].cursor() as cursor:
                    cursor.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
                    row = cursor.fetchone()
                if not (row and row[0]):
                    messages.append(
                        checks.Error(
                            "This Python's SQLite was built without FTS5, which finding by words needs.",
                            hint="Use a Python whose SQLite has FTS5, or PostgreSQL through DATABASE_URL.",
                            id="initiatives.E001",
                        )
                    )
            elif vendor == "postgresql" and _is_migrated(alias) and not has_trigrams(alias):
                messages.append(
                    checks.Warning(
                        "The PostgreSQL extension pg_trgm is missing: spelling help compares words one by one.",
                        hint="As a superuser, run CREATE EXTENSION pg_trgm in this database, then rebuild-index.",
                        id="initiatives.W001",
                    )
                )
        except DatabaseError:
            # Not migrated or not reachable: other checks say so.
            continue
    return messages
