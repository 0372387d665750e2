"""What happens to decisions of partnership boards, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class DecisionProposed(Event, name="decision.proposed"):
    decision_id: int
    reference: str


class DecisionChanged(Event, name="decision.changed"):
    """Something about it changed. ``fields`` are the names of what did, as the audit log has them."""

    decision_id: int
    reference: str
    version: int
    fields: list[str]


class DecisionOpened(Event, name="decision.opened"):
    """Organisations with a vote are asked for their voice."""

    decision_id: int
    reference: str
    version: int


class DecisionMade(Event, name="decision.made"):
    """``contrary``: to the strategy, so that those who keep it are told. ``superseded``: the reference it replaces."""

    decision_id: int
    reference: str
    contrary: bool
    superseded: str


class DecisionSettled(Event, name="decision.settled"):
    """It came to rest without being made: not agreed, deferred, withdrawn."""

    decision_id: int
    reference: str
    status: str


class InterestDeclared(Event, name="interest.declared"):
    declaration_id: int
    board_id: int
