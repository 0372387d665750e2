"""What has been left for long, whoever it waits for: read by the clock, set-wise, in order to remind people of it.

Each takes the instant ``before`` which it must have begun, and, with ``only``, looks at these ids alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import DateTimeField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from collaboration.initiatives.models import (
    AskOrOffer,
    Challenge,
    Initiative,
    JoinAsk,
    Partner,
    Stage,
    Update,
    Visibility,
)
from groundwork.audit.queries import last_act_of_organisation
from groundwork.clock import today
from groundwork.directory.models import Mandate, Organisation, holding_on

_LIVE: Final = Q(withdrawn_at=None, merged_into=None)
_OVER: Final = (Stage.COMPLETED, Stage.ENDED)


def unverified(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Published work that goes on and of which nobody has said anything: neither "still accurate" nor an update.

    Each with ``said_at``, when somebody last did (or published it), ``update_at``, the instant of the last update or
    None, and ``questions``: challenges and asks to join that nobody has answered.
    """
    newest = Update.objects.filter(initiative=OuterRef("pk")).order_by("-at").values("at")[:1]
    published = Coalesce("verified_at", "published_at", "created_at", output_field=DateTimeField())
    rows = (
        Initiative.objects.filter(_LIVE, Q(verified_at=None) | Q(verified_at__lt=before))
        .exclude(visibility=Visibility.DRAFT)
        .exclude(stage__in=_OVER)
        .annotate(update_at=Subquery(newest))
        .annotate(said_at=Greatest(published, Coalesce("update_at", published)))
        .filter(said_at__lt=before)
        .annotate(
            questions=_counted(Challenge.objects.filter(initiative=OuterRef("pk"), responded_at=None))
            + _counted(JoinAsk.objects.filter(initiative=OuterRef("pk"), status=JoinAsk.Status.WAITING))
        )
        .select_related("owner", "lead")
        .order_by("said_at", "pk")
    )
    return _only(rows, only)


def drafts_left(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Drafts that nobody has touched and that do not wait for a review."""
    rows = Initiative.objects.filter(
        _LIVE, visibility=Visibility.DRAFT, review_asked_at=None, changed_at__lt=before
    ).select_related("owner", "lead", "created_by")
    return _only(rows.order_by("changed_at", "pk"), only)


def partners_asked(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Organisations that were asked to confirm their part in published work and have not answered."""
    rows = (
        Partner.objects.filter(
            holding_on(today()),
            confirmation=Partner.Confirmation.ASKED,
            asked_at__lt=before,
            organisation__is_group=False,
            initiative__withdrawn_at=None,
            initiative__merged_into=None,
        )
        .exclude(initiative__visibility=Visibility.DRAFT)
        .select_related("organisation", "initiative__owner", "initiative__lead")
    )
    return _only(rows.order_by("asked_at", "pk"), only)


def joins_waiting(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Organisations that asked to join published work and have no answer."""
    found: QuerySet[Any] = _of_live(JoinAsk.objects.filter(status=JoinAsk.Status.WAITING), before, only)
    return found


def challenges_open(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Challenges of scrutiny without a response."""
    found: QuerySet[Any] = _of_live(Challenge.objects.filter(responded_at=None), before, only)
    return found


def asks_and_offers_open(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """What work needs or can give, and nobody has closed. Each with ``joined``: how many asked to join since."""
    joined = JoinAsk.objects.filter(initiative=OuterRef("initiative"), at__gte=OuterRef("at"))
    found: QuerySet[Any] = _of_live(AskOrOffer.objects.filter(closed_at=None), before, only)
    return found.annotate(joined=_counted(joined))


def quiet_organisations(*, before: datetime, only: Collection[int] | None = None) -> QuerySet[Any]:
    """Organisations with people and published work of theirs, for which nobody has done anything.

    Each with ``acted_at``, when somebody last did (or was first given a mandate), ``records``: the live published work
    that it owns or leads, and ``unanswered``: the parts that it was asked to confirm.
    """
    held = Mandate.objects.filter(holding_on(today()), organisation=OuterRef("pk"), person__is_active=True)
    first = Mandate.objects.filter(organisation=OuterRef("pk")).order_by("created_at").values("created_at")[:1]
    live = Initiative.objects.filter(_LIVE).exclude(visibility=Visibility.DRAFT).order_by()
    own = live.filter(Q(owner=OuterRef("pk")) | Q(lead=OuterRef("pk")))
    asked = Partner.objects.filter(
        organisation=OuterRef("pk"), confirmation=Partner.Confirmation.ASKED, valid_to=None, initiative__in=live
    )
    rows = (
        Organisation.objects.filter(is_group=False)
        .exclude(status="closed")
        .filter(Exists(held), Exists(own))
        .annotate(acted_at=Coalesce(last_act_of_organisation(OuterRef("pk")), Subquery(first)))
        .filter(acted_at__lt=before)
        .annotate(records=_counted(own), unanswered=_counted(asked))
    )
    return _only(rows.order_by("acted_at", "pk"), only)


def _of_live(rows: Any, before: datetime, only: Collection[int] | None) -> Any:
    """Of what was said about work: that which was said before then, of work that is published and lives."""
    said = (
        rows.filter(at__lt=before, initiative__withdrawn_at=None, initiative__merged_into=None)
        .exclude(initiative__visibility=Visibility.DRAFT)
        .select_related("organisation", "person", "initiative__owner", "initiative__lead")
        .order_by("at", "pk")
    )
    return _only(said, only)


def _counted(rows: Any) -> Subquery:
    """How many rows, 0 where there are none. (``Count`` would group them.)"""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(how_many=number).values("how_many"))


def _only(rows: Any, only: Collection[int] | None) -> Any:
    return rows if only is None else rows.filter(pk__in=only)
