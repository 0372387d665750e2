"""Somebody's work needs something, or offers it, and it has been left open for long."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.initiatives.queries import lingering
from notifications.kinds.initiatives import headers_of
from notifications.reminders.registry import Matter, Reminder, before, day_of, gently
from notifications.reminders.words import keepers, named, since

STEPS = gently(30, 60, 90)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for ask in lingering.asks_and_offers_open(before=before(at, STEPS[0].days), only=only):
        it, began = ask.initiative, day_of(ask.at)
        is_offer, number = ask.kind == "offer", ask.joined
        words = {"initiative": named(it)}
        joined = (
            ngettext(
                "%(number)s organisation has asked to join.", "%(number)s organisations have asked to join.", number
            )
            % {"number": number}
            if number
            else _("Nobody has asked to join since.")
        )
        yield Matter(
            subject=f"ask:{ask.pk}",
            occasion=began.isoformat(),
            began=began,
            asks=(
                _("Does your offer still stand? %(initiative)s")
                if is_offer
                else _("Is this still needed? %(initiative)s")
            )
            % words,
            tells=(
                _("Nobody has taken up an offer: %(initiative)s")
                if is_offer
                else _("Nobody has helped with what is asked for: %(initiative)s")
            )
            % words,
            facts=(
                f"“{ask.body if len(ask.body) <= 160 else ask.body[:159].rstrip() + '…'}”",
                _("Written %(since)s.") % {"since": since(began, day_of(at))},
                joined,
            ),
            path=f"/initiatives/{it.reference}/ask-offer/{ask.pk}/",
            label=_("Close it if it is settled"),
            path_for_others=f"/initiatives/{it.reference}/",
            organisations=keepers(it),
            officers_answer=not keepers(it),
            headers=headers_of(it),
            seen_by=("initiative.view", it),
        )


Reminder(
    name="ask.open",
    title=gettext_lazy("Asks and offers left open"),
    when=gettext_lazy("When an ask or an offer has been open for long."),
    steps=STEPS,
    find=find,
)
