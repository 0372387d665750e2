"""Where an action was agreed, and who may read that: rooms above this one register theirs when they become ready.

What an action came from is told only to those who may see it there. The label quotes what was said in a room, so an
action that more people see than were in the room is shown to the others without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.access.actors import Actor

if TYPE_CHECKING:
    from collaboration.actions.models import Action

Seen = Callable[[Actor, Collection[str]], set[str]]
"""Of the ids given, those this actor may see."""
Sensitive = Callable[[Collection[str]], set[str]]
"""Of the ids given, those from which mail about what was agreed there must not quote."""

_kinds: dict[str, tuple[Seen, Sensitive]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """``kind`` and ``id`` name it for good; ``label`` is shown; ``path`` leads to it and may be empty.

    ``room`` names the standing room that follows up what was agreed there: see :mod:`collaboration.actions.rooms`.
    """

    kind: str
    id: str
    label: str
    path: str = ""
    room: str = ""


def register_origin(kind: str, *, seen: Seen, sensitive: Sensitive) -> None:
    """Register who may see what actions of this kind of origin came from, and what mail may say of it."""
    if _kinds.get(kind, (seen, sensitive)) != (seen, sensitive):
        raise LookupError(f"There are two origins named {kind}.")
    _kinds[kind] = (seen, sensitive)


def is_sensitive(action: Action) -> bool:
    """Whether mail about this action may say only that there is one, and where to read it."""
    return action.pk in sensitive_among([action])


def sensitive_among(actions: Iterable[Action]) -> set[int]:
    """The same of many: the ids of those actions that are. One question for each kind of origin."""
    found: set[int] = set()
    for kind, rows in _by_kind(actions).items():
        sensitive = _kinds[kind][1]({row.origin_id for row in rows})
        found |= {row.pk for row in rows if row.origin_id in sensitive}
    return found


def origin_of(actor: Actor, action: Action) -> Origin | None:
    """Where this action was agreed, if it was agreed anywhere that ``actor`` may see."""
    return origins_of(actor, [action]).get(action.pk)


def origins_of(actor: Actor, actions: Iterable[Action]) -> dict[int, Origin]:
    """The same of many, by id of the action: one question for each kind of origin."""
    found: dict[int, Origin] = {}
    for kind, rows in _by_kind(actions).items():
        seen = _kinds[kind][0](actor, {row.origin_id for row in rows})
        for row in rows:
            if row.origin_id in seen:
                found[row.pk] = Origin(
                    kind=kind, id=row.origin_id, label=row.origin_label, path=row.origin_path, room=row.room
                )
    return found


def _by_kind(actions: Iterable[Action]) -> dict[str, list[Action]]:
    asked: dict[str, list[Action]] = {}
    for action in actions:
        if action.origin_kind in _kinds:
            asked.setdefault(action.origin_kind, []).append(action)
    return asked
