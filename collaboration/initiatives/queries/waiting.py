"""What waits for organisations in the register, for many organisations at once: the set-wise twins of ``tasks``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Partner, Visibility
from groundwork.clock import today
from groundwork.directory.models import holding_on
from groundwork.waiting import waiting

_LIVE = Q(withdrawn_at=None, merged_into=None)


def waiting_for_organisations(ids: Collection[int], *, officers: bool = False) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """What waits for any of these organisations, to be put together in one statement.

    ``officers``: also what waits for partnership officers because no organisation owns the record. Kinds:
    ``partner.asked`` (whose ``id`` is the partnership's), ``join.asked``, ``challenge.raised``,
    ``initiative.review_asked``.
    """
    kept = Q(owner_id__in=ids) | Q(lead_id__in=ids) | (Q(owner=None) if officers else Q(pk=None))
    records = Initiative.objects.filter(_LIVE, kept)
    of_record = {
        "owner_id": "initiative__owner_id",
        "lead_id": "initiative__lead_id",
        "reference": "initiative__reference",
        "title": "initiative__title",
    }
    asked = Partner.objects.filter(
        holding_on(today()),
        organisation_id__in=ids,
        organisation__is_group=False,
        confirmation=Partner.Confirmation.ASKED,
        initiative__withdrawn_at=None,
        initiative__merged_into=None,
    ).exclude(initiative__visibility=Visibility.DRAFT)
    return [
        waiting(
            asked,
            "partner.asked",
            owner_id="organisation_id",
            reference="initiative__reference",
            title="initiative__title",
            who="organisation__name",
            since="asked_at",
        ),
        waiting(
            JoinAsk.objects.filter(status=JoinAsk.Status.WAITING, initiative__in=records),
            "join.asked",
            who="organisation__name",
            since="at",
            **of_record,
        ),
        waiting(
            Challenge.objects.filter(responded_at=None, initiative__in=records),
            "challenge.raised",
            who="organisation__name",
            since="at",
            **of_record,
        ),
        waiting(
            records.filter(visibility=Visibility.DRAFT, review_asked_at__isnull=False),
            "initiative.review_asked",
            owner_id="owner_id",
            lead_id="lead_id",
            reference="reference",
            title="title",
            since="review_asked_at",
        ),
    ]
