"""Votes by organisation or sector, without telling how one person voted.

Where names are hidden, no number is told that stands for fewer than three voters, and none that can be had by taking
the numbers told from the total: what is too small is put together as *others*, and where even that stands for fewer
than three, the smallest number that could be told joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collaboration.boards.engine.limits import FEWEST_VOTERS
from collaboration.boards.engine.state import State


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes on one item. ``room`` is the show of hands; ``others`` are votes that must not be told apart."""

    total: int
    room: int
    by: Mapping[str, int]
    others: int


def tally(state: State, labels: Mapping[str, str]) -> dict[str, Tally]:
    """Votes by item, split by the label of each voter (organisation, or sector); no label counts as others.

    Nothing is told while totals are hidden: the answer is empty until then.
    """
    if not state.tells_totals:
        return {}
    items = {id for id, thing in state.things.items() if thing.get("room") and not thing.get("deleted")}
    return {id: _split(state, id, labels) for id in sorted(items | state.ballots.keys())}


def _split(state: State, id: str, labels: Mapping[str, str]) -> Tally:
    votes: dict[str, int] = {}
    voters: dict[str, int] = {}
    others = unlabelled = 0
    for voter, count in state.ballots.get(id, {}).items():
        label = labels.get(voter)
        if label is None:
            others += count
            unlabelled += 1
        else:
            votes[label] = votes.get(label, 0) + count
            voters[label] = voters.get(label, 0) + 1
    if state.names_hidden:
        smallest = sorted(votes, key=lambda label: (voters[label], label))
        while smallest and (voters[smallest[0]] < FEWEST_VOTERS or 0 < unlabelled < FEWEST_VOTERS):
            label = smallest.pop(0)
            others += votes.pop(label)
            unlabelled += voters[label]
    room = state.things[id].get("room", 0)
    return Tally(state.total.get(id, 0), room, dict(sorted(votes.items())), others)
