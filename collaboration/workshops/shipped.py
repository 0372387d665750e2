"""The templates that come with the product: data in ``templates/*.yaml``, one file each, named by its key.

A template may take its columns from what the place says of itself (``from: building-blocks`` or ``from: ambitions``);
:mod:`collaboration.workshops.queries.templates` reads those from the frameworks in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent / "templates"
SOURCES: Final = ("building-blocks", "ambitions", "strands", "principles", "recommendations")
"""What of the place columns may be made of."""
MOST_COLUMNS: Final = 50
LONGEST_TITLE: Final = 200
LONGEST_PROMPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board as it is planned."""

    title: str
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How people take part: the same five rules as the board's."""

    names: str = "shown"
    budget: int = 5
    most: int = 3
    totals: str = "hidden"
    grouping: str = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A template as its file says. ``source`` is what of the place its columns come from, or ""."""

    key: str
    order: int
    title: str
    purpose: str
    prompt: str
    source: str
    source_prompt: str
    columns: tuple[Column, ...]
    """As printed; where there is a ``source``, what is taken in a place that has none of it."""
    plan: Mapping[int, int]
    """Minutes by stage."""
    rules: Rules


@cache
def shipped() -> Mapping[str, Shipped]:
    """Every template by key, in order. Raises :class:`ValueError`, naming the file, for one that says nonsense."""
    found = [_read(path) for path in FOLDER.glob("*.yaml")]
    return {each.key: each for each in sorted(found, key=lambda each: (each.order, each.key))}


def _read(path: Path) -> Shipped:
    said: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    try:
        columns = said["columns"]
        from_place = isinstance(columns, dict)
        made = Shipped(
            key=path.stem,
            order=int(said["order"]),
            title=str(said["title"]),
            purpose=str(said["purpose"]),
            prompt=str(said["prompt"]),
            source=str(columns["from"]) if from_place else "",
            source_prompt=str(columns.get("prompt", "")) if from_place else "",
            columns=tuple(Column(**each) for each in (columns["otherwise"] if from_place else columns)),
            plan={int(stage): int(minutes) for stage, minutes in said["plan"].items()},
            rules=Rules(**said["rules"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error!r}") from error
    if made.source and made.source not in SOURCES:
        raise ValueError(f"{path.name}: columns come from one of {', '.join(SOURCES)}")
    if not 1 <= len(made.columns) <= MOST_COLUMNS or not set(made.plan) <= set(range(8)):
        raise ValueError(f"{path.name}: 1 to {MOST_COLUMNS} columns, and stages 0 to 7")
    return made
