"""Decisions of partnership boards: organisations are asked for their voice, and who keeps the strategy is told.

A decision that is contrary to the strategy is referred to the organisations that keep it, as far as their people may
see the decision: mail tells nobody what its page would not.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import decisions
from collaboration.governance.queries.levels import may_be_quoted
from collaboration.governance.queries.strategy import keepers, keepers_words
from collaboration.governance.queries.voices import people_to_ask
from groundwork.access.actors import PersonActor, SystemActor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import acting
from notifications.kinds.registry import Class, Kind, Reader, address, those_who_answer_for
from notifications.models import OutgoingMessage, Topic
from notifications.rules import condition
from notifications.services.queueing import LANGUAGE, Written, root_of, write
from notifications.services.rewriting import rewrites
from notifications.services.stopping import link_for

VOICE = Kind(
    name="decision.voice_asked",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="decision_voice_asked",
    reason=gettext_lazy("you sit on this board for %(organisation)s, which has a vote there"),
)
CONTRARY = Kind(
    name="decision.contrary",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="decision_contrary",
    reason=gettext_lazy("you speak for %(organisation)s, which keeps the strategy"),
)
MAIL = SystemActor(name="mail")


@handles("decision.opened", name="mail.decision_opened")
def ask_for_voices(envelope: Envelope) -> None:
    """Everybody who can speak for an organisation that has not spoken yet, except who opened it."""
    decision = _get(envelope.payload["reference"])
    if decision is None or decision.status != "open":
        return
    for seat in people_to_ask(decision):
        person: Any = seat.person
        if person.pk == envelope.person_id or not _sees(seat, decision):
            continue
        state = {
            "reference": decision.reference,
            "version": envelope.payload["version"],
            "person_id": person.pk,
            "organisation_id": seat.mandate.organisation_id if seat.mandate else 0,
        }
        VOICE.tell(
            Reader(person=person, mandate=seat.mandate),
            about=envelope.id,
            sender=decision.board.name,
            context=_of_voice(decision),
            conditions={"voice_asked": state},
            headers=root_of("decision", decision.number),
        )


@handles("decision.made", name="mail.decision_contrary")
def refer_what_is_contrary(envelope: Envelope) -> None:
    decision = _get(envelope.payload["reference"])
    if decision is None or not envelope.payload["contrary"]:
        return
    for each in those_who_answer_for(*keepers(decision)):
        if each.person.pk == envelope.person_id:
            continue
        if not can(PersonActor(who=each.person, under=each.mandate, via="mail"), "decision.view", decision):
            continue
        CONTRARY.tell(
            each,
            about=envelope.id,
            sender=decision.board.name,
            context=_of_contrary(decision),
            conditions={"decision_contrary": {"reference": decision.reference, "person_id": each.person.pk}},
            headers=root_of("decision", decision.number),
        )


def _sees(seat: Any, decision: Any) -> bool:
    """Whether who fills the seat may see the decision, under the mandate of that seat."""
    return bool(can(PersonActor(who=seat.person, under=seat.mandate, via="mail"), "decision.view", decision))


def _of_voice(decision: Any) -> dict[str, Any]:
    return {**_context(decision), "link": address(f"/decisions/{decision.reference}/voice/")}


def _of_contrary(decision: Any) -> dict[str, Any]:
    effects = [(framework.title, effect) for framework, effect in keepers_words(decision)]
    return {**_context(decision), "effects": effects, "link": address(f"/decisions/{decision.reference}/")}


def _context(decision: Any) -> dict[str, Any]:
    """What mail says of it: of one that is exempt or for named people its reference alone."""
    quoted = may_be_quoted(decision)
    return {
        "decision": decision,
        "quoted": quoted,
        "rows": [
            (_("Decision"), f"{decision.title} ({decision.reference})" if quoted else decision.reference),
            (_("Board"), decision.board.name),
            (_("How"), str(decision.get_how_display())),
            (_("Decided"), date_format(decision.decided_on, "j F Y") if decision.decided_on else ""),
        ],
    }


@rewrites(VOICE.name, CONTRARY.name)
def without_words(message: OutgoingMessage) -> Written | None:
    """The message without the words of a decision that was made exempt, or narrower, since it was written."""
    asked = message.conditions.get("voice_asked") or message.conditions["decision_contrary"]
    decision = _get(asked["reference"])
    if decision is None or may_be_quoted(decision):
        return None
    kind, said = (VOICE, _of_voice) if message.kind == VOICE.name else (CONTRARY, _of_contrary)
    mandate = acting(message.person_id or 0, message.conditions.get("person_acts", {}).get("mandate_id"))
    whose = mandate.organisation.name if mandate and mandate.organisation else ""
    with translation.override(LANGUAGE):
        return write(
            kind.template,
            {
                **said(decision),
                "organisation": whose,
                "reason": message.reason,
                "recipient": message.recipient,
                "reader": message.person,
                "stop_link": link_for(person=message.person, topic=message.topic, message_id=message.pk),
            },
        )


def _get(reference: str) -> Any:
    try:
        return decisions.get(MAIL, reference)
    except NotFound:
        return None


@condition("voice_asked")
def voice_is_still_asked(*, reference: str, version: int, person_id: int, organisation_id: int) -> str:
    """It is open in the words that were asked about, the organisation has not spoken, and the person may see it."""
    decision = _get(reference)
    if decision is None or decision.status != "open":
        return "The decision is not open any more."
    waits = {(each.person_id, each.seat.organisation_id): each for each in people_to_ask(decision)}
    seat = waits.get((person_id, organisation_id))
    if seat is None:
        return "The organisation has spoken, or the person does not speak for it any more."
    return "" if _sees(seat, decision) else "The person may not see the decision."


@condition("decision_contrary")
def decision_is_still_contrary(*, reference: str, person_id: int) -> str:
    """It stands, it is contrary to the strategy, and the person may see it."""
    decision = _get(reference)
    if decision is None or decision.status != "made" or decision.accords != "contrary":
        return "The decision does not stand any more."
    whose = acting(person_id, None)
    if whose is None or not can(whose, "decision.view", decision):
        return "The person may not see the decision."
    return ""
