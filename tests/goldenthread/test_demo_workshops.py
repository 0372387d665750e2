"""The demonstration's workshops are made as people make them, whatever the place is, and only once."""

from __future__ import annotations

import pytest

from collaboration.boards.models import Outcome
from collaboration.workshops.models import Workshop
from goldenthread.demo.accounts import ACCOUNTS
from goldenthread.demo.workshops import Workshops
from groundwork.access.actors import SystemActor
from groundwork.accounts.services.people import make_person
from groundwork.clock import now
from tests.collaboration.initiatives import world as worlds

# Boards keep what was written by committing, so there must be something to commit.
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_is_open_and_one_is_over_with_what_came_of_it() -> None:
    worlds.build()
    for account in ACCOUNTS:
        make_person(actor=SystemActor(name="demo"), email=account.email, name=account.name, is_demo=True)
    first = Workshops(at=now())
    first.load()
    assert first.made == 2
    assert first.left_out == ["Getting to appointments without a car"], "nobody of this place could host it"
    opened = Workshop.objects.get(status="open")
    assert opened.visibility == "public"
    assert opened.board.stage == 4
    reported = Workshop.objects.get(status="reported")
    assert reported.board.stage == 7
    assert sorted(Outcome.objects.filter(board=reported.board).values_list("kind", flat=True)) == [
        "action",
        "initiative",
        "principle",
    ]
    assert Outcome.objects.get(kind="action").votes == 7
    again = Workshops(at=now())
    again.load()
    assert again.made == 0
    assert Workshop.objects.count() == 2
