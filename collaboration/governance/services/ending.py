"""Seats that end, with who fills them and whose turn it was to chair."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from collaboration.governance.models import ChairTerm, Seat, SeatHolder


def end_seats(seats: QuerySet[Seat], day: date) -> list[int]:
    """End those of ``seats`` that go on after ``day``; what was to begin later never does. Returns which (ids).

    In the caller's transaction, with the board locked.
    """
    open_ones = list(seats.filter(Q(valid_to=None) | Q(valid_to__gt=day)).order_by("pk"))
    for seat in open_ones:
        cut(seat, day)
        seat.save(update_fields=["valid_to"])
    ids = [seat.pk for seat in open_ones]
    still = Q(valid_to=None) | Q(valid_to__gt=day)
    for below in (SeatHolder.objects.filter(still, seat__in=ids), ChairTerm.objects.filter(still, seat__in=ids)):
        for row in below:
            cut(row, day)
            row.save(update_fields=["valid_to"])
    return ids


def cut(row: Any, day: date) -> None:
    """End something dated on ``day``; what begins later ends on the day it begins, so that it never holds."""
    row.valid_to = day if row.valid_from is None or row.valid_from <= day else row.valid_from
