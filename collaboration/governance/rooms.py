"""A partnership board as the room that follows up what it agreed."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from collaboration.actions.rooms import register_rooms
from collaboration.governance.models import PartnershipBoard
from collaboration.governance.standing import boards_kept_by, boards_of
from groundwork.access.actors import Actor

KIND: Final = "partnership"


def room_of(board: PartnershipBoard) -> str:
    """What actions of this board name as their room."""
    return f"{KIND}:{board.pk}"


def register() -> None:
    register_rooms(KIND, seen=_seen, kept=_kept)


def _seen(actor: Actor) -> list[str]:
    return _named(boards_of(actor))


def _kept(actor: Actor) -> list[str]:
    return _named(boards_kept_by(actor))


def _named(those: Q) -> list[str]:
    return [f"{KIND}:{pk}" for pk in PartnershipBoard.objects.filter(those).values_list("pk", flat=True)]
