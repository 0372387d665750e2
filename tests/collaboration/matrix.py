"""Permission matrices as tables in a test: what each actor may do in each state, written down and compared.

``== public/board draft`` names the states under it, ``/`` between alternatives. Then comes a line for those to whom the
same holds: cells in the order of the verbs, the verb to view first, ``|``, and who; ``*`` is everybody else::

    == public/partners draft
    y y | owner:lead/officer
    y . | owner:*
    0 0 | *

``y`` may · ``.`` sees it but is refused with a sentence (403) · ``0`` may not know that it exists (404).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

from groundwork.access.actors import Actor
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.access.rules import require
from tests.collaboration.initiatives.world import ROLES


def verdict(actor: Actor, verb: str, obj: Any) -> str:
    try:
        require(actor, verb, obj)
    except NotFound:
        return "0"
    except NotAllowed as refusal:
        # A refusal is a sentence, or it does not count as one.
        return "." if refusal.message.endswith(".") and len(refusal.message) > 10 else "?"
    return "y"


def names(text: str) -> list[str]:
    """``owner:lead/officer partner:* public`` as the names of actors."""
    found = []
    for word in text.split():
        body, _, roles = word.partition(":")
        if not roles:
            found.append(body)
        else:
            found += [f"{body}:{role}" for role in (ROLES if roles == "*" else roles.split("/"))]
    return found


def read(text: str, everybody: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """A table as its cells by state and actor. Raises :class:`AssertionError` where a line says something twice."""
    table: dict[str, dict[str, list[str]]] = {}
    states: list[str] = []
    fresh = False
    for line in text.strip().splitlines():
        if line.startswith("== "):
            if not fresh:
                states, fresh = [], True
            for words in product(*(word.split("/") for word in line.removeprefix("== ").split())):
                state = " ".join(words)
                assert state not in table, f"{state} stands there twice"
                states.append(state)
                table[state] = {}
            continue
        fresh = False
        cells, _, who = line.partition("|")
        for state in states:
            said = set(everybody) - set(table[state]) if who.strip() == "*" else names(who)
            for name in said:
                assert name not in table[state], f"{name} stands there twice in {state}"
                table[state][name] = cells.split()
    return table


Target = Callable[[Any, str], Any]
"""What a verb is about, found from the object of a state: a seat of the board, an item of the meeting."""


def check(
    verbs: list[str],
    text: str,
    actors: Mapping[str, Actor],
    states: Mapping[str, Any],
    *,
    of: Target = lambda it, verb: it,
) -> None:
    """Every actor, every state and every verb is as the table says, and nobody may act on what is not shown to them.

    ``of`` says what each verb is about.
    """
    table = read(text, actors)
    assert set(table) == set(states), set(table) ^ set(states)
    wrong = []
    for state, rows in table.items():
        assert set(rows) == set(actors), (state, set(rows) ^ set(actors))
        for name, cells in rows.items():
            got = [verdict(actors[name], verb, of(states[state], verb)) for verb in verbs]
            if got != cells:
                wrong.append(f"{state}, {name}: expected {' '.join(cells)}, got {' '.join(got)}")
            if got[0] == "0" and "y" in got:
                wrong.append(f"{state}, {name} may act on what is not shown to them: {' '.join(got)}")
    assert not wrong, "\n".join(wrong)
