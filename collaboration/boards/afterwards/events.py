"""What happens after a workshop, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class OutcomeMade(Event, name="outcome.made"):
    """Something was made of what was said. ``kind`` is one of :class:`~collaboration.boards.models.Outcome.Kind`."""

    outcome_id: int
    workshop_id: int
    kind: str
    action_id: int | None
    initiative_id: int | None
