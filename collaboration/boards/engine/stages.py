"""The eight stages, and what each lets whom do: the one table that the engine, the protocol's page and the tests read.

A stage is a promise to the room: in *Write* nobody sees what others write, in *Vote* everybody has the same budget,
in *Close* nothing changes any more. So the table is kept here, in one place, and the server alone enforces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal

Role = Literal["participant", "facilitator", "observer", "screen", "system"]
"""``observer`` reads; ``screen`` is the projector in the room; ``system`` is the server's own clock and erasure."""


class Stage(IntEnum):
    LOBBY = 0
    WRITE = 1
    REVEAL = 2
    GROUP = 3
    VOTE = 4
    DISCUSS = 5
    COMMIT = 6
    CLOSE = 7

    @property
    def label(self) -> str:
        return self.name.capitalize()


STAGES: Final = tuple(Stage)
"""By number: what ``Stage(number)`` says too, ten times as fast."""
NOBODY: Final = frozenset[Stage]()
ALWAYS: Final = frozenset(Stage)


def _through(first: int, last: int) -> frozenset[Stage]:
    return frozenset(Stage(number) for number in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Permission:
    """When a kind of op is possible.

    ``own``: the stages in which a participant may do it to what is their own only. ``locked``: whether the
    facilitator's lock stops participants. ``limited``: whether *only facilitators group* stops them. ``named``: whether
    it is kept under the person even where names are hidden, because it is no writing (a vote has a budget per person,
    and who claims an action says so). ``undo``: whether it can be undone.
    """

    participant: frozenset[Stage] = NOBODY
    facilitator: frozenset[Stage] = NOBODY
    system: bool = False
    own: frozenset[Stage] = NOBODY
    locked: bool = True
    limited: bool = False
    named: bool = False
    undo: bool = True


_WRITING = _through(1, 3)
_WORKING = _through(1, 6)
_COLUMNS = _through(0, 6)
_LATER = _through(3, 5)
_GROUP = _through(3, 3)
_VOTE = _through(4, 4)
_DISCUSS = _through(5, 5)
_COMMIT = _through(6, 6)
_RUNNING = _through(0, 6)

PERMITTED: Final[Mapping[str, Permission]] = {
    "note.add": Permission(_through(1, 1), _through(1, 1)),
    "paper.add": Permission(facilitator=_WORKING),
    "note.edit": Permission(_WRITING, _WORKING, own=_WRITING),
    "note.move": Permission(frozenset({Stage.WRITE, Stage.GROUP}), _through(1, 5), own=_through(1, 1), limited=True),
    "note.delete": Permission(_WRITING, _WORKING, own=_WRITING),
    "restore": Permission(_WORKING, _WORKING, own=_WORKING),
    "column.add": Permission(facilitator=_COLUMNS, named=True),
    "column.edit": Permission(facilitator=_COLUMNS, named=True),
    "column.move": Permission(facilitator=_COLUMNS, named=True),
    "column.delete": Permission(facilitator=_COLUMNS, named=True),
    "group.make": Permission(_GROUP, _LATER, limited=True),
    "group.join": Permission(_GROUP, _LATER, limited=True),
    "group.name": Permission(_GROUP, _LATER, limited=True),
    "group.move": Permission(_GROUP, _LATER, limited=True),
    "group.split": Permission(_GROUP, _LATER, limited=True),
    "ungroup": Permission(_GROUP, _LATER, limited=True),
    "merge": Permission(facilitator=_LATER),
    "vote": Permission(_VOTE, _VOTE, locked=False, named=True),
    "unvote": Permission(_VOTE, _VOTE, locked=False, named=True),
    "room.votes": Permission(facilitator=_through(4, 5), named=True),
    "comment.add": Permission(_DISCUSS, _through(5, 6)),
    "comment.edit": Permission(_DISCUSS, _through(5, 6), own=_DISCUSS),
    "comment.delete": Permission(_DISCUSS, _through(5, 6), own=_DISCUSS),
    "react": Permission(_DISCUSS, _DISCUSS, locked=False),
    "action.propose": Permission(_COMMIT, _through(5, 6)),
    "action.edit": Permission(_COMMIT, _through(5, 6), own=_COMMIT),
    "action.claim": Permission(_COMMIT, _COMMIT, named=True),
    "action.release": Permission(_COMMIT, _COMMIT, named=True),
    "action.delete": Permission(_COMMIT, _through(5, 6), own=_COMMIT),
    "stage.next": Permission(facilitator=_through(0, 6), named=True, undo=False),
    "stage.back": Permission(facilitator=_through(1, 7), named=True, undo=False),
    "timer.start": Permission(facilitator=_RUNNING, named=True, undo=False),
    "timer.extend": Permission(facilitator=_RUNNING, named=True, undo=False),
    "timer.stop": Permission(facilitator=_RUNNING, system=True, named=True, undo=False),
    "reveal": Permission(facilitator=_through(2, 6), named=True, undo=False),
    "lock": Permission(facilitator=_RUNNING, named=True, undo=False),
    "spotlight": Permission(facilitator=_through(2, 6), named=True, undo=False),
    "settings": Permission(facilitator=_through(0, 0), named=True, undo=False),
    "board.edit": Permission(facilitator=_RUNNING, named=True),
    "redact": Permission(facilitator=ALWAYS, system=True, named=True, undo=False),
    "bin.empty": Permission(system=True, named=True, undo=False),
    # What is undone must itself be possible now: the engine looks its kind up here again.
    "undo": Permission(_WORKING, _RUNNING, locked=False, undo=False),
    "redo": Permission(_WORKING, _RUNNING, locked=False, undo=False),
}
"""Permission by kind of op. There is no kind that is not here."""


@lru_cache(maxsize=2_000)
def refusal(kind: str, role: Role, stage: int, locked: bool, limited: bool) -> str | None:
    """The code of why ``role`` may not do ``kind`` in ``stage``, or ``None``. Ownership is looked at elsewhere."""
    permission, at = PERMITTED[kind], STAGES[stage]
    if role == "system":
        return None if permission.system else "not_your_role"
    if role == "facilitator":
        if not permission.facilitator:
            return "not_your_role"
        return None if at in permission.facilitator else "not_in_stage"
    if role != "participant":
        return "watching"
    if not permission.participant:
        return "not_your_role"
    if at not in permission.participant:
        return "not_in_stage"
    if locked and permission.locked:
        return "locked"
    if limited and permission.limited and at >= Stage.GROUP:
        return "grouping_limited"
    return None


def _said(stages: frozenset[Stage], own: frozenset[Stage] = NOBODY) -> str:
    return " ".join(f"{stage.value}{'*' if stage in own else ''}" for stage in sorted(stages)) or "–"


def table() -> str:
    """The table in Markdown, as it stands in ``docs/protocol/board.md`` (a test compares)."""
    lines = ["| kind | participant | facilitator | undo | stopped by the lock |", "|---|---|---|---|---|"]
    for kind, it in PERMITTED.items():
        facilitator = _said(it.facilitator) if it.facilitator else "server only"
        undo, locked = ("yes" if it.undo else "–"), ("yes" if it.participant and it.locked else "–")
        lines.append(f"| `{kind}` | {_said(it.participant, it.own)} | {facilitator} | {undo} | {locked} |")
    return "\n".join(lines)
