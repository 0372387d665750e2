"""A decision of a board is to be looked at again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import reviewing
from collaboration.governance.queries.levels import may_be_quoted
from notifications.reminders.registry import Matter, Reminder, Step, day_of
from notifications.reminders.words import named, spoken
from notifications.services.queueing import root_of

STEPS = (Step(0), Step(14), Step(42))


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for decision, keepers in reviewing.due(day_of(at), only=only):
        review_on = decision.review_on
        assert review_on is not None  # noqa: S101 - those without one are not due
        yield Matter(
            subject=f"decision:{decision.pk}",
            occasion=review_on.isoformat(),
            began=review_on,
            asks=_("Does this decision still stand? %(decision)s")
            % {"decision": named(decision) if may_be_quoted(decision) else decision.reference},
            facts=(
                _("%(board)s said it would look at it again on %(day)s.")
                % {"board": decision.board.name, "day": spoken(review_on)},
            ),
            path=f"/decisions/{decision.reference}/review/",
            label=_("Say whether it stands"),
            organisations=(decision.board.lead_id,) if decision.board.lead_id is not None else (),
            roles=("lead", "officer"),
            people=tuple(keepers),
            because=_("you keep the board that decided it"),
            officers_answer=decision.board.lead_id is None,
            headers=root_of("decision", decision.number),
            seen_by=("decision.settle", decision),
        )


Reminder(
    name="decision.review",
    title=gettext_lazy("Decisions to look at again"),
    when=gettext_lazy("When the day has come on which a board said that it would look at a decision again."),
    steps=STEPS,
    find=find,
)
