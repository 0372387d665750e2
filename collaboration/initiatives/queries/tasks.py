"""What waits for somebody: the lists of the home page and of officers."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet

from collaboration.initiatives.models import (
    Challenge,
    Initiative,
    JoinAsk,
    Nomination,
    Partner,
    ProblemReport,
    Visibility,
)
from collaboration.initiatives.queries.visibility import visible_to
from collaboration.initiatives.rules import DECIDERS, EDITORS
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.clock import now, today
from groundwork.directory.models import holding_on

_LIVE = Q(withdrawn_at=None, merged_into=None)


def _kept_by(actor: Actor) -> Q:
    """The set-wise twin of :func:`collaboration.initiatives.rules.keeps`, whatever the role."""
    if actor.organisation_id is None:
        return Q(pk__in=[])
    ours = Q(owner_id=actor.organisation_id) | Q(lead_id=actor.organisation_id)
    return ours | Q(owner=None) if actor.is_officer else ours


def _with_organisations(rows: QuerySet[Initiative]) -> QuerySet[Initiative]:
    return rows.select_related("owner", "lead")


def mine(actor: Actor) -> QuerySet[Initiative]:
    """Published and live initiatives that the actor's organisation owns or leads, the last changed first."""
    if actor.organisation_id is None:
        return Initiative.objects.none()
    ours = Q(owner_id=actor.organisation_id) | Q(lead_id=actor.organisation_id)
    return _with_organisations(visible_to(actor).filter(_LIVE, ours).exclude(visibility=Visibility.DRAFT))


def drafts_of(actor: Actor) -> QuerySet[Initiative]:
    """Live drafts that the actor can work on, the last changed first."""
    if actor.role not in EDITORS:
        return Initiative.objects.none()
    return _with_organisations(visible_to(actor).filter(_LIVE, _kept_by(actor), visibility=Visibility.DRAFT))


def waiting_for_review(actor: Actor) -> QuerySet[Initiative]:
    """Drafts under review: for those who may publish them, and for scrutiny to read. Longest wait first."""
    if actor.role not in (*DECIDERS, "scrutiny"):
        return Initiative.objects.none()
    return _with_organisations(
        visible_to(actor)
        .filter(_LIVE, _kept_by(actor), visibility=Visibility.DRAFT, review_asked_at__isnull=False)
        .order_by("review_asked_at", "pk")
    )


def partner_requests_for(actor: Actor) -> QuerySet[Partner]:
    """Partnerships that wait for the answer of the actor's organisation, longest wait first.

    Members see them too, so that they can tell their lead; ``can(actor, "initiative.answer_for", partner)`` says who
    answers.
    """
    if actor.organisation_id is None or actor.role not in EDITORS:
        return Partner.objects.none()
    return (
        Partner.objects.filter(
            holding_on(today()),
            organisation_id=actor.organisation_id,
            organisation__is_group=False,
            confirmation=Partner.Confirmation.ASKED,
            initiative__withdrawn_at=None,
            initiative__merged_into=None,
        )
        .exclude(initiative__visibility=Visibility.DRAFT)
        .select_related("organisation", "initiative", "initiative__owner", "initiative__lead")
        .order_by("asked_at", "pk")
    )


def join_asks_for(actor: Actor) -> QuerySet[JoinAsk]:
    """Organisations that wait to be let into what the actor's organisation owns or leads, longest wait first."""
    if actor.role not in DECIDERS:
        return JoinAsk.objects.none()
    return (
        JoinAsk.objects.filter(
            status=JoinAsk.Status.WAITING, initiative__in=Initiative.objects.filter(_LIVE, _kept_by(actor))
        )
        .select_related("organisation", "person", "initiative", "initiative__owner", "initiative__lead")
        .order_by("at", "pk")
    )


def open_challenges_for(actor: Actor) -> QuerySet[Challenge]:
    """Challenges of scrutiny that wait for the actor's organisation to respond, longest wait first."""
    if actor.role not in DECIDERS:
        return Challenge.objects.none()
    return (
        Challenge.objects.filter(responded_at=None, initiative__in=Initiative.objects.filter(_LIVE, _kept_by(actor)))
        .select_related("organisation", "initiative", "initiative__owner", "initiative__lead")
        .order_by("at", "pk")
    )


def stale_for(actor: Actor, days: int = 90) -> QuerySet[Initiative]:
    """Of :func:`mine`, those that nobody called accurate for ``days`` days; never is longest."""
    if actor.role not in EDITORS:
        return Initiative.objects.none()
    old = Q(verified_at=None) | Q(verified_at__lt=now() - timedelta(days=days))
    return mine(actor).filter(old).order_by("verified_at", "pk")


def nominations(actor: Actor) -> QuerySet[Nomination]:
    """Nominations nobody has dealt with yet, oldest first; none for whoever is not an officer."""
    if not can(actor, "initiative.handle_nominations"):
        return Nomination.objects.none()
    return Nomination.objects.filter(status=Nomination.Status.NEW).select_related("area").order_by("at", "pk")


def problem_reports_for(actor: Actor) -> QuerySet[ProblemReport]:
    """Open reports on records the actor keeps; for officers those on every published record. Oldest first."""
    if actor.role not in EDITORS:
        return ProblemReport.objects.none()
    records = Initiative.objects.filter(_kept_by(actor))
    if actor.is_officer:
        records = Initiative.objects.filter(_kept_by(actor) | ~Q(visibility=Visibility.DRAFT))
    return (
        ProblemReport.objects.filter(closed_at=None, initiative__in=records)
        .select_related("initiative", "initiative__owner", "initiative__lead")
        .order_by("at", "pk")
    )
