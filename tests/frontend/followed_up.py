"""A list of recommendations, something that was noted, and a board: one of each that an address of these can name."""

from __future__ import annotations

from datetime import date
from typing import Any

from collaboration.governance.models import (
    Engagement,
    EngagementCommitment,
    PartnershipBoard,
    Recommendation,
    RecommendationList,
)
from tests.collaboration.initiatives.world import World

MINE = ("recommendation", "recommendation-assign", "recommendation-answer", "recommendation-report")


def recommendation(world: World, **fields: Any) -> Recommendation:
    """One that "owner" answers for, in a list that "lead" follows up."""
    made, _new = RecommendationList.objects.get_or_create(
        slug="road-map", defaults={"title": "The road map", "keeper": world.bodies["lead"]}
    )
    values = {"code": "R-1", "title": "Few shared measures", "owner": world.bodies["owner"], **fields}
    return Recommendation.objects.create(list=made, **values)


def engagement(world: World, **fields: Any) -> Engagement:
    """A briefing that "owner" held, with one promise."""
    values = {"kind": "briefing", "title": "Briefing for parishes", "held_on": date(2026, 10, 1), **fields}
    made = Engagement.objects.create(held_by=world.bodies["owner"], **values)
    EngagementCommitment.objects.create(engagement=made, text="Come again in spring")
    return made


def values(world: World) -> dict[str, dict[str, Any]]:
    """For each of these routes, what may stand in it."""
    one, noted = recommendation(world), engagement(world)
    board = PartnershipBoard.objects.create(slug="followed-up", name="Followed up", status="active", access="public")
    promise = {"pk": noted.pk, "promise": noted.commitments.get().pk}
    return {
        **{name: {"slug": one.list.slug, "code": one.code} for name in MINE},
        **{name: {"slug": one.list.slug} for name in ("recommendations", "recommendations-csv")},
        **dict.fromkeys(("engagement", "engagement-edit", "engagement-promise"), promise),
        "partnership-actions": {"slug": board.slug},
    }
