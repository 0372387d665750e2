"""What happens to actions, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class ActionMade(Event, name="action.made"):
    action_id: int
    reference: str


class ActionAsked(Event, name="action.asked"):
    """Somebody was asked to take it on."""

    action_id: int
    reference: str
    version: int


class ActionAnswered(Event, name="action.answered"):
    """Whoever was asked accepted or declined."""

    action_id: int
    reference: str
    version: int
    accepted: bool


class ActionSettled(Event, name="action.settled"):
    """It was done, or is no longer needed."""

    action_id: int
    reference: str
    version: int
    done: bool


class ActionChanged(Event, name="action.changed"):
    """Something about it changed. ``fields`` are the names of what did, as the audit log has them."""

    action_id: int
    reference: str
    version: int
    fields: list[str]


class ActionReleased(Event, name="action.released"):
    """Its owner has no account any more, so nobody has it. ``told``: the people who asked for it or made it (ids)."""

    action_id: int
    reference: str
    version: int
    owner_id: int
    told: list[int]


class ActionBlocked(Event, name="action.blocked"):
    """Whoever has it says that something stands in the way."""

    action_id: int
    reference: str
    version: int


class ActionsChased(Event, name="actions.chased"):
    """Those who have some actions were asked how these go."""

    chase_id: int
