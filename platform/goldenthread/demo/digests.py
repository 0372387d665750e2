"""Lets two people of the demonstration follow things, and makes the digest they had last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from collaboration.initiatives.finding import choices
from groundwork.access.actors import PersonActor
from groundwork.accounts.models import Person
from groundwork.directory.queries import current_mandates
from notifications.models import Follow, Subscriber, Topic
from notifications.queries.clocks import clock
from notifications.rhythm import DAILY, WEEKLY, next_at
from notifications.services import digesting, subscribing

MONTH = timedelta(days=30)


@dataclass
class Digests:
    """Follows, settings and one digest each, as of ``at``. A second run adds nothing."""

    at: datetime
    made: int = 0

    def load(self) -> None:
        """The officer follows an ambition and everything new about volunteering; the district officer their area."""
        known = choices(fresh=True)
        ambition = next((each.code for each in known.ambitions if not each.withdrawn), "")
        area = known.find("area", "rochford") or next(iter(known.areas), None)
        self._follow("convenor@example.org", f"ambition={ambition}", "words=volunteers")
        self._follow("district@example.org", f"area={area.code}" if area else "", f"ambition={ambition}")
        self.made = digesting.make_all_due(at=self.last_slot()) if self.made else 0

    def last_slot(self) -> datetime:
        """When the last digest of a working day was due."""
        rhythm = clock(self.at).rhythm_of(Subscriber())
        slot = self.at - timedelta(days=20)
        while (after := next_at(rhythm, {DAILY}, slot)) is not None and after <= self.at:
            slot = after
        return slot

    def _follow(self, email: str, *queries: str) -> None:
        person = Person.objects.filter(email=email).first()
        if person is None or subscribing.subscriber_of(person) is not None:
            return
        actor = PersonActor(who=person, under=current_mandates(person).first(), via="command")
        slot = self.last_slot()
        for query in filter(None, queries):
            subscribing.follow(actor, query, WEEKLY)
        hours = subscribing.Hours(weekday=clock(self.at).rhythm_of(Subscriber()).day_of(slot).weekday())
        subscribing.save_settings(actor, hours, {Topic.ASKED.value: WEEKLY, Topic.ACTIONS.value: WEEKLY}, {})
        # As if they had followed it for a month: what happened in it is told.
        before = slot - MONTH
        Subscriber.objects.filter(person=person).update(created_at=before, confirmed_at=before, next_at=slot)
        Follow.objects.filter(subscriber__person=person).update(created_at=before, reported_until=before)
        self.made += 1
