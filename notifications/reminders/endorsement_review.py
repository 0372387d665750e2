"""Three to six months after endorsing, an organisation looks through its own programmes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.reminders.registry import Matter, Reminder, Step, To, day_of
from notifications.reminders.words import spoken
from vision.frameworks.queries import endorsements_to_review

STEPS = (Step(0), Step(62), Step(92), Step(122, To.OFFICERS))
"""From three months after the decision: then, a month before it is overdue, when it is (six months), a month later."""
SHORTEST = timedelta(days=89)
"""Three months are never fewer days."""


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    rows = endorsements_to_review(today - SHORTEST)
    for row in rows if only is None else rows.filter(pk__in=only):
        began, last = row.review_from, row.review_by
        if began is None or last is None or began > today:
            continue
        said = {"organisation": row.organisation.name, "framework": row.framework.title, "day": spoken(last)}
        overdue = today > last
        yield Matter(
            subject=f"endorsement_review:{row.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=(
                _("Overdue: which programmes of %(organisation)s serve “%(framework)s”?")
                if overdue
                else _("Which programmes of %(organisation)s serve “%(framework)s”?")
            )
            % said,
            tells=_("%(organisation)s has not looked through its programmes for “%(framework)s”") % said,
            facts=((_("This was due by %(day)s.") if overdue else _("Due by %(day)s.")) % said,),
            path=f"/frameworks/{row.framework.key}/endorsements/mine/review/",
            label=_("Review your programmes"),
            path_for_others=f"/frameworks/{row.framework.key}/endorsements/",
            organisations=(row.organisation_id,),
            seen_by=("endorsement.view", row),
        )


Reminder(
    name="endorsement.review",
    title=gettext_lazy("Programmes to review after endorsing"),
    when=gettext_lazy("Three months after an organisation endorsed a framework, until its review is done."),
    steps=STEPS,
    find=find,
)
