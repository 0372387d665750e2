"""A workshop is over, and its report has not been sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.workshops.queries import reminding
from notifications.reminders.registry import Matter, Reminder, Step, To, before, day_of
from notifications.reminders.words import since
from notifications.reminders.workshops import named
from notifications.services.queueing import root_of

STEPS = (Step(1), Step(7), Step(14, To.KNOWS))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for workshop in reminding.over_and_not_reported(before=before(at, STEPS[0].days), only=only):
        began = day_of(workshop.ended)
        yield Matter(
            subject=f"workshop:{workshop.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("Send the report of %(workshop)s") % {"workshop": named(workshop)},
            tells=_("Nobody has sent the report of %(workshop)s") % {"workshop": named(workshop)},
            facts=(_("It ended %(since)s. Those who were there wait for it.") % {"since": since(began, day_of(at))},),
            path=f"/workshops/{workshop.code}/",
            label=_("Close it with a report"),
            people=tuple(part.person_id for part in workshop.run_by),
            because=_("you run this workshop"),
            asked_by=(workshop.host_id,),
            headers=root_of("workshop", workshop.uuid),
        )


Reminder(
    name="workshop.report",
    title=gettext_lazy("Workshops without a report"),
    when=gettext_lazy("When a workshop is over and its report was not sent: its facilitators, then its host."),
    steps=STEPS,
    find=find,
)
