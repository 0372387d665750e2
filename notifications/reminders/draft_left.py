"""A draft that nobody has touched for a while."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.reminders.registry import Matter, Reminder, Step, before, day_of
from notifications.reminders.words import keepers, named, since

STEPS = (Step(14), Step(45))
"""Drafts are seen by the organisations that own and lead them alone: nobody else is told."""


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for it in lingering.drafts_left(before=before(at, STEPS[0].days), only=only):
        began = day_of(it.changed_at)
        writer = it.created_by if it.created_by is not None and it.created_by.is_active else None
        yield Matter(
            subject=f"draft:{it.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("A draft waits to be finished: %(initiative)s") % {"initiative": named(it)},
            facts=(
                _("Nobody has changed it since %(since)s.") % {"since": since(began, day_of(at))},
                _("Only your organisation sees it. Publish it, or withdraw it if it came to nothing."),
            ),
            path=f"/initiatives/{it.reference}/edit/",
            label=_("Go on with the draft"),
            # Its writer; whoever may publish it where the writer has gone.
            people=(writer.pk,) if writer is not None else (),
            because=_("you began it"),
            organisations=() if writer is not None else keepers(it),
            headers=headers_of(it),
            seen_by=("initiative.edit", it),
        )


Reminder(
    name="initiative.draft_left",
    title=gettext_lazy("Drafts to finish"),
    when=gettext_lazy("When nobody has changed a draft. Only its own organisation is told."),
    steps=STEPS,
    find=find,
)
