"""What somebody who connects is given, read from this process's states. Runs in threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from collaboration.boards import oplog, states
from collaboration.boards.consumers.saying import Said
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.projecting import counts
from collaboration.boards.engine.resuming import Resume, resume
from groundwork.access.errors import NotFound


class Wanted(NamedTuple):
    """``anew``: whatever they hold is of another history or another role."""

    board_id: UUID
    viewer: Actor
    since: int | None
    epoch: str | None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """``frames`` is empty for a tail: its ops are told from ``seq`` on."""

    epoch: str
    head: int
    horizon: int
    resume: Resume
    seq: int
    frames: Sequence[Said]


def bring(wanted: Sequence[Wanted]) -> list[Brought | Exception]:
    """How each of these goes on, all who are on one board at one moment of it."""
    heads = oplog.heads({each.board_id for each in wanted})
    by_board: dict[UUID, list[int]] = {}
    for place, each in enumerate(wanted):
        by_board.setdefault(each.board_id, []).append(place)
    brought: list[Brought | Exception] = [NotFound("There is no such board.")] * len(wanted)
    for board_id, places in by_board.items():
        head = heads.get(board_id)
        if head is None:
            continue
        try:
            those = _bring(board_id, head, [wanted[place] for place in places])
        except Exception as error:
            # What is wrong with one board is not to keep others from theirs.
            those = [error] * len(places)
        for place, one in zip(places, those, strict=True):
            brought[place] = one
    return brought


def bring_now(wanted: Wanted, head: oplog.Head) -> Brought | None:
    """The same for one, without waiting for anything, where this process has the board as far as ``head``.

    May be called on the event loop. None where it has not, or somebody holds it just now.
    """
    with states.glanced(wanted.board_id) as held:
        if held is None or not held.is_quick or held.epoch != head.epoch or held.state.head < head.head_seq:
            return None
        return _brought(held, head.horizon, [wanted])[0]


def _bring(board_id: UUID, head: oplog.Head, wanted: Sequence[Wanted]) -> Sequence[Brought | Exception]:
    with states.held_near(board_id, head) as held:
        return _brought(held, head.horizon, wanted)


def _brought(held: states.Held, horizon: int, wanted: Sequence[Wanted]) -> list[Brought]:
    epoch, seq = held.head
    shared: dict[bool, Said] = {}
    brought: list[Brought] = []
    for each in wanted:
        how = resume(since=each.since, epoch=each.epoch, head=seq, horizon=horizon, current=epoch)
        if each.anew:
            how = "epoch"
        if how == "tail" and each.since is not None:
            brought.append(Brought(epoch, seq, horizon, how, each.since, ()))
            continue
        facilitates = each.viewer.facilitates
        if facilitates not in shared:
            shared[facilitates] = Said(held.display.snapshot(epoch, facilitates=facilitates), seq)
        own = Said(held.display.yours(each.viewer), seq)
        brought.append(Brought(epoch, seq, horizon, how, seq, (shared[facilitates], own)))
    return brought


def numbers(board_id: UUID, head: oplog.Head) -> tuple[int, dict[str, Any]]:
    """Seq, and what everybody may know of what is hidden, of a board that was at ``head`` a moment ago."""
    with states.held_near(board_id, head) as held:
        return held.head[1], counts(held.state)
