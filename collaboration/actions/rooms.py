"""The standing rooms in which actions are agreed and followed up, such as a partnership board.

An action may belong to a room. Whoever is in the room sees what is for the room; who keeps the room keeps its actions.
Rooms stand above this app: they register what an actor is in, and what they keep, when they become ready.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from groundwork.access.actors import Actor

Rooms = Callable[[Actor], Collection[str]]
"""The names of rooms, such as ``partnership:12``, in one query."""

_kinds: dict[str, tuple[Rooms, Rooms]] = {}


def register_rooms(kind: str, *, seen: Rooms, kept: Rooms) -> None:
    """Register which rooms of this kind an actor is in, and which of them they keep. A name begins with its kind."""
    if _kinds.get(kind, (seen, kept)) != (seen, kept):
        raise LookupError(f"There are two kinds of rooms named {kind}.")
    _kinds[kind] = (seen, kept)


def seen_by(actor: Actor) -> frozenset[str]:
    """The rooms this actor is in."""
    return _of(actor)[0]


def kept_by(actor: Actor) -> frozenset[str]:
    """The rooms whose actions this actor keeps."""
    return _of(actor)[1]


def _of(actor: Actor) -> tuple[frozenset[str], frozenset[str]]:
    # Kept with the actor, who lives as long as one request: a list asks about each of its rows.
    if not actor.is_partner:
        return frozenset(), frozenset()
    known: tuple[frozenset[str], frozenset[str]] | None = actor.__dict__.get("_rooms")
    if known is None:
        seen, kept = (frozenset(room for kind in _kinds.values() for room in kind[which](actor)) for which in (0, 1))
        known = actor.__dict__["_rooms"] = (seen | kept, kept)
    return known
