"""All bells of this process: what tells them that a number changed, and the watch that holds when nothing does.

Hints are only a shortcut. Every two seconds one query asks which of the sessions behind the bells are still there;
every half minute two more ask whether they stand, and one counts for everybody, however many pages are open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.db import DatabaseError

from groundwork import live
from groundwork.accounts.queries import present_sessions, standing_sessions
from groundwork.live.threads import Gathered, aside
from groundwork.live.topics import Hint
from notifications.queries.messages import unread_by_person
from notifications.topics import PersonTopic

if TYPE_CHECKING:
    from notifications.consumers.bell import Bell

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 2.0
"""How often it is asked which sessions are there: signing out costs no more, even where the hint of it is lost."""
COUNT_SECONDS: Final = 30.0
"""How often everybody is counted for anew, whatever was hinted."""
LONGEST_SECONDS: Final = 8 * 60 * 60.0
GONE, AGAIN = 4003, 4001
LONGEST_KEY: Final = 64


class Bells:
    """Of one process, on one event loop. Nothing here waits for the database but in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._bells: dict[int, set[Bell]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._looked_at = self._counted_at = 0.0
        self._admitting: Gathered[str, int | None] = Gathered(_whose)
        self._counting: Gathered[int, int] = Gathered(_counts)
        self._live = live.listen(loop, self._hinted, self._count_all)

    # Coming and going

    async def whose(self, session_key: str) -> int | None:
        """The person of a session that stands, or None. All who ask at the same moment are looked up together."""
        if not session_key or len(session_key) > LONGEST_KEY or not session_key.isalnum():
            return None
        return await self._admitting.ask(session_key)

    def enter(self, bell: Bell, *, most: int) -> bool:
        """From now on the page is told. False where the person has ``most`` of them already."""
        those = self._bells.setdefault(bell.person_id, set())
        if len(those) >= most:
            return False
        if not those:
            self._live.subscribe(PersonTopic(bell.person_id))
        those.add(bell)
        self._spawn(self._count(bell.person_id))
        if self._watching is None or self._watching.done():
            self._looked_at = self._counted_at = self.loop.time()
            self._watching = self.loop.create_task(self._watch())
        return True

    def leave(self, bell: Bell) -> None:
        those = self._bells.get(bell.person_id)
        if those is None:
            return
        those.discard(bell)
        if not those:
            del self._bells[bell.person_id]
            self._live.unsubscribe(PersonTopic(bell.person_id))

    # What happens

    def _hinted(self, topic: live.Topic, hint: Hint) -> None:
        person_id = getattr(topic, "person_id", None)
        if person_id not in self._bells:
            return
        if "ended" in hint:
            self._spawn(self._look(standing_sessions, (person_id,)))
        if "look" in hint:
            self._spawn(self._count(person_id))

    async def _count(self, person_id: int) -> None:
        count = await self._counting.ask(person_id)
        for bell in self._bells.get(person_id, ()):
            bell.tell(count)

    def _count_all(self) -> None:
        for person_id in self._bells:
            self._spawn(self._count(person_id))

    async def _look(self, ask: Any, person_ids: Collection[int] | None = None) -> None:
        """End the bells whose sessions ``ask`` does not give back; of these people, or of everybody."""
        whose = [*self._bells] if person_ids is None else person_ids
        asked = [bell for person_id in whose for bell in self._bells.get(person_id, ())]
        if not asked:
            return
        there = await aside(ask, {bell.session_key for bell in asked})
        for bell in asked:
            if bell.session_key not in there:
                bell.end(GONE)

    async def _watch(self) -> None:
        while self._bells:
            await asyncio.sleep(1.0)
            try:
                self._tick(self.loop.time())
            except Exception:
                log.exception("bell_watch_failed")

    def _tick(self, at: float) -> None:
        if at - self._counted_at >= COUNT_SECONDS:
            self._counted_at = self._looked_at = at
            self._spawn(self._look(standing_sessions))
            self._count_all()
        elif at - self._looked_at >= LOOK_SECONDS:
            self._looked_at = at
            self._spawn(self._look(present_sessions))
        for those in self._bells.values():
            for bell in those:
                if at - bell.since > LONGEST_SECONDS:
                    bell.end(AGAIN)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, DatabaseError | ConnectionError):
            # The database is away; the watch asks again and again.
            log.warning("bell_work_put_off", error=type(error).__name__)
        else:
            log.error("bell_work_failed", error=type(error).__name__, exc_info=error)


def _whose(keys: Sequence[str]) -> list[int | Exception | None]:
    found = standing_sessions(keys)
    return [found.get(key) for key in keys]


def _counts(person_ids: Sequence[int]) -> list[int | Exception]:
    found = unread_by_person(set(person_ids))
    return [found[person_id] for person_id in person_ids]


_all: list[Bells] = []
"""One in a process that serves; several only where tests serve several times."""


def here() -> Bells:
    """The bells of the running loop."""
    loop = asyncio.get_running_loop()
    for each in [*_all]:
        if each.loop is loop:
            return each
        if each.loop.is_closed():
            _all.remove(each)
    made = Bells(loop)
    _all.append(made)
    return made
