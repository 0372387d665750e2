"""An organisation was asked to endorse a framework and has not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.reminders.registry import Matter, Reminder, Step, To, before, day_of
from notifications.reminders.words import since
from vision.frameworks.queries import endorsements_unanswered

STEPS = (Step(0), Step(21), Step(35, To.KNOWS), Step(49, To.OFFICERS))
"""The first is the asking itself, on the next working morning. A council decides at a meeting: weeks later."""


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    rows = endorsements_unanswered().filter(asked_at__lt=before(at, 0))
    for row in rows if only is None else rows.filter(pk__in=only):
        if row.asked_at is None:
            continue
        began = day_of(row.asked_at)
        said = {"organisation": row.organisation.name, "framework": row.framework.title}
        yield Matter(
            subject=f"endorsement:{row.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("Will %(organisation)s endorse “%(framework)s”?") % said,
            tells=_("%(organisation)s has not said whether it endorses “%(framework)s”") % said,
            facts=(_("The partnership officers asked %(since)s.") % {"since": since(began, day_of(at))},),
            path=f"/frameworks/{row.framework.key}/endorsements/mine/",
            label=_("Endorse it, or decline"),
            path_for_others=f"/frameworks/{row.framework.key}/endorsements/",
            organisations=(row.organisation_id,),
            seen_by=("endorsement.view", row),
        )


Reminder(
    name="endorsement.asked",
    title=gettext_lazy("Endorsements that were asked for"),
    when=gettext_lazy("When an organisation was asked to endorse a framework and has not answered."),
    steps=STEPS,
    find=find,
)
