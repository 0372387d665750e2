"""How a meeting keeps to its times: when each item was to begin, and how late it runs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``starts``: when each item was planned to begin, in the order given. ``late``: whole minutes behind the plan.

    ``ends_at``: when the meeting will end if what is left takes as long as it was planned to.
    """

    starts: tuple[datetime, ...]
    late: int
    ends_at: datetime

    @property
    def sentence(self) -> str:
        if self.late < 1:
            return _("On time.")
        return ngettext("Running %(number)s minute late.", "Running %(number)s minutes late.", self.late) % {
            "number": self.late
        }


def of(starts_at: datetime, items: Sequence[Any], at: datetime) -> Pace:
    """The pace of a meeting that was to begin at ``starts_at``, at the instant ``at``.

    Each item has ``minutes`` (0: no timing), ``outcome`` and ``started_at``; the one with ``started_at`` and without
    ``ended_at`` is being taken. Items that were deferred or withdrawn take no time.
    """
    starts: list[datetime] = []
    begins = starts_at
    late = timedelta(0)
    left = timedelta(0)
    current = None
    for item in items:
        starts.append(begins)
        lasts = timedelta(minutes=item.minutes)
        begins += lasts
        if item.started_at is not None and item.ended_at is None:
            current = item
            left += max(lasts - (at - item.started_at), timedelta(0))
            late = max(item.started_at, at - lasts) - starts[-1]
        elif item.outcome == "":
            left += lasts
    if current is None:
        waiting = next((n for n, item in enumerate(items) if item.outcome == "" and item.started_at is None), None)
        late = at - starts[waiting] if waiting is not None else timedelta(0)
    return Pace(starts=tuple(starts), late=max(0, int(late.total_seconds() // 60)), ends_at=at + left)
