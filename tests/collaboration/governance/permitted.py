"""Everything of a board in every state and level of access, for the matrices of its permissions.

Beside the actors of the world there are "ended", who filled a seat until their mandate ended, and "elsewhere", who
fills the seat of "other" and acts for another organisation just now. "lead:approver" is named where people are named.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

from collaboration.governance.models import (
    Access,
    Decision,
    Engagement,
    Meeting,
    Minutes,
    Paper,
    PartnershipBoard,
    Recommendation,
    RecommendationList,
)
from groundwork.access.actors import Actor, PersonActor
from groundwork.clock import now
from groundwork.directory.models import Mandate
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import MEMBER, SINCE, Ground
from tests.collaboration.initiatives.world import person

NAMED = "lead:approver"
LEVELS = [str(level) for level in Access.values]


def lay() -> tuple[Ground, dict[str, Actor]]:
    """The board with its seats, and every actor by name."""
    ground = grounds.lay()
    ended = person("ended", ground.world.bodies["partner"], "member")
    grounds.seat(ground.board, ended)
    Mandate.objects.filter(pk=ended.under.pk).update(valid_to=date(2022, 1, 1))
    both = Mandate.objects.create(
        person=ground[MEMBER].who, organisation=ground.world.bodies["lead"], role="member", valid_from=SINCE
    )
    actors = {
        **ground.world.actors,
        "ended": PersonActor(who=ended.who, under=Mandate.objects.get(pk=ended.under.pk)),
        "elsewhere": PersonActor(who=ground[MEMBER].who, under=both),
    }
    return ground, actors


def _seats(ground: Ground, board: PartnershipBoard) -> None:
    """The seats of the ground's board, on another one, with the same people in them."""
    for seat in ground.board.seats.all():
        holders, terms = list(seat.holders.all()), list(seat.chair_terms.all())
        seat.pk, seat.board = None, board
        seat.save()
        for holder in holders:
            holder.pk, holder.seat = None, seat
            holder.save()
        for term in terms:
            term.pk, term.seat, term.board = None, seat, board
            term.save()


def boards(ground: Ground) -> dict[str, PartnershipBoard]:
    """A board for each level, led and unled, in each status, with the seats of the ground's board."""
    found = {}
    for led, level, status in product(("led", "unled"), LEVELS, PartnershipBoard.Status.values):
        lead = ground.world.bodies["owner"] if led == "led" else None
        board = grounds.made_board(ground.world, access=level, status=status, lead=lead)
        board.named.add(ground[NAMED].person)
        _seats(ground, board)
        found[f"{led} {level} {status}"] = board
    return found


def meetings(ground: Ground) -> dict[str, Meeting]:
    """A meeting of the public board for each level and status, its agenda published or not."""
    found = {}
    for level, status, agenda in product(LEVELS, Meeting.Status.values, ("closed", "published")):
        meeting = ground.meeting(
            access=level, status=status, agenda_published_at=now() if agenda == "published" else None
        )
        meeting.named.add(ground[NAMED].person)
        found[f"{level} {status} {agenda}"] = meeting
    return found


def minutes(ground: Ground) -> dict[str, Minutes]:
    found = {}
    for level, status in product(LEVELS, Minutes.Status.values):
        meeting = ground.meeting(access=level, status="held", agenda_published_at=now())
        meeting.named.add(ground[NAMED].person)
        found[f"{level} {status}"] = Minutes.objects.create(meeting=meeting, status=status)
    return found


def items(ground: Ground) -> dict[str, Any]:
    """An item for each level of the meeting and of its own, exempt or not, before and after the agenda is published."""
    found = {}
    for level, agenda in product(LEVELS, ("closed", "published")):
        meeting = ground.meeting(access=level, agenda_published_at=now() if agenda == "published" else None)
        meeting.named.add(ground[NAMED].person)
        for own, exempt in product(("own", *LEVELS[LEVELS.index(level) + 1 :]), ("open", "exempt")):
            item = ground.item(
                meeting,
                access="" if own == "own" else own,
                exempt=exempt == "exempt",
                exempt_reason="Paragraph 3 of the Act.",
            )
            item.named.add(ground[NAMED].person)
            found[f"{level} {agenda} {own} {exempt}"] = item
    return found


def papers(ground: Ground) -> dict[str, Paper]:
    """A paper of the meeting for each level, exempt or not, awaited or in; "other:lead" was asked for each."""
    found = {}
    for level, exempt, state in product(LEVELS, ("open", "exempt"), ("awaited", "in")):
        meeting = ground.meeting(access=level, agenda_published_at=now())
        meeting.named.add(ground[NAMED].person)
        found[f"{level} {exempt} {state}"] = Paper.objects.create(
            meeting=meeting,
            title="A paper",
            exempt=exempt == "exempt",
            exempt_reason="Paragraph 3 of the Act.",
            asked_of=ground["other:lead"].person,
            submitted_at=now() if state == "in" else None,
        )
    return found


def decisions(ground: Ground) -> dict[str, Decision]:
    """A decision for each level and status, that "other:member" proposed."""
    found = {}
    for level, status in product(LEVELS, Decision.Status.values):
        decision = ground.decision(
            access=level, status=status, decided_on=date(2026, 1, 1), created_by=ground[MEMBER].person
        )
        decision.named.add(ground[NAMED].person)
        found[f"{level} {status}"] = decision
    return found


def recommendations(ground: Ground) -> dict[str, Recommendation]:
    """One for each level, of a board and of none, followed up by "lead" and by nobody; "partner" answers for it."""
    found = {}
    for kept, whose, level in product(("kept", "unkept"), ("board", "alone"), LEVELS):
        made = RecommendationList.objects.create(
            slug=f"{kept}-{whose}-{level}",
            title="Ten recommendations",
            access=level,
            board=ground.board if whose == "board" else None,
            keeper=ground.world.bodies["lead"] if kept == "kept" else None,
        )
        found[f"{kept} {whose} {level}"] = Recommendation.objects.create(
            list=made, code="1", title="Share one budget", owner=ground.world.bodies["partner"]
        )
    return found


def engagements(ground: Ground) -> dict[str, Engagement]:
    """An assembly that "lead" held, for each level, of a board and of none."""
    return {
        f"{whose} {level}": Engagement.objects.create(
            kind="assembly",
            title="An assembly",
            held_on=date(2026, 1, 1),
            held_by=ground.world.bodies["lead"],
            access=level,
            board=ground.board if whose == "board" else None,
        )
        for whose, level in product(("board", "alone"), LEVELS)
    }
