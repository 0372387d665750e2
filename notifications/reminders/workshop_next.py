"""People were promised to be told what happened next, and nobody has written it down."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.workshops.queries import reminding
from notifications.reminders.registry import Matter, Reminder, Step, To, day_of
from notifications.reminders.words import spoken
from notifications.reminders.workshops import named
from notifications.services.queueing import root_of

STEPS = (Step(0), Step(7), Step(21, To.KNOWS))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for workshop in reminding.next_to_write(day_of(at), only=only):
        yield Matter(
            subject=f"workshop:{workshop.pk}",
            occasion=workshop.next_on.isoformat(),
            began=workshop.next_on,
            asks=_("Say what happened after %(workshop)s") % {"workshop": named(workshop)},
            tells=_("Nobody has said what happened after %(workshop)s") % {"workshop": named(workshop)},
            facts=(_("Those who were there were promised to be told on %(day)s.") % {"day": spoken(workshop.next_on)},),
            path=f"/workshops/{workshop.code}/next/",
            label=_("Write what happened next"),
            people=tuple(part.person_id for part in workshop.run_by),
            because=_("you run this workshop"),
            asked_by=(workshop.host_id,),
            headers=root_of("workshop", workshop.uuid),
        )


Reminder(
    name="workshop.next",
    title=gettext_lazy("What happened next"),
    when=gettext_lazy("When the day has come to tell what happened after a workshop, and nobody has written it down."),
    steps=STEPS,
    find=find,
)
