"""What happens around following."""

from __future__ import annotations

from groundwork.events.registry import Event


class AddressAsked(Event, name="follow.asked"):
    """An address was given by somebody who wants to follow something, and is asked whether its reader does."""

    ask_id: str


class LinkWanted(Event, name="follow.link_wanted"):
    """Somebody who follows things by an address asks for the link to change it."""

    subscriber_id: str
    asked_at: str
