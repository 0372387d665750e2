"""An organisation asked to join somebody's work and has no answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.reminders.registry import Matter, Reminder, before, day_of, gently
from notifications.reminders.words import keepers, kept_by, named, since

STEPS = gently(5, 12, 21)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for ask in lingering.joins_waiting(before=before(at, STEPS[0].days), only=only):
        it, began = ask.initiative, day_of(ask.at)
        words = {"organisation": ask.organisation.name, "initiative": named(it)}
        yield Matter(
            subject=f"join_ask:{ask.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("%(organisation)s asks to join %(initiative)s") % words,
            tells=_("%(organisation)s has no answer to its wish to join %(initiative)s") % words,
            facts=(
                _("Asked %(since)s; %(keeper)s answers.") % {"since": since(began, day_of(at)), "keeper": kept_by(it)},
            ),
            path=f"/initiatives/{it.reference}/join/{ask.pk}/",
            label=_("Answer"),
            path_for_others=f"/initiatives/{it.reference}/",
            organisations=keepers(it),
            officers_answer=not keepers(it),
            headers=headers_of(it),
            seen_by=("initiative.view", it),
        )


Reminder(
    name="join.waiting",
    title=gettext_lazy("Organisations that want to join"),
    when=gettext_lazy("When an organisation asked to join and nobody has answered."),
    steps=STEPS,
    find=find,
)
