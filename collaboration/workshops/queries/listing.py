"""Lists of workshops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal, get_args

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from collaboration.workshops.models import Participation, PlannedStage, Workshop, WorkshopInvitation
from collaboration.workshops.queries.visibility import in_person, visible_to
from collaboration.workshops.rules import HOSTS, THERE
from groundwork.access.actors import Actor
from groundwork.clock import now

Which = Literal["upcoming", "open", "past", "mine", "all"]
LISTS: Final[tuple[Which, ...]] = get_args(Which)

FEED_BACK: Final = timedelta(days=90)
"""How far back a calendar feed goes: calendars drop what a feed no longer holds."""

_OVER = (Workshop.Status.REPORTED, Workshop.Status.ARCHIVED)


def listing(actor: Actor, which: Which = "all", *, words: str = "") -> QuerySet[Workshop]:
    """The workshops an actor sees, of one sort, each with ``people``: how many take part (one query).

    Rehearsals are listed under ``mine`` alone. What is to come is listed with the soonest first, the rest with the
    newest first; what has no date yet comes last in both.
    """
    found = visible_to(actor).annotate(people=Coalesce(Subquery(_counted()), 0))
    at = now()
    found = found.filter(mine(actor)) if which == "mine" else found.filter(rehearses=None)
    if which == "upcoming":
        found = found.filter(status=Workshop.Status.PLANNED).filter(
            Q(starts_at=None) | Q(ends_at__gt=at) | Q(starts_at__gt=at)
        )
    elif which == "open":
        found = found.filter(status=Workshop.Status.OPEN)
    elif which == "past":
        found = found.filter(status__in=_OVER)
    for word in words.split()[:10]:
        if word.isprintable():
            found = found.filter(Q(title__icontains=word) | Q(purpose__icontains=word) | Q(host__name__icontains=word))
    if which in ("upcoming", "open"):
        return found.order_by(F("starts_at").asc(nulls_last=True), "pk")
    return found.order_by(F("starts_at").desc(nulls_last=True), "-pk")


def _counted() -> QuerySet[Participation, Any]:
    return (
        Participation.objects.filter(workshop=OuterRef("pk"), status=Participation.Status.ADMITTED)
        .order_by()
        .values("workshop")
        .annotate(number=Count("pk"))
        .values("number")
    )


def mine(actor: Actor) -> Q:
    """Workshops in which the actor takes part, or that their organisation hosts and they look after."""
    own = Q(pk=None)
    taking_part = in_person(actor)
    if taking_part is not None:
        own |= Q(pk__in=taking_part.filter(status__in=THERE).values("workshop"))
    if actor.organisation_id is not None and actor.role in HOSTS:
        own |= Q(host_id=actor.organisation_id)
    return own


def going(actor: Actor) -> Q:
    """Workshops that are the actor's (see :func:`mine`), or to which they were invited and did not decline."""
    theirs = mine(actor)
    if actor.person is not None:
        # Their own invitation, asked by itself: that somebody else declined says nothing about them.
        own = WorkshopInvitation.objects.filter(workshop=OuterRef("pk"), email=actor.person.email, revoked_at=None)
        theirs |= Q(Exists(own.exclude(answer=WorkshopInvitation.Answer.NO)))
    return theirs


def upcoming_of(actor: Actor) -> QuerySet[Workshop]:
    """What an actor takes part in, or was invited to, that is open or still to come: the soonest first."""
    at = now()
    return (
        visible_to(actor)
        .filter(going(actor), rehearses=None, status__in=(Workshop.Status.PLANNED, Workshop.Status.OPEN))
        .filter(Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=at) | Q(status=Workshop.Status.OPEN))
        .distinct()
        .order_by(F("starts_at").asc(nulls_last=True), "pk")
    )


def for_feed(actor: Actor, *, only: QuerySet[Any, Any] | None = None) -> QuerySet[Workshop]:
    """What belongs into a calendar: what the actor sees that has a date (of ``only`` these), also if cancelled."""
    since = now() - FEED_BACK
    seen = visible_to(actor) if only is None else visible_to(actor).filter(pk__in=only)
    return seen.filter(rehearses=None, starts_at__isnull=False, starts_at__gt=since).order_by("starts_at", "pk")[:1_000]


def plan_of(workshop: Workshop) -> QuerySet[PlannedStage]:
    """The stages of a workshop's plan, in order."""
    return PlannedStage.objects.filter(workshop=workshop).order_by("stage")


def about_initiatives(actor: Actor, initiative_id: int) -> QuerySet[Workshop]:
    """The workshops an actor sees that inquire into one initiative, newest first."""
    return listing(actor).filter(initiatives=initiative_id)
