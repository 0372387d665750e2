"""Which workshops are coming, for many readers at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.queries.visibility import visible_to
from collaboration.workshops.rules import THERE, mandate_holds
from groundwork.access.actors import Actor
from groundwork.waiting import waiting

_TO_COME = Q(rehearses=None, status__in=(Workshop.Status.PLANNED, Workshop.Status.OPEN))


@dataclass(kw_only=True)
class Coming:
    """A workshop to which anybody, or any partner, may come. ``terms``: what it inquires into, as facets name it."""

    id: int
    code: str
    title: str
    host: str
    starts_at: datetime
    visibility: str
    sensitive: bool
    terms: set[tuple[str, str]] = field(default_factory=set)


def waiting_for_guests(
    ids: Collection[int], emails: Collection[str], *, at: datetime, until: datetime
) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Workshops that begin between ``at`` and ``until`` and to which these people, or addresses, go or are invited.

    Kinds: ``workshop.invited`` (has not answered) and ``workshop.coming`` (comes, or takes part). ``reference`` is the
    workshop's code and ``id`` its own primary key; the title of a sensitive one is not told (promise U21).
    """
    soon = Q(
        workshop__rehearses=None,
        workshop__status__in=(Workshop.Status.PLANNED, Workshop.Status.OPEN),
        workshop__starts_at__gt=at,
        workshop__starts_at__lte=until,
    )
    invited = WorkshopInvitation.objects.filter(soon, email__among=emails, revoked_at=None, participation=None)
    columns: dict[str, Any] = {
        "reference": "workshop__code",
        "title": Case(When(workshop__sensitive=True, then=Value("")), default=F("workshop__title")),
        "who": "workshop__host__name",
        "starts": "workshop__starts_at",
        "lead_id": "workshop_id",
    }
    return [
        waiting(invited.filter(answer=""), "workshop.invited", email="email", since="created_at", **columns),
        waiting(invited.filter(answer__in=("yes", "maybe")), "workshop.coming", email="email", **columns),
        waiting(
            Participation.objects.filter(soon, mandate_holds(), person_id__among=ids, status__in=THERE),
            "workshop.coming",
            person_id="person_id",
            **columns,
        ),
    ]


def coming(at: datetime, until: datetime) -> dict[int, Coming]:
    """Workshops for partners or for everybody that begin between ``at`` and ``until``. One query."""
    found: dict[int, Coming] = {}
    rows = (
        Workshop.objects.filter(_TO_COME, starts_at__gt=at, starts_at__lte=until)
        .exclude(visibility=Workshop.Visibility.INVITED)
        .order_by("starts_at", "pk")
        .values_list(
            "pk",
            "code",
            "title",
            "host__name",
            "starts_at",
            "visibility",
            "sensitive",
            "host_id",
            "elements__code",
            "elements__parent__code",
            "elements__parent__parent__code",
            "initiatives__reference",
        )
    )
    for pk, code, title, host, starts_at, visibility, sensitive, host_id, *codes, reference in rows:
        assert starts_at is not None  # noqa: S101 - the filter sees to that
        one = found.setdefault(
            pk,
            Coming(
                id=pk,
                code=code,
                title=title,
                host=host,
                starts_at=starts_at,
                visibility=visibility,
                sensitive=sensitive,
                terms={("all", ""), ("workshop", str(pk)), ("organisation", str(host_id))},
            ),
        )
        for element in filter(None, codes):
            # An element of any framework, and whichever of these it is as facets name it.
            one.terms |= {(kind, element) for kind in ("element", "strand", "ambition", "block")}
        if reference:
            one.terms.add(("initiative", reference))
    return found


def seen_ids(actor: Actor, ids: Collection[int]) -> set[int]:
    """Of these workshops, those the actor may see (one query)."""
    return set(visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
