"""Taking words and people out of a board for good: out of its log and its snapshots, in one transaction.

The engine says what becomes of one entry (:mod:`.engine.erasing`); here it is done to all of them, and to snapshots,
which hold the same words and keys in another form. The board gets a new epoch, so that every process folds again and
every client loads anew: what they held is of another history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Final
from uuid import UUID

from collaboration.boards import oplog
from collaboration.boards.afterwards.forgetting import words_removed
from collaboration.boards.engine.deciding.facilitation import WORDS
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.erasing import without_person, without_words
from collaboration.boards.models import Snapshot

ERASING: Final = frozenset({"redact", "bin.empty"})
"""Kinds of entry after which words are to be nowhere."""


def named_in(entry: Entry) -> frozenset[str]:
    """The things whose words an entry takes away for good."""
    return frozenset(fact["id"] for fact in entry.facts if "drop" in fact or fact.get("set", {}).get("erased"))


def take_words_out(board_id: UUID, ids: Collection[str], *, before: int) -> None:
    """Replace by nothing what people wrote in these things, in every entry before seq ``before`` and every snapshot.

    The caller holds the board's lock and gives it a new epoch.
    """
    oplog.rewrite(board_id, lambda entry: without_words(entry, ids) if entry.seq < before else entry)
    _rewrite_snapshots(board_id, lambda frozen: _wordless(frozen, frozenset(ids)))
    words_removed(board_id, ids)


def take_person_out(board_id: UUID, key: str, instead: str) -> None:
    """Put ``instead`` in the place of a person's key everywhere. The caller holds the lock and gives a new epoch."""
    oplog.rewrite(board_id, lambda entry: without_person(entry, key, instead))
    _rewrite_snapshots(board_id, lambda frozen: _renamed(frozen, key, instead))


def _rewrite_snapshots(board_id: UUID, change: Callable[[Any], Any]) -> None:
    for snapshot in Snapshot.objects.filter(board_id=board_id):
        snapshot.body = oplog.encoded(change(json.loads(snapshot.body)))
        snapshot.save(update_fields=["body"])


def _wordless(frozen: Any, ids: frozenset[str]) -> Any:
    """A frozen state without the words of these things: on the board, and in what can be undone.

    Steps stay, empty of words: later entries of the log may undo them, and must fold.
    """
    for id in ids & frozen["things"].keys():
        frozen["things"][id] = _emptied(frozen["things"][id])
    for stacks in (frozen["done"], frozen["undone"]):
        for stack in stacks.values():
            for step in stack:
                for change in step[-1]:
                    if change["id"] in ids and "set" in change:
                        change["set"] = [_emptied(side) if side else side for side in change["set"]]
    return frozen


def _emptied(props: dict[str, Any]) -> dict[str, Any]:
    return {key: "" if key in WORDS and value is not None else value for key, value in props.items()}


def _renamed(value: Any, key: str, instead: str) -> Any:
    """A frozen state with another key for a person. Keys are random, so no text is ever one by chance."""
    if isinstance(value, dict):
        return {instead if name == key else name: _renamed(held, key, instead) for name, held in value.items()}
    if isinstance(value, list):
        return [_renamed(each, key, instead) for each in value]
    return instead if value == key else value
