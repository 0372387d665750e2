"""What happened to partnership boards, in words: for their pages, and for those who follow them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy

from collaboration.governance.models import PartnershipBoard
from collaboration.initiatives.queries import Act, Change
from groundwork.access.actors import Actor
from groundwork.access.rules import can
from groundwork.audit.queries import acts_since, history_of

ACTIONS: Final = {
    "partnership.create": gettext_lazy("Set up"),
    "partnership.load": gettext_lazy("Came with the place"),
    "partnership.reload": gettext_lazy("Changed with the place catalogue"),
    "partnership.withdraw": gettext_lazy("Closed: no longer in the place catalogue"),
    "partnership.edit": gettext_lazy("Changed"),
    "partnership.activate": gettext_lazy("Became active"),
    "partnership.renew": gettext_lazy("Renewed"),
    "partnership.close": gettext_lazy("Closed"),
    "seat.add": gettext_lazy("Seat added"),
    "seat.change": gettext_lazy("Seat changed"),
    "seat.end": gettext_lazy("Seat ended"),
    "seat.appoint": gettext_lazy("Seat filled"),
    "seat.leave": gettext_lazy("Seat left"),
    "chair.name": gettext_lazy("Chair named"),
    "chair.end": gettext_lazy("Turn to chair ended"),
}
FIELDS: Final = {
    "name": gettext_lazy("Name"),
    "status": gettext_lazy("Status"),
    "purpose": gettext_lazy("Purpose"),
    "lead": gettext_lazy("Lead partner"),
    "parent": gettext_lazy("Reports to"),
    "starts_on": gettext_lazy("Begins"),
    "ends_on": gettext_lazy("Set up until"),
    "elements": gettext_lazy("Ambitions"),
    "areas": gettext_lazy("Areas"),
    "terms_agreed_on": gettext_lazy("Terms of reference agreed"),
    "organisation": gettext_lazy("Organisation"),
    "role": gettext_lazy("Kind of seat"),
    "title": gettext_lazy("What the seat is for"),
    "chair": gettext_lazy("Chair"),
    "vice": gettext_lazy("Vice-chair"),
    "valid_from": gettext_lazy("From"),
    "valid_to": gettext_lazy("Until"),
    "reason": gettext_lazy("Reason"),
}
"""Fields that everybody who sees the board is told of. Who sits on it is told by organisation, never by name."""


@dataclass(frozen=True, kw_only=True)
class ChangedBoard:
    """One board with the acts on it that readers are told of, the newest first."""

    board: PartnershipBoard
    acts: tuple[Act, ...]

    def is_seen_by(self, actors: Iterable[Actor]) -> bool:
        """Under any of a reader's mandates."""
        return any(bool(can(actor, "partnership.view", self.board)) for actor in actors)

    def acts_for(self, actors: Iterable[Actor]) -> tuple[Act, ...]:
        """Everybody who sees a board is told the same of it."""
        return self.acts


def changed_since(since: datetime) -> list[ChangedBoard]:
    """Every board on which somebody acted after ``since``: two queries."""
    acts: dict[int, list[Any]] = {}
    for entry in acts_since(since, PartnershipBoard).filter(action__in=ACTIONS):
        acts.setdefault(int(entry.object_id), []).append(entry)
    if not acts:
        return []
    return [
        ChangedBoard(board=board, acts=tuple(_act(entry) for entry in acts[board.pk]))
        for board in PartnershipBoard.objects.filter(pk__in=acts)
    ]


def history(board: PartnershipBoard, *, most: int = 20) -> list[Act]:
    """The newest acts on one board. One query."""
    return [_act(entry) for entry in history_of(board).filter(action__in=ACTIONS)[:most]]


def _act(entry: Any) -> Act:
    told = {name: pair for name, pair in entry.changes.items() if name in FIELDS}
    return Act(
        id=entry.pk,
        at=entry.at,
        action=entry.action,
        label=str(ACTIONS[entry.action]),
        organisation=entry.organisation.name if entry.organisation else "",
        person_id=entry.person_id,
        changes=tuple(
            Change(field=name, label=str(FIELDS[name]), before=_words(before), after=_words(after))
            for name, (before, after) in told.items()
        ),
    )


def _words(value: Any) -> Any:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else value
