"""The board as one person may see it, and what they may do on it now: what its plain pages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.boards import likeness, outline, standing, states
from collaboration.boards.committing import actor_of
from collaboration.boards.engine.effects import effects
from collaboration.boards.engine.limits import FACILITATOR_UNDO_MS
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.stages import PERMITTED, Role, Stage, refusal
from collaboration.boards.engine.state import State
from collaboration.boards.outline import Group, Item, Name, Outline
from collaboration.workshops import queries
from frontend.pages.joining_in.here import Here
from groundwork.clock import now

KIND: Final[Mapping[str, str]] = {
    "write": "note.add",
    "paper": "paper.add",
    "add-column": "column.add",
    "edit-column": "column.edit",
    "delete-column": "column.delete",
    "several": "group.make",
    "gather": "group.make",
    "gather-into": "group.join",
    "propose": "action.propose",
    "claim": "action.claim",
    "release": "action.release",
    "on": "stage.next",
    "back": "stage.back",
    "timer": "timer.start",
    "reveal": "reveal",
    "lock": "lock",
    "rules": "settings",
    "words": "board.edit",
    "redact": "redact",
    "spotlight": "spotlight",
    "undo": "undo",
    "redo": "redo",
    "restore": "restore",
}
"""Kind of op by act, of acts whose kind does not hang on what they are about."""

ON_NOTE: Final[Mapping[str, str]] = {
    "edit": "note.edit",
    "move": "note.move",
    "delete": "note.delete",
    "group": "group.make",
    "merge": "merge",
    "vote": "vote",
    "unvote": "unvote",
    "room": "room.votes",
    "comment": "comment.add",
    "edit-comment": "comment.edit",
    "react": "react",
    "propose": "action.propose",
    "timer": "timer.start",
    "spotlight": "spotlight",
    "redact": "redact",
}
ON_GROUP: Final[Mapping[str, str]] = {
    **{act: kind for act, kind in ON_NOTE.items() if act not in ("edit", "delete")},
    "move": "group.move",
    "group": "group.join",
    "name": "group.name",
    "split": "group.split",
    "take-out": "ungroup",
    "apart": "ungroup",
}
_NEEDS_SHOWN: Final = frozenset(ON_NOTE) - {"edit", "move", "delete", "redact"}

DID: Final[Mapping[str, Any]] = {
    "note.add": gettext_lazy("added a note"),
    "paper.add": gettext_lazy("typed in a note"),
    "note.edit": gettext_lazy("changed a note"),
    "note.move": gettext_lazy("moved a note"),
    "note.delete": gettext_lazy("deleted a note"),
    "restore": gettext_lazy("took something out of the bin"),
    "column.add": gettext_lazy("added a column"),
    "column.edit": gettext_lazy("changed a column"),
    "column.move": gettext_lazy("moved a column"),
    "column.delete": gettext_lazy("deleted a column"),
    "group.make": gettext_lazy("made a group"),
    "group.join": gettext_lazy("put notes into a group"),
    "group.name": gettext_lazy("named a group"),
    "group.move": gettext_lazy("moved a group"),
    "group.split": gettext_lazy("split a group"),
    "ungroup": gettext_lazy("took notes out of a group"),
    "merge": gettext_lazy("merged two that say the same"),
    "room.votes": gettext_lazy("entered a tally for the room"),
    "comment.add": gettext_lazy("commented"),
    "comment.edit": gettext_lazy("changed a comment"),
    "comment.delete": gettext_lazy("deleted a comment"),
    "action.propose": gettext_lazy("proposed an action"),
    "action.edit": gettext_lazy("changed an action"),
    "action.claim": gettext_lazy("claimed an action"),
    "action.release": gettext_lazy("gave an action back"),
    "action.delete": gettext_lazy("deleted an action"),
    "board.edit": gettext_lazy("changed the title or question"),
}


@dataclass(frozen=True, slots=True)
class Recent:
    """Something that somebody else did and a facilitator can still undo. ``about``: what it was done to, in words."""

    seq: int
    who: str
    did: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """One reading of the board. ``people``: key, name and organisation of those who have a name, by name."""

    board: Outline
    role: Role
    key: str
    people: list[tuple[str, str, str]]
    forward: tuple[str, ...]
    backward: tuple[str, ...]
    recent: tuple[Recent, ...]
    can_undo: bool
    can_redo: bool

    @property
    def facilitates(self) -> bool:
        return self.role == "facilitator"

    @property
    def stage(self) -> Stage:
        return self.board.stage

    def may(self, kind: str, *, mine: bool = True) -> bool:
        """Whether an op of this kind is possible now, about something that is one's own (``mine``) or not."""
        limited = self.board.rules.grouping == "facilitator"
        if refusal(kind, self.role, self.stage, locked=self.board.locked, limited=limited) is not None:
            return False
        return mine or self.facilitates or self.stage not in PERMITTED[kind].own

    @cached_property
    def can(self) -> frozenset[str]:
        """The acts about the whole board that are possible now."""
        return frozenset(act for act, kind in KIND.items() if self.may(kind))

    def can_on(self, item: Item) -> frozenset[str]:
        """The acts about one note or group that are possible now."""
        if isinstance(item, Group):
            found = {act for act, kind in ON_GROUP.items() if self.may(kind)}
        else:
            found = {act for act, kind in ON_NOTE.items() if self.may(kind, mine=item.mine)}
            if not item.shown:
                found -= _NEEDS_SHOWN
        if not self.votable(item):
            found -= {"vote", "room"}
        if not self.board.budget_left or item.my_votes >= self.board.rules.most:
            found.discard("vote")
        if not (item.my_own if isinstance(item, Group) else item.my_votes):
            found.discard("unvote")
        if item.erased:
            found -= {"edit", "name", "redact"}
        return frozenset(found)

    def votable(self, item: Item) -> bool:
        """Whether votes are given to it: to a group, or to a note in no group."""
        return item.id in self._whole

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(item.id for item in self.board.items())

    @cached_property
    def suggestions(self) -> Mapping[str, likeness.Suggestion]:
        """What could be grouped, by the id of each suggestion, in the order of the board."""
        return {found.id: found for found in likeness.suggestions(self.board)}

    @property
    def others(self) -> int:
        """How many notes of others wait to be revealed."""
        mine = sum(1 for note in self.board.notes() if not note.shown)
        return max(self.board.counts.hidden - mine, 0)


def look(here: Here) -> Look | None:
    """The board for whoever is ``here``; None where the board is not theirs to see (any more)."""
    board, part = here.workshop.board, here.participation
    stands = standing.standing_of(board.pk, part.pk)
    if stands is None:
        return None
    viewer = actor_of(stands, board.pk, here.device)
    people = names(here.workshop)
    known = outline.names_of(people)
    with states.held(board.pk) as held:
        state = held.state
        seen = outline.outline(state, viewer, known)
        facilitates = stands.role == "facilitator"
        return Look(
            board=seen,
            role=stands.role,
            key=stands.key,
            people=sorted(((key, name, body) for key, name, body in people if name), key=lambda each: each[1].lower()),
            forward=_effects(state, 1) if facilitates else (),
            backward=_effects(state, -1) if facilitates else (),
            recent=_recent(state, viewer, seen, known) if facilitates else (),
            can_undo=state.steps.last(viewer.keys) is not None,
            can_redo=state.steps.last(viewer.keys, undone=True) is not None,
        )


def names(workshop: Any) -> list[tuple[str, str, str]]:
    """Key, name and organisation of everybody who has been in the workshop."""
    return [
        (part.key, part.name, part.organisation.name if part.organisation else part.organisation_name)
        for part in queries.participants(workshop)
    ]


def _effects(state: State, step: int) -> tuple[str, ...]:
    goal = state.stage + step
    if not Stage.LOBBY <= goal <= Stage.CLOSE:
        return ()
    return tuple(
        _(each.template) % each.about if each.about else _(each.template) for each in effects(state, Stage(goal))
    )


def _recent(state: State, viewer: Actor, seen: Outline, known: Mapping[str, Name]) -> tuple[Recent, ...]:
    """What others did in the last minutes, latest first, as far as a facilitator may undo it."""
    since = (now() - timedelta(milliseconds=FACILITATOR_UNDO_MS)).timestamp() * 1000
    words = {note.id: note.text for note in seen.notes()}
    words |= {item.id: item.title for item in seen.items()}
    words |= {column.id: column.title for column in seen.columns}
    words |= {action.id: action.what for action in seen.actions}
    words |= {thing.id: thing.text for thing in seen.bin}
    found = []
    for key, steps in state.steps.done.items():
        if key in viewer.keys:
            continue
        for step in steps:
            if step.at < since or step.private or step.kind not in DID:
                continue
            about = next((words[change["id"]] for change in step.changes if words.get(change["id"])), "")
            who = known[key].name if key in known else ""
            found.append(Recent(step.seq, who or _("Somebody"), str(DID[step.kind]), about))
    return tuple(sorted(found, key=lambda each: -each.seq)[:30])
