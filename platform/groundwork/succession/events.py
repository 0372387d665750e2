"""What happens to a planned succession."""

from __future__ import annotations

from groundwork.events.registry import Event


class SuccessionPlanned(Event, name="succession.planned"):
    succession_id: int


class SuccessionChanged(Event, name="succession.changed"):
    """Who is replaced, by whom, when or why was changed. ``fields`` as the audit log has them."""

    succession_id: int
    version: int
    fields: list[str]


class SuccessionCancelled(Event, name="succession.cancelled"):
    succession_id: int


class SuccessionApplied(Event, name="succession.applied"):
    """It took effect. Ids are those of organisations, or of areas, as ``of`` says."""

    succession_id: int
    of: str
    kind: str
    predecessor_ids: list[int]
    successor_ids: list[int]
