"""Who gets the monthly pack of which board: seat holders who did not say no, and others who said yes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model

from collaboration.governance.queries.board_months import boards_by_id, seat_holders
from groundwork.clock import today
from notifications.models import PackChoice


def wanted_on(day: date) -> set[tuple[int, int]]:
    """Each person (id) with each board (id) whose pack they get on a day. Two queries.

    Boards that are only proposed send none to their seats, closed ones to nobody.
    """
    rows = PackChoice.objects.filter(person__is_active=True).exclude(board__status="closed")
    chosen = {(person, board): wanted for person, board, wanted in rows.values_list("person_id", "board_id", "wanted")}
    held = {pair for pair in seat_holders(day) if chosen.get(pair, True)}
    return held | {pair for pair, wanted in chosen.items() if wanted}


def readers_among(pairs: Collection[tuple[int, int]]) -> list[tuple[Any, Any]]:
    """People and boards behind ids, in the order of boards. Two queries."""
    people = get_user_model().objects.in_bulk({person for person, _board in pairs})
    boards = boards_by_id({board for _person, board in pairs})
    found = [(people[person], boards[board]) for person, board in pairs if person in people and board in boards]
    return sorted(found, key=lambda pair: (pair[1].name, pair[0].pk))


def is_wanted(person: Any, board: Any) -> bool:
    """Whether a person gets the pack of a board, by choice or by their seat. Two queries at most."""
    chosen = PackChoice.objects.filter(person=person, board=board).first()
    return chosen.wanted if chosen is not None else (person.pk, board.pk) in seat_holders(today(), person=person)


def offered(person: Any) -> list[tuple[Any, bool]]:
    """The boards whose pack a person gets or has chosen about, by name, each with whether they do. Three queries."""
    chosen = dict(PackChoice.objects.filter(person=person).values_list("board_id", "wanted"))
    seated = {board for _person, board in seat_holders(today(), person=person)}
    boards = sorted(boards_by_id({*seated, *chosen}).values(), key=lambda board: (board.name, board.pk))
    return [(board, chosen.get(board.pk, True)) for board in boards]
