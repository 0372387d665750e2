"""What a board hints to others, and who is connected by what."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from collaboration.boards import committing, oplog, services
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.standing import Holder, standings, still_there
from collaboration.boards.topics import BoardTopic
from collaboration.workshops import registry
from groundwork.live import local
from tests.collaboration.boards.hall import Hall

pytestmark = pytest.mark.django_db


def test_a_board_hints_where_it_is_and_that_rights_changed(django_capture_on_commit_callbacks: Any) -> None:
    hall = Hall()
    heard: list[dict[str, Any]] = []
    name = BoardTopic(hall.board_id).name
    local.add(name, heard.append)
    try:
        hall.go(1)
        assert heard == [{"epoch": str(hall.board.epoch), "head": 2}]
        with django_capture_on_commit_callbacks(execute=True):
            registry.tell_access_changed([hall.workshop.pk])
        assert heard[1:] == [{"access": hall.board.access_version}] == [{"access": 2}]
        with django_capture_on_commit_callbacks(execute=True):
            services.forget_workshop(hall.workshop)
        assert heard[2:] == [{"epoch": str(hall.board.epoch), "head": 1}]
        with django_capture_on_commit_callbacks(execute=True):
            services.forget_workshop(hall.workshop)
            board = hall.board
            board.delete()
        assert len(heard) == 3
    finally:
        local.remove(name, heard.append)


def test_a_guest_is_there_by_their_secret() -> None:
    hall = Hall()
    guest = hall.join(guest_digest="d" * 64)
    there = Holder(guest.pk, guest="d" * 64)
    other = Holder(guest.pk, guest="e" * 64)
    nobody = Holder(0)
    pretended = Holder(guest.pk, session_key="x" * 32)
    assert still_there([there, other, nobody, pretended]) == {other, nobody, pretended}
    assert still_there([]) == set()
    assert standings(hall.board_id, []) == {}
    hall.go(1)
    op = hall.op("note.add", str(uuid4()), column=hall.column(), text="x")
    assert committing.commit([hall.asked(guest, op, holder=other)])[0][0]["code"] == "watching"
    assert committing.commit([hall.asked(guest, op, holder=there)])[0][0]["t"] == "ack"


def test_a_snapshot_that_cannot_be_kept_is_kept_later(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    hall.go(1)
    for count in (500, 500):
        ops = [hall.op("board.edit", BOARD, title=f"Title {n}") for n in range(count)]
        committing.commit([hall.asked(hall.facilitator, *ops)])

    def failing(*_given: Any) -> bool:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(oplog, "keep_snapshot", failing)
        committing.keep_snapshots([hall.board_id])
    assert hall.board.snapshots.count() == 0
    committing.commit(
        [hall.asked(hall.facilitator, *(hall.op("board.edit", BOARD, title=f"More {n}") for n in range(500)))]
    )
    committing.keep_snapshots([hall.board_id])
    assert hall.board.snapshots.count() == 1
