"""Scrutiny challenged what a record says and has no response."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.reminders.registry import Matter, Reminder, before, day_of, gently
from notifications.reminders.words import keepers, kept_by, named, since

STEPS = gently(7, 14, 28)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for challenge in lingering.challenges_open(before=before(at, STEPS[0].days), only=only):
        it, began = challenge.initiative, day_of(challenge.at)
        who = challenge.organisation.name if challenge.organisation else _("Scrutiny")
        yield Matter(
            subject=f"challenge:{challenge.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("A challenge waits for your response: %(initiative)s") % {"initiative": named(it)},
            tells=_("%(keeper)s has not responded to a challenge: %(initiative)s")
            % {"keeper": kept_by(it), "initiative": named(it)},
            facts=(_("%(who)s asked %(since)s.") % {"who": who, "since": since(began, day_of(at))},),
            path=f"/initiatives/{it.reference}/challenge/{challenge.pk}/",
            label=_("Respond"),
            path_for_others=f"/initiatives/{it.reference}/",
            organisations=keepers(it),
            officers_answer=not keepers(it),
            headers=headers_of(it),
            seen_by=("initiative.view", it),
        )


Reminder(
    name="challenge.open",
    title=gettext_lazy("Challenges without a response"),
    when=gettext_lazy("When scrutiny challenged a record and nobody has responded."),
    steps=STEPS,
    find=find,
)
