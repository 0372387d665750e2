"""What a board hints to other processes: that it moved, or that somebody's rights on it did. Never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from groundwork.live import Topic


@dataclass(frozen=True, slots=True)
class BoardTopic(Topic):
    """One board. A hint holds ``epoch`` and ``head`` (it is at this seq), or ``access`` (who may be here has changed:
    this is the new ``access_version``)."""

    board_id: UUID

    @property
    def name(self) -> str:
        return f"board.{self.board_id.hex}"
