"""What changes because a day has passed."""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Q

from collaboration.initiatives import indexing
from collaboration.initiatives.models import Initiative
from collaboration.thread import services
from groundwork.clock import today
from groundwork.schedule.registry import Slot, daily, job

LOOK_BACK = timedelta(days=14)


@job("thread.as_of_today", when=daily(time(0, 30)))
def as_of_today(slot: Slot) -> None:
    """Index and count again what depends on the date: parts that begin or end, and open-ended work in a new year.

    Looks back two weeks, so that nights without a running platform are made up for.
    """
    day = today()
    lately = (day - LOOK_BACK, day)
    dated = Q(partners__valid_from__range=lately) | Q(partners__valid_to__range=lately)
    if (day - LOOK_BACK).year != day.year:
        dated |= Q(starts_on__isnull=False, ends_on=None)
    ids = list(Initiative.objects.filter(dated).order_by("pk").values_list("pk", flat=True).distinct())
    indexing.reindex(ids)
    services.recount_initiatives(ids)
