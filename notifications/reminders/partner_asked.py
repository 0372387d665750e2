"""An organisation was asked to confirm its part in somebody's work and has not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.reminders.registry import Matter, Reminder, before, day_of, gently
from notifications.reminders.words import keepers, kept_by, named, since

STEPS = gently(7, 21, 42)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for partner in lingering.partners_asked(before=before(at, STEPS[0].days), only=only):
        initiative, organisation = partner.initiative, partner.organisation
        began = day_of(partner.asked_at)
        role = str(partner.get_role_display()) if partner.role else _("partner, role not stated")
        yield Matter(
            subject=f"partner:{partner.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=_("Please confirm or decline: %(organisation)s in %(initiative)s")
            % {"organisation": organisation.name, "initiative": named(initiative)},
            tells=_("%(organisation)s has not said whether it takes part in %(initiative)s")
            % {"organisation": organisation.name, "initiative": named(initiative)},
            facts=(
                _("%(keeper)s asked %(since)s and has no answer.")
                % {"keeper": kept_by(initiative), "since": since(began, day_of(at))},
                _("Named as: %(role)s.") % {"role": role},
            ),
            path=f"/initiatives/{initiative.reference}/",
            label=_("Read the initiative"),
            organisations=(organisation.pk,),
            asked_by=keepers(initiative),
            acts=(("partner.confirm", str(partner.pk)), ("partner.decline", str(partner.pk))),
            headers=headers_of(initiative),
            seen_by=("initiative.view", initiative),
        )


Reminder(
    name="partner.asked",
    title=gettext_lazy("Parts to confirm"),
    when=gettext_lazy("When an organisation was asked to confirm its part and has not answered."),
    steps=STEPS,
    find=find,
)
