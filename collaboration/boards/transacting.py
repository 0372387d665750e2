"""Everything that waits on all boards, in one transaction: decided, logged, committed, and only then acknowledged.

The order is what the promises hang on. This process's states are held, then the boards' rows are locked, both in the
order of ids; the states catch up with the log; who may do what is read under the lock (S5); ops are applied, logged and
committed; then it is told (P1: nobody hears of an entry, and no op is acknowledged, before the commit). When anything
fails every op is answered ``not_saved``, and what the states had absorbed is dropped with them: clients keep such ops
and send them again, and an op that was kept after all is found by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from collaboration.boards import erasing, oplog, settling, states
from collaboration.boards.engine.applying import Applied, Repeated, again, apply
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import SERVER, Actor
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.engine.texts import device_hash
from collaboration.boards.standing import Holder, Standing, known
from collaboration.boards.topics import BoardTopic
from groundwork import live
from groundwork.clock import now

log = structlog.get_logger(__name__)

SNAPSHOT_EVERY: Final = 500
"""Entries between two snapshots."""

Answer = dict[str, Any]
"""A frame for whoever asked: ``ack`` or ``rejected``."""
Landed = Callable[[UUID, str, list[Entry]], None]
"""Called with board, epoch and entries."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Ops of one device for one board, in order. ``ops`` are as :func:`~.engine.reading.read_ops` gives them.

    ``device`` is the key as the browser holds it, or "". ``viewer``: who the device's connection took them for, so that
    it need not be worked out again while that still holds. ``holder``: by what they are connected, which is then
    looked at too when rights have changed. ``by_server``: the board's own clock asks, and nobody else may ever set it.
    """

    board_id: UUID
    participation_id: int
    device: str
    ops: Sequence[tuple[str | None, Op | Rejected]]
    language: str = "en"
    holder: Holder | None = None
    by_server: bool = False
    viewer: Actor | None = None


@dataclass(slots=True)
class _Round:
    """What one transaction has done so far."""

    verdicts: list[list[Repeated | Rejected | Entry]] = field(default_factory=list)
    grown: dict[UUID, list[Entry]] = field(default_factory=dict)
    ids: dict[UUID, list[bytes]] = field(default_factory=dict)
    """Of the ops of what has grown."""
    settled: list[tuple[UUID, Entry, tuple[int, int]]] = field(default_factory=list)
    """Rules, and by which asker's which op."""
    epochs: dict[UUID, str] = field(default_factory=dict)


class _Failed(Exception):
    """Something broke on one op: a mistake of ours. It is left out, and the others are tried again."""

    def __init__(self, asked: int, op: int) -> None:
        super().__init__()
        self.place = asked, op


_landed: list[Landed] = []


def on_landed(function: Landed) -> Landed:
    """Call ``function`` for each board right after each commit, in the committing thread, in the order of seqs.

    It holds the board meanwhile: it is to hand on and return. When the board got another epoch (something was erased)
    the entries are the last ones of the new history.
    """
    if function not in _landed:
        _landed.append(function)
    return function


def not_landed(function: Landed) -> None:
    """Take a function out again."""
    with suppress(ValueError):
        _landed.remove(function)


def commit(asked: Sequence[Asked]) -> list[list[Answer]]:
    """Apply and keep what was asked; one answer for each op, in order. Never raises; thread-safe; blocks.

    Call :func:`keep_snapshots` some time after it, when the answers are on their way.
    """
    if not asked:
        return []
    left_out: dict[tuple[int, int], Rejected] = {}
    for _attempt in range(5):
        try:
            return _commit(asked, left_out)
        except _Failed as failed:
            log.exception("board_op_broke", kind=_kind(asked, failed.place))
            left_out[failed.place] = Rejected("not_saved")
        except DatabaseError as error:
            log.warning("board_commit_failed", error=type(error).__name__, ops=sum(len(each.ops) for each in asked))
            _mend()
            break
        except Exception:
            log.exception("board_commit_broke")
            break
    return not_saved(asked)


def _mend() -> None:
    """Let go of a connection that the failure broke; inside somebody's transaction it is theirs to judge."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _kind(asked: Sequence[Asked], place: tuple[int, int]) -> str:
    op = asked[place[0]].ops[place[1]][1]
    return op.kind if isinstance(op, Op) else ""


def not_saved(asked: Sequence[Asked], code: str = "not_saved") -> list[list[Answer]]:
    """Every op answered with a refusal that passes. What could not be read anyway gets its own refusal."""
    return [
        [refusal(op_id, op if isinstance(op, Rejected) else Rejected(code), each.language) for op_id, op in each.ops]
        for each in asked
    ]


def refusal(op_id: str | None, rejected: Rejected, language: str) -> Answer:
    """A ``rejected`` frame with its sentence in ``language``."""
    with translation.override(language):
        template = translation.gettext(rejected.template)
    sentence = template % rejected.about if rejected.about else template
    return {"t": "rejected", "op_id": op_id, "code": rejected.code, "sentence": sentence, "text": rejected.text}


def _commit(asked: Sequence[Asked], left_out: dict[tuple[int, int], Rejected]) -> list[list[Answer]]:
    board_ids = {each.board_id for each in asked}
    with states.held_all(board_ids) as held:
        try:
            # Durable: were this inside somebody's transaction, the acks would be lies until that commits.
            with transaction.atomic(durable=True):
                round = _decide(asked, held, left_out)
        except BaseException:
            for it in held.values():
                it.drop()
            raise
        _tell(round, held)
        answers = _answers(asked, round)
    return answers


def within(asked: Sequence[Asked]) -> list[list[Answer]]:
    """The same as a part of the caller's transaction: for what is kept together with something else.

    Nothing of this is warm in this process before it commits; then everybody is told by a hint. Raises what goes wrong:
    the caller's transaction must not commit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Ops that are part of a transaction were asked for outside of one.")
    held = {board_id: states.Held(board_id) for board_id in {each.board_id for each in asked}}
    round = _decide(asked, held, {})
    for board_id, entries in round.grown.items():
        hint = partial(live.hint, BoardTopic(board_id), epoch=round.epochs[board_id], head=entries[-1].seq)
        transaction.on_commit(hint, robust=True)
    return _answers(asked, round)


def _decide(asked: Sequence[Asked], held: dict[UUID, states.Held], left_out: dict[tuple[int, int], Rejected]) -> _Round:
    """All of it inside the transaction: locks, standing, ops, log."""
    settling.hold({each.board_id for each in asked for _id, op in each.ops if _settles(op)})
    heads = oplog.locked(held)
    for board_id, head in heads.items():
        held[board_id].catch_up(head)
    round = _Round(epochs={board_id: head.epoch for board_id, head in heads.items()})
    actors = _actors(asked, heads)
    ids = [_ids(each.ops) for each in asked]
    older = _older(asked, ids, held, heads)
    at = int(now().timestamp() * 1000)
    for place, each in enumerate(asked):
        actor = actors[place]
        verdicts: list[Repeated | Rejected | Entry] = []
        # Looked up once for all ops of an asker: an id is hashed in Python each time.
        state = held[each.board_id].state if each.board_id in heads else None
        grown: list[Entry] = []
        grown_ids: list[bytes] = []
        for number, (_op_id, op) in enumerate(each.ops):
            if isinstance(op, Rejected):
                verdicts.append(op)
            elif left_out and (place, number) in left_out:
                verdicts.append(left_out[place, number])
            elif state is None:
                verdicts.append(Rejected("other_board"))
            elif actor is None:
                verdicts.append(Rejected("watching"))
            elif older and (kept := older.get((each.board_id, op.op_id))) is not None:
                verdicts.append(again(kept, actor))
            elif _settles(op) and (broken := settling.refusal(state, op, actor, each.board_id)) is not None:
                verdicts.append(broken)
            else:
                try:
                    result = apply(state, op, actor, at)
                except Exception as error:
                    raise _Failed(place, number) from error
                if isinstance(result, Applied):
                    entry = result.entry
                    grown.append(entry)
                    grown_ids.append(ids[place][number])
                    verdicts.append(entry)
                    if _settles(op):
                        round.settled.append((each.board_id, entry, (place, number)))
                else:
                    verdicts.append(result)
        round.verdicts.append(verdicts)
        if grown:
            round.grown.setdefault(each.board_id, []).extend(grown)
            round.ids.setdefault(each.board_id, []).extend(grown_ids)
            held[each.board_id].ids.update(grown_ids)
    if round.grown:
        _keep(round, held)
    return round


def _settles(op: Op | Rejected) -> bool:
    return type(op) is Op and op.kind == settling.KIND


_NO_ID: Final = "0" * 32


def _ids(ops: Sequence[tuple[str | None, Op | Rejected]]) -> list[bytes]:
    """:func:`~.oplog.id_of` of all of these at once; of what could not be read, one that no op has."""
    whole = oplog.id_of("".join([op.op_id if isinstance(op, Op) else _NO_ID for _op_id, op in ops]))
    return [whole[at : at + 16] for at in range(0, len(whole), 16)]


def _keep(round: _Round, held: dict[UUID, states.Held]) -> None:
    """Write down what was decided, in the plan too where rules were settled.

    Where words went for good, they go from all that was written before, too.
    """
    erased = {
        board_id: found
        for board_id, entries in round.grown.items()
        if (found := [entry for entry in entries if entry.kind in erasing.ERASING])
    }
    for board_id in erased:
        round.epochs[board_id] = str(uuid4())
    oplog.append(
        [
            oplog.Grown(board_id, entries, int(held[board_id].state.stage), round.epochs[board_id], round.ids[board_id])
            for board_id, entries in round.grown.items()
        ]
    )
    for board_id, entry, place in round.settled:
        try:
            settling.follow(board_id, entry)
        except Exception as error:
            raise _Failed(*place) from error
    for board_id, entries in erased.items():
        for entry in entries:
            erasing.take_words_out(board_id, erasing.named_in(entry), before=entry.seq)
        # What this batch said of them before is among the entries that are told now.
        told = round.grown[board_id]
        round.grown[board_id] = oplog.read(board_id, told[0].seq - 1, limit=len(told))


def _actors(asked: Sequence[Asked], heads: dict[UUID, oplog.Head]) -> list[Actor | None]:
    """Who each asker is on the board now; ``None``: nobody who may change anything."""
    # Boards are looked up once each, not once for each asker: an id is hashed in Python every time.
    by_board: dict[UUID, list[int]] = {}
    for place, each in enumerate(asked):
        by_board.setdefault(each.board_id, []).append(place)
    people: dict[UUID, tuple[int, set[int]]] = {}
    holders: dict[UUID, tuple[int, set[Holder]]] = {}
    for board_id, places in by_board.items():
        if (head := heads.get(board_id)) is not None:
            those = [asked[place] for place in places if not asked[place].by_server]
            people[board_id] = head.access_version, {each.participation_id for each in those}
            holders[board_id] = head.access_version, {each.holder for each in those if each.holder is not None}
    standings = known.standings(people)
    gone = known.gone(holders)
    actors: list[Actor | None] = [None] * len(asked)
    for board_id, places in by_board.items():
        there = standings.get(board_id, {})
        for place in places:
            each = asked[place]
            if each.by_server:
                actors[place] = SERVER
            elif not (gone and each.holder in gone):
                actors[place] = _actor(each, there.get(each.participation_id))
    return actors


def _actor(asked: Asked, standing: Standing | None) -> Actor | None:
    if standing is None:
        return None
    viewer = asked.viewer
    if viewer is not None and viewer.person == standing.key and viewer.role == standing.role:
        return viewer
    return actor_of(standing, asked.board_id, asked.device)


def actor_of(standing: Standing, board_id: UUID, device: str) -> Actor:
    """The engine's actor and viewer. ``device``: the key as the browser holds it, or ""."""
    return Actor(standing.key, standing.role, device_hash(str(board_id), device) if device else "")


def _older(
    asked: Sequence[Asked], ids: Sequence[list[bytes]], held: dict[UUID, states.Held], heads: dict[UUID, oplog.Head]
) -> dict[tuple[UUID, str], tuple[int, str]]:
    """Ops that were applied before this round, whether or not the engine remembers them.

    What it remembers now it may have forgotten by the time that it meets the op: others of the round come before it.
    """
    known: dict[tuple[UUID, str], tuple[int, str]] = {}
    older: set[tuple[UUID, str]] = set()
    for each, theirs in zip(asked, ids, strict=True):
        if each.board_id not in heads:
            continue
        it = held[each.board_id]
        if it.ids.isdisjoint(theirs):
            continue
        for (_op_id, op), id in zip(each.ops, theirs, strict=True):
            if id not in it.ids or not isinstance(op, Op):
                continue
            if (kept := it.state.recent.get(op.op_id)) is not None:
                known[each.board_id, op.op_id] = kept
            else:
                older.add((each.board_id, op.op_id))
    return known | oplog.lookup_many(older) if older else known


def _answers(asked: Sequence[Asked], round: _Round) -> list[list[Answer]]:
    answers: list[list[Answer]] = []
    for each, verdicts in zip(asked, round.verdicts, strict=True):
        epoch = round.epochs.get(each.board_id, "")
        answers.append(
            [
                refusal(op_id, verdict, each.language)
                if isinstance(verdict, Rejected)
                else {"t": "ack", "op_id": op_id, "seq": verdict.seq, "epoch": epoch}
                for (op_id, _op), verdict in zip(each.ops, verdicts, strict=True)
            ]
        )
    return answers


# After the commit


def _tell(round: _Round, held: dict[UUID, states.Held]) -> None:
    """Tell this process what landed, then hint to the others. Whoever listens badly costs nobody else anything."""
    for board_id, entries in round.grown.items():
        epoch = round.epochs[board_id]
        it = held[board_id]
        if epoch != it.epoch:
            # Another history: it is folded again from what was rewritten.
            it.drop()
        for function in [*_landed]:
            try:
                function(board_id, epoch, entries)
            except Exception:
                log.exception("board_landing_not_told")
        live.hint(BoardTopic(board_id), epoch=epoch, head=entries[-1].seq)


def keep_snapshots(board_ids: Iterable[UUID], *, most: int | None = None, apart: float = 0.0) -> int:
    """Keep a snapshot of each of these boards on which enough has happened since the last one.

    Nobody waits for it and nothing hangs on it: what is not kept now is kept after a later commit. At most ``most`` of
    them, and none of a board of which this process kept one less than ``apart`` seconds ago: under load that would be
    after every few commits, of many boards at once, and everybody's ops would wait for it. Returns how many it tried.
    """
    kept = 0
    for board_id in set(board_ids):
        if most is not None and kept >= most:
            break
        with states.held_all([board_id]) as held:
            it = held[board_id]
            if not it.is_warm or it.state.head - it.snapshot_seq < SNAPSHOT_EVERY:
                continue
            if monotonic() - it.snapshot_at < apart:
                continue
            epoch, seq = it.head
            it.snapshot_seq, it.snapshot_at = seq, monotonic()
            body = oplog.frozen(it.state)
        kept += 1
        try:
            with transaction.atomic():
                oplog.keep_snapshot(board_id, epoch, seq, body)
        except DatabaseError as error:
            log.warning("board_snapshot_not_kept", error=type(error).__name__)
            _mend()
    return kept
