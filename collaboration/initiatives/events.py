"""What happens in the register, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class InitiativeDrafted(Event, name="initiative.drafted"):
    initiative_id: int
    reference: str


class InitiativeChanged(Event, name="initiative.changed"):
    """Something about it changed. ``fields`` are the names of what did, as the audit log has them."""

    initiative_id: int
    reference: str
    version: int
    fields: list[str]


class InitiativePublished(Event, name="initiative.published"):
    """It can now be seen by partners or by everyone. Happens once to an initiative."""

    initiative_id: int
    reference: str
    visibility: str
    created_by_id: int | None


class InitiativesDrafted(Event, name="initiatives.drafted"):
    """Many were begun at once."""

    initiative_ids: list[int]


class InitiativesChanged(Event, name="initiatives.changed"):
    """Something about each of many changed at once."""

    initiative_ids: list[int]


class InitiativesMoved(Event, name="initiatives.moved"):
    """Each of many is with the successor of an organisation, or in the successor of an area. Nothing else changed."""

    initiative_ids: list[int]


class InitiativesPublished(Event, name="initiatives.published"):
    """Many can now be seen by partners or by everyone. Whoever published them tells those who are named, once."""

    initiative_ids: list[int]
    visibility: str


class InitiativeWithdrawn(Event, name="initiative.withdrawn"):
    initiative_id: int
    reference: str
    was_published: bool


class InitiativeRestored(Event, name="initiative.restored"):
    initiative_id: int
    reference: str


class InitiativeMerged(Event, name="initiative.merged"):
    """``initiative_id`` is the one that went; whoever asks for it is led to ``into_id``."""

    initiative_id: int
    reference: str
    into_id: int
    into_reference: str


class InitiativeVerified(Event, name="initiative.verified"):
    initiative_id: int
    reference: str


class InitiativeUpdated(Event, name="initiative.updated"):
    """Somebody wrote how it is going. ``health`` is "" when not said; ``verified``: they also said it is accurate."""

    initiative_id: int
    reference: str
    update_id: int
    health: str
    verified: bool


class InitiativeLearned(Event, name="initiative.learned"):
    initiative_id: int
    reference: str
    learning_id: int


class InitiativeReviewAsked(Event, name="initiative.review_asked"):
    initiative_id: int
    reference: str


class InitiativeMarkedExemplar(Event, name="initiative.marked_exemplar"):
    initiative_id: int
    reference: str
    exemplar: bool


class AskOrOfferMade(Event, name="ask_or_offer.made"):
    initiative_id: int
    reference: str
    ask_or_offer_id: int
    kind: str


class AskOrOfferClosed(Event, name="ask_or_offer.closed"):
    initiative_id: int
    reference: str
    ask_or_offer_id: int


class PartnerAsked(Event, name="partner.asked"):
    """An organisation is named as a partner and asked to confirm. ``again``: it had been asked before."""

    initiative_id: int
    reference: str
    partner_id: int
    organisation_id: int
    again: bool


class PartnerConfirmed(Event, name="partner.confirmed"):
    initiative_id: int
    reference: str
    partner_id: int
    organisation_id: int


class PartnerDeclined(Event, name="partner.declined"):
    initiative_id: int
    reference: str
    partner_id: int
    organisation_id: int


class PartnerEnded(Event, name="partner.ended"):
    """An organisation that had been asked is no longer named as a partner."""

    initiative_id: int
    reference: str
    partner_id: int
    organisation_id: int


class JoinAsked(Event, name="join.asked"):
    initiative_id: int
    reference: str
    join_ask_id: int
    organisation_id: int


class JoinAnswered(Event, name="join.answered"):
    initiative_id: int
    reference: str
    join_ask_id: int
    organisation_id: int
    accepted: bool


class ChallengeRaised(Event, name="challenge.raised"):
    initiative_id: int
    reference: str
    challenge_id: int


class ChallengeAnswered(Event, name="challenge.answered"):
    initiative_id: int
    reference: str
    challenge_id: int


class NominationMade(Event, name="nomination.made"):
    nomination_id: int


class NominationHandled(Event, name="nomination.handled"):
    """``initiative_id`` is the draft it became, or null when it was not taken up."""

    nomination_id: int
    initiative_id: int | None


class ProblemReported(Event, name="problem.reported"):
    initiative_id: int
    reference: str
    problem_id: int


class ProblemClosed(Event, name="problem.closed"):
    initiative_id: int
    reference: str
    problem_id: int
