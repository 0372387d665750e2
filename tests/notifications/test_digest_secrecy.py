"""Digests tell each reader what they may know, whoever else is told of the same thing at the same moment."""

from __future__ import annotations

import pytest
import time_machine

from collaboration.initiatives.services import drafting
from tests.notifications.ground import Ground
from tests.notifications.test_digests import ground, make, subscribe

__all__ = ["ground"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("keeper_first", [True, False])
def test_what_is_withheld_from_one_reader_does_not_reach_them_by_way_of_another(
    keeper_first: bool, ground: Ground, clock: time_machine.Coordinates
) -> None:
    keeper = ground.people["approver"].person
    for person in (keeper, None) if keeper_first else (None, keeper):
        subscribe(person, "initiative=VAL-0042")
    it = ground.initiative
    drafting.save_contact(
        actor=ground.people["lead"],
        initiative=it,
        version=it.version,
        contact_role="Warm homes team",
        contact_email="new@northwick.example",
    )

    said = {row.recipient: row.text + row.html for row in make(clock)}

    assert "new@northwick.example" in said["approver@example.org"]
    assert "Warm homes team" in said["neighbour@example.org"]
    assert "northwick.example" not in said["neighbour@example.org"]
