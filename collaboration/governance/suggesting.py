"""Items that the platform itself suggests for an agenda. Rooms above this one register theirs in ``ready()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from collaboration.governance.models import Access, PartnershipBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Something a board might take up. ``kind`` and ``id`` name it for good; ``path`` leads to where it stands here.

    ``organisation_id`` is the organisation that would speak to it, if any. ``access`` is who may read its title: the
    item made of it is shown to no more people than that. ``named``: the people (ids) it is for, where ``access`` is for
    named people.
    """

    kind: str
    id: str
    title: str
    text: str = ""
    path: str = ""
    organisation_id: int | None = None
    access: str = Access.PARTNERS
    named: frozenset[int] = frozenset()


Find = Callable[[PartnershipBoard, date], list[Suggestion]]
"""What there is to suggest to a board on a day: what everybody on the board may see, or what says whom it is for."""

_kinds: dict[str, tuple[Any, Find]] = {}


def register_suggestions(kind: str, label: Any, find: Find) -> None:
    """``kind``: at most 20 letters, kept with the item. ``label``: what they are, in the plural ("Overdue actions")."""
    if kind in _kinds and _kinds[kind][1] is not find:
        raise LookupError(f"There are two kinds of suggestion named {kind}.")
    _kinds[kind] = (label, find)


def kinds() -> dict[str, Any]:
    """The labels of every kind of suggestion, in the order in which they were registered."""
    return {kind: label for kind, (label, _find) in _kinds.items()}


def found(board: PartnershipBoard, on: date) -> dict[str, list[Suggestion]]:
    """What there is to suggest on a day, by kind; kinds without any are left out."""
    return {kind: some for kind, (_label, find) in _kinds.items() if (some := find(board, on))}
