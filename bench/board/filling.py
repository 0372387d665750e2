"""Make the boards of a run anew: run as ``python -m bench.board.filling <boards> <people on the first>``.

Ids follow from numbers, so that the generator knows them: board 3 is ``00000003-0000-4000-8000-000000000000``, and the
note of its participant 7 ends in ``…-4000-8000-000000000008``. Every participant is a guest with a secret of their own
and one note; the workshop is open, and in the stage *Group*, where notes are seen by all and edited by their writers.
"""

from __future__ import annotations

import os
import sys
from typing import Any
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")

OTHERS = 25
"""People on each further board."""
WRITERS = 30


def fill(boards: int, first: int) -> None:
    """Empty the database of workshops and make ``boards`` of them, with ``first`` people on the first."""
    from django.db import connection

    from collaboration.boards import oplog
    from collaboration.boards.engine.founding import Column, found
    from collaboration.boards.models import Board
    from collaboration.workshops.models import Participation, Workshop
    from collaboration.workshops.tokens import guest_digest
    from groundwork.directory.models import Organisation, Sector

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE workshops_workshop CASCADE")
    sector, _made = Sector.objects.get_or_create(code="bench", defaults={"title": "Bench"})
    host, _made = Organisation.objects.get_or_create(slug="bench", defaults={"name": "Bench", "sector": sector})
    for number in range(boards):
        workshop = Workshop.objects.create(title="Bench", template="bench", host=host, status="open")
        board = Board.objects.create(uuid=UUID(f"{number:08x}-0000-4000-8000-000000000000"), workshop=workshop)
        column = str(uuid4())
        begun = found(op_id=str(uuid4()), by="", at=1, title="Bench", columns=[Column(column, "All")])
        oplog.begin(board.pk, begun, epoch=board.epoch)
        people = Participation.objects.bulk_create(
            Participation(workshop=workshop, name=f"P{n}", guest_digest=guest_digest(f"bench-guest-{n}", workshop))
            for n in range(first if number == 0 else OTHERS)
        )
        leader = Participation.objects.create(workshop=workshop, name="L", role="facilitator")
        _do(board.pk, leader.pk, ("stage.next", "board", {"from": 0}))
        for n, person in enumerate(people[:WRITERS]):
            note = f"{number:08x}-0000-4000-8000-{n + 1:012x}"
            _do(board.pk, person.pk, ("note.add", note, {"column": column, "text": "not yet"}))
        _do(board.pk, leader.pk, ("stage.next", "board", {"from": 1}), ("stage.next", "board", {"from": 2}))


def _do(board_id: UUID, participation_id: int, *wanted: tuple[str, str, dict[str, Any]]) -> None:
    from collaboration.boards.committing import Asked, commit
    from collaboration.boards.engine.ops import parse

    raw = [
        {"op_id": str(uuid4()), "base_seq": 1, "kind": kind, "target": target, "props": props}
        for kind, target, props in wanted
    ]
    asked = Asked(board_id, participation_id, "", [(op["op_id"], parse(op)) for op in raw])  # type: ignore[misc]
    answers = commit([asked])[0]
    assert all(answer["t"] == "ack" for answer in answers), answers


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]), int(sys.argv[2]))
