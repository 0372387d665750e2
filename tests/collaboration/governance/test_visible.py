"""What is shown to whom: the view rules and the lists agree, for every actor, level of access and state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet

from collaboration.governance.models import Access, Decision, Engagement, RecommendationList
from collaboration.governance.queries import visible
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, OF_THE_BOARD, SECRETARY, Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return grounds.lay()


def seen(ground: Ground, verb: str, things: list[Any]) -> dict[str, set[int]]:
    return {
        name: {thing.pk for thing in things if can(actor, verb, type(thing).objects.get(pk=thing.pk))}
        for name, actor in ground.world.actors.items()
    }


def listed(ground: Ground, query: Callable[[Actor], QuerySet[Any]]) -> dict[str, set[int]]:
    return {name: set(query(actor).values_list("pk", flat=True)) for name, actor in ground.world.actors.items()}


def test_boards(ground: Ground) -> None:
    boards = [ground.board]
    for level in Access.values:
        board = grounds.made_board(ground.world, access=level)
        grounds.seat(board, ground[CHAIR])
        boards.append(board)
        led_by_nobody = grounds.made_board(ground.world, access=level, lead=None)
        led_by_nobody.named.add(ground["other:approver"].person)
        boards.append(led_by_nobody)
    found = seen(ground, "partnership.view", boards)
    assert found == listed(ground, visible.boards)
    only_board = boards[5]
    assert only_board.access == Access.BOARD
    assert {name for name in found if only_board.pk in found[name]} == {LEAD, "owner:officer", CHAIR, "system"}


def test_who_may_fill_a_seat_sees_its_board_and_nothing_inside(ground: Ground) -> None:
    board = grounds.made_board(ground.world, access=Access.NAMED)
    assert not can(ground["other:lead"], "partnership.view", board)
    grounds.seat(board, ground[MEMBER])
    ground.meeting(board=board, access=Access.PUBLIC)
    assert can(ground["other:lead"], "partnership.view", board)
    assert board in visible.boards(ground["other:lead"])
    assert not can(ground["other:officer"], "partnership.view", board)
    assert not visible.meetings(ground["other:lead"]).filter(board=board).exists()
    assert not can(ground["other:lead"], "meeting.view", board.meetings.get())


def test_meetings_and_items(ground: Ground) -> None:
    meetings: list[Any] = []
    items: list[Any] = []
    for level in Access.values:
        for published in (None, now()):
            meeting = ground.meeting(access=level, agenda_published_at=published)
            meeting.named.add(ground["lead:approver"].person)
            meetings.append(meeting)
            for inner in ("", *Access.values):
                for exempt in (False, True):
                    item = ground.item(meeting, access=inner, exempt=exempt, exempt_reason="Paragraph 3")
                    item.named.add(ground["other:scrutiny"].person)
                    items.append(item)
    found = seen(ground, "meeting.view", meetings)
    assert found == listed(ground, visible.meetings)
    assert len(found["public"]) == 2
    inside = seen(ground, "item.view", items)
    assert inside == listed(ground, visible.items)
    assert not any(item.exempt for item in items if item.pk in inside["public"])
    assert inside["other:officer"] < inside[MEMBER] < inside[SECRETARY]


def test_decisions(ground: Ground) -> None:
    decisions = []
    for level in Access.values:
        for status in Decision.Status.values:
            decision = ground.decision(access=level, status=status, decided_on=date(2026, 1, 1))
            decision.named.add(ground["lead:approver"].person)
            decisions.append(decision)
    found = seen(ground, "decision.view", decisions)
    assert found == listed(ground, visible.decisions)
    proposed = {each.pk for each in decisions if each.status in ("proposed", "open")}
    assert not found["public"] & proposed
    assert {name for name in found if found[name] & proposed} == {*OF_THE_BOARD, "lead:approver", "system"}


def test_a_seat_is_left_with_the_mandate(ground: Ground) -> None:
    meeting = ground.meeting(access=Access.BOARD)
    assert can(ground[DEPUTY], "meeting.view", meeting)
    ground[DEPUTY].mandate.valid_to = date(2022, 1, 1)
    ground[DEPUTY].mandate.save()
    fresh = type(meeting).objects.get(pk=meeting.pk)
    assert not can(ground[DEPUTY], "meeting.view", fresh)
    assert not visible.meetings(ground[DEPUTY]).exists()


def test_recommendations_and_engagements(ground: Ground) -> None:
    keeper = ground.world.bodies["lead"]
    lists: list[Any] = []
    engagements: list[Any] = []
    for level in Access.values:
        for board in (None, ground.board):
            slug = f"{level}-{board is None}"
            both = {"access": level, "board": board}
            lists.append(RecommendationList.objects.create(slug=slug, title="Ten", keeper=keeper, **both))
            letter = {"kind": "letter", "title": "A letter", "held_on": date(2026, 1, 1), "held_by": keeper}
            engagements.append(Engagement.objects.create(**letter, **both))
    assert seen(ground, "recommendations.view", lists) == listed(ground, visible.recommendation_lists)
    assert seen(ground, "engagement.view", engagements) == listed(ground, visible.engagements)
