"""What the audit log does by the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

import structlog
from django.db import transaction

from groundwork.audit.queries import is_being_looked_through
from groundwork.audit.services.sealing import seal_all
from groundwork.audit.services.verifying import begin_look, go_on_looking
from groundwork.schedule.registry import Slot, daily, every, job

MOST_A_MINUTE = 3_000

log = structlog.get_logger(__name__)


@job("audit.seal", when=every(minutes=1))
def seal(slot: Slot) -> None:
    """Bring the newest acts into the chain; after an upgrade, the next few thousand of the old ones.

    After this claim is committed: many steps within it would hold the lock of a writer.
    """
    transaction.on_commit(lambda: seal_all(most=MOST_A_MINUTE))


@job("audit.verify", when=daily(time(2, 0)))
def verify(slot: Slot) -> None:
    """Each night the whole chain is looked through, as ``goldenthread audit verify`` does."""
    begin_look(at=slot.due_at)


def _under_way(_slot: Slot) -> Iterable[str]:
    return ("",) if is_being_looked_through() else ()


@job("audit.go_on_verifying", when=every(minutes=1), subjects=_under_way)
def go_on(slot: Slot) -> None:
    """A part of it each minute, after this claim is committed: a long chain must not hold the lock of a writer."""
    transaction.on_commit(_look)


def _look() -> None:
    report = go_on_looking()
    if report is not None and not report.holds:
        log.error("audit_chain_does_not_hold", problems=report.count, head=f"{report.number}:{report.hash}")
