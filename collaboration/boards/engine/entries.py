"""What is kept of an op that was applied: one entry of the board's log, made of facts.

A fact says what became true, never what was asked: positions are worked out, totals counted, shuffles drawn. So folding
needs no rules and no chance, an old log folds the same under next year's rules, and each entry can be shown to a viewer
without the state it came from. Facts are plain dicts, as they stand in the database:

``{"id", "set": {…}}``
    Properties of a thing; ``None`` takes one away; ``new`` on the fact that makes the thing.
``"to": [keys]``
    Beside ``set``: hidden, only these people and devices may know.
``"keep": [keys]``
    Beside what is about a thing in the bin: whose bin it is in besides the facilitators'. Others lose it.
``"held": {…}``
    Beside a ``set`` of the tally for the room while totals are hidden: facilitators, who counted it, are told the
    ``set``; all others are told it without the tally, and with this: nothing, or that the tally is gone.
``{"id", "ballots": {voter: count}}`` · ``{"id", "reacts": {key: mark}}``
    How many votes somebody now has on it, or what somebody thinks of it. Told to that person only.
``{"id", "drop": true}``
    Gone for good, out of the bin.
``"renumbered": true``
    Beside a ``set`` of an order that only makes room for others: no part of what undoing takes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

Fact = dict[str, Any]

FOUNDED: Final = "board.found"
"""Kind of the first entry of every log. It is made by :mod:`.founding`, never asked for."""


class Entry(Struct, frozen=True, omit_defaults=True, gc=False):
    """One line of the log. ``at`` is in milliseconds since 1970 (UTC), rounded down where names are hidden.

    ``by`` is the key of a person, the hash of a device where names are hidden, or "" for the server.
    ``undoes`` is, for ``undo`` and ``redo``, the seq of the entry that is taken back or done again.
    """

    seq: int
    op_id: str
    kind: str
    by: str
    at: int
    facts: tuple[Fact, ...]
    undoes: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored and exported: the inverse of :func:`entry_of`."""
        kept: dict[str, Any] = {
            "seq": self.seq,
            "op_id": self.op_id,
            "kind": self.kind,
            "by": self.by,
            "at": self.at,
            "facts": list(self.facts),
        }
        if self.undoes is not None:
            kept["undoes"] = self.undoes
        return kept


def entry_of(kept: Mapping[str, Any]) -> Entry:
    """An entry from its stored form."""
    return Entry(
        seq=kept["seq"],
        op_id=kept["op_id"],
        kind=kept["kind"],
        by=kept["by"],
        at=kept["at"],
        facts=tuple(kept["facts"]),
        undoes=kept.get("undoes"),
    )
