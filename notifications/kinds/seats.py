"""A board asks an organisation to say who fills its vacant seat."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from collaboration.governance.queries import board_needs
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import acting
from notifications.kinds.registry import Class, Kind, address, those_who_answer_for
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

ASKED_FOR = Kind(
    name="seat.asked_for",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="seat_asked_for",
    reason=_("you lead %(organisation)s, which has a seat on a partnership board"),
)


@handles("seat.asked_for", name="mail.seat_asked_for")
def tell_leads(envelope: Envelope) -> None:
    seat = board_needs.vacant(only=[envelope.payload["seat_id"]]).first()
    if seat is None:
        return
    page = address(f"/partnerships/{seat.board.slug}/seats/{seat.pk}/fill/")
    rows: list[tuple[Any, str]] = [(_("Board"), seat.board.name), (_("Organisation"), seat.organisation.name)]
    if seat.title:
        rows.append((_("What the seat is for"), seat.title))
    for reader in those_who_answer_for(seat.organisation, roles=("lead",)):
        who = {"person_id": reader.person.pk, "mandate_id": reader.mandate.pk}
        ASKED_FOR.tell(
            reader,
            about=envelope.id,
            context={"board": seat.board.name, "page": page, "rows": rows},
            conditions={"seat_waits": {"seat_id": seat.pk, **who}},
            headers=root_of("partnership", seat.board_id),
        )


@condition("seat_waits")
def seat_still_waits(*, seat_id: int, person_id: int, mandate_id: int) -> str:
    actor = acting(person_id, mandate_id)
    waits = actor is not None and board_needs.vacant_of(actor).filter(pk=seat_id).exists()
    return "" if waits else "The seat is filled, has ended, or is not this person's to fill any more."
