"""What may stand on a board that comes from a file: every thing looked at, and every link between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from collaboration.boards.engine import limits
from collaboration.boards.engine.checks import (
    Check,
    day_or_none,
    id_or_none,
    one_id,
    one_of,
    person_key,
    some_ids,
    within,
    words,
    yes_no,
)
from collaboration.boards.engine.draft import MOST
from collaboration.boards.engine.order import is_order
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.texts import BOARD


def _order(value: Any, key: str) -> str:
    if not is_order(value):
        refuse("wrong_type", key=key, expected="an order key")
    return str(value)


def _container(value: Any, key: str) -> str:
    return BOARD if value == BOARD else one_id(value, key)


def _timer(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse("wrong_type", key=key, expected="an object")
    return _fields(value, {"ends": _MOMENT, "seconds": _MOMENT}, {"on": one_id})


def _type(name: str) -> Check:
    return one_of(name)


_MOMENT = within(0, limits.LARGEST_NUMBER)
_TITLE = words(limits.LONGEST_TITLE, empty=True)
_PROMPT = words(limits.LONGEST_PROMPT, lines=True, empty=True)
_COUNT = within(1, limits.MOST_ROOM_VOTES * 10)
_COUNTS: Final[Mapping[str, Check]] = {
    "votes": _COUNT,
    "room": _COUNT,
    "agree": within(1, limits.MOST_ROOM_VOTES),
    "unsure": within(1, limits.MOST_ROOM_VOTES),
    "disagree": within(1, limits.MOST_ROOM_VOTES),
}
_PLACE: Final[Mapping[str, Check]] = {"in": _container, "order": _order}
_BY: Final[Mapping[str, Check]] = {"by": person_key, "erased": yes_no}

REQUIRED: Final[Mapping[str, Mapping[str, Check]]] = {
    "board": {
        "stage": within(0, 7),
        "stage_since": _MOMENT,
        "title": _TITLE,
        "names": one_of("shown", "hidden"),
        "budget": within(1, limits.MOST_BUDGET),
        "most": within(1, limits.MOST_BUDGET),
        "totals": one_of("shown", "hidden"),
        "grouping": one_of("everyone", "facilitator"),
    },
    "column": {**_PLACE, "title": _TITLE},
    "group": _PLACE,
    "note": {**_PLACE, "text": words(limits.LONGEST_NOTE, lines=True, empty=True), "shown": yes_no},
    "comment": {
        "on": one_id,
        "n": _MOMENT,
        "text": words(limits.LONGEST_COMMENT, lines=True, empty=True),
        "at": _MOMENT,
    },
    "action": {
        "n": _MOMENT,
        "what": words(limits.LONGEST_ACTION, lines=True, empty=True),
        "at": _MOMENT,
        "as": one_of("action", "initiative", "measure", "risk"),
    },
}
OPTIONAL: Final[Mapping[str, Mapping[str, Check]]] = {
    "board": {"prompt": _PROMPT, "timer": _timer, "locked": yes_no, "spotlight": id_or_none, "erased": yes_no},
    "column": {"prompt": _PROMPT, "erased": yes_no},
    "group": {"title": _TITLE, "erased": yes_no, **_COUNTS},
    "note": {
        "pattern": within(0, limits.PATTERNS - 1),
        "at": _MOMENT,
        "paper": yes_no,
        "name": words(limits.LONGEST_NAME, empty=True),
        **_BY,
        **_COUNTS,
    },
    "comment": _BY,
    "action": {
        "who": words(limits.LONGEST_NAME, empty=True),
        "due": day_or_none,
        "sources": some_ids,
        "claimed_by": person_key,
        **_BY,
    },
}
_STANDS_IN: Final = {"column": ("board",), "group": ("column",), "note": ("column", "group")}


def checked(things: Mapping[Any, Any]) -> dict[str, dict[str, Any]]:
    """The things, each with what it may hold, all links leading somewhere. Refuses with a sentence."""
    kept: dict[str, dict[str, Any]] = {}
    held: dict[str, int] = {}
    for id, thing in things.items():
        if not isinstance(thing, dict):
            refuse("wrong_type", key=id, expected="an object")
        type = thing.get("type")
        if not isinstance(type, str) or type not in REQUIRED or (type == "board") != (id == BOARD):
            refuse("wrong_type", key="type", expected=" · ".join(REQUIRED))
        kept[id] = _fields(thing, {"type": _type(type), **REQUIRED[type]}, OPTIONAL[type])
        held[type] = held.get(type, 0) + 1
        if held[type] > MOST.get(type, 1):
            refuse("board_full", most=MOST[type])
    if not held.get("column"):
        refuse("last_column")
    for thing in kept.values():
        if "in" in thing:
            _must_be(kept, thing["in"], *_STANDS_IN[thing["type"]])
        if "on" in thing:
            _must_be(kept, thing["on"], "note", "group")
        if thing["type"] == "note" and not thing["shown"]:
            refuse("not_shown")
    return kept


def _must_be(things: Mapping[str, Mapping[str, Any]], id: str, *types: str) -> None:
    if id not in things or things[id]["type"] not in types:
        refuse("unknown_thing")


def _fields(sent: Mapping[Any, Any], required: Mapping[str, Check], optional: Mapping[str, Check]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in sent.items():
        check = required.get(key) or optional.get(key)
        if check is None:
            refuse("unknown_key", key=str(key)[:40])
        kept[key] = check(value, key)
    for key in required:
        if key not in kept:
            refuse("missing_key", key=key)
    return kept
