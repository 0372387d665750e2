"""What the database itself refuses: changing or deleting an act or a seal, whoever asks.

Whoever owns the database can take these away again. Then the chain tells, and so does ``goldenthread doctor``. A
table that Django rebuilds on SQLite loses its triggers, so they are put back after every ``migrate``.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY, SEAL = "audit_auditentry", "audit_auditseal"
KEPT = ("id", "at", "action", "object_type", "object_id", "organisation_id", "acted_as", "via", "correlation_id")
"""Of an entry, what never changes."""
MAY_GO = ("person_id", "mandate_id")
"""What may become nothing, and nothing else: the account was erased."""
WORDS = ("changes", "salt", "forgotten")
"""What changes only together, and only once words went: ``forgotten`` says which, and the salt is gone."""

NAMES = ("audit_entry_kept", "audit_entry_stays", "audit_seal_kept", "audit_seal_stays")


def _refused(differs: str) -> str:
    """When a change of an entry is refused; ``differs`` is the database's word for "is not the same as"."""
    kept = [f"NEW.{column} {differs} OLD.{column}" for column in KEPT]
    gone = [f"(NEW.{column} IS NOT NULL AND NEW.{column} {differs} OLD.{column})" for column in MAY_GO]
    words = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in WORDS)
    lawful = f"(NEW.forgotten {differs} OLD.forgotten AND NEW.salt = '')"
    return " OR ".join([*kept, *gone, f"(({words}) AND NOT {lawful})", "(OLD.is_sealed AND NOT NEW.is_sealed)"])


def _on_sqlite() -> list[str]:
    condition = _refused("IS NOT")
    return [
        f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON {ENTRY} WHEN {condition} "
        "BEGIN SELECT RAISE(ABORT, 'an act is kept as it was'); END",
        f"CREATE TRIGGER audit_entry_stays BEFORE DELETE ON {ENTRY} "
        "BEGIN SELECT RAISE(ABORT, 'an act is never deleted'); END",
        f"CREATE TRIGGER audit_seal_kept BEFORE UPDATE ON {SEAL} "
        "BEGIN SELECT RAISE(ABORT, 'a seal is kept as it was'); END",
        f"CREATE TRIGGER audit_seal_stays BEFORE DELETE ON {SEAL} "
        "BEGIN SELECT RAISE(ABORT, 'a seal is never deleted'); END",
    ]


def _on_postgresql() -> list[str]:
    condition = _refused("IS DISTINCT FROM")
    return [
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'acts and seals are kept as they were' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON {ENTRY} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER audit_entry_stays BEFORE DELETE ON {ENTRY} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER audit_seal_kept BEFORE UPDATE ON {SEAL} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER audit_seal_stays BEFORE DELETE ON {SEAL} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    ]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that should be there and are not, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'audit\\_%%' AND tgenabled <> 'D' "
                "AND tgrelid IN (to_regclass(%s), to_regclass(%s))",
                [ENTRY, SEAL],
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", [ENTRY, SEAL]
            )
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in NAMES if name not in found]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put all of them in place, as they are meant now."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take all of them away, as a migration backwards must."""
    with connection.cursor() as cursor:
        for name in NAMES:
            on = f" ON {ENTRY if 'entry' in name else SEAL}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def put_back(*, using: str, **_: Any) -> None:
    """After ``migrate``: whatever a rebuilt table lost is there again."""
    from django.db import connections

    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if SEAL in tables and missing(connection):
        install(connection)
