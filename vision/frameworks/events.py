"""What happens to endorsements."""

from __future__ import annotations

from groundwork.events.registry import Event


class EndorsementAsked(Event, name="endorsement.asked"):
    """An organisation was asked to endorse a framework."""

    endorsement_id: int
    organisation_id: int
    framework_id: int


class EndorsementAnswered(Event, name="endorsement.answered"):
    """An organisation endorsed a framework, declined, or took its endorsement back; ``status`` says which."""

    endorsement_id: int
    organisation_id: int
    framework_id: int
    status: str
    version: int


class EndorsementTranslated(Event, name="endorsement.translated"):
    """An organisation said anew what elements (ids) of a framework mean locally."""

    endorsement_id: int
    element_ids: list[int]
    version: int


class EndorsementReviewed(Event, name="endorsement.reviewed"):
    """An organisation has looked through its own programmes."""

    endorsement_id: int
    version: int
