"""What waits for the readers of digests, and what they go to: one statement, however many read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.utils.timezone import localtime

from collaboration.actions import queries as actions
from collaboration.governance.queries import waiting as governance
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.directory.queries import waiting_to_join
from groundwork.waiting import Waiting
from notifications.models import Topic
from notifications.rules import ANSWERING_ROLES

TOPICS: Final = {
    "partner.asked": Topic.ASKED,
    "join.asked": Topic.ASKED,
    "challenge.raised": Topic.ASKED,
    "initiative.review_asked": Topic.ASKED,
    "join_request.made": Topic.ASKED,
    "action.asked": Topic.ACTIONS,
    "action.due": Topic.ACTIONS,
    "workshop.invited": Topic.WORKSHOPS,
    "workshop.coming": Topic.WORKSHOPS,
    "decision.voice_asked": Topic.ASKED,
    "meeting.invited": Topic.ASKED,
    "meeting.coming": Topic.ASKED,
    "minutes.to_comment": Topic.ASKED,
    "paper.asked": Topic.ASKED,
    "recommendation.overdue": Topic.ASKED,
    "seat.vacant": Topic.ASKED,
}
"""What people choose each kind by: who wants no mail of a topic finds none of it in digests either."""

COMING: Final = frozenset({"workshop.coming", "meeting.coming"})
"""What needs nothing of its reader any more: they go there."""
_FOR_LEADS: Final = frozenset({"join_request.made", "seat.vacant"})
_OF_PEOPLE: Final = ("action.", "workshop.", "decision.", "meeting.", "minutes.", "paper.")


@dataclass
class Needs:
    """Everything that waits for a batch of readers, by whom it waits for."""

    of_organisation: dict[int, list[Waiting]] = field(default_factory=dict)
    unowned: list[Waiting] = field(default_factory=list)
    of_person: dict[int, list[Waiting]] = field(default_factory=dict)
    of_address: dict[str, list[Waiting]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        *,
        at: datetime,
        until: datetime,
        last_day: date,
        organisations: Collection[int],
        people: Collection[int],
        addresses: Collection[str],
        officers: bool,
    ) -> Needs:
        """What waits for these at ``at``, and what they go to until ``until``. One query.

        ``officers``: some reader is a partnership officer, for whom waits what no organisation owns.
        """
        parts = []
        if organisations:
            parts += initiatives.waiting_for_organisations(organisations, officers=officers)
            parts += waiting_to_join(organisations)
            parts += governance.waiting_for_organisations(organisations, on=localtime(at).date())
        if people or addresses:
            parts += actions.waiting_for_people(people, addresses, until=last_day)
            parts += workshops.waiting_for_guests(people, addresses, at=at, until=until)
            parts += governance.waiting_for_people(
                people, addresses, at=at, until=until, on=localtime(at).date(), last_day=last_day
            )
        found = cls()
        if parts:
            for row in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
                found._add(Waiting(*row))
        return found

    def _add(self, row: Waiting) -> None:
        if row.kind.startswith(_OF_PEOPLE):
            if row.person_id is not None:
                self.of_person.setdefault(row.person_id, []).append(row)
            else:
                self.of_address.setdefault(row.email.lower(), []).append(row)
        elif row.owner_id is None and row.lead_id is None:
            self.unowned.append(row)
        else:
            for organisation in {each for each in (row.owner_id, row.lead_id) if each is not None}:
                self.of_organisation.setdefault(organisation, []).append(row)
            if row.owner_id is None:
                self.unowned.append(row)

    def for_person(self, person_id: int, email: str, mandates: Iterable[tuple[int, str, object]]) -> list[Found]:
        """What waits for one person, each once. ``mandates``: organisation, role, and the mandate itself."""
        found: dict[tuple[str, int], Found] = {}
        for organisation_id, role, mandate in mandates:
            if role not in ANSWERING_ROLES:
                continue
            waits = self.of_organisation.get(organisation_id, [])
            for row in [*waits, *self.unowned] if role == "officer" else waits:
                if row.kind in _FOR_LEADS and role == "approver":
                    continue
                if row.kind == "seat.vacant" and role != "lead":
                    continue
                found.setdefault((row.kind, row.id), Found(row, mandate))
        for row in [*self.of_person.get(person_id, ()), *self.of_address.get(email.lower(), ())]:
            key = (row.kind, row.lead_id or 0) if row.kind in COMING else (row.kind, row.id)
            found.setdefault(key, Found(row))
        return list(found.values())

    def for_organisation(self, organisation_id: int) -> list[Found]:
        """What an organisation without accounts is asked."""
        waits = self.of_organisation.get(organisation_id, ())
        return [Found(row) for row in waits if row.kind == "partner.asked"]


@dataclass(frozen=True)
class Found:
    """Something that waits for a reader, and the mandate under which it does, if any."""

    row: Waiting
    mandate: object = None

    @property
    def topic(self) -> str:
        return TOPICS[self.row.kind]

    @property
    def key(self) -> tuple[str, int]:
        """What it is, whatever its reader answered meanwhile: by this it is found again when its mail is sent."""
        sort, _dot, _state = self.row.kind.partition(".")
        if sort in ("workshop", "meeting"):
            return (sort, self.row.lead_id or 0)
        return (sort if sort == "action" else self.row.kind, self.row.id)
