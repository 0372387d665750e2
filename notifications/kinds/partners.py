"""Being named as a partner: asked, confirmed, declined."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork.directory.queries import organisations
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import find, page_of, tell_about
from notifications.kinds.registry import Class, Kind, keepers_of, those_who_answer_for
from notifications.kinds.together import ask_together, waiting_for, was_asked_together
from notifications.models import OutgoingMessage, Topic
from notifications.rules import condition

MOST_ALONE = 3
"""More records than these that name an organisation before anybody can answer for it are asked about in one mail."""

ASKED = Kind(
    name="partner.asked",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="partner_asked",
    reason=_("you speak for %(organisation)s, which is named as a partner in this initiative"),
)
CONFIRMED = Kind(
    name="partner.confirmed",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="partner_confirmed",
    reason=_("you speak for %(organisation)s, which keeps this initiative"),
)
DECLINED = Kind(
    name="partner.declined",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="partner_declined",
    reason=_("you speak for %(organisation)s, which keeps this initiative"),
)


@handles("partner.asked", name="mail.partner_asked")
def ask_to_confirm(envelope: Envelope) -> None:
    """Mail everybody who may answer. When nobody may, nothing is sent, and officers see it on their mail page."""
    initiative = find(envelope.payload["reference"])
    partner = _waiting(initiative, envelope.payload["partner_id"])
    if partner is not None:
        _ask(initiative, partner, envelope)


@handles("mandate.granted", name="mail.partner_asked_before")
def ask_who_came_later(envelope: Envelope) -> None:
    """An organisation that was asked before anybody could answer for it: ask its first people now."""
    organisation = organisations().filter(pk=envelope.payload["organisation_id"]).first()
    if organisation is None:
        return
    unasked = []
    for partner in waiting_for(organisation):
        asked_before = OutgoingMessage.objects.filter(kind=ASKED.name, conditions__partner_waits__partner_id=partner.pk)
        if not asked_before.exists() and not was_asked_together(organisation, partner):
            unasked.append(partner)
    if len(unasked) > MOST_ALONE:
        ask_together(organisation, unasked, envelope)
        return
    for partner in unasked:
        initiative = find(partner.initiative.reference)
        if initiative is not None:
            _ask(initiative, partner, envelope, about=f"{envelope.id}-{partner.pk}")


@handles("partner.confirmed", name="mail.partner_confirmed")
def tell_confirmed(envelope: Envelope) -> None:
    _tell_answer(CONFIRMED, "confirmed", envelope)


@handles("partner.declined", name="mail.partner_declined")
def tell_declined(envelope: Envelope) -> None:
    _tell_answer(DECLINED, "declined", envelope)


def _ask(initiative: Any, partner: Any, envelope: Envelope, *, about: object = None) -> None:
    keeper = initiative.owner or initiative.lead
    tell_about(
        ASKED,
        those_who_answer_for(partner.organisation),
        initiative,
        envelope,
        about=about,
        sender=keeper.name if keeper else "",
        context={
            "partner": partner,
            "keeper": keeper.name if keeper else "",
            "answer": page_of(initiative, f"partners/{partner.pk}/answer/"),
            "rows": [
                (_("Initiative"), f"{initiative.title} ({initiative.reference})"),
                (_("Registered by"), keeper.name if keeper else ""),
                (_("Your organisation"), partner.organisation.name),
                (_("Named as"), partner.get_role_display() if partner.role else _("Partner, role not stated")),
                (_("Contribution"), partner.contribution),
            ],
        },
        conditions={"partner_waits": {"reference": initiative.reference, "partner_id": partner.pk}},
        acts=(("partner.confirm", partner.pk), ("partner.decline", partner.pk)),
    )


def _tell_answer(kind: Kind, answer: str, envelope: Envelope) -> None:
    initiative = find(envelope.payload["reference"])
    if initiative is None:
        return
    partner = initiative.partners.filter(pk=envelope.payload["partner_id"], confirmation=answer).first()
    if partner is None:
        return
    tell_about(
        kind,
        keepers_of(initiative),
        initiative,
        envelope,
        sender=partner.organisation.name,
        context={"partner": partner, "rows": [(_("Initiative"), f"{initiative.title} ({initiative.reference})")]},
        conditions={
            "partner_answered": {
                "reference": initiative.reference,
                "partner_id": partner.pk,
                "answer": answer,
            }
        },
    )


def _waiting(initiative: Any, partner_id: int) -> Any:
    if initiative is None:
        return None
    return initiative.partners.filter(pk=partner_id, confirmation="asked", valid_to=None).first()


@condition("partner_waits")
def partner_still_waits(*, reference: str, partner_id: int) -> str:
    """Nobody has answered yet, and the organisation is still named."""
    return "" if _waiting(find(reference), partner_id) else "The question was answered or taken back."


@condition("partner_answered")
def answer_still_stands(*, reference: str, partner_id: int, answer: str) -> str:
    """A change of mind within minutes is told once, as it stands in the end."""
    initiative = find(reference)
    stands = initiative is not None and initiative.partners.filter(pk=partner_id, confirmation=answer).exists()
    return "" if stands else "The answer was changed since."
