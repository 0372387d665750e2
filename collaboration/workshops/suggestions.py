"""What live workshops suggest for the agendas of partnership boards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.models import Access, PartnershipBoard
from collaboration.governance.suggesting import Suggestion, register_suggestions
from collaboration.workshops.models import Workshop

RECENT: Final = timedelta(days=120)
MOST: Final = 20


def reported_workshops(board: PartnershipBoard, on: date) -> list[Suggestion]:
    """Workshops that partners may read of, about what the board is for, reported within the last four months."""
    elements = list(board.elements.values_list("pk", flat=True))
    if not elements:
        return []
    about = Q(elements__in=elements) | Q(elements__parent__in=elements)
    found = Workshop.objects.filter(
        pk__in=Workshop.objects.filter(about).order_by().values("pk"),
        status=Workshop.Status.REPORTED,
        rehearses=None,
        sensitive=False,
        starts_at__date__gte=on - RECENT,
    ).exclude(visibility=Workshop.Visibility.INVITED)
    return [
        Suggestion(
            kind="workshop",
            id=str(row.pk),
            title=_("What came of the workshop: %(title)s") % {"title": row.title},
            path=row.get_absolute_url(),
            organisation_id=row.host_id,
            access=Access.PUBLIC if row.visibility == Workshop.Visibility.PUBLIC else Access.PARTNERS,
        )
        for row in found.order_by("-starts_at", "-pk")[:MOST]
    ]


def register() -> None:
    register_suggestions("workshop", gettext_lazy("Workshops that were reported"), reported_workshops)
