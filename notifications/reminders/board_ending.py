"""A partnership board that is set up for a time is to be renewed or closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import board_needs
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import spoken

STEPS = (Step(-60), Step(-14))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    today = day_of(at)
    boards = list(board_needs.to_renew(on=today, only=only))
    seated = board_needs.keepers_seated([board.pk for board in boards], on=today)
    for board in boards:
        assert board.ends_on is not None  # noqa: S101 - the query says so
        yield Matter(
            subject=f"partnership:{board.pk}",
            occasion=board.ends_on.isoformat(),
            began=board.ends_on,
            asks=_("Renew or close %(board)s") % {"board": board.name},
            facts=(_("It is set up until %(day)s.") % {"day": spoken(board.ends_on)},),
            path=f"/partnerships/{board.slug}/",
            label=_("Renew or close it"),
            people=tuple(sorted(seated.get(board.pk, ()))),
            because=_("you are its chair or its secretary"),
            organisations=(board.lead_id,) if board.lead_id is not None else (),
            roles=("lead", "officer"),
            officers_answer=board.lead_id is None,
            seen_by=("partnership.view", board),
        )


Reminder(
    name="partnership.ending",
    title=gettext_lazy("Partnership boards to renew or to close"),
    when=gettext_lazy("Before a board that is set up for a time ends. Those who keep it are told."),
    steps=STEPS,
    find=find,
    towards=True,
)
