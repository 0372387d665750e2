"""The monthly pack of a partnership board: its month, what is missing under its ambitions, what changed there.

The mail and the page of a board read it here, each for its own reader. It is passed on, so nothing is in it that is for
the keepers of an initiative alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from collaboration.governance.queries import board_months
from collaboration.governance.queries.board_months import BoardMonth, Month
from collaboration.initiatives import queries as initiatives
from collaboration.thread.queries import Gap, gaps
from groundwork.access.actors import Actor, PersonActor
from groundwork.access.rules import can
from groundwork.directory.queries import current_mandates
from notifications.queries.changes import thing_of
from notifications.queries.telling import Line, line

_TOPICS: Final = ("ambition", "strand", "block", "element")


@dataclass(frozen=True, kw_only=True)
class Pack:
    """``gaps`` are as of now, ``changed`` is of the month, the newest first."""

    of: BoardMonth
    gaps: list[Gap]
    changed: list[Line]

    @property
    def is_empty(self) -> bool:
        """Whether it is not worth a mail: what is vacant or missing has not become news by the end of a month."""
        news = (self.of.decided, self.of.standing, self.of.meetings, self.changed)
        return not any(news) and not any(each.late for each in self.of.recommendations)


def read(actor: Actor, board: Any, month: Month, at: datetime) -> Pack:
    """The pack of ``board``, which the actor may see. The same number of queries whatever it holds."""
    of = board_months.read(actor, board, month, at)
    return Pack(of=of, gaps=_gaps(of) if board.status != "closed" else [], changed=_changed(actor, of))


def reader_of(person: Any, board: Any) -> Actor | None:
    """The person under the mandate by which they are on the board, else under the first by which they may see it.

    None for who may not see it at all (any more). Asked when a pack is written and again when it is sent.
    """
    acting: list[Actor] = [PersonActor(who=person, under=mandate, via="mail") for mandate in current_mandates(person)]
    seated = [actor for actor in acting if board_months.is_of_the_board(actor, board)]
    candidates = [*seated, *acting] or [PersonActor(who=person, via="mail")]
    return next((actor for actor in candidates if can(actor, "partnership.view", board)), None)


def _gaps(of: BoardMonth) -> list[Gap]:
    """Strands without public work, and ambitions without any through a building block or in an area of the board."""
    ambitions, strands, areas = of.ambitions, {each.code for each in of.served}, of.areas
    if not ambitions:
        return []
    found = gaps()
    here = [
        gap
        for gap in found.areas
        if gap.row.code in ambitions and gap.column is not None and (not areas or gap.column.code in areas)
    ]
    return [
        *(gap for gap in found.strands if gap.row.code in strands),
        *(gap for gap in found.blocks if gap.row.code in ambitions),
        *here,
    ]


def _changed(actor: Actor, of: BoardMonth) -> list[Line]:
    """What changed in initiatives under its ambitions, a line each. Nobody's drafts."""
    terms = {(kind, element.code) for element in of.served for kind in _TOPICS}
    if not terms:
        return []
    told = []
    for changed in initiatives.changed_since(of.begins, of.ends).values():
        if changed.initiative.visibility == "draft" or not terms & changed.terms or not changed.is_seen_by([actor]):
            continue
        # Not what is for its keepers alone, also where the reader is one.
        said = line(thing_of(changed), changed.partners if actor.is_partner else changed.public)
        if said is not None:
            told.append(said)
    return sorted(told, key=lambda each: (each.at, each.reference), reverse=True)[: board_months.MOST]
