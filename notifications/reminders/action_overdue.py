"""An action was due and is not done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.reminders.actions import accepted, acts, described, matter, owner, read
from notifications.reminders.registry import Matter, Reminder, Step, To, day_of
from notifications.reminders.words import days, spoken

STEPS = (Step(1), Step(7), Step(21, To.KNOWS), Step(35, To.OFFICERS))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    for action in read(accepted(only).filter(due_on__lt=today)):
        yield matter(
            action,
            began=action.due_on,
            asks=_("Late: %(action)s") % {"action": described(action)},
            tells=_("Late, owned by %(owner)s: %(action)s") % {"owner": owner(action), "action": described(action)},
            facts=(
                _("It was due on %(day)s, %(days)s ago.")
                % {"day": spoken(action.due_on), "days": days((today - action.due_on).days)},
            ),
            acts=acts(action),
        )


Reminder(
    name="action.overdue",
    title=gettext_lazy("Late actions"),
    when=gettext_lazy("When an action was due and is not done: its owner twice, then who asked, then the officers."),
    steps=STEPS,
    find=find,
)
