"""visible_to() and can(view) are one rule, said twice."""

from __future__ import annotations

import pytest

from collaboration.initiatives import queries
from collaboration.initiatives.models import Initiative
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from tests.collaboration.initiatives.world import World, made, states


def test_the_set_is_the_twin_of_the_rule_for_every_actor_and_state(world: World) -> None:
    records = states(world)
    assert len(world.actors) == 24
    assert len(records) == 25
    for name, actor in world.actors.items():
        seen = set(queries.visible_to(actor).values_list("pk", flat=True))
        for state, initiative in records.items():
            one = bool(can(actor, "initiative.view", initiative))
            assert (initiative.pk in seen) == one, f"{name} sees {state}: rule {one}, set {not one}"
        assert seen <= {i.pk for i in records.values()}


def test_each_record_is_seen_once_however_many_reasons_there_are(world: World) -> None:
    it = made(world, visibility="public", owner=world.bodies["owner"], lead=world.bodies["owner"])
    assert list(queries.visible_to(world["owner:officer"])) == [it]


@pytest.mark.parametrize(
    "reference", ["VAL-9999", "", "VAL-0001\x00", "é", "x" * 5000, "VAL-0001' OR 1=1", "../../etc/passwd"]
)
def test_a_reference_nobody_has_is_not_found(world: World, reference: str) -> None:
    with pytest.raises(NotFound):
        queries.get(world["public"], reference)


def test_a_reference_is_found_in_any_case_and_a_hidden_one_is_not(world: World) -> None:
    it = made(world, visibility="public")
    hidden = made(world, visibility="draft")
    assert queries.get(world["public"], it.reference.lower()) == it
    with pytest.raises(NotFound):
        queries.get(world["public"], hidden.reference)
    assert queries.get(world["owner:member"], hidden.reference) == hidden


def test_a_partnership_of_a_hidden_record_is_not_found(world: World) -> None:
    hidden = made(world, visibility="draft").partners.get()
    shown = made(world, visibility="public").partners.get()
    assert queries.get_partner(world["public"], shown.pk) == shown
    with pytest.raises(NotFound):
        queries.get_partner(world["partner:lead"], hidden.pk)


def test_the_survivor_is_found_through_several_mergers(world: World) -> None:
    last = made(world, visibility="public")
    middle = made(world, visibility="public", merged_into=last)
    first = made(world, visibility="public", merged_into=middle)
    assert queries.survivor_of(first) == last
    assert queries.survivor_of(last) == last


def test_a_circle_of_mergers_does_not_run_for_ever(world: World) -> None:
    one = made(world, visibility="public")
    two = made(world, visibility="public", merged_into=one)
    Initiative.objects.filter(pk=one.pk).update(merged_into=two)
    assert queries.survivor_of(Initiative.objects.get(pk=one.pk)) in (one, two)
