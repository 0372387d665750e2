"""Decisions in every state on the tests' board, and what they must say before they are made."""

from __future__ import annotations

from typing import Any

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Decision
from collaboration.governance.services import deciding, declaring, voices
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.initiatives.world import World

WHOLE: dict[str, Any] = {"rationale": "It is cheaper.", "accords": "accords", **dict.fromkeys(IMPLICATIONS, "None.")}
"""Everything that a decision must say, besides its words."""


def proposed(ground: Ground, who: str = SECRETARY, **fields: Any) -> Decision:
    values = {"title": "Share one budget", "text": "We share one budget.", **WHOLE, **fields}
    return deciding.propose(actor=ground[who], board=values.pop("board", ground.board), **values)


def opened(ground: Ground, **fields: Any) -> Decision:
    return deciding.open_for_voices(actor=ground[LEAD], decision=proposed(ground, **fields))


def made(ground: Ground, **fields: Any) -> Decision:
    decision = opened(ground, **fields)
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    return deciding.make(actor=ground[LEAD], decision=decision)


def in_state(ground: Ground, status: str, **fields: Any) -> Decision:
    """A decision in the state of that name, brought there as people do."""
    if status == "proposed":
        return proposed(ground, **fields)
    if status == "made":
        return made(ground, **fields)
    if status == "superseded":
        old = made(ground, **fields)
        new = deciding.supersede(actor=ground[LEAD], decision=old, title="Another", text="Instead.", **WHOLE)
        deciding.open_for_voices(actor=ground[LEAD], decision=new)
        voices.give(actor=ground[CHAIR], decision=new, choice="for")
        deciding.make(actor=ground[LEAD], decision=new)
        return Decision.objects.get(pk=old.pk)
    decision = opened(ground, **fields)
    ends = {"not_made": deciding.not_agreed, "deferred": deciding.defer, "withdrawn": deciding.withdraw}
    return ends[status](actor=ground[LEAD], decision=decision) if status in ends else decision


def addresses(world: World) -> dict[str, Any]:
    """A made decision in which somebody declared an interest, and an item: what stands in addresses."""
    ground = grounds.lay_in(world)
    item = ground.item(ground.meeting())
    decision = opened(ground)
    declared = declaring.declare(actor=ground[MEMBER], decision=decision, kind="personal", text="My sister.")
    voices.give(actor=ground[CHAIR], decision=decision, choice="for")
    deciding.make(actor=ground[LEAD], decision=decision)
    return {"reference": decision.reference, "pk": declared.pk, "uuid": item.uuid}
