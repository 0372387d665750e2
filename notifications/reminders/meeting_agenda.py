"""A meeting comes near and has no agenda that its readers can see."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import reminding_meetings as reading
from notifications.reminders.meetings import facts, plan_of, spoken_of
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.services.queueing import root_of

STEPS = (Step(-14), Step(-7))
AHEAD = timedelta(days=28)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    found = list(reading.without_agenda(at, at + AHEAD, only=only))
    run_by = reading.those_who_run({each.board_id for each in found})
    for meeting in found:
        lead = meeting.board.lead_id
        people = tuple(run_by[meeting.board_id])
        yield Matter(
            subject=f"meeting:{meeting.pk}",
            occasion=meeting.starts_at.strftime("%Y-%m-%dT%H:%M"),
            began=day_of(meeting.starts_at),
            asks=_("The agenda of %(meeting)s is not published") % {"meeting": spoken_of(meeting)},
            facts=facts(meeting),
            path=plan_of(meeting),
            label=_("Prepare the meeting"),
            people=people,
            # Where nobody chairs or keeps the papers, the organisation that leads the board is told.
            organisations=(lead,) if lead is not None and not people else (),
            roles=("lead",),
            because=_("you run the board’s meetings"),
            headers=root_of("meeting", meeting.uuid),
        )


Reminder(
    name="meeting.agenda",
    title=gettext_lazy("Meetings without an agenda"),
    when=gettext_lazy("Two weeks and one week before a meeting. Its secretary and its chair are told."),
    steps=STEPS,
    find=find,
    towards=True,
)
