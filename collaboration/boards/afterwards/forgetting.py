"""Words that were removed from a board for good are removed from what was taken down about it, too.

What an action or an initiative itself says stays: whoever made it wrote that down as their own.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from collaboration.actions.models import Action
from collaboration.boards.afterwards.provenance import KIND, day_of, sentence
from collaboration.boards.models import Outcome
from groundwork.audit.services import forget_words


def words_removed(board_id: UUID, ids: Collection[str]) -> None:
    """These notes and groups (ids) have no words any more. In the caller's transaction."""
    gone = set(ids)
    rows = Outcome.objects.filter(board_id=board_id).select_related("board__workshop", "action")
    _forget([row for row in rows if not gone.isdisjoint([*row.sources, str(row.proposal)])])


def all_words_removed(board_id: UUID) -> None:
    """Nothing that was said on this board is kept any more. In the caller's transaction."""
    _forget(list(Outcome.objects.filter(board_id=board_id).select_related("board__workshop", "action")))


def _forget(rows: Collection[Outcome]) -> None:
    for row in rows:
        if row.title == row.source_title and row.action_id is None and row.initiative_id is None:
            row.title = ""
            forget_words(row, "title")
        row.source_title = ""
        row.save(update_fields=["source_title", "title"])
        workshop = row.board.workshop
        if row.action_id is not None:
            label = sentence(votes=row.votes, title="", day=day_of(workshop))
            Action.objects.filter(pk=row.action_id, origin_kind=KIND, origin_id=str(workshop.uuid)).update(
                origin_label=label
            )
