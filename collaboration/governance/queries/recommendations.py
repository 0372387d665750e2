"""Recommendations and how far they are; assemblies, briefings and letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from collaboration.governance.models import Engagement, Recommendation, RecommendationList
from collaboration.governance.queries import visible
from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.clock import today

Status = Recommendation.Status
OPEN = (Status.OPEN, Status.UNDER_WAY)


def lists(actor: Actor) -> QuerySet[RecommendationList]:
    """Every list shown to ``actor``, with how many are open, late and nobody's."""
    late = Q(recommendations__status__in=OPEN, recommendations__due_on__lt=today())
    return (
        visible.recommendation_lists(actor)
        .select_related("made_by", "keeper", "board", "framework")
        .annotate(
            number=Count("recommendations"),
            open=Count("recommendations", filter=Q(recommendations__status__in=OPEN)),
            late=Count("recommendations", filter=late),
            unowned=Count(
                "recommendations", filter=Q(recommendations__status__in=OPEN, recommendations__owner__isnull=True)
            ),
        )
        .order_by("title")
    )


def get_list(actor: Actor, slug: str) -> RecommendationList:
    """Raises :class:`NotFound`."""
    found = lists(actor).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such list, or you may not see it."))
    return found


def of_list(made: RecommendationList) -> QuerySet[Recommendation]:
    return made.recommendations.select_related("owner", "element__framework", "list")


def get(actor: Actor, slug: str, code: str) -> Recommendation:
    """Raises :class:`NotFound`."""
    found = of_list(get_list(actor, slug)).filter(code=code).first() if code.isprintable() else None
    if found is None:
        raise NotFound(_("There is no such recommendation, or you may not see it."))
    return found


def updates(recommendation: Recommendation) -> list[Any]:
    return list(recommendation.updates.select_related("by", "organisation"))


def is_late(recommendation: Recommendation, on: date | None = None) -> bool:
    return recommendation.is_open and recommendation.due_on is not None and recommendation.due_on < (on or today())


def unfinished(*, until: date, only: Iterable[int] | None = None) -> QuerySet[Recommendation]:
    """Open recommendations with an owner that were due before ``until``: what reminders ask about."""
    found = Recommendation.objects.filter(status__in=OPEN, owner__isnull=False, due_on__lt=until)
    if only is not None:
        found = found.filter(pk__in=only)
    return found.select_related("owner", "list__keeper", "list__board").order_by("due_on", "pk")


def waiting_for(actor: Actor) -> QuerySet[Recommendation]:
    """What waits for the organisation the actor speaks for: to be taken on, or late. What is due first, first."""
    if actor.role not in ("lead", "approver", "officer"):
        return Recommendation.objects.none()
    open_ones = Recommendation.objects.filter(owner=actor.organisation_id, status__in=OPEN)
    waits = Q(owner_accepted_at=None) | Q(due_on__lt=today())
    shown = open_ones.filter(waits, list__in=visible.recommendation_lists(actor).order_by().values("pk"))
    return shown.select_related("list").order_by(F("due_on").asc(nulls_last=True), "pk")


def engagements(actor: Actor) -> QuerySet[Engagement]:
    """What is noted, the latest first."""
    return visible.engagements(actor).select_related("held_by", "board").order_by("-held_on", "-pk")


def get_engagement(actor: Actor, pk: int) -> Engagement:
    """Raises :class:`NotFound`."""
    found = engagements(actor).prefetch_related("elements", "commitments__organisation", "commitments__action")
    engagement = found.filter(pk=pk).first()
    if engagement is None:
        raise NotFound(_("There is no such entry, or you may not see it."))
    return engagement
