"""Minutes of a partnership board are sent round: its people can comment until a day.

Mail holds nothing of what the minutes say: some of it may be exempt, and mail is read on other screens.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import minutes as reading
from groundwork.clock import today
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import MAIL
from notifications.kinds.registry import Class, Kind, Reader, address
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

CIRCULATED = Kind(
    name="minutes.circulated",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="minutes_circulated",
    reason=gettext_lazy("you sit on this board"),
)


@handles("minutes.circulated", name="mail.minutes_circulated")
def send_round(envelope: Envelope) -> None:
    """To everybody who holds a seat, deputies too; not to whoever sent them."""
    minutes = _find(envelope.payload["minutes_id"])
    if minutes is None or minutes.status != "circulated":
        return
    meeting = minutes.meeting
    day = date_format(timezone.localtime(meeting.starts_at), "j F Y")
    for person in reading.told_of_minutes(meeting, today()):
        if person.pk == envelope.person_id:
            continue
        CIRCULATED.tell(
            Reader(person=person),
            about=envelope.id,
            sender=meeting.board.name,
            context={
                "board": meeting.board.name,
                "day": day,
                "until": minutes.comments_until,
                "link": address(f"/meetings/{meeting.uuid}/minutes/"),
                "rows": [
                    (_("Board"), meeting.board.name),
                    (_("Meeting"), day),
                    (_("Comments until"), date_format(minutes.comments_until, "j F Y")),
                ],
            },
            conditions={"minutes_can_be_commented_on": {"minutes_id": minutes.pk, "person_id": person.pk}},
            headers=root_of("meeting", meeting.uuid),
        )


@condition("minutes_can_be_commented_on")
def can_be_commented_on(*, minutes_id: int, person_id: int) -> str:
    """They are still circulated, and the person still sits on the board."""
    minutes = _find(minutes_id)
    if minutes is None or minutes.status != "circulated" or minutes.comments_until < today():
        return "The minutes are not open for comments any more."
    told = {person.pk for person in reading.told_of_minutes(minutes.meeting, today())}
    return "" if person_id in told else "The person does not sit on the board any more."


def _find(minutes_id: int) -> Any:
    return reading.visible_to(MAIL).select_related("meeting__board").filter(pk=minutes_id).first()
