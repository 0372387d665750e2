"""A workshop takes place on the next day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.workshops import queries as workshops
from collaboration.workshops.queries import reminding
from notifications.kinds.registry import address
from notifications.kinds.workshops import spoken_when
from notifications.reminders.registry import Guest, Matter, Reminder, Step, day_of
from notifications.reminders.workshops import named, page_of
from notifications.services.queueing import root_of

STEPS = (Step(-1),)
AHEAD = timedelta(days=14)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for workshop in reminding.coming(at, at + AHEAD, only=only):
        people = {part.person_id: part.person.email for part in workshop.expected}
        facts = [spoken_when(workshop.starts_at, workshop.ends_at)]
        if not workshop.sensitive and workshop.venue:
            facts.append(_("Where: %(venue)s") % {"venue": workshop.venue})
        yield Matter(
            subject=f"workshop:{workshop.pk}",
            occasion=workshop.starts_at.strftime("%Y-%m-%dT%H:%M"),
            began=day_of(workshop.starts_at),
            asks=_("Coming up: %(workshop)s") % {"workshop": named(workshop)},
            facts=tuple(facts),
            path=page_of(workshop),
            label=_("Open the workshop"),
            people=tuple(people),
            because=_("you take part in it, or were invited"),
            guests=tuple(
                Guest(email=each.email, link=address(f"/w/invitation/{workshops.invitation_token(each)}/"))
                for each in workshop.invited
                if each.email not in people.values()
            ),
            headers=root_of("workshop", workshop.uuid),
        )


Reminder(
    name="workshop.coming",
    title=gettext_lazy("Workshops on the next day"),
    when=gettext_lazy(
        "The day before a workshop. Everybody is told who takes part or was invited and did not decline."
    ),
    steps=STEPS,
    find=find,
    towards=True,
)
