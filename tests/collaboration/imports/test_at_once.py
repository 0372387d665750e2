"""Several people at once, on whichever database the tests run."""

from __future__ import annotations

import pytest

from collaboration.imports import services
from collaboration.imports.models import Import
from collaboration.initiatives.models import Initiative
from groundwork.directory.models import Place
from tests.collaboration.imports.files import checked, imported, titled, titles
from tests.collaboration.initiatives.test_concurrency import at_once
from tests.collaboration.initiatives.world import World, build, events_of

pytestmark = pytest.mark.django_db(transaction=True)

MANY = [f"Work {n}" for n in range(30)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def test_the_same_file_by_two_people_at_the_same_moment_makes_no_doubles(world: World) -> None:
    mine, theirs = (checked(world[who], titled(*MANY)) for who in ("owner:lead", "owner:member"))
    results = at_once(
        lambda: services.confirm(actor=world["owner:lead"], imported=mine),
        lambda: services.confirm(actor=world["owner:member"], imported=theirs),
    )
    assert all(isinstance(result, Import) for result in results), results
    assert titles() == sorted(MANY)
    assert sorted((each.counts["new"], each.counts["unchanged"]) for each in results) == [(0, 30), (30, 0)]
    assert Place.objects.get().last_reference == 30


def test_confirmed_twice_at_the_same_moment_is_once(world: World) -> None:
    it = checked(world["owner:lead"], titled(*MANY))
    act = lambda: services.confirm(actor=world["owner:lead"], imported=it).status  # noqa: E731
    assert at_once(act, act, act) == ["imported"] * 3
    assert Initiative.objects.count() == 30
    assert len(events_of("import.finished")) == 1


def test_undone_twice_at_the_same_moment_is_once(world: World) -> None:
    it = imported(world["owner:lead"], titled(*MANY), publish="public")
    act = lambda: services.undo(actor=world["owner:lead"], imported=it).status  # noqa: E731
    assert at_once(act, act) == ["undone"] * 2
    assert len(events_of("import.undone")) == 1
    assert titles(withdrawn_at=None) == []
