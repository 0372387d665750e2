"""An action is due in a few days."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.reminders.actions import accepted, acts, described, matter, read
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken

STEPS = (Step(-3),)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    for action in read(accepted(only).filter(due_on__gte=today, due_on__lte=today + timedelta(days=14))):
        yield matter(
            action,
            began=action.due_on,
            asks=_("Due on %(day)s: %(action)s") % {"day": spoken(action.due_on), "action": described(action)},
            acts=acts(action),
        )


Reminder(
    name="action.due",
    title=gettext_lazy("Actions that are due soon"),
    when=gettext_lazy("Before an action is due. Its owner is told."),
    steps=STEPS,
    find=find,
    towards=True,
)
