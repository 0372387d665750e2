"""Minutes of a board's meeting are not sent round, or the time for comments on them has passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import reviewing
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken
from notifications.services.queueing import root_of

STEPS = (Step(0), Step(14), Step(42))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for minutes, since, keepers in reviewing.minutes_waiting(day_of(at), only=only):
        meeting = minutes.meeting
        is_draft = minutes.status == "draft"
        words = {"board": meeting.board.name, "day": spoken(timezone.localtime(meeting.starts_at).date())}
        asks = _("Minutes to send round: %(board)s") if is_draft else _("Minutes to approve: %(board)s")
        fact = (
            _("It met on %(day)s, and its people have not seen the minutes yet.")
            if is_draft
            else _("It met on %(day)s. The time for comments has passed.")
        )
        yield Matter(
            subject=f"minutes:{minutes.pk}",
            occasion=f"{minutes.status} {since.isoformat()}",
            began=since,
            asks=asks % words,
            facts=(fact % words,),
            path=f"/meetings/{meeting.uuid}/minutes/",
            label=_("Open the minutes"),
            organisations=(meeting.board.lead_id,) if meeting.board.lead_id is not None else (),
            roles=("lead", "officer"),
            people=tuple(keepers),
            because=_("you keep the board that met"),
            officers_answer=meeting.board.lead_id is None,
            headers=root_of("meeting", meeting.pk),
            seen_by=("minutes.write", minutes),
        )


Reminder(
    name="minutes.waiting",
    title=gettext_lazy("Minutes to send round or to approve"),
    when=gettext_lazy(
        "Two weeks after a meeting whose minutes nobody sent round, and when the time for comments is over."
    ),
    steps=STEPS,
    find=find,
)
