"""What a process keeps of what it told: put away as bytes, it says the same to everybody."""

from __future__ import annotations

import json

import pytest

from collaboration.boards.consumers.saying import Told
from collaboration.boards.engine.people import Actor
from tests.collaboration.boards.engine.room import EPOCH, Room
from tests.collaboration.boards.engine.test_machine import long_session


def viewers(room: Room) -> list[Actor]:
    return [room.ann, room.ben, room.cat, room.screen, room.facilitator, room.person("nobody")]


@pytest.mark.parametrize("seed", range(4))
def test_what_was_put_away_says_the_same_to_each(seed: int) -> None:
    room = long_session(seed, 60).room
    log = room.log[1:]
    for viewer in viewers(room):
        fresh, kept = Told(log, EPOCH), Told(log, EPOCH)
        kept.put_away()
        kept.put_away()
        assert kept.for_(viewer).payload == fresh.for_(viewer).payload
        for seq in range(kept.first - 1, kept.last, 7):
            rest = kept.since(seq)
            assert (rest.first, rest.last) == (seq + 1, fresh.last)
            assert rest.for_(viewer).payload == Told(log[seq - fresh.first + 1 :], EPOCH).for_(viewer).payload


def test_a_form_that_all_share_is_the_same_object_before_and_after() -> None:
    room = Room()
    room.stage(1)
    told = Told(room.log[1:], EPOCH)
    before = told.for_(room.ben)
    told.put_away()
    assert told.for_(room.cat) is before
    assert json.loads(before.payload)["t"] == "ops"
