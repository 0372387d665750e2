"""A recommendation was to be done by a day, and is not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import recommendations
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import TITLE, spoken
from notifications.services.queueing import root_of

STEPS = (Step(1), Step(30), Step(90))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for it in recommendations.unfinished(until=day_of(at), only=only):
        due_on = it.due_on
        assert due_on is not None  # noqa: S101 - those without a day are not late
        title = it.title if len(it.title) <= TITLE else it.title[: TITLE - 1].rstrip() + "…"
        yield Matter(
            subject=f"recommendation:{it.pk}",
            occasion=due_on.isoformat(),
            began=due_on,
            asks=_("How far is this recommendation? “%(title)s”") % {"title": title},
            facts=(_("It was due on %(day)s.") % {"day": spoken(due_on)}, it.list.title),
            path=f"/recommendations/{it.list.slug}/{it.code}/report/",
            label=_("Say how far it is"),
            organisations=(it.owner_id,) if it.owner_id is not None else (),
            because=_("your organisation answers for it"),
            headers=root_of("recommendation", it.pk),
            seen_by=("recommendation.report", it),
        )


Reminder(
    name="recommendation.overdue",
    title=gettext_lazy("Late recommendations"),
    when=gettext_lazy("When a recommendation that an organisation answers for was due and is not done."),
    steps=STEPS,
    find=find,
)
