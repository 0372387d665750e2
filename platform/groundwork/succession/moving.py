"""What moves when an organisation or an area is succeeded: each app says so for its own things.

A mover is registered where its app becomes ready::

    register(Mover(noun="actions", of="organisation", one=_("action"), many=_("actions"), held=held, move=move))

``held`` says what is with some organisations and would move on a day; ``move`` is given the very same things, each with
who takes it, in the transaction in which the succession takes effect. So what a preview counts is what then moves.
What is over stays where it was: history keeps the old name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from groundwork.access.actors import Actor

Noun = Literal["organisation", "area"]


class Held(NamedTuple):
    """One thing that is with an organisation or area (``holder``, its primary key).

    ``item`` is its own key as text, ``title`` what a planner knows it by: officers plan, and see no more of it than
    they may anyhow, so that of a partner's draft it says that it is one. ``areas`` are keys of areas that it is about:
    where its holder is split, they can decide who takes it.
    """

    item: str
    holder: int
    title: str
    areas: frozenset[int] = frozenset()


class Moved(NamedTuple):
    """One thing with who had it and who takes it, as primary keys of organisations or areas."""

    item: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Moving:
    """One succession as it takes effect. ``day`` is its day, ``at`` when it is written, which may be later.

    ``things`` are all organisations (or areas) that it speaks of, by primary key, as they are from now on.
    """

    actor: Actor
    succession_id: int
    day: date
    at: datetime
    things: Mapping[int, Any]


@dataclass(frozen=True, kw_only=True)
class Mover:
    """How one kind of thing moves.

    ``shared``: where its holder is split and nothing decides, all successors take it, not the first alone.
    ``order``: lower ones first; mandates come before what is held under them.
    """

    noun: str
    of: Noun
    one: Any
    many: Any
    held: Callable[[frozenset[int], date], Iterable[Held]]
    move: Callable[[Moving, Sequence[Moved]], None]
    shared: bool = False
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """An organisation or area as it is renamed: the slugs differ where its address changes."""

    actor: Actor
    of: Noun
    pk: int
    before: str
    after: str
    slug_before: str
    slug_after: str
    at: datetime = field(compare=False)


_movers: dict[str, Mover] = {}
_renamed: list[Callable[[Renaming], None]] = []
_mandates_followed: list[Callable[[Mapping[int, int]], None]] = []


def register(mover: Mover) -> Mover:
    """Register a mover. Its noun is kept in the database for good."""
    known = _movers.get(mover.noun)
    if known is not None and known != mover:
        raise LookupError(f"There are two movers of {mover.noun}.")
    _movers[mover.noun] = mover
    return mover


def movers(of: Noun | str) -> tuple[Mover, ...]:
    """The movers of what organisations, or areas, hold, in the order in which they run."""
    return tuple(sorted((each for each in _movers.values() if each.of == of), key=lambda each: (each.order, each.noun)))


def mover_of(noun: str) -> Mover | None:
    return _movers.get(noun)


def on_renamed(function: Callable[[Renaming], None]) -> Callable[[Renaming], None]:
    """Register what is written again when something is renamed, in the transaction of the renaming."""
    if function not in _renamed:
        _renamed.append(function)
    return function


def tell_renamed(renaming: Renaming) -> None:
    for function in _renamed:
        function(renaming)


def on_mandates_followed(function: Callable[[Mapping[int, int]], None]) -> Callable[[Mapping[int, int]], None]:
    """Register what hangs on mandates: it is given ``{old mandate: its successor}``, in the same transaction."""
    if function not in _mandates_followed:
        _mandates_followed.append(function)
    return function


def tell_mandates_followed(pairs: Mapping[int, int]) -> None:
    if pairs:
        for function in _mandates_followed:
            function(pairs)
