"""Checks of single values from outside: each takes a value and its name, and returns what is kept or refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collaboration.boards.engine import limits
from collaboration.boards.engine.refusals import refuse
from collaboration.boards.engine.texts import day, is_id, is_key, number, text

Check = Callable[[Any, str], Any]


def one_id(value: Any, key: str) -> str:
    if not is_id(value):
        refuse("not_an_id", key=key)
    return str(value)


def id_or_none(value: Any, key: str) -> str | None:
    return None if value is None else one_id(value, key)


def ids(value: Any, key: str, least: int = 1) -> list[str]:
    if not isinstance(value, list):
        refuse("wrong_type", key=key, expected="a list of ids")
    if len(value) > limits.MOST_AT_ONCE:
        refuse("too_many", key=key, most=limits.MOST_AT_ONCE)
    if len(value) < least:
        refuse("missing_key", key=key)
    found = [one_id(each, key) for each in value]
    if len(set(found)) != len(found):
        refuse("twice", key=key)
    return found


def some_ids(value: Any, key: str) -> list[str]:
    return ids(value, key, least=0)


def person_key(value: Any, key: str) -> str:
    if not is_key(value):
        refuse("not_an_id", key=key)
    return str(value)


def yes_no(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        refuse("wrong_type", key=key, expected="true or false")
    return value


def within(least: int, most: int) -> Check:
    return lambda value, key: number(value, key, least, most)


def words(longest: int, *, lines: bool = False, empty: bool = False) -> Check:
    return lambda value, key: text(value, key, longest=longest, lines=lines, empty=empty)


def words_or_none(longest: int, *, lines: bool = False) -> Check:
    """Text that can be taken away: ``null`` or nothing but spaces."""
    return lambda value, key: (
        None if value is None else text(value, key, longest=longest, lines=lines, empty=True) or None
    )


def one_of(*allowed: str) -> Check:
    def check(value: Any, key: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            refuse("wrong_type", key=key, expected=" · ".join(allowed))
        return value

    return check


def day_or_none(value: Any, key: str) -> str | None:
    return None if value is None else day(value, key)
