"""Taking words and people out of a log that must stay whole.

Both functions rewrite one entry; a caller maps them over the log and its snapshots, in the transaction of the erasure,
and gives the board a new epoch, so that hubs fold again and clients load anew. Seqs stay as they are, and so does the
structure of every fold: only words become empty, and a person becomes somebody unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from collaboration.boards.engine.deciding.facilitation import WORDS
from collaboration.boards.engine.entries import Entry, Fact

_KEYS: Final = frozenset({"by", "typed_by", "deleted_by", "claimed_by"})
"""Properties that hold the key of a person or a device."""


def without_words(entry: Entry, ids: Collection[str]) -> Entry:
    """The entry with everything that people wrote in these things replaced by nothing.

    Apply it to every entry before the ``redact`` or ``bin.empty`` that names the things.
    """
    if not any(fact["id"] in ids and "set" in fact for fact in entry.facts):
        return entry
    facts = tuple(_wordless(fact) if fact["id"] in ids and "set" in fact else fact for fact in entry.facts)
    return Entry(entry.seq, entry.op_id, entry.kind, entry.by, entry.at, facts, entry.undoes)


def _wordless(fact: Fact) -> Fact:
    emptied = {key: "" if key in WORDS and value is not None else value for key, value in fact["set"].items()}
    return {**fact, "set": emptied}


def without_person(entry: Entry, key: str, instead: str) -> Entry:
    """The entry with ``instead`` (a fresh random key, for one person the same everywhere) in the place of ``key``.

    What the person wrote stays, as a former participant's. Names that somebody typed are words: see above.
    """
    facts = tuple(_renamed(fact, key, instead) for fact in entry.facts)
    by = instead if entry.by == key else entry.by
    return Entry(entry.seq, entry.op_id, entry.kind, by, entry.at, facts, entry.undoes)


def _renamed(fact: Fact, key: str, instead: str) -> Fact:
    renamed: dict[str, Any] = {}
    for name, value in fact.items():
        if name in ("to", "keep"):
            value = [instead if each == key else each for each in value]
        elif name in ("ballots", "reacts"):
            value = {instead if each == key else each: held for each, held in value.items()}
        elif name == "set":
            value = {prop: instead if prop in _KEYS and held == key else held for prop, held in value.items()}
        renamed[name] = value
    return renamed
