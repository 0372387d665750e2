"""The first entry of a board's log: its rules and its columns, from a template or from another board's export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from collaboration.boards.engine import limits
from collaboration.boards.engine.entries import FOUNDED, Entry, Fact
from collaboration.boards.engine.order import fresh
from collaboration.boards.engine.texts import BOARD, is_id, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a workshop. Facilitators may change them in the lobby, before the first note."""

    names: Literal["shown", "hidden"] = "shown"
    budget: int = 5
    most: int = 3
    totals: Literal["shown", "hidden"] = "hidden"
    grouping: Literal["everyone", "facilitator"] = "everyone"


DEFAULT_RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a template asks for. ``id`` is a random UUID, made by the caller."""

    id: str
    title: str
    prompt: str = ""


def found(
    *,
    op_id: str,
    by: str,
    at: int,
    title: str,
    columns: Sequence[Column],
    prompt: str = "",
    rules: Rules = DEFAULT_RULES,
) -> Entry:
    """Entry 1 of a new board. Raises ``ValueError`` for what no template may hold: it is the caller's mistake."""
    ids = [column.id for column in columns]
    if not 1 <= len(ids) <= limits.MOST_COLUMNS or len(set(ids)) != len(ids) or not all(map(is_id, [op_id, *ids])):
        raise ValueError("a board is founded with one to fifty columns, each under an id of its own")
    facts: list[Fact] = [
        {
            "id": BOARD,
            "new": True,
            "set": _without_none(
                {
                    "type": "board",
                    "stage": 0,
                    "stage_since": at,
                    "title": text(title, "title", longest=limits.LONGEST_TITLE, lines=False),
                    "prompt": text(prompt, "prompt", longest=limits.LONGEST_PROMPT, lines=True, empty=True) or None,
                    "names": rules.names,
                    "budget": rules.budget,
                    "most": rules.most,
                    "totals": rules.totals,
                    "grouping": rules.grouping,
                }
            ),
        }
    ]
    for column, order in zip(columns, fresh(len(columns)), strict=True):
        title = text(column.title, "title", longest=limits.LONGEST_TITLE, lines=False)
        prompt = text(column.prompt, "prompt", longest=limits.LONGEST_PROMPT, lines=True, empty=True)
        thing = {"type": "column", "in": BOARD, "order": order, "title": title, "prompt": prompt or None}
        facts.append({"id": column.id, "new": True, "set": _without_none(thing)})
    return Entry(1, op_id, FOUNDED, by, at, tuple(facts))


def found_with(
    things: Mapping[str, Mapping[str, Any]], *, op_id: str, by: str, at: int, more: Iterable[Fact] = ()
) -> Entry:
    """Entry 1 of a board that stands as given: the other half of :mod:`.exporting`."""
    facts: list[Fact] = [{"id": id, "new": True, "set": dict(thing)} for id, thing in things.items()]
    return Entry(1, op_id, FOUNDED, by, at, (*facts, *more))


def _without_none(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if value is not None}
