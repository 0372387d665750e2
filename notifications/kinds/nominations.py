"""Work that somebody has heard of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from collaboration.initiatives import queries as initiatives
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import acting
from notifications.kinds.registry import Class, Kind, address, officers
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

MADE = Kind(
    name="nomination.made",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="nomination_made",
    reason=_("you are a partnership officer of %(organisation)s, and nominations come to you"),
)


@handles("nomination.made", name="mail.nomination_made")
def tell_officers(envelope: Envelope) -> None:
    """The nominator's address is not in the mail: officers see it on the page."""
    for officer in officers():
        who = {"person_id": officer.person.pk, "mandate_id": officer.mandate.pk}
        nomination = _waiting(envelope.payload["nomination_id"], **who)
        if nomination is None:
            continue
        MADE.tell(
            officer,
            about=envelope.id,
            context={
                "nomination": nomination,
                "page": address("/manage/nominations/"),
                "rows": [
                    (_("Title"), nomination.title),
                    (_("Who does it"), nomination.who),
                    (_("Where"), nomination.area.name if nomination.area else ""),
                ],
            },
            conditions={"nomination_waits": {"nomination_id": nomination.pk, **who}},
            headers=root_of("nomination", nomination.pk),
        )


def _waiting(nomination_id: int, *, person_id: int, mandate_id: int) -> Any:
    """A nomination that waits for this officer, or None."""
    actor = acting(person_id, mandate_id)
    return initiatives.nominations(actor).filter(pk=nomination_id).first() if actor else None


@condition("nomination_waits")
def nomination_still_waits(*, nomination_id: int, person_id: int, mandate_id: int) -> str:
    waits = _waiting(nomination_id, person_id=person_id, mandate_id=mandate_id)
    return "" if waits else "The nomination was dealt with, or is not this person's any more."
