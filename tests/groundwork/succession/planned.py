"""Plans for the tests of succession, in the made-up town."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from groundwork.access.actors import Actor, SystemActor
from groundwork.directory.models import Organisation
from groundwork.schedule.registry import jobs
from groundwork.schedule.services import tick
from groundwork.succession import services
from groundwork.succession.models import Succession, Successor
from groundwork.succession.services import NewArea, NewOrganisation

DAY = date(2028, 4, 1)
AFTER = datetime(2028, 4, 1, 9, 0, tzinfo=UTC)
SYSTEM = SystemActor(name="tests")


def plan(actor: Actor, kind: str = "merge", of: str = "organisation", day: date = DAY, **fields: Any) -> Succession:
    said = {"title": "A made-up change", "reason": "A made-up order", **fields}
    return services.plan(actor=actor, of=of, kind=kind, effective_on=day, **said)


def new(name: str, **fields: Any) -> NewOrganisation:
    return NewOrganisation(name=name, sector="local-government", **fields)


def merged(actor: Actor, *bodies: Organisation, into: str = "North Vale Council", day: date = DAY) -> Succession:
    """A plan that makes one new body of these."""
    made = plan(actor, day=day)
    heir = services.add_successor(actor=actor, succession=made, version=None, new=new(into))
    for body in bodies:
        services.add_predecessor(actor=actor, succession=made, version=None, slug=body.slug, goes_to=[heir.pk])
    return made


def taken_apart(
    actor: Actor, kind: str, replaced: Mapping[str, list[str]], taking: Mapping[str, Any], *, of: str, day: date = DAY
) -> tuple[Succession, dict[str, Successor]]:
    """A plan in which each of ``replaced`` (slugs) goes to some of ``taking`` (name to what is new)."""
    made = plan(actor, kind, of=of, day=day)
    heirs = {
        name: services.add_successor(actor=actor, succession=made, version=None, **said)
        for name, said in taking.items()
    }
    for slug, names in replaced.items():
        services.add_predecessor(
            actor=actor, succession=made, version=None, slug=slug, goes_to=[heirs[name].pk for name in names]
        )
    return made, heirs


def beat(at: datetime = AFTER) -> None:
    """The clock ticks: what is due takes effect, as the beat does it."""
    tick(at=at, of=[job for job in jobs() if job.name == "succession.take_effect"])


def area(name: str, code: str, tile: tuple[int, int] | None = None) -> NewArea:
    return NewArea(name=name, code=code, kind="unitary", tile=tile)
