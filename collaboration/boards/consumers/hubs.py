"""All hubs of this process: what tells them that something happened, and the watch that holds when nothing does.

Hints are only a shortcut. Every two seconds one query says of all boards with listeners how far they are and whether
anybody's rights changed; every half minute everybody who listens is asked for again, in the same few queries for all.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError

from collaboration.boards import oplog, standing
from collaboration.boards.committing import Answer, Asked, not_saved, on_landed, writer
from collaboration.boards.consumers.bringing import Brought, Wanted, bring
from collaboration.boards.consumers.door import Admitted, Knock, admit
from collaboration.boards.consumers.hub import Hub
from collaboration.boards.consumers.listener import SEND_SECONDS, Listener
from collaboration.boards.consumers.neighbours import Neighbours, PresenceTopic
from collaboration.boards.consumers.presence import Roster, rosters
from collaboration.boards.engine.entries import Entry
from collaboration.boards.engine.limits import HEARTBEAT_SECONDS
from collaboration.boards.engine.ops import Op
from collaboration.boards.engine.people import Actor
from collaboration.boards.engine.refusals import Rejected
from collaboration.boards.oplog import Head
from collaboration.boards.standing import Holder, Standing
from collaboration.boards.topics import BoardTopic
from groundwork import live
from groundwork.access.errors import NotFound
from groundwork.live.threads import Gathered, aside

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
"""How often the database is asked how far the boards are: a lost hint costs no more than that."""
RECHECK_SECONDS = 25.0
"""How often everybody who listens is asked for again, whatever was hinted (promise F24: at least every 30)."""
LINGER_SECONDS = 60.0
"""How long a hub without listeners stays."""
RETURN_MS = 3_000
"""When the server restarts, those who were connected come back spread over at least so long."""
RETURN_MS_EACH = 4
"""And over so much longer for each of them."""

Answers = Sequence[Answer]


class Hubs:
    """Of one process, on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.hubs: dict[UUID, Hub] = {}
        self._coming: dict[UUID, asyncio.Future[Hub]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._landed: deque[tuple[UUID, str, Sequence[Entry]]] = deque()
        self._answered: deque[tuple[Listener, Answers]] = deque()
        self._drain_is_due = False
        self._looked_at = 0.0
        self._rechecked_at = monotonic()
        self._looking = False
        self._stopping = False
        self.door: Gathered[Knock, Admitted] = Gathered(admit)
        """How sockets ask who they are: all that knock at the same moment together."""
        self._heads: Gathered[UUID, Head] = Gathered(_heads)
        self.bringing: Gathered[Wanted, Brought] = Gathered(bring)
        """How those who say hello get their picture."""
        self.rosters: Gathered[UUID, Roster] = Gathered(rosters)
        self.neighbours = Neighbours(self)
        self._live = live.listen(loop, self._hinted, self._reconnected)
        self._live.subscribe(PresenceTopic())

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background; what goes wrong is logged."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, DatabaseError | ConnectionError):
            # The database is away. The watch looks again and again, and what was missed is read then.
            log.warning("board_work_put_off", error=type(error).__name__)
        else:
            log.error("board_work_failed", error=type(error).__name__, exc_info=error)

    # Hubs

    async def hub(self, board_id: UUID) -> Hub:
        """The board's hub. Raises :class:`NotFound`."""
        hub = self.hubs.get(board_id)
        if hub is not None:
            return hub
        coming = self._coming.get(board_id)
        if coming is None:
            coming = self._coming[board_id] = self.loop.create_future()
            self.spawn(self._begin(board_id, coming))
        return await asyncio.shield(coming)

    async def _begin(self, board_id: UUID, coming: asyncio.Future[Hub]) -> None:
        try:
            # First subscribe, then read: what lands in between is hinted at.
            self._live.subscribe(BoardTopic(board_id))
            hub = Hub(self, board_id, await self._heads.ask(board_id))
        except Exception as error:
            self._forget(board_id)
            coming.set_exception(error if isinstance(error, NotFound) else ConnectionError())
            coming.exception()
            if not isinstance(error, NotFound):
                raise
        else:
            self.hubs[board_id] = hub
            coming.set_result(hub)
            if self._watching is None or self._watching.done():
                self._watching = self.loop.create_task(self._watch())
        finally:
            self._coming.pop(board_id, None)

    def _forget(self, board_id: UUID) -> None:
        self.hubs.pop(board_id, None)
        self._live.unsubscribe(BoardTopic(board_id))

    # What happens

    def landed(self, board_id: UUID, epoch: str, entries: Sequence[Entry]) -> None:
        """Called in the committing thread, right after the commit."""
        self._landed.append((board_id, epoch, entries))
        self._drain_soon()

    def submit_more(self, ops: Sequence[tuple[str | None, Op | Rejected]], listener: Listener) -> bool:
        """Have these committed with those of the same listener that wait already. False: none wait, submit them."""
        return writer.give_more(ops, sender=listener)

    def submit(self, asked: Asked, listener: Listener) -> None:
        """Have ops of a listener committed; they are told what became of each."""
        if not writer.give(asked, partial(self._keep_answers, listener), sender=listener):
            listener.answer(not_saved([asked], "slow_down")[0])

    def _keep_answers(self, listener: Listener, answers: Answers) -> None:
        """Called in the committing thread."""
        self._answered.append((listener, answers))
        self._drain_soon()

    def _drain_soon(self) -> None:
        if not self._drain_is_due:
            self._drain_is_due = True
            with suppress(RuntimeError):
                # The loop may be closed by now, and with it everybody who would have been told.
                self.loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._drain_is_due = False
        began = monotonic()
        answered: list[Listener] = []
        while self._answered:
            listener, answers = self._answered.popleft()
            listener.answer_with_next(answers)
            answered.append(listener)
        told = bool(self._landed)
        while self._landed:
            board_id, epoch, entries = self._landed.popleft()
            hub = self.hubs.get(board_id)
            if hub is not None:
                hub.take(epoch, entries)
        for listener in answered:
            if listener.open:
                listener.carrier.flush()
        if told:
            writer.note_fan_out(monotonic() - began)

    def _hinted(self, topic: live.Topic, hint: Any) -> None:
        if isinstance(topic, PresenceTopic):
            self.neighbours.heard(str(hint.get("process", "")))
            return
        hub = self.hubs.get(getattr(topic, "board_id", None))  # type: ignore[arg-type]
        if hub is None:
            return
        head, access, epoch = hint.get("head"), hint.get("access"), hint.get("epoch")
        if (epoch is not None and epoch != hub.epoch) or (access is not None and access != hub.access_version):
            self.look_soon()
        elif isinstance(head, int):
            hub.note_hint(head)

    def _reconnected(self) -> None:
        self.look_soon()

    # The watch

    def look_soon(self) -> None:
        """Ask the database now how far the boards are."""
        if not self._looking and self.hubs:
            self._looking = True
            self.spawn(self._look())

    async def _look(self) -> None:
        self._looked_at = monotonic()
        self._looking = False
        # A board that somebody opens meanwhile was not asked about: that it is not in the answer says nothing.
        asked = [*self.hubs.items()]
        heads = await aside(oplog.heads, [board_id for board_id, _hub in asked])
        changed: list[Hub] = []
        for board_id, hub in asked:
            head = heads.get(board_id)
            if head is None:
                for listener in [*hub.listeners]:
                    hub.dismiss(listener, 4004)
            elif hub.note_head(head):
                changed.append(hub)
        if changed:
            await self._recheck(changed)

    async def _recheck(self, hubs: Sequence[Hub]) -> None:
        """Whether all who listen may still be here, and as what."""
        asked = {
            hub.board_id: [(listener.standing.participation_id, listener.holder) for listener in hub.listeners]
            for hub in hubs
        }
        all_of_them = [listener for hub in hubs for listener in hub.listeners]
        spoke = {listener.holder for listener in all_of_them if not listener.silent}
        silent = {listener.holder for listener in all_of_them} - spoke
        gone, standings = await aside(_rights, asked, silent)
        for hub in hubs:
            for listener in [*hub.listeners]:
                participation = listener.standing.participation_id
                if listener.holder in gone:
                    hub.dismiss(listener, 4003)
                elif (hub.board_id, participation) in standings:
                    self._apply(hub, listener, standings[hub.board_id, participation])
            hub.presence.people_changed()

    def _apply(self, hub: Hub, listener: Listener, there: Standing | None) -> None:
        if there is None:
            hub.dismiss(listener, 4003)
            return
        same = (there.key, there.role) == (listener.standing.key, listener.standing.role)
        listener.standing = there
        if not same:
            # Facilitators see more than others: what they hold is not what they may hold now.
            listener.viewer = Actor(there.key, there.role, listener.viewer.device)
            if listener.live:
                self.spawn(hub.join(listener, since=None, epoch=None, renewed=True))

    async def _watch(self) -> None:
        while self.hubs:
            await asyncio.sleep(1.0)
            try:
                self._tick(monotonic())
            except Exception:
                log.exception("board_watch_failed")

    def _tick(self, at: float) -> None:
        if at - self._looked_at >= LOOK_SECONDS:
            self.look_soon()
        if at - self._rechecked_at >= RECHECK_SECONDS:
            self._rechecked_at = at
            self.spawn(self._recheck([*self.hubs.values()]))
        for board_id, hub in [*self.hubs.items()]:
            if not hub.listeners and at - hub.idle_since > LINGER_SECONDS:
                self._forget(board_id)
                continue
            for listener in [*hub.listeners]:
                since = listener.carrier.stalled_since
                if since is not None and at - since > SEND_SECONDS:
                    hub.dismiss(listener, 4008)
                elif listener.greet_by is not None and at > listener.greet_by:
                    hub.dismiss(listener, 4000)
                elif at > listener.ends_at:
                    hub.dismiss(listener, 4001, after=self._after(len(hub.listeners)))
            if at - hub.beat_at >= HEARTBEAT_SECONDS:
                hub.beat(at)
            hub.presence.look_again(at)

    # The end

    def _after(self, many: int) -> int:
        return random.randrange(RETURN_MS + RETURN_MS_EACH * many)  # noqa: S311

    @property
    def stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """The server ends: everybody is told when to come back, each at another moment."""
        self._stopping = True
        many = sum(len(hub.listeners) for hub in self.hubs.values())
        for hub in self.hubs.values():
            for listener in [*hub.listeners]:
                hub.dismiss(listener, 1012, after=self._after(many))


def _heads(board_ids: Sequence[UUID]) -> list[Head | Exception]:
    found = oplog.heads(board_ids)
    return [found.get(board_id) or NotFound("There is no such board.") for board_id in board_ids]


def _rights(
    asked: dict[UUID, list[tuple[int, Holder]]], silent: set[Holder]
) -> tuple[set[Holder], dict[tuple[UUID, int], Standing | None]]:
    """Those who may not be there any more, and what all may do, as the database says now."""
    gone = standing.still_there((holder for those in asked.values() for _id, holder in those), silent=silent)
    standings: dict[tuple[UUID, int], Standing | None] = {}
    for board_id, those in asked.items():
        found = standing.standings(board_id, {id for id, _holder in those})
        for id, _holder in those:
            standings[board_id, id] = found.get(id)
    return gone, standings


_all: list[Hubs] = []
"""One in a process that serves; several only where tests serve several times."""


def here() -> Hubs:
    """The hubs of the running loop."""
    loop = asyncio.get_running_loop()
    for each in [*_all]:
        if each.loop is loop:
            return each
        if each.loop.is_closed():
            _all.remove(each)
    if not _all:
        on_landed(_landed)
    made = Hubs(loop)
    _all.append(made)
    return made


def _landed(board_id: UUID, epoch: str, entries: Sequence[Entry]) -> None:
    for each in [*_all]:
        each.landed(board_id, epoch, entries)


def stop_all() -> None:
    """Say goodbye to everybody who listens through the running loop. Called when the server begins to stop."""
    loop = asyncio.get_running_loop()
    for each in _all:
        if each.loop is loop:
            each.stop()
