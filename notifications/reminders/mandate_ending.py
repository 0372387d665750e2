"""Somebody soon may not act for their organisation any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.directory.queries import mandates_ending
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken

STEPS = (Step(-30), Step(-7))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    rows: Any = mandates_ending(today, today + timedelta(days=44))
    for mandate in rows if only is None else rows.filter(pk__in=only):
        words = {"person": mandate.person.display_name, "organisation": mandate.organisation.name}
        yield Matter(
            subject=f"mandate:{mandate.pk}",
            occasion=mandate.valid_to.isoformat(),
            began=mandate.valid_to,
            asks=_("%(person)s soon cannot act for %(organisation)s any more") % words,
            facts=(
                _("Role: %(role)s. The last day is %(day)s.")
                % {"role": mandate.get_role_display(), "day": spoken(mandate.valid_to - timedelta(days=1))},
                _("If this should go on, somebody who leads the organisation can give the mandate again."),
            ),
            path=f"/organisations/{mandate.organisation.slug}/people/",
            label=_("See who acts for it"),
            people=(mandate.person_id,),
            because=_("it is your mandate"),
            organisations=(mandate.organisation_id,),
            roles=("lead", "officer"),
        )


Reminder(
    name="mandate.ending",
    title=gettext_lazy("Mandates that end soon"),
    when=gettext_lazy("Before somebody’s mandate ends. They are told, and who leads the organisation."),
    steps=STEPS,
    find=find,
    towards=True,
)
