"""A long log: sealing keeps its pace, and looking through it needs no more memory than a short one."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from groundwork.audit.models import AuditEntry
from groundwork.audit.services import verifying
from groundwork.audit.services.sealing import seal_all
from groundwork.audit.services.verifying import verify

SHORT, ACTS = 1_000, 6_000


def acts(number: int) -> None:
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                action="initiative.update",
                object_type="initiatives.initiative",
                object_id=str(n),
                changes={"status": ["planned", "under way"], "summary": ["before", f"after {n}"]},
            )
            for n in range(number)
        ],
        batch_size=2000,
    )


def peak_of_looking() -> int:
    tracemalloc.start()
    try:
        assert verify().holds
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
def test_a_backlog_is_sealed_at_two_thousand_a_second_and_looked_through_in_flat_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 200)
    acts(SHORT)
    seal_all()
    short = peak_of_looking()
    acts(ACTS - SHORT)
    begun = time.process_time()
    assert seal_all() == ACTS - SHORT
    pace = (ACTS - SHORT) / (time.process_time() - begun)
    assert pace >= 2000, f"{pace:.0f} acts in a second of one processor"
    long = peak_of_looking()
    assert long < short * 1.3, f"{short} bytes for {SHORT:,} acts, {long} for {ACTS:,}"
