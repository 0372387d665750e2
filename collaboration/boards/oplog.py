"""The log of each board in the database: read, locked, grown, compacted. The log is the truth; all else is derived.

A board's row is the lock behind which its log grows. Whoever appends holds it until the commit, so the order of commits
is the order of seqs, and a reader that sees entry N sees every one before it.

This module speaks SQL itself: it is on the path of every change anybody makes, and a row here is four plain values. It
works the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from msgspec.json import Decoder

from collaboration.boards.engine.encoding import encode
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.snapshots import freeze, thaw
from collaboration.boards.engine.state import State
from collaboration.boards.engine.texts import BOARD
from collaboration.boards.models import Board, LogBatch, Snapshot
from collaboration.workshops.models import Workshop
from groundwork.clock import now

PAGE: Final = 500
"""Entries read at once."""
SNAPSHOTS_KEPT: Final = 2

_BOARDS: Final = Board._meta.db_table
_LOG: Final = LogBatch._meta.db_table
_SNAPSHOTS: Final = Snapshot._meta.db_table
_WORKSHOPS: Final = Workshop._meta.db_table
_ENTRIES: Final = Decoder(list[Entry])
_ROWS_AT_ONCE: Final = 100
"""Rows in one INSERT: few enough that SQLite takes its variables, and that psycopg keeps the statement as it read it
once (it does below 4 KB)."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a board is. ``epoch`` names its history; before ``horizon`` no ops are told any more."""

    epoch: str
    head_seq: int
    horizon: int
    access_version: int


def encoded(value: Any) -> str:
    """Compact JSON, as entries and snapshots are kept."""
    return encode(value).decode()


def _kept(value: UUID) -> Any:
    """A UUID as this database keeps it."""
    return value if connection.vendor == "postgresql" else value.hex


def _read_uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _kept_moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)


def _rows(count: int, width: int) -> str:
    return ", ".join([f"({_marks(width)})"] * count)


# Reading


def heads(board_ids: Collection[UUID]) -> dict[UUID, Head]:
    """How far these boards are, in one query. Boards that do not exist are left out."""
    return _heads(board_ids, lock=False) if board_ids else {}


def workshops_of(board_ids: Collection[UUID]) -> dict[UUID, tuple[int, UUID]]:
    """The workshop of each of these boards: its id and its UUID, which never change."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT board.uuid, workshop.id, workshop.uuid FROM {_BOARDS} AS board "  # noqa: S608
            f"JOIN {_WORKSHOPS} AS workshop ON workshop.id = board.workshop_id "
            f"WHERE board.uuid IN ({_marks(len(board_ids))})",
            [_kept(id) for id in board_ids],
        )
        return {_read_uuid(board): (pk, _read_uuid(uuid)) for board, pk, uuid in cursor.fetchall()}


def locked(board_ids: Collection[UUID]) -> dict[UUID, Head]:
    """The same, holding each board's lock until the transaction ends.

    Locks are taken in the order of ids: two who lock several boards never wait for each other.
    """
    return _heads(board_ids, lock=True) if board_ids else {}


def _heads(board_ids: Collection[UUID], *, lock: bool) -> dict[UUID, Head]:
    ids = sorted(board_ids)
    # SQLite has no row locks and needs none: a writing transaction has the database to itself from its beginning.
    ending = " FOR UPDATE" if lock and connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT uuid, epoch, head_seq, horizon, access_version FROM {_BOARDS} "  # noqa: S608
            f"WHERE uuid IN ({_marks(len(ids))}) ORDER BY uuid{ending}",
            [_kept(id) for id in ids],
        )
        rows = cursor.fetchall()
    return {_read_uuid(row[0]): Head(str(_read_uuid(row[1])), row[2], row[3], row[4]) for row in rows}


def read(board_id: UUID, after: int, limit: int = PAGE) -> list[Entry]:
    """The entries behind seq ``after``, oldest first, at most ``limit``."""
    with connection.cursor() as cursor:
        # Seqs have no holes: so many entries lie in the rows that begin no later than this.
        cursor.execute(
            f"SELECT body FROM {_LOG} WHERE board_id = %s AND last > %s AND seq <= %s ORDER BY seq",  # noqa: S608
            [_kept(board_id), after, after + limit],
        )
        rows = cursor.fetchall()
    entries = [entry for (body,) in rows for entry in _ENTRIES.decode(body)]
    return [entry for entry in entries if after < entry.seq <= after + limit]


def read_all(board_id: UUID, after: int = 0) -> Iterable[Entry]:
    """Every entry behind ``after``, read in pages."""
    while page := read(board_id, after):
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def id_of(op_id: str) -> bytes:
    """An op's id as the log keeps it: its 16 bytes."""
    return bytes.fromhex(op_id.replace("-", ""))


def ids_of(board_id: UUID, *, upto: int) -> set[bytes]:
    """The id of every op that was applied to a board up to the seq ``upto``, and of some that were later."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT op_ids FROM {_LOG} WHERE board_id = %s AND seq <= %s",  # noqa: S608
            [_kept(board_id), upto],
        )
        return {ids[at : at + 16] for (kept,) in cursor.fetchall() for ids in (bytes(kept),) for at in _places(ids)}


def _places(ids: bytes) -> range:
    return range(0, len(ids), 16)


def lookup_many(ops: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], tuple[int, str]]:
    """The seq of each of these ops and who signed it, of those that were ever applied.

    Reads the ids of the whole log of each board: for ops that are known to stand there.
    """
    wanted: dict[UUID, dict[bytes, str]] = {}
    for board_id, op_id in ops:
        wanted.setdefault(board_id, {})[id_of(op_id)] = op_id
    found: dict[tuple[UUID, str], tuple[int, str]] = {}
    for board_id, ids in wanted.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT seq, op_ids FROM {_LOG} WHERE board_id = %s", [_kept(board_id)])  # noqa: S608
            rows = [(first, bytes(kept)) for first, kept in cursor.fetchall()]
        for first, kept in rows:
            for at in _places(kept):
                if (op_id := ids.get(kept[at : at + 16], "")) and (entry := _entry(board_id, first + at // 16)):
                    found[board_id, op_id] = entry.seq, entry.by
    return found


def _entry(board_id: UUID, seq: int) -> Entry | None:
    found = read(board_id, seq - 1, limit=1)
    return found[0] if found else None


def newest_state(board_id: UUID) -> State:
    """The state that the newest readable snapshot holds, or an empty one: from here the log is to be folded on."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {_SNAPSHOTS} WHERE board_id = %s ORDER BY seq DESC", [_kept(board_id)])  # noqa: S608
        bodies = [body for (body,) in cursor.fetchall()]
    for body in bodies:
        try:
            return thaw(json.loads(body))
        except ValueError:
            # Of another version of this software. The log says the same.
            continue
    return State(str(board_id))


# Growing


@dataclass(frozen=True, slots=True)
class Grown:
    """What one commit adds to one board: its new entries, and the stage they end in.

    ``ids``: of the entries' ops, in order (:func:`id_of`), where they are known already.
    """

    board_id: UUID
    entries: Sequence[Entry]
    stage: int
    epoch: str
    ids: Sequence[bytes] = field(default=())


def append(grown: Sequence[Grown]) -> None:
    """Add entries to the logs and raise the heads, however many boards, in one statement or two. The caller holds the
    locks."""
    for first in range(0, len(grown), _ROWS_AT_ONCE):
        _append(grown[first : first + _ROWS_AT_ONCE])


def _append(grown: Sequence[Grown]) -> None:
    inserted: list[Any] = []
    raised: list[Any] = [_kept_moment(now())]
    for each in grown:
        board_id, last = _kept(each.board_id), each.entries[-1].seq
        ids = b"".join(each.ids or [id_of(entry.op_id) for entry in each.entries])
        body = encoded(each.entries)
        inserted += [board_id, each.entries[0].seq, last, ids, body]
        raised += [board_id, last, each.stage, _kept(UUID(each.epoch))]
    insert = f"INSERT INTO {_LOG} (board_id, seq, last, op_ids, body) VALUES {_rows(len(grown), 5)}"  # noqa: S608
    update = (
        f"UPDATE {_BOARDS} SET head_seq = raised.column2, stage = raised.column3, "  # noqa: S608
        f"epoch = raised.column4, changed_at = %s "
        f"FROM (VALUES {_rows(len(grown), 4)}) AS raised WHERE uuid = raised.column1"
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Both at once: a question to the database costs as much as what it does here.
            cursor.execute(f"WITH grown AS ({insert}) {update}", inserted + raised)
        else:
            cursor.execute(insert, inserted)
            cursor.execute(update, raised)


# Snapshots and compaction


def keep_snapshot(board_id: UUID, epoch: str, seq: int, body: str) -> bool:
    """Keep a frozen state, and no more than two: the older one is the horizon. Call inside a transaction.

    False, and nothing kept: the board has another history by now, or this snapshot stands already.
    """
    head = locked([board_id]).get(board_id)
    if head is None or head.epoch != epoch or Snapshot.objects.filter(board_id=board_id, seq=seq).exists():
        return False
    Snapshot.objects.create(board_id=board_id, seq=seq, body=body)
    kept = list(Snapshot.objects.filter(board_id=board_id).order_by("-seq").values_list("seq", flat=True))
    Snapshot.objects.filter(board_id=board_id, seq__lt=kept[:SNAPSHOTS_KEPT][-1]).delete()
    if len(kept) >= SNAPSHOTS_KEPT:
        Board.objects.filter(pk=board_id).update(horizon=kept[:SNAPSHOTS_KEPT][-1])
    return True


def frozen(state: State) -> str:
    """A state as a snapshot's body. The caller holds the state: it must not change meanwhile."""
    return encoded(freeze(state))


def begin(board_id: UUID, first: Entry, *, epoch: UUID) -> None:
    """Let a board begin with ``first``, under a new epoch; whatever its log held before is gone.

    Inside a transaction that holds the board's lock.
    """
    Snapshot.objects.filter(board_id=board_id).delete()
    LogBatch.objects.filter(board_id=board_id).delete()
    Board.objects.filter(pk=board_id).update(horizon=0)
    stage = next(fact["set"]["stage"] for fact in first.facts if fact["id"] == BOARD)
    append([Grown(board_id, [first], stage, str(epoch))])


def rewrite(board_id: UUID, change: Callable[[Entry], Entry]) -> None:
    """Give entries another form, under the seqs they have. For erasure; the caller holds the board's lock."""
    for pk in LogBatch.objects.filter(board_id=board_id).values_list("pk", flat=True):
        batch = LogBatch.objects.get(pk=pk)
        entries = _ENTRIES.decode(batch.body)
        others = [change(entry) for entry in entries]
        if any(other is not entry and other != entry for entry, other in zip(entries, others, strict=True)):
            batch.body = encoded(others)
            batch.save(update_fields=["body"])
