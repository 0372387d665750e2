"""An audit log to look through, and a hand in the database that may do what the product never does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from groundwork.audit import triggers
from groundwork.audit.models import AuditEntry, AuditSeal
from groundwork.audit.services import keep
from groundwork.audit.services.verifying import Report, verify
from groundwork.directory.models import Organisation
from tests.groundwork.directory.town import SYSTEM, Town, acting

KINDS = ("made", "renamed", "moved")


def some_acts(town: Town, number: int = 7) -> list[AuditEntry]:
    """Acts of two people for two organisations, and every third one of the system."""
    people = [acting(town.council, name="Alex Reed"), acting(town.charity, "approver", "Bo Finch")]
    return [
        keep(
            actor=SYSTEM if n % 3 == 2 else people[n % 2],
            action=f"organisation.{KINDS[n % 3]}",
            obj=town.council if n % 2 else town.charity,
            changes={"name": [None, f"Name {n}"], "words": [f"before {n}", f"after {n}"]} if n % 4 else {},
        )
        for n in range(number)
    ]


@contextmanager
def by_hand() -> Iterator[Any]:
    """A cursor that no trigger holds back; what it did is undone at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            triggers.remove(connection)
            yield cursor
        transaction.set_rollback(True)


def named(report: Report) -> set[tuple[int | None, str]]:
    """Which rows a look named: number of the seal, and the entry."""
    return {(problem.number, str(problem.entry_id or "")) for problem in report.problems}


def holds() -> Report:
    report = verify()
    assert report.problems == []
    assert report.holds
    return report


def seal_of(entry: AuditEntry) -> AuditSeal:
    return AuditSeal.objects.get(entry_id=entry.pk)


def other_organisation(town: Town, entry: AuditEntry) -> Organisation:
    return town.charity if entry.organisation_id != town.charity.pk else town.council
