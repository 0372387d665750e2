"""Partnership boards in the API: the list, one of them, who sees which, and that no names are told."""

from __future__ import annotations

import pytest

from collaboration.governance.models import Access
from groundwork.clock import today
from tests.api.place import EVERYBODY, Place
from tests.collaboration.governance import ground as grounds

pytestmark = pytest.mark.django_db


def test_who_reads_which(place: Place) -> None:
    """Every level of access, for every role: the list and the record agree, and so do both with the pages' rule."""
    world = place.world
    boards = {level: grounds.made_board(world, access=level) for level in Access.values}
    for board in boards.values():
        grounds.seat(board, world["partner:member"])
    sees = {
        "public": EVERYBODY,
        "partners": EVERYBODY - {"public"},
        "board": {"owner:lead", "partner:member", "partner:lead"},
        "named": {"owner:lead", "partner:member", "partner:lead"},
    }
    for role in EVERYBODY:
        program = place.program(role, "read")
        listed = {each["key"] for each in program.whole("partnerships/?limit=2")}
        for level, board in boards.items():
            status = program.get(f"partnerships/{board.slug}/").status_code
            assert status == (200 if role in sees[level] else 404), (role, level)
            assert (board.slug in listed) == (status == 200), (role, level)


def test_one_board(place: Place) -> None:
    world = place.world
    board = grounds.made_board(world, purpose="Clean water.", terms="## Purpose")
    seat = grounds.seat(board, world["partner:lead"], title="Health")
    board.chair_terms.create(seat=seat, valid_from=today())
    answer = place.program("public").get(f"partnerships/{board.slug}/")
    told = answer.json()
    nhs = world.bodies["partner"].slug
    assert (told["organisations"], told["chair"], told["vacant"]) == ([nhs], nhs, 0)
    assert told["members"] == [
        {"organisation": nhs, "role": "member", "title": "Health", "vacant": False, "chairs": "chair"}
    ]
    assert told["chairs"] == [{"organisation": nhs, "role": "chair", "begins": today().isoformat(), "ends": None}]
    assert world["partner:lead"].who.name not in answer.content.decode()


def test_what_cannot_be_asked(place: Place) -> None:
    program = place.program("public")
    for path in ("partnerships/?status=nope", "partnerships/?kind=club", "partnerships/?state=open"):
        assert program.get(path).status_code in (400, 422), path
    assert program.get("partnerships/nope/").status_code == 404
    assert program.post("partnerships/", {}).status_code == 405
