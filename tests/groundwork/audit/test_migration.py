"""The chain comes to a log that is full already, and goes again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from groundwork.audit import triggers
from groundwork.audit.models import AuditEntry
from groundwork.audit.services.sealing import seal_all
from tests.groundwork.audit.log import holds, some_acts
from tests.groundwork.directory.town import Town

BEFORE = [("audit", "0002_acts_since")]


def migrate(to: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(to)


@pytest.mark.django_db(transaction=True)
def test_forward_and_back_on_a_log_that_is_full() -> None:
    acts = some_acts(Town(), 9)
    seal_all()
    try:
        migrate(BEFORE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM audit_auditentry")
            assert cursor.fetchone()[0] >= len(acts)
            cursor.execute("UPDATE audit_auditentry SET via = 'web'")
            assert "audit_auditseal" not in connection.introspection.table_names(cursor)
    finally:
        migrate(MigrationLoader(connection).graph.leaf_nodes("audit"))
    assert triggers.missing(connection) == []
    salts = list(AuditEntry.objects.values_list("salt", flat=True))
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {32}
    assert set(AuditEntry.objects.values_list("is_sealed", flat=True)) == {False}
    assert seal_all() == len(salts)
    assert holds().acts == len(salts)


@pytest.mark.django_db(transaction=True)
def test_what_a_rebuilt_table_lost_is_put_back_after_migrating() -> None:
    triggers.remove(connection)
    assert len(triggers.missing(connection)) == len(triggers.NAMES)
    triggers.put_back(using="default")
    assert triggers.missing(connection) == []
