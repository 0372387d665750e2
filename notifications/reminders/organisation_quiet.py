"""Nobody has done anything for an organisation for long, although it has work in the register."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.initiatives.queries import lingering
from notifications.queries import caring
from notifications.reminders.registry import Matter, Reminder, Step, To, before, day_of
from notifications.reminders.words import since

STEPS = (Step(60, To.KNOWS), Step(90, To.OFFICERS))
"""Who keeps the relationship speaks with them before a stranger writes."""


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    cares = caring.every_care()
    least = min([STEPS[0].days, *(care.second_days for care in cares.values())])
    for organisation in lingering.quiet_organisations(before=before(at, least), only=only):
        care = cares.get(organisation.pk)
        began, number = day_of(organisation.acted_at), organisation.records
        records = ngettext("It keeps %(number)s record.", "It keeps %(number)s records.", number) % {"number": number}
        number = organisation.unanswered
        unanswered = ngettext("It has %(number)s part to confirm.", "It has %(number)s parts to confirm.", number) % {
            "number": number
        }
        yield Matter(
            subject=f"organisation:{organisation.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("Is all that is said of %(organisation)s still right?") % {"organisation": organisation.name},
            tells=_("%(organisation)s has gone quiet") % {"organisation": organisation.name},
            facts=(
                _("Nobody has done anything for it here since %(since)s.") % {"since": since(began, day_of(at))},
                records,
                *([unanswered] if number else []),
            ),
            path=f"/organisations/{organisation.slug}/",
            label=_("See the organisation"),
            organisations=(organisation.pk,),
            steps=(Step(care.second_days, To.KNOWS), Step(care.third_days, To.OFFICERS)) if care is not None else None,
        )


Reminder(
    name="organisation.quiet",
    title=gettext_lazy("Organisations that have gone quiet"),
    when=gettext_lazy(
        "When nobody has done anything for an organisation that keeps records here. The days can be set for each "
        "organisation below."
    ),
    steps=STEPS,
    find=find,
)
