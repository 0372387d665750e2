"""A made-up place with a convening organisation, two partners and a group, for the tests of people and mandates."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from django.db import connection

from groundwork.access.actors import PersonActor, SystemActor
from groundwork.accounts.models import Person
from groundwork.accounts.services.people import make_person
from groundwork.directory.models import Mandate, Organisation, Place, Sector

SYSTEM = SystemActor(name="tests")
_numbers = itertools.count(1)


class Town:
    """``convening`` has officers; ``council`` has a lead or not, as a test wants; ``charity`` is a third body."""

    def __init__(self) -> None:
        sector = Sector.objects.create(code="local-government", title="Local government")
        self.convening = self._body("Vale County Council", sector)
        self.council = self._body("Northwick Council", sector)
        self.charity = self._body("Vale Volunteers", sector)
        self.group = self._body("All councils", sector, is_group=True)
        self.closed = self._body("Old Borough", sector, status="closed")
        self.place = Place.objects.create(
            key="vale", name="Larkspur Vale", reference_prefix="VAL", convening_organisation=self.convening
        )

    def _body(self, name: str, sector: Sector, **fields: Any) -> Organisation:
        return Organisation.objects.create(slug=name.lower().replace(" ", "-"), name=name, sector=sector, **fields)


def somebody(name: str = "Alex Reed", email: str = "", **fields: Any) -> Person:
    """A person with a confirmed address and no mandate."""
    email = email or f"person{next(_numbers)}@example.org"
    return make_person(actor=SYSTEM, email=email, name=name, **fields)


def acting(
    organisation: Organisation | None, role: str = "lead", name: str = "Alex Reed", **fields: Any
) -> PersonActor:
    """Somebody who acts for an organisation since long ago."""
    person = somebody(name, **fields)
    mandate = None
    if organisation is not None:
        mandate = Mandate.objects.create(
            person=person, organisation=organisation, role=role, valid_from=date(2020, 1, 1)
        )
    return PersonActor(who=person, under=mandate)


def at_once(times: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work`` in ``times`` threads at the same instant; each has its own connection. Errors are returned."""

    def one(number: int) -> Any:
        try:
            return work(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))
