"""The permission matrix of partnership boards: every verb, every actor, every level of access and every state.

See :mod:`tests.collaboration.matrix` for how to read a table, and :mod:`tests.collaboration.governance.permitted` for
who is who. "other:officer" is an officer of the convening organisation, and nobody special on a board others lead.
"""

from __future__ import annotations

from typing import Any

import pytest

from collaboration.governance.models import Declaration
from collaboration.governance.queries import minutes as reading
from collaboration.governance.queries import visible
from groundwork.access.actors import Actor
from groundwork.access.rules import can, verbs
from tests.collaboration.governance import permitted
from tests.collaboration.governance.ground import MEMBER, Ground
from tests.collaboration.matrix import check

pytestmark = pytest.mark.django_db

BOARDS_VERBS = [
    "partnership.view",
    "partnership.edit",
    "partnership.hand_over",
    "partnership.activate",
    "partnership.renew",
    "partnership.close",
    "partnership.add_seat",
    "partnership.name_chair",
    "partnership.plan_meeting",
    "decisions.propose",
    "seat.view",
    "seat.see_people",
    "seat.change",
    "seat.end",
    "seat.ask",
    "seat.appoint",
]
BOARDS = """
== led public proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y y y y y y y y . | owner:lead/officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
y . . . . . . . . . y . . . . . | public nobody operator
y . . . . . . . . . y y . . . . | *
== led public closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y y . y y y y y . | owner:lead/officer system
y . . . . . . . . . y y . . . y | other:lead
y . . . . . . . . . y . . . . . | public nobody operator
y . . . . . . . . . y y . . . . | *
== led partners proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y y y y y y y y . | owner:lead/officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | public nobody operator
y . . . . . . . . . y y . . . . | *
== led partners closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y y . y y y y y . | owner:lead/officer system
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | public nobody operator
y . . . . . . . . . y y . . . . | *
== led board proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y y y y y y y y . | owner:lead/officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== led board closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y y . y y y y y . | owner:lead/officer system
y . . . . . . . . . y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== led named proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y . . y y y y y . | owner:lead/officer
y . . . . . . . . . y y . . . . | lead:approver other:member
y . . . . . . . . . y y . . . y | other:lead
y y y y y y y y y y y y y y y . | system
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== led named closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y . . y y y y y . | owner:lead/officer
y . . . . . . . . . y y . . . . | lead:approver other:member
y . . . . . . . . . y y . . . y | other:lead
y y y y y y y y y . y y y y y . | system
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== unled public proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y y y y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
y . . . . . . . . . y . . . . . | public nobody operator
y . . . . . . . . . y y . . . . | *
== unled public closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y y . y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . . y y . . . y | other:lead
y . . . . . . . . . y . . . . . | public nobody operator
y . . . . . . . . . y y . . . . | *
== unled partners proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y y y y y y y y y y y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | public nobody operator
y . . . . . . . . . y y . . . . | *
== unled partners closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y y y y y y y y y . y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | public nobody operator
y . . . . . . . . . y y . . . . | *
== unled board proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y . . . . . . . . . y y . . . . | owner:lead
y y y y y y y y y y y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . y y y . . . . | other:member
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== unled board closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y . . . . . . . . . y y . . . . | owner:lead other:member
y y y y y y y y y . y y y y y . | owner:officer lead:officer partner:officer other:officer system
y . . . . . . . . . y y . . . y | other:lead
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== unled named proposed/active
y y . y y y y y y y y y y y y . | owner:member partner:member/lead
y . . . . . . . . . y y . . . . | owner:lead lead:approver other:member
y y y y y y y y . . y y y y y . | owner:officer lead:officer partner:officer other:officer
y . . . . . . . . . y y . . . y | other:lead
y y y y y y y y y y y y y y y . | system
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
== unled named closed
y y . y y y y y y . y y y y y . | owner:member partner:member/lead
y . . . . . . . . . y y . . . . | owner:lead lead:approver other:member
y y y y y y y y . . y y y y y . | owner:officer lead:officer partner:officer other:officer
y . . . . . . . . . y y . . . y | other:lead
y y y y y y y y y . y y y y y . | system
0 0 0 0 0 0 0 0 0 . 0 0 0 0 0 0 | *
"""

MEETINGS_VERBS = [
    "meeting.view",
    "meeting.edit",
    "meeting.run",
    "meeting.see_call",
    "meeting.answer",
]
MEETINGS = """
== public planned/called/running/held/cancelled closed/published
y y y y . | owner:member/lead/officer partner:member/lead system
y . . y . | other:member
y . . . . | *
== partners planned/called/running/held/cancelled closed/published
y y y y . | owner:member/lead/officer partner:member/lead system
y . . y . | other:member
0 0 0 0 0 | public nobody operator
y . . . . | *
== board planned/called/running/held/cancelled closed/published
y y y y . | owner:member/lead/officer partner:member/lead system
y . . y . | other:member
0 0 0 0 0 | *
== named planned/called/running/held/cancelled closed/published
y y y y . | owner:member partner:member/lead system
y . . . . | lead:approver
0 0 0 0 0 | *
"""

MINUTES_VERBS = [
    "minutes.view",
    "minutes.write",
    "minutes.comment",
    "minutes.approve",
    "minutes.publish",
]
MINUTES = """
== public/partners/board draft
y y y y y | owner:member/lead/officer partner:member/lead system
0 0 0 0 0 | *
== public/partners circulated/approved
== board circulated/approved/published
y y y y y | owner:member/lead/officer partner:member/lead system
y . y . . | other:member
0 0 0 0 0 | *
== public published
y y y y y | owner:member/lead/officer partner:member/lead system
y . y . . | other:member
y . . . . | *
== partners published
y y y y y | owner:member/lead/officer partner:member/lead system
y . y . . | other:member
0 0 0 0 0 | public nobody operator
y . . . . | *
== named draft/circulated/approved
y y y y y | owner:member partner:member/lead system
0 0 0 0 0 | *
== named published
y y y y y | owner:member partner:member/lead system
y . . . . | lead:approver
0 0 0 0 0 | *
"""

ITEMS_VERBS = [
    "item.view",
    "item.mark",
    "item.write_minute",
    "interest.declare",
    "interest.write_down",
]
ITEMS = """
== public closed own/partners/board open/exempt
== public published own/partners exempt
== public/partners published board open/exempt
== partners closed own/board open/exempt
== partners published own exempt
== board closed/published own open/exempt
y y y y y | owner:member/lead/officer partner:member/lead
y . . y . | other:member
y y y . y | system
0 0 0 . . | *
== public/partners closed named open/exempt
== public/partners published named exempt
== board closed/published named open/exempt
== named closed own open/exempt
== named published own exempt
y y y y y | owner:member partner:member/lead
y y y . y | system
0 0 0 . . | *
== public published own open
y y y y y | owner:member/lead/officer partner:member/lead
y . . y . | other:member
y y y . y | system
y . . . . | *
== public published partners open
== partners published own open
y y y y y | owner:member/lead/officer partner:member/lead
y . . y . | other:member
0 0 0 . . | public nobody operator
y y y . y | system
y . . . . | *
== public/partners published named open
== named published own open
y y y y y | owner:member partner:member/lead
y . . . . | lead:approver
y y y . y | system
0 0 0 . . | *
"""

PAPERS_VERBS = [
    "paper.view",
    "paper.submit",
]
PAPERS = """
== public/partners/board open/exempt awaited
y y | owner:member/lead/officer partner:member/lead other:lead system
0 0 | *
== public open in
y y | owner:member/lead/officer partner:member/lead other:lead system
y . | *
== public/partners exempt in
== board open/exempt in
y y | owner:member/lead/officer partner:member/lead other:lead system
y . | other:member
0 0 | *
== partners open in
y y | owner:member/lead/officer partner:member/lead other:lead system
0 0 | public nobody operator
y . | *
== named open awaited
== named exempt awaited/in
y y | owner:member partner:member/lead other:lead system
0 0 | *
== named open in
y y | owner:member partner:member/lead other:lead system
y . | lead:approver
0 0 | *
"""

DECISIONS_VERBS = [
    "decision.view",
    "decision.change",
    "decision.settle",
    "decision.voice",
    "decision.take_voices",
    "interest.declare",
    "interest.write_down",
]
DECISIONS = """
== public/partners/board proposed
y y y . y y y | owner:member/lead/officer
y y y y y y y | partner:member/lead
y y . y . y . | other:member
y y y . y . y | system
0 0 0 0 0 . . | *
== public/partners open/deferred/withdrawn
== board open/made/not_made/deferred/superseded/withdrawn
y y y . y y y | owner:member/lead/officer
y y y y y y y | partner:member/lead
y . . y . y . | other:member
y y y . y . y | system
0 0 0 0 0 . . | *
== public made/not_made/superseded
y y y . y y y | owner:member/lead/officer
y y y y y y y | partner:member/lead
y . . y . y . | other:member
y y y . y . y | system
y . . . . . . | *
== partners made/not_made/superseded
y y y . y y y | owner:member/lead/officer
y y y y y y y | partner:member/lead
y . . y . y . | other:member
0 0 0 0 0 . . | public nobody operator
y y y . y . y | system
y . . . . . . | *
== named proposed/open/made/not_made/deferred/superseded/withdrawn
y y y . y y y | owner:member
y . . . . . . | lead:approver
y y y y y y y | partner:member/lead
y y y . y . y | system
0 0 0 0 0 . . | *
"""


OTHERS = {"interest.withdraw", "partnership.create"}


@pytest.fixture
def laid() -> tuple[Ground, dict[str, Actor]]:
    return permitted.lay()


def _or_its_seat(board: Any, verb: str) -> Any:
    """The board, or the seat of "other" on it."""
    return board.seats.get(organisation__slug="vale-county") if verb.startswith("seat.") else board


def _same(query: Any, verb: str, actors: dict[str, Actor], states: dict[str, Any]) -> None:
    """The list shows to everybody just what the rule lets them view."""
    mine = {it.pk for it in states.values()}
    for name, actor in actors.items():
        viewed = {it.pk for it in states.values() if can(actor, verb, it)}
        assert set(query(actor).filter(pk__in=mine).values_list("pk", flat=True)) == viewed, name


def test_boards_and_seats(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    boards = permitted.boards(ground)
    check(BOARDS_VERBS, BOARDS, actors, boards, of=_or_its_seat)
    _same(visible.boards, "partnership.view", actors, boards)


def test_meetings(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    meetings = permitted.meetings(ground)
    check(MEETINGS_VERBS, MEETINGS, actors, meetings)
    _same(visible.meetings, "meeting.view", actors, meetings)


def test_who_is_invited_answers_and_gets_the_address_of_the_call(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    guest = actors["other:approver"]
    for state, meeting in permitted.meetings(ground).items():
        meeting.invitations.create(person=guest.person, email=guest.person.email, token_digest=state)
        for name, actor in actors.items():
            assert bool(can(actor, "meeting.answer", meeting)) == (name == "other:approver"), (state, name)
        assert can(guest, "meeting.see_call", meeting)
        assert not can(guest, "meeting.edit", meeting)


def test_minutes(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    minutes = permitted.minutes(ground)
    check(MINUTES_VERBS, MINUTES, actors, minutes)
    _same(reading.visible_to, "minutes.view", actors, minutes)


def test_items(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    items = permitted.items(ground)
    check(ITEMS_VERBS, ITEMS, actors, items)
    _same(visible.items, "item.view", actors, items)


def test_papers(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    check(PAPERS_VERBS, PAPERS, actors, permitted.papers(ground))


def test_decisions(laid: tuple[Ground, dict[str, Actor]]) -> None:
    ground, actors = laid
    decisions = permitted.decisions(ground)
    check(DECISIONS_VERBS, DECISIONS, actors, decisions)
    _same(visible.decisions, "decision.view", actors, decisions)


def test_whoever_declared_an_interest_takes_no_part_and_does_not_unlock_it_for_themselves(
    laid: tuple[Ground, dict[str, Actor]],
) -> None:
    ground, actors = laid
    takes_part = {"decision.change", "decision.settle", "decision.voice", "decision.take_voices"}
    for_the_board = {state: it for state, it in permitted.decisions(ground).items() if it.access == "board"}
    for state, decision in for_the_board.items():
        for name in ("owner:member", "partner:lead", MEMBER):
            declared = Declaration.objects.create(
                decision=decision,
                person=actors[name].person,
                name=name,
                organisation=ground.world.bodies["other"],
                kind="personal",
                text="My sister works there.",
            )
            fresh = type(decision).objects.get(pk=decision.pk)
            assert not any(can(actors[name], verb, fresh) for verb in takes_part), (state, name)
            assert not can(actors[name], "interest.withdraw", declared), (state, name)
            for other, actor in actors.items():
                if other != name:
                    may = bool(can(actor, "decision.take_voices", type(decision).objects.get(pk=decision.pk)))
                    assert bool(can(actor, "interest.withdraw", declared)) == may, (state, other)
            declared.delete()


def test_who_may_set_up_a_board(laid: tuple[Ground, dict[str, Actor]]) -> None:
    _ground, actors = laid
    may = {name for name, actor in actors.items() if can(actor, "partnership.create")}
    assert may == {
        "system",
        *(f"{body}:{role}" for body in ("owner", "lead", "partner", "other") for role in ("lead", "officer")),
    }


def test_no_verb_is_without_a_table() -> None:
    kinds = ("partnership.", "seat.", "meeting.", "minutes.", "item.", "paper.", "decision.", "decisions.", "interest.")
    tables = (BOARDS_VERBS, MEETINGS_VERBS, MINUTES_VERBS, ITEMS_VERBS, PAPERS_VERBS, DECISIONS_VERBS)
    assert {verb for verb in verbs() if verb.startswith(kinds)} == OTHERS.union(*tables)
