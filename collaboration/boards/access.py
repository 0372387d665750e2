"""Raising a board's ``access_version`` when somebody's right to be there has changed, in the transaction of the change.

The board's row is the lock of its log. So a change of rights waits for the commit that is under way, and every commit
after it reads the new version and asks again who may do what. Boards are locked in the order of their ids, as commits
do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from collaboration.boards import oplog
from collaboration.boards.models import Board
from collaboration.boards.standing import THERE
from collaboration.boards.topics import BoardTopic
from collaboration.workshops.models import Participation
from groundwork import live


def of_workshops(workshop_ids: Iterable[int]) -> None:
    """Somebody's rights in these workshops changed, or the workshops opened or ended."""
    _raise(Board.objects.filter(workshop_id__in=list(workshop_ids)))


def of_people(person_ids: Iterable[int]) -> None:
    """The rights of these people changed everywhere: signed out, account closed, mandate ended, password changed."""
    taking_part = Participation.objects.filter(person_id__in=list(person_ids)).values("workshop_id")
    _raise(Board.objects.filter(Q(workshop_id__in=taking_part), workshop__status__in=THERE))


def told_anew(board_id: UUID) -> None:
    """Once this commits, tell whoever shows the board that it has another history."""
    transaction.on_commit(partial(_tell_anew, board_id), robust=True)


def _tell_anew(board_id: UUID) -> None:
    head = oplog.heads([board_id]).get(board_id)
    if head is not None:
        live.hint(BoardTopic(board_id), epoch=head.epoch, head=head.head_seq)


@transaction.atomic
def _raise(boards: QuerySet[Board]) -> None:
    locked = list(boards.order_by("pk").select_for_update(of=("self",)).values_list("pk", "access_version"))
    if not locked:
        return
    Board.objects.filter(pk__in=[pk for pk, _version in locked]).update(access_version=F("access_version") + 1)
    for board_id, version in locked:
        transaction.on_commit(partial(_hint, board_id, version + 1), robust=True)


def _hint(board_id: UUID, version: int) -> None:
    live.hint(BoardTopic(board_id), access=version)
