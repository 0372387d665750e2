"""Two people of one organisation, and a secretary, at the same instant: still one voice, and one number each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from collaboration.governance.models import Decision
from collaboration.governance.services import deciding, declaring, voices
from groundwork.access.errors import DomainError
from tests.collaboration.governance import decided
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, SECRETARY, Ground

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
]


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all of them at the same instant; the sentences of those that were refused."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            act()
        except DomainError as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_an_organisation_speaks_once(ground: Ground) -> None:
    decision = decided.opened(ground)
    partner = ground.world.bodies["partner"].pk
    refused = at_once(
        lambda: voices.give(actor=ground[CHAIR], decision=decision, choice="for"),
        lambda: voices.give(actor=ground[DEPUTY], decision=decision, choice="against"),
        lambda: voices.take_down(actor=ground[SECRETARY], decision=decision, said={partner: "abstain"}),
    )
    assert refused == []
    assert decision.voices.count() == 1


def test_a_voice_and_an_interest_of_one_person_do_not_pass_each_other(ground: Ground) -> None:
    decision = decided.opened(ground)
    at_once(
        lambda: voices.give(actor=ground[CHAIR], decision=decision, choice="for"),
        lambda: declaring.declare(actor=ground[CHAIR], decision=decision, kind="other", text="Shares"),
    )
    assert declaring.is_locked(ground[CHAIR], decision)
    assert not decision.voices.exists()


def test_two_rivals_do_not_supersede_the_same(ground: Ground) -> None:
    old = decided.made(ground)
    rivals = []
    for title in ("One", "Two"):
        new = deciding.supersede(actor=ground[LEAD], decision=old, title=title, text=title, **decided.WHOLE)
        deciding.open_for_voices(actor=ground[LEAD], decision=new)
        voices.give(actor=ground[CHAIR], decision=new, choice="for")
        rivals.append(new)
    refused = at_once(*(lambda new=new: deciding.make(actor=ground[LEAD], decision=new) for new in rivals))
    assert len(refused) == 1
    assert "is superseded, so nothing can supersede it" in refused[0]
    assert Decision.objects.filter(supersedes=old, status="made").count() == 1


def test_numbers_are_given_once(ground: Ground) -> None:
    assert at_once(*(lambda each=each: decided.proposed(ground, title=f"Plan {each}") for each in range(4))) == []
    assert sorted(Decision.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_two_clicks_at_once_propose_one_decision(ground: Ground) -> None:
    assert at_once(*(lambda: decided.proposed(ground) for _each in range(4))) == []
    assert Decision.objects.count() == 1
