"""A paper for a meeting is due in a few days."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import reminding_meetings as reading
from notifications.reminders.meetings import facts, spoken_of
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken
from notifications.services.queueing import root_of

STEPS = (Step(-7), Step(-2), Step(0))
AHEAD = timedelta(days=21)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    for paper in reading.papers_awaited(today, today + AHEAD, only=only):
        meeting = paper.meeting
        due = meeting.papers_due_on
        yield Matter(
            subject=f"paper:{paper.pk}",
            occasion=due.isoformat(),
            began=due,
            asks=_("Paper due on %(day)s: “%(title)s”") % {"day": spoken(due), "title": paper.title},
            facts=(spoken_of(meeting), *facts(meeting)),
            path=f"{paper.get_absolute_url()}edit/",
            label=_("Hand in the paper"),
            people=(paper.asked_of_id,),
            because=_("you were asked for it"),
            headers=root_of("meeting", meeting.uuid),
            seen_by=("paper.view", paper),
        )


Reminder(
    name="paper.due",
    title=gettext_lazy("Papers that are due soon"),
    when=gettext_lazy("A week and two days before a paper is due, and on the day. Who was asked for it is told."),
    steps=STEPS,
    find=find,
    towards=True,
)
