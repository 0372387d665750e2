"""Somebody was asked to take on an action and has not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.reminders.actions import asked, described, matter, owner, read
from notifications.reminders.registry import Matter, Reminder, Step, To, before, day_of
from notifications.reminders.words import since

STEPS = (Step(4), Step(10), Step(17, To.KNOWS))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for action in read(asked(only).filter(asked_at__lt=before(at, STEPS[0].days))):
        began = day_of(action.asked_at)
        yield matter(
            action,
            began=began,
            asks=_("Will you take this on? %(action)s") % {"action": described(action)},
            tells=_("%(owner)s has not answered: %(action)s") % {"owner": owner(action), "action": described(action)},
            facts=(_("Asked %(since)s.") % {"since": since(began, day_of(at))},),
            acts=(("action.accept", action.reference), ("action.not_me", action.reference)),
        )


Reminder(
    name="action.unanswered",
    title=gettext_lazy("Actions somebody was asked to take on"),
    when=gettext_lazy("When somebody was asked to take on an action and has not answered: twice, then who asked."),
    steps=STEPS,
    find=find,
)
