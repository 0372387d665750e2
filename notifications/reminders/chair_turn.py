"""It is soon somebody's turn to chair a partnership board."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import board_needs
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken

STEPS = (Step(-30), Step(-7))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    terms = list(board_needs.turns_coming(on=today, only=only))
    people = board_needs.people_of_seats([term.seat_id for term in terms], on=today)
    for term in terms:
        assert term.valid_from is not None  # noqa: S101 - a turn has a first day
        words = {"board": term.board.name, "day": spoken(term.valid_from)}
        asks = (
            _("You are chair of %(board)s from %(day)s") % words
            if term.role == "chair"
            else _("You are vice-chair of %(board)s from %(day)s") % words
        )
        facts = [_("It is the turn of %(organisation)s.") % {"organisation": term.seat.organisation.name}]
        if term.valid_to:
            facts.append(_("The term ends on %(day)s.") % {"day": spoken(term.valid_to)})
        yield Matter(
            subject=f"chair:{term.pk}",
            occasion=term.valid_from.isoformat(),
            began=term.valid_from,
            asks=asks,
            facts=tuple(facts),
            path=f"/partnerships/{term.board.slug}/",
            label=_("See the board"),
            people=tuple(people.get(term.seat_id, ())),
            because=_("you sit for your organisation on this board"),
            seen_by=("partnership.view", term.board),
        )


Reminder(
    name="chair.turn",
    title=gettext_lazy("Turns to chair a partnership board"),
    when=gettext_lazy("Before a turn to chair begins. Whoever fills the seat is told, and their deputies."),
    steps=STEPS,
    find=find,
    towards=True,
)
