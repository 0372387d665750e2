"""Counting the register as it stood on a past day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from collaboration.thread.keeping import kept_since
from collaboration.thread.models import Stretch
from groundwork.directory.models import Organisation, holding_on

Pair = tuple[str, str]
Place = tuple[Pair, ...]
"""An ambition or a column by itself, or an ambition and a column together."""


@dataclass
class _Sum:
    initiatives: int = 0
    partners: set[str] = field(default_factory=set)
    money: Decimal = Decimal(0)


@dataclass(frozen=True)
class Past:
    """What was counted on a day. ``is_exact``: the register of that day was kept, nothing had to be inferred."""

    is_exact: bool
    sums: dict[Place, _Sum]

    def number(self, measure: str, *place: Pair) -> int | Decimal:
        found = self.sums.get(place)
        if found is None:
            return 0
        return len(found.partners) if measure == "partners" else getattr(found, measure)


def counted_on(day: date, columns: str) -> Past:
    """The register at the end of ``day``, by ambition and ``columns``. Three queries, and one pass over what was there.

    Before the first day that was kept, it is inferred: what had been published by then, as it stood on that first day.
    What was withdrawn in between is missing. Organisations are those of the day; groups are no partners.
    """
    since = kept_since()
    is_exact = since is None or day >= since
    there = {
        str(pk) for pk in Organisation.objects.filter(holding_on(day), is_group=False).values_list("pk", flat=True)
    }
    sums: dict[Place, _Sum] = defaultdict(_Sum)
    for facets, money in _rows(day, since):
        by_kind: dict[str, set[str]] = defaultdict(set)
        for kind, value in facets:
            by_kind[kind].add(value)
        partners = by_kind["organisation"] & there
        rows: list[Pair] = [("ambition", value) for value in by_kind["ambition"]]
        across: list[Pair] = [(columns, value) for value in by_kind[columns]]
        for place in (*((each,) for each in (*rows, *across)), *((row, each) for row in rows for each in across)):
            found = sums[place]
            found.initiatives += 1
            found.partners |= partners
            found.money += money
    return Past(is_exact, dict(sums))


def _rows(day: date, since: date | None) -> Iterator[tuple[list[list[str]], Decimal]]:
    rows = Stretch.objects.filter(holding_on(day))
    if since is not None and day < since:
        after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        published = Q(initiative__published_at__lt=after) | Q(initiative__published_at=None)
        rows = Stretch.objects.filter(published, valid_from=since)
    yield from rows.order_by().values_list("facets", "money").iterator(chunk_size=2000)
