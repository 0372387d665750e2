"""Nobody has said for long that a record is still accurate. How long is long, an organisation's care says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.queries import caring
from notifications.reminders.registry import Matter, Reminder, before, day_of, gently
from notifications.reminders.words import keepers, kept_by, named, since

STEPS = gently(30, 60, 90)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    cares = caring.every_care()
    least = min([STEPS[0].days, *(care.first_days for care in cares.values())])
    today = day_of(at)
    for it in lingering.unverified(before=before(at, least), only=only):
        # Of two organisations the one that wants to hear sooner decides; the owner where both want the same.
        own = [cares[each] for each in keepers(it) if each in cares]
        care = min(own, key=lambda each: each.first_days, default=None)
        began = day_of(it.said_at)
        verified = (
            _("Last said to be accurate %(since)s.") % {"since": since(day_of(it.verified_at), today)}
            if it.verified_at
            else _("Nobody has said yet that it is accurate. It came here %(since)s.")
            % {"since": since(day_of(it.published_at or it.created_at), today)}
        )
        update = (
            _("Last update %(since)s.") % {"since": since(day_of(it.update_at), today)}
            if it.update_at
            else _("No update so far.")
        )
        questions = (
            ngettext("%(number)s question unanswered.", "%(number)s questions unanswered.", it.questions)
            % {"number": it.questions}
            if it.questions
            else ""
        )
        yield Matter(
            subject=f"initiative:{it.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("Is this still accurate? %(initiative)s") % {"initiative": named(it)},
            tells=_("%(keeper)s has not said for long whether this is accurate: %(initiative)s")
            % {"keeper": kept_by(it), "initiative": named(it)},
            facts=tuple(fact for fact in (verified, update, questions) if fact),
            path=f"/initiatives/{it.reference}/",
            label=_("Read it, and change what has changed"),
            organisations=keepers(it),
            officers_answer=not keepers(it),
            steps=gently(care.first_days, care.second_days, care.third_days) if care is not None else None,
            acts=(("initiative.still_accurate", it.reference),),
            headers=headers_of(it),
            seen_by=("initiative.view", it),
        )


Reminder(
    name="initiative.not_verified",
    title=gettext_lazy("Records that nobody called accurate for long"),
    when=gettext_lazy(
        "When nobody has said that a record is accurate, and nobody has written an update. The days can be set for "
        "each organisation below."
    ),
    steps=STEPS,
    find=find,
)
