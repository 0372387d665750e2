"""A form that is sent twice makes one thing; the same said again later makes another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from collaboration.governance.models import AgendaItem, Decision, DecisionChange, Declaration, Engagement, Paper, Seat
from collaboration.governance.services import agenda, deciding, declaring, engaging, linking, minuting, papers, seats
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.decided import made, opened, proposed
from tests.collaboration.governance.ground import LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import circulated, mark, running_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def an_item(ground: Ground) -> Callable[[], Any]:
    meeting = ground.meeting(access="public")
    return lambda: agenda.add(actor=ground[SECRETARY], meeting=meeting, title="Parking", minutes=5)


def a_paper(ground: Ground) -> Callable[[], Any]:
    meeting = ground.meeting(access="public")
    item = ground.item(meeting)
    return lambda: papers.add(actor=ground[SECRETARY], meeting=meeting, title="Parking", body="Too few.", item=item)


def an_engagement(ground: Ground) -> Callable[[], Any]:
    said = {"kind": "assembly", "title": "An evening", "held_on": today(), "promises": ["Call back"]}
    return lambda: engaging.log(actor=ground[LEAD], **said)


def a_proposal(ground: Ground) -> Callable[[], Any]:
    return lambda: proposed(ground)


def a_seat(ground: Ground) -> Callable[[], Any]:
    body = ground.world.bodies["partner"].slug
    return lambda: seats.add(
        actor=ground[LEAD], board=ground.board, version=ground.board.version, organisation=body, role="adviser"
    )


MAKING: list[tuple[Any, Callable[[Ground], Callable[[], Any]]]] = [
    (AgendaItem, an_item), (Paper, a_paper), (Engagement, an_engagement), (Decision, a_proposal), (Seat, a_seat),
]  # fmt: skip


@pytest.mark.parametrize(("model", "prepare"), MAKING)
def test_a_second_click_makes_nothing_more(
    ground: Ground, model: Any, prepare: Callable[[Ground], Callable[[], Any]]
) -> None:
    make = prepare(ground)
    before = model.objects.count()
    assert make() == make()
    assert model.objects.count() == before + 1


@pytest.mark.parametrize(("model", "prepare"), [each for each in MAKING if each[0] is not Seat])
def test_the_same_a_minute_later_is_another(
    ground: Ground, clock: Any, model: Any, prepare: Callable[[Ground], Callable[[], Any]]
) -> None:
    make = prepare(ground)
    first = make()
    clock.shift(timedelta(minutes=1))
    assert make() != first


def test_what_a_decision_changes_and_who_declared_is_said_once(ground: Ground) -> None:
    decision = opened(ground)
    body = ground.world.bodies["partner"]
    for _twice in range(2):
        linking.add(actor=ground[LEAD], decision=decision, what="Pays", organisation=body.slug)
        declaring.declare(
            actor=ground[SECRETARY], decision=decision, name="A Guest", organisation=body, kind="personal", text="Mine."
        )
    assert (DecisionChange.objects.count(), Declaration.objects.count()) == (1, 1)


def test_a_review_sent_twice_is_one(ground: Ground) -> None:
    decision = made(ground)
    said = {"decision": decision, "version": decision.version, "next_on": today() + timedelta(days=90)}
    first = deciding.review(actor=ground[LEAD], **said)
    assert deciding.review(actor=ground[LEAD], **said).version == first.version


def test_a_comment_sent_twice_is_one(ground: Ground) -> None:
    minutes = circulated(ground, running_meeting(ground))
    said = {"actor": ground[MEMBER], "minutes": minutes, "text": "We said more."}
    assert minuting.comment(**said) == minuting.comment(**said)


def test_a_long_minute_is_drafted_whole_and_a_longer_one_refused_with_a_sentence(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    for number in range(11):
        mark(ground, item, f"{number} " + "x" * 1990)
    item.refresh_from_db()
    assert len(item.minute) > 21_000
    assert "10 xxx" in item.minute
    said = {"actor": ground[SECRETARY], "item": item, "version": item.version}
    assert minuting.write(text=item.minute + "\n\nEnd.", **said).minute.endswith("End.")
    with pytest.raises(Exception, match=r"must be 100000 characters or fewer\. It has 100001\."):
        minuting.write(text="x" * 100_001, **{**said, "version": None})
