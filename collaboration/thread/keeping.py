"""Keeping what was counted on which days, so that the coverage of a past day is that of the register of that day.

What counts today is derived from the register and can be made anew; what counted once cannot, so it is kept as it
passes. A stretch is written in the transaction that counts, and replays of the same count change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum

from collaboration.initiatives.models import FundingLine
from collaboration.thread.models import Counted, Stretch
from groundwork.clock import today

Facets = list[list[str]]


def keep(counted: Mapping[int, Facets]) -> None:
    """Note what these initiatives count towards from today on; nothing (``[]``) where they are not public any more.

    Three queries, and two more where something changed.
    """
    day, money = today(), _money(counted)
    going_on = {row.initiative_id: row for row in Stretch.objects.filter(initiative__in=list(counted), valid_to=None)}
    made: list[Stretch] = []
    again: list[Stretch] = []
    ended: list[Stretch] = []
    gone: list[int] = []
    for pk, unsorted in counted.items():
        # Databases sort by rules of their own: the same facets must be found to be the same.
        facets = sorted(unsorted)
        row, amount = going_on.get(pk), money.get(pk, Decimal(0))
        if row is None:
            if facets:
                made.append(Stretch(initiative_id=pk, valid_from=day, facets=facets, money=amount))
        elif (row.facets, row.money) == (facets, amount):
            continue
        elif row.valid_from >= day:
            # It began today: today is what it is at its end.
            row.facets, row.money = facets, amount
            again.append(row) if facets else gone.append(row.pk)
        else:
            row.valid_to = day
            ended.append(row)
            if facets:
                made.append(Stretch(initiative_id=pk, valid_from=day, facets=facets, money=amount))
    # What ends first: one stretch of an initiative goes on at a time.
    Stretch.objects.filter(pk__in=gone).delete()
    Stretch.objects.bulk_update(ended, ["valid_to"], batch_size=400)
    Stretch.objects.bulk_update(again, ["facets", "money"], batch_size=200)
    Stretch.objects.bulk_create(made, batch_size=200)


def end_the_rest() -> None:
    """After everything was counted: end the stretches of what is not public any more."""
    rest = Stretch.objects.filter(valid_to=None).exclude(initiative__in=Counted.objects.values("pk"))
    rest.filter(valid_from__gte=today()).delete()
    rest.update(valid_to=today())


def kept_since() -> date | None:
    """The first day whose register is kept; None while nothing was ever counted (one query)."""
    return Stretch.objects.aggregate(first=Min("valid_from"))["first"]


def _money(ids: Iterable[int]) -> dict[int, Decimal]:
    lines = FundingLine.objects.filter(initiative__in=list(ids), amount__isnull=False).order_by()
    sums = lines.values("initiative").annotate(sum=Sum("amount")).values_list("initiative", "sum")
    # SQLite adds decimals up as floats.
    return {pk: Decimal(str(round(amount, 2))) for pk, amount in sums}
