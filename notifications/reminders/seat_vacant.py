"""A seat of an organisation on a partnership board is vacant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import board_needs
from notifications.reminders.registry import Matter, Reminder, Step, To, day_of
from notifications.reminders.words import spoken

STEPS = (Step(3), Step(24), Step(66, To.KNOWS))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    seats = list(board_needs.vacant(on=today, only=only))
    began = board_needs.vacant_since(seats, on=today)
    for seat in seats:
        words = {"board": seat.board.name, "organisation": seat.organisation.name}
        facts = [_("Nobody has filled it since %(day)s.") % {"day": spoken(began[seat.pk])}]
        if seat.title:
            facts.insert(0, _("What it is for: %(title)s.") % {"title": seat.title})
        yield Matter(
            subject=f"seat:{seat.pk}",
            occasion=began[seat.pk].isoformat(),
            began=began[seat.pk],
            asks=_("Say who fills the seat of %(organisation)s on %(board)s") % words,
            tells=_("The seat of %(organisation)s on %(board)s is vacant") % words,
            facts=tuple(facts),
            path=f"/partnerships/{seat.board.slug}/seats/{seat.pk}/fill/",
            label=_("Fill the seat"),
            path_for_others=f"/partnerships/{seat.board.slug}/",
            organisations=(seat.organisation_id,),
            roles=("lead",),
            seen_by=("seat.view", seat),
        )


Reminder(
    name="seat.vacant",
    title=gettext_lazy("Seats on partnership boards that nobody fills"),
    when=gettext_lazy("When a seat is vacant: who leads its organisation, then whoever knows the organisation."),
    steps=STEPS,
    find=find,
)
