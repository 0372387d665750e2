"""Who may bring a spreadsheet, see one, run one and undo one: every role, and every service that asks."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from collaboration.imports import queries, services
from collaboration.imports.models import Import
from collaboration.imports.rules import may_start
from collaboration.initiatives.models import Initiative
from groundwork.access.actors import Actor, PersonActor
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.access.rules import can
from tests.collaboration.imports.files import checked, imported, titled, uploaded
from tests.collaboration.initiatives.world import BODIES, ROLES, World

pytestmark = pytest.mark.django_db

EDITORS = {f"{body}:{role}" for body in BODIES for role in ROLES if role != "scrutiny"}
DECIDE = {"owner:lead", "owner:approver", "owner:officer"}
SYSTEM = {"system"}


def who(world: World, verb: str, obj: object = None) -> set[str]:
    return {name for name, actor in world.actors.items() if can(actor, verb, obj)}


def test_everybody_with_a_mandate_but_scrutiny_brings_spreadsheets(world: World) -> None:
    assert who(world, "import.start") == EDITORS | SYSTEM
    for name in ("public", "nobody", "operator", "owner:scrutiny"):
        with pytest.raises(NotAllowed):
            uploaded(world[name], titled("A"))
        assert may_start(world[name]).reason
    assert not Import.objects.exists()


@pytest.mark.parametrize("verb", ["import.view", "import.run", "import.undo"])
def test_its_maker_and_those_who_decide_for_the_organisation_have_an_import(world: World, verb: str) -> None:
    assert who(world, verb, uploaded(world["owner:member"], titled("A"))) == DECIDE | SYSTEM | {"owner:member"}
    assert who(world, verb, uploaded(world["owner:lead"], titled("A"))) == DECIDE | SYSTEM


def test_officers_keep_what_was_imported_for_nobody(world: World) -> None:
    it = uploaded(world["system"], titled("A"))
    assert who(world, "import.view", it) == SYSTEM | {f"{body}:officer" for body in BODIES}


def test_only_those_who_decide_publish(world: World) -> None:
    assert who(world, "import.publish", uploaded(world["owner:member"], titled("A"))) == DECIDE | SYSTEM


def test_who_made_it_for_another_organisation_does_not_see_it_from_here(world: World) -> None:
    it = uploaded(world["owner:member"], titled("A"))
    member = world["owner:member"]
    elsewhere = PersonActor(who=member.who, under=world["partner:member"].under)
    assert not can(elsewhere, "import.view", it)
    assert not can(PersonActor(who=member.who), "import.view", it)


def test_the_list_is_the_twin_of_the_rule(world: World) -> None:
    made = [uploaded(world[name], titled("A")) for name in ("owner:member", "owner:lead", "partner:lead", "system")]
    for actor in world.actors.values():
        assert set(queries.imports_of(actor)) == {each for each in made if can(actor, "import.view", each)}


ACTS: dict[str, Callable[[Actor, Import], Any]] = {
    "choose_columns": lambda actor, it: services.choose_columns(actor=actor, imported=it, mapping={"0": "title"}),
    "confirm": lambda actor, it: services.confirm(actor=actor, imported=it),
    "cancel": lambda actor, it: services.cancel(actor=actor, imported=it),
    "undo": lambda actor, it: services.undo(actor=actor, imported=it),
    "check_some": lambda actor, it: services.check_some(actor=actor, imported=it),
    "apply_some": lambda actor, it: services.apply_some(actor=actor, imported=it),
    "publish_some": lambda actor, it: services.publish_some(actor=actor, imported=it),
    "undo_some": lambda actor, it: services.undo_some(actor=actor, imported=it),
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_service_asks(world: World, act: str) -> None:
    it = imported(world["owner:lead"], titled("A")) if act == "undo" else checked(world["owner:lead"], titled("A"))
    for name in ("public", "nobody", "operator", "owner:member", "owner:scrutiny", "partner:lead", "other:officer"):
        before = (Import.objects.values().get(), Initiative.objects.count())
        with pytest.raises(NotFound):
            ACTS[act](world[name], it)
        assert (Import.objects.values().get(), Initiative.objects.count()) == before


def test_a_file_too_large_or_with_too_much_text_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from groundwork.access.errors import Invalid

    with pytest.raises(Invalid, match="10 MB"):
        uploaded(world["owner:lead"], io.BytesIO(b"title\n" + b"x" * (10 * 1024 * 1024)))
    monkeypatch.setattr("collaboration.imports.services.uploading.MOST_TEXT", 100)
    with pytest.raises(Invalid, match="too much text"):
        uploaded(world["owner:lead"], titled(*("x" * 30 for _ in range(4))))
    monkeypatch.undo()
    monkeypatch.setattr("collaboration.imports.services.uploading.MOST_CELLS", 3)
    with pytest.raises(Invalid, match="too much text"):
        uploaded(world["owner:lead"], titled(*"ABCD"))
