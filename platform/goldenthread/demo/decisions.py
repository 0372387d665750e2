"""Puts decisions of the invented board into the demonstration: one of each sort that a register shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from collaboration.governance.models import Decision, Meeting, PartnershipBoard
from collaboration.governance.queries import boards
from collaboration.governance.services import deciding, voices
from groundwork.access.actors import PersonActor
from groundwork.clock import today

NONE = "None."
_QUIET: dict[str, Any] = {
    "accords": "accords",
    "accords_reason": "It serves an equal start.",
    "financial": "Within what partners spend now.",
    "legal": NONE,
    "resources": NONE,
    "parish": NONE,
    "equality_eliminate": NONE,
    "equality_advance": NONE,
    "equality_foster": NONE,
}
"""What each of them must say, where there is nothing particular to say."""


def of_meeting(keeper: PersonActor, meeting: Meeting, visits: Decision, form: Decision) -> None:
    """What was decided in the room: one in public, one under an exempt item."""
    day = timezone.localtime(meeting.starts_at).date()
    visits = deciding.change(
        actor=keeper,
        decision=visits,
        version=None,
        rationale="Families asked to tell their story once.",
        options=[
            {"title": "One visit by whoever knows the family", "text": "", "chosen": True},
            {"title": "Go on as now", "text": "Two visits, two forms.", "chosen": False},
        ],
        **{
            **_QUIET,
            "legal": "An agreement on sharing data is needed.",
            "equality_eliminate": "Visits are offered in the family’s language.",
            "equality_advance": "Families without a nursery place are visited as well.",
        },
    )
    _make(keeper, visits, day)
    form = deciding.change(
        actor=keeper,
        decision=form,
        version=None,
        rationale="The lower of the two prices, and the firm has made such a form before.",
        **{**_QUIET, "financial": "Invented: £18,000 once, shared by the partners."},
    )
    _make(keeper, form, day)


def of_board(keeper: PersonActor, board: PartnershipBoard) -> None:
    """What it decided outside that meeting: one that took another's place, one that waits for voices, one deferred."""
    first = deciding.propose(
        actor=keeper,
        board=board,
        title="Visits begin in January",
        text="All partners begin the welcome visits in the first week of January.",
        rationale="The sooner the better.",
        **_QUIET,
    )
    first = _make(keeper, first, today())
    second = deciding.supersede(
        actor=keeper,
        decision=first,
        title="Visits begin in March",
        text="All partners begin the welcome visits in the first week of March.",
        rationale="The agreement on sharing data will not be signed before February.",
        review_on=today() + timedelta(days=90),
        **_QUIET,
    )
    _make(keeper, second, today())
    waiting = deciding.propose(
        actor=keeper,
        board=board,
        title="Meet in each district in turn",
        text="From the spring on, the board meets in a different district each time.",
        rationale="Whoever is invited comes more often when it is near.",
        **{**_QUIET, "resources": "A room in each district, which the host finds."},
    )
    waiting = deciding.open_for_voices(actor=keeper, decision=waiting)
    entitled = boards.voting_organisations(board)
    voices.take_down(actor=keeper, decision=waiting, said={each.pk: "for" for each in entitled[: len(entitled) // 2]})
    later = deciding.propose(
        actor=keeper,
        board=board,
        title="One telephone number for all families",
        text="Families ring one number, whoever visits them.",
        rationale="They do not know whom to ask.",
        **_QUIET,
    )
    deciding.defer(actor=keeper, decision=later, reason="Until it is known what it would cost.")


def _make(keeper: PersonActor, decision: Decision, day: date) -> Decision:
    """Every organisation with a vote says yes."""
    row = deciding.open_for_voices(actor=keeper, decision=decision)
    said = {each.pk: "for" for each in boards.voting_organisations(row.board)}
    voices.take_down(actor=keeper, decision=row, said=said)
    return deciding.make(actor=keeper, decision=row, decided_on=day)
