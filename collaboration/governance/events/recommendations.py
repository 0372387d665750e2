"""What happens to recommendations, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class RecommendationChanged(Event, name="recommendation.changed"):
    """``fields`` are the names of what changed, as the audit log has them."""

    recommendation_id: int
    version: int
    fields: list[str]
