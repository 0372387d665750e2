"""The whole way: services write, events wait in the outbox, the relay hands them over, the counts are right."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from collaboration.initiatives import finding
from collaboration.initiatives.models import Initiative, Partner
from collaboration.initiatives.services import lifecycle, partners, registering
from collaboration.initiatives.services.registering import FundingInput
from groundwork.access.errors import DomainError
from tests.collaboration.ground import PUBLIC
from tests.collaboration.initiatives.world import World, build, published
from tests.collaboration.thread.test_coverage import fresh, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    finding.choices(fresh=True)
    made = build()
    finding.choices(fresh=True)
    return made


def acts(world: World, chance: random.Random) -> dict[str, Callable[[Initiative], object]]:
    """What people do to a published initiative. Some of it is refused in some states, and then changes nothing."""
    owner, partner, officer = world["owner:lead"], world["partner:lead"], world["other:officer"]

    def answer(it: Initiative, confirm: bool) -> object:
        asked = Partner.objects.get(initiative=it, organisation=world.bodies["partner"], valid_to=None)
        if confirm:
            return partners.confirm(actor=partner, partner=asked)
        return partners.decline(actor=partner, partner=asked, reason="We are not part of this.")

    def merge(it: Initiative) -> object:
        others = list(Initiative.objects.exclude(pk=it.pk).filter(merged_into=None, withdrawn_at=None).order_by("pk"))
        into = chance.choice(others) if others else published(world, title=f"Warm homes {chance.random()}")
        return lifecycle.merge(actor=officer, initiative=it, into=into)

    return {
        "confirm": lambda it: answer(it, True),
        "decline": lambda it: answer(it, False),
        "withdraw": lambda it: lifecycle.withdraw(actor=owner, initiative=it, reason="It was entered twice."),
        "restore": lambda it: lifecycle.restore(actor=owner, initiative=it),
        "merge": merge,
        "move": lambda it: registering.save_places(
            actor=owner, initiative=it, version=it.version, areas=[chance.choice(["C1", "C2", "C3"])], scale="district"
        ),
        "align": lambda it: registering.save_alignment(
            actor=owner,
            initiative=it,
            version=it.version,
            main=[(chance.choice(["V-A1.2", "V-A2.1", "V-A3.1"]), "It adds something.")],
            blocks=[chance.choice(["B-1", "B-2", "B-3"])],
        ),
        "fund": lambda it: registering.save_funding(
            actor=owner, initiative=it, version=it.version, lines=[FundingInput(amount=chance.randint(1, 9999))]
        ),
    }


@pytest.mark.parametrize("seed", range(4))
def test_after_any_sequence_of_services_the_counts_are_right(world: World, seed: int, drain: Callable[[], int]) -> None:
    chance = random.Random(seed)
    for _n in range(3):
        published(world, title=f"Warm homes {chance.random()}")
    drain()
    assert kept() == fresh()
    assert kept()[0]
    things = acts(world, chance)
    done = 0
    for _step in range(18):
        chosen = chance.choice(list(Initiative.objects.filter(merged_into=None).order_by("pk")))
        try:
            things[chance.choice(list(things))](chosen)
            done += 1
        except DomainError:
            pass
        if chance.random() < 0.3:
            drain()
            assert kept() == fresh()
    drain()
    assert done > 5
    assert kept() == fresh()
    # And what is counted is what is found.
    listed = finding.find(PUBLIC, finding.Filters(), 1, 100)
    assert {c.id for c in listed.results} == set(
        Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None).values_list("pk", flat=True)
    )
