"""Whom the steps of reminders tell: read once for any number of matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from groundwork.access.actors import PersonActor
from groundwork.access.rules import can
from groundwork.directory.queries import mandates_in_force, mandates_of_people
from notifications.kinds.registry import officers
from notifications.queries import caring
from notifications.reminders.registry import Matter, To


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody who is told of a matter, and for the sake of what. Without ``person``: a guest, by their own ``link``.

    ``answers``: they can answer it themselves. ``because`` completes "To you, because …".
    """

    email: str
    because: str
    person: Any = None
    mandate: Any = None
    answers: bool = False
    link: str = ""

    @property
    def key(self) -> tuple[str, int | str]:
        """One mail a morning for each of these."""
        return ("person", self.person.pk) if self.person is not None else ("guest", self.email.lower())


class Readers:
    """Who can answer for whom, who knows whom, and who the officers are, as far as ``matters`` need it."""

    def __init__(self, matters: Iterable[Matter]) -> None:
        matters = list(matters)
        organisations = {each for it in matters for each in (*it.organisations, *it.asked_by)}
        people = {each for it in matters for each in (*it.people, *it.asked_by_people)}
        self.cares = {each: care for each, care in caring.every_care().items() if care.relationship_owner_id}
        people |= {
            care.relationship_owner_id
            for each, care in self.cares.items()
            if each in organisations and care.relationship_owner_id is not None
        }
        self.mandates: dict[int, list[Any]] = defaultdict(list)
        for mandate in mandates_in_force(organisations) if organisations else ():
            self.mandates[mandate.organisation_id].append(mandate)
        self.people = {person.pk: person for person in get_user_model().objects.filter(pk__in=people, is_active=True)}
        self.acts_for: dict[int, Any] = {}
        for mandate in mandates_of_people(self.people) if self.people else ():
            self.acts_for.setdefault(mandate.person_id, mandate)
        self.officers = officers()

    def of(self, matter: Matter, to: To) -> list[Told]:
        """Who is told, each once. Where nobody knows them, those who can answer are told again."""
        found: dict[tuple[str, int | str], Told] = {}
        for told in self._those(matter, to):
            if self._may_see(told, matter):
                found.setdefault(told.key, told)
        if not found and to == To.KNOWS:
            return self.of(matter, To.ANSWERS)
        return list(found.values())

    def _those(self, matter: Matter, to: To) -> Iterator[Told]:
        if to == To.OFFICERS:
            yield from self._officers(answers=matter.officers_answer)
        elif to == To.KNOWS:
            for each in matter.organisations:
                care = self.cares.get(each)
                if care is not None and care.relationship_owner_id is not None:
                    yield from self._person(care.relationship_owner_id, _("you keep in touch with the organisation"))
            for each in matter.asked_by:
                yield from self._speakers(each, matter, answers=False)
            for each in matter.asked_by_people:
                yield from self._person(each, _("you asked for it, or made it"))
        else:
            because = matter.because or _("it is yours")
            for each in matter.people:
                yield from self._person(each, because, answers=True)
            for guest in matter.guests:
                yield Told(email=guest.email, because=because, answers=True, link=guest.link)
            for each in matter.organisations:
                yield from self._speakers(each, matter, answers=True)
            if matter.officers_answer:
                yield from self._officers(answers=True)

    def _speakers(self, organisation_id: int, matter: Matter, *, answers: bool) -> Iterator[Told]:
        for mandate in self.mandates.get(organisation_id, ()):
            if mandate.role in matter.roles:
                yield Told(
                    email=mandate.person.email,
                    person=mandate.person,
                    mandate=mandate,
                    because=_("you speak for %(organisation)s") % {"organisation": mandate.organisation.name},
                    answers=answers,
                )

    def _person(self, person_id: int, because: str, *, answers: bool = False) -> Iterator[Told]:
        person = self.people.get(person_id)
        if person is not None:
            yield Told(
                email=person.email,
                person=person,
                mandate=self.acts_for.get(person_id),
                because=because,
                answers=answers,
            )

    def _officers(self, *, answers: bool) -> Iterator[Told]:
        for each in self.officers:
            yield Told(
                email=each.person.email,
                person=each.person,
                mandate=each.mandate,
                because=_("you are a partnership officer"),
                answers=answers,
            )

    def _may_see(self, told: Told, matter: Matter) -> bool:
        if matter.seen_by is None or told.person is None:
            return True
        verb, thing = matter.seen_by
        return bool(can(PersonActor(who=told.person, under=told.mandate), verb, thing))
