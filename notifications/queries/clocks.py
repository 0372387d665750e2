"""The place's clock and days, read once for any number of subscribers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from groundwork.clock import now
from groundwork.directory.queries import days_kept
from notifications.models import Subscriber
from notifications.rhythm import Rhythm


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The zone of the place, its holidays, and the days before an election. Whole for a year and more from now."""

    zone: ZoneInfo
    holidays: frozenset[date]
    before_elections: frozenset[date]

    def rhythm_of(self, subscriber: Subscriber) -> Rhythm:
        """When mail may come to a subscriber. Before an election nothing goes to the public."""
        is_public = subscriber.person_id is None and subscriber.organisation_id is None
        return Rhythm.of(
            subscriber,
            zone=self.zone,
            holidays=self.holidays,
            held=self.before_elections if is_public else frozenset(),
        )


def clock(at: datetime | None = None) -> Clock:
    """The place's clock and days around an instant (now when none is given). One query."""
    zone = ZoneInfo(settings.TIME_ZONE)
    kept = days_kept(around=(at or now()).astimezone(zone).date())
    return Clock(zone=zone, holidays=kept["holiday"], before_elections=kept["election"])
