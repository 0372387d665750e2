"""The thread that commits for all sockets of this process: at once while it is quiet, together while it is not.

While nothing waits, an op is committed the moment it comes. After a commit the next one waits a little, so that what
comes meanwhile shares one transaction, one flush to the disk and one message to everybody: the larger of
``BOARD_COMMIT_GAP_MS`` and what telling everybody took last time, and never more than 50 ms.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from time import monotonic
from typing import Final

import structlog
from django.conf import settings
from django.db import connection

from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.transacting import (
    Answer,
    Asked,
    Landed,
    actor_of,
    commit,
    keep_snapshots,
    not_landed,
    not_saved,
    on_landed,
    refusal,
    within,
)

__all__ = [
    "Answer",
    "Asked",
    "Landed",
    "Writer",
    "actor_of",
    "commit",
    "keep_snapshots",
    "not_landed",
    "not_saved",
    "on_landed",
    "refusal",
    "within",
    "writer",
]

log = structlog.get_logger(__name__)

GAP: Final = int(getattr(settings, "BOARD_COMMIT_GAP_MS", 20)) / 1000
LONGEST_GAP: Final = 0.05
MOST_WAITING: Final = 40_000
"""Ops that may wait in one process, about two seconds of its work. Above that clients are asked to slow down."""
MOST_AT_ONCE: Final = 2_000
"""Ops in one transaction."""
SNAPSHOTS_APART: Final = 10.0
"""Seconds between two snapshots of one board."""
SNAPSHOT_EACH: Final = 0.5
SNAPSHOT_WHILE_BUSY: Final = 10.0
"""Seconds between two snapshots of any boards: while nobody waits, and while somebody does."""
IDLE_SECONDS: Final = 1.0
"""After so long without work the thread gives its connection back, and after a few of these it ends."""
IDLE_ROUNDS: Final = 30


class _Waiting:
    """What one sender has asked for since the last commit began."""

    __slots__ = ("answered", "asked", "ops")

    def __init__(self, asked: Asked, answered: Callable[[list[Answer]], None]) -> None:
        self.asked = asked
        self.ops = [*asked.ops]
        self.answered = answered

    def whole(self) -> Asked:
        return self.asked if len(self.ops) == len(self.asked.ops) else replace(self.asked, ops=self.ops)


class Writer:
    """See the module. One per process; the thread begins with the first op."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        # A plain lock, taken by itself where nobody is woken: a condition's takes three calls in Python.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[_Waiting] = deque()
        self._by_sender: dict[object, _Waiting] = {}
        self._idle = False
        self._ops = 0
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._pid = os.getpid()
        self._fan_out = 0.0
        self._snapshot_at = float("-inf")

    def submit(self, asked: Asked) -> Future[list[Answer]]:
        """Have ``asked`` committed. The future gets one answer for each op; it never fails. Never blocks."""
        future: Future[list[Answer]] = Future()
        # Whoever waits may give up; the op goes its way, so nobody is to find the future cancelled.
        future.set_running_or_notify_cancel()
        if not self.give(asked, future.set_result):
            future.set_result(not_saved([asked], "slow_down")[0])
        return future

    def give(self, asked: Asked, answered: Callable[[list[Answer]], None], *, sender: object = None) -> bool:
        """Have ``asked`` committed, and ``answered`` called from the writer's thread with one answer for each op.

        What the same ``sender`` (one connection: the same board, person, device and callback) gives while it waits is
        one with it. False, and nothing taken: too much waits already. Never blocks.
        """
        if self._pid != os.getpid():
            # A forked child inherits what waited in its parent, and no thread.
            self._reset()
        with self._lock:
            if self._stopping or self._ops + len(asked.ops) > MOST_WAITING:
                return False
            waiting = self._by_sender.get(sender) if sender is not None else None
            if waiting is not None and len(waiting.ops) + len(asked.ops) <= MOST_AT_ONCE:
                waiting.ops += asked.ops
            else:
                waiting = _Waiting(asked, answered)
                self._waiting.append(waiting)
                if sender is not None:
                    self._by_sender[sender] = waiting
            self._ops += len(asked.ops)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="board-writer", daemon=True)
                self._thread.start()
            elif self._idle:
                # While it commits or rests it looks by itself: to wake it for each op would cost more than the op.
                self._changed.notify_all()
        return True

    def give_more(self, ops: Sequence[tuple[str | None, Op | Rejected]], *, sender: object) -> bool:
        """Have these committed with what the same ``sender`` gave before and still waits. False, and nothing taken:
        nothing of theirs waits, or too much does. To be told who asks for each op would cost more than to keep it."""
        with self._lock:
            waiting = self._by_sender.get(sender)
            many = len(ops)
            if (
                waiting is None
                or self._stopping
                or self._ops + many > MOST_WAITING
                or len(waiting.ops) + many > MOST_AT_ONCE
                or self._pid != os.getpid()
            ):
                return False
            waiting.ops += ops
            self._ops += many
            return True

    def note_fan_out(self, seconds: float) -> None:
        """How long telling everybody took last time: what is committed meanwhile would only wait for it."""
        self._fan_out = seconds

    @property
    def waiting(self) -> int:
        """How many ops wait now."""
        return self._ops

    def stop(self, seconds: float = 5.0) -> None:
        """Commit what waits, take nothing more, and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)
        with self._changed:
            self._stopping = False

    def _take(self) -> list[_Waiting]:
        """What is to be committed together; empty when the thread is to end."""
        idle = 0
        with self._changed:
            while not self._waiting:
                if self._stopping or idle >= IDLE_ROUNDS:
                    self._thread = None
                    return []
                self._idle = True
                woken = self._changed.wait(IDLE_SECONDS)
                self._idle = False
                if not woken:
                    idle += 1
                    connection.close()
            taken: list[_Waiting] = []
            ops = 0
            while self._waiting and (not taken or ops + len(self._waiting[0].ops) <= MOST_AT_ONCE):
                each = self._waiting.popleft()
                ops += len(each.ops)
                taken.append(each)
            self._ops -= ops
            # What comes from now on waits for the next commit.
            self._by_sender.clear()
            return taken

    def _rest(self, until: float) -> None:
        """Wait for the gap to pass, unless the writer is stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, until - monotonic())

    def _keep_a_snapshot(self, asked: Sequence[Asked]) -> None:
        """Of one board at a time, and seldom: everybody's next ops wait for it."""
        since = monotonic() - self._snapshot_at
        if since < (SNAPSHOT_WHILE_BUSY if self._ops else SNAPSHOT_EACH):
            return
        try:
            if keep_snapshots((one.board_id for one in asked), most=1, apart=SNAPSHOTS_APART):
                self._snapshot_at = monotonic()
        except Exception:
            log.exception("board_snapshot_broke")

    def _run(self) -> None:
        try:
            while taken := self._take():
                asked = [each.whole() for each in taken]
                try:
                    answers = commit(asked)
                except BaseException:
                    log.exception("board_writer_broke")
                    answers = not_saved(asked)
                for each, answer in zip(taken, answers, strict=True):
                    try:
                        each.answered(answer)
                    except Exception:
                        # One sender that is gone must not cost the others their answers, nor all of them the writer.
                        log.exception("board_answer_not_given")
                self._keep_a_snapshot(asked)
                self._rest(monotonic() + min(max(GAP, self._fan_out), LONGEST_GAP))
        finally:
            connection.close()
            with self._changed:
                if self._thread is threading.current_thread():
                    # It broke off: the next op begins another one.
                    self._thread = None


writer = Writer()
