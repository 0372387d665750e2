"""What rooms above this one fill in when they become ready: the board of a workshop, and who may be on it.

Called in the caller's transaction, so that a board never lacks its workshop, and no change is accepted on a board after
somebody's right to make it has ended (promise S5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collaboration.workshops.models import Workshop

Planned = Callable[["Workshop"], None]
RulesChanged = Callable[["Workshop"], None]
AccessChanged = Callable[[Iterable[int]], None]
Forgotten = Callable[["Workshop"], None]
PersonForgotten = Callable[["Workshop", frozenset[str], int | None], None]

_planned: list[Planned] = []
_rules_changed: list[RulesChanged] = []
_access_changed: list[AccessChanged] = []
_forgotten: list[Forgotten] = []
_person_forgotten: list[PersonForgotten] = []


def on_planned(function: Planned) -> Planned:
    """Register what happens when a workshop was planned or copied: its board is founded."""
    if function not in _planned:
        _planned.append(function)
    return function


def on_rules_changed(function: RulesChanged) -> RulesChanged:
    """Register what happens when title, prompt, columns or rules of a planned workshop were changed."""
    if function not in _rules_changed:
        _rules_changed.append(function)
    return function


def on_access_changed(function: AccessChanged) -> AccessChanged:
    """Register what happens when the rights of anybody in these workshops (ids) have changed or ended."""
    if function not in _access_changed:
        _access_changed.append(function)
    return function


def on_forgotten(function: Forgotten) -> Forgotten:
    """Register what happens when the retention clock of a workshop has run out: what was said is removed for good."""
    if function not in _forgotten:
        _forgotten.append(function)
    return function


def on_person_forgotten(function: PersonForgotten) -> PersonForgotten:
    """Register what happens when somebody is made unknown in a workshop: given their addresses, and their id or None.

    Whoever keeps something that names them in connection with that workshop removes it.
    """
    if function not in _person_forgotten:
        _person_forgotten.append(function)
    return function


def tell_planned(workshop: Workshop) -> None:
    for function in _planned:
        function(workshop)


def tell_rules_changed(workshop: Workshop) -> None:
    for function in _rules_changed:
        function(workshop)


def tell_access_changed(workshop_ids: Iterable[int]) -> None:
    ids = list(workshop_ids)
    for function in _access_changed:
        function(ids)


def tell_forgotten(workshop: Workshop) -> None:
    for function in _forgotten:
        function(workshop)


def tell_person_forgotten(workshop: Workshop, emails: frozenset[str], person_id: int | None) -> None:
    for function in _person_forgotten:
        function(workshop, emails, person_id)
