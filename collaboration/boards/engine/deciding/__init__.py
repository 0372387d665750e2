"""The rules of each kind of op, by noun. A rule reads a draft, refuses or writes facts; it never changes the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from collaboration.boards.engine.deciding import columns, discussion, facilitation, groups, notes, undoing, votes
from collaboration.boards.engine.draft import Draft

Rule = Callable[[Draft], None]

RULES: Final[Mapping[str, Rule]] = {
    "note.add": notes.add,
    "paper.add": notes.add_paper,
    "note.edit": notes.edit,
    "note.move": notes.move,
    "note.delete": notes.delete,
    "restore": notes.restore,
    "column.add": columns.add,
    "column.edit": columns.edit,
    "column.move": columns.move,
    "column.delete": columns.delete,
    "group.make": groups.make,
    "group.join": groups.join,
    "group.name": groups.name,
    "group.move": groups.move,
    "group.split": groups.split,
    "ungroup": groups.ungroup,
    "merge": groups.merge,
    "vote": votes.vote,
    "unvote": votes.unvote,
    "room.votes": votes.count_room,
    "comment.add": discussion.comment,
    "comment.edit": discussion.edit_comment,
    "comment.delete": discussion.delete_comment,
    "react": discussion.react,
    "action.propose": discussion.propose,
    "action.edit": discussion.edit_action,
    "action.claim": discussion.claim,
    "action.release": discussion.release,
    "action.delete": discussion.delete_action,
    "stage.next": facilitation.go_on,
    "stage.back": facilitation.go_back,
    "timer.start": facilitation.start_timer,
    "timer.extend": facilitation.extend_timer,
    "timer.stop": facilitation.stop_timer,
    "reveal": facilitation.reveal,
    "lock": facilitation.lock,
    "spotlight": facilitation.spotlight,
    "settings": facilitation.settle,
    "board.edit": facilitation.edit_board,
    "redact": facilitation.redact,
    "bin.empty": facilitation.empty_bin,
    "undo": undoing.undo,
    "redo": undoing.redo,
}
"""Rule by kind of op. Exactly the kinds of :data:`~..stages.PERMITTED`."""
