"""An organisation asks to join somebody's work, and is answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import find, page_of, tell_about
from notifications.kinds.registry import Class, Kind, Reader, keepers_of
from notifications.models import Topic
from notifications.rules import condition

ASKED = Kind(
    name="join.asked",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="join_asked",
    reason=_("you speak for %(organisation)s, and somebody asks to join its work"),
)
ANSWERED = Kind(
    name="join.answered",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="join_answered",
    reason=_("you asked to join this initiative for %(organisation)s"),
)


@handles("join.asked", name="mail.join_asked")
def tell_leads(envelope: Envelope) -> None:
    initiative = find(envelope.payload["reference"])
    ask = _ask(initiative, envelope.payload["join_ask_id"])
    if ask is None or ask.status != "waiting":
        return
    tell_about(
        ASKED,
        keepers_of(initiative),
        initiative,
        envelope,
        sender=ask.organisation.name,
        context={
            "ask": ask,
            "answer": page_of(initiative, f"join/{ask.pk}/"),
            "rows": [
                (_("Initiative"), f"{initiative.title} ({initiative.reference})"),
                (_("Who asks"), ask.organisation.name),
                (_("For them"), ask.person.display_name if ask.person else ""),
            ],
        },
        conditions={"join_ask_waits": {"reference": initiative.reference, "join_ask_id": ask.pk}},
    )


@handles("join.answered", name="mail.join_answered")
def tell_asker(envelope: Envelope) -> None:
    initiative = find(envelope.payload["reference"])
    ask = _ask(initiative, envelope.payload["join_ask_id"])
    if ask is None or ask.person is None or ask.mandate is None or ask.status == "waiting":
        return
    tell_about(
        ANSWERED,
        [Reader(person=ask.person, mandate=ask.mandate)],
        initiative,
        envelope,
        context={
            "ask": ask,
            "accepted": ask.status == "accepted",
            "rows": [(_("Initiative"), f"{initiative.title} ({initiative.reference})")],
        },
    )


def _ask(initiative: Any, ask_id: int) -> Any:
    return initiative.join_asks.filter(pk=ask_id).first() if initiative is not None else None


@condition("join_ask_waits")
def join_ask_still_waits(*, reference: str, join_ask_id: int) -> str:
    ask = _ask(find(reference), join_ask_id)
    return "" if ask is not None and ask.status == "waiting" else "The question was answered."
