"""What happens to mandates, and to the wish for one."""

from __future__ import annotations

from groundwork.events.registry import Event


class PersonInvited(Event, name="person.invited"):
    """Somebody was invited to act for an organisation. The token is not here: ``services.invitation_link`` has it."""

    invitation_id: int
    organisation_id: int
    role: str


class PersonJoined(Event, name="person.joined"):
    """An invitation was accepted."""

    invitation_id: int
    organisation_id: int
    person_id: int
    mandate_id: int


class JoinRequestMade(Event, name="join_request.made"):
    """Somebody asks to act for an organisation."""

    join_request_id: int
    organisation_id: int
    person_id: int


class JoinRequestDecided(Event, name="join_request.decided"):
    """Such a wish was approved or declined."""

    join_request_id: int
    organisation_id: int
    person_id: int
    approved: bool


class MandateGranted(Event, name="mandate.granted"):
    mandate_id: int
    organisation_id: int
    person_id: int
    role: str


class MandateEnded(Event, name="mandate.ended"):
    mandate_id: int
    organisation_id: int
    person_id: int
    role: str
