"""Work that waits for the database, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Generic, ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

THREADS = 4
"""Of one process, for all that listens: fewer than the connections its pool may hold."""
ROUND_SECONDS = 0.015
"""Least time between two rounds of what is asked for together: nobody feels it, and a round costs little more for many
than for one."""
_pool: ThreadPoolExecutor | None = None
_cache_pool: ThreadPoolExecutor | None = None


def _executor() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
    return _pool


async def with_cache(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``function`` in the one thread that may wait for the cache.

    A Redis that takes connections and answers nothing holds whoever asks it for many seconds; nobody who comes in or
    reads the log is to wait behind that.
    """
    global _cache_pool
    if _cache_pool is None:
        _cache_pool = ThreadPoolExecutor(1, thread_name_prefix="live-cache")
    return await asyncio.get_running_loop().run_in_executor(_cache_pool, lambda: function(*args, **kwargs))


async def aside(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``function`` in a thread that gives its database connection back when it is done.

    When the caller is cancelled the thread still comes to its end (F8): so what runs here either only reads, or is
    whole in itself.
    """

    def run() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_executor(), run)


class Gathered(Generic[A, R]):
    """Many who ask the same at once, answered together: what comes while one round is under way waits for the next.

    After a restart a hall of phones comes back within seconds; one query for all of them is what keeps that cheap. Who
    comes alone does not wait.
    """

    def __init__(self, function: Callable[[Sequence[A]], Sequence[R | Exception]], most: int = 64) -> None:
        self._function = function
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[R]]] = []
        self._running = False
        self._began = 0.0

    async def ask(self, question: A) -> R:
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if not self._running:
            self._running = True
            # So that those whose turn on the loop is next come along.
            asyncio.get_running_loop().call_soon(self._begin)
        return await future

    def _begin(self) -> None:
        task = asyncio.get_running_loop().create_task(self._work())
        self._task = task  # or nobody holds it

    async def _work(self) -> None:
        while self._waiting:
            early = self._began + ROUND_SECONDS - monotonic()
            if early > 0 and len(self._waiting) < self._most:
                await asyncio.sleep(early)
            self._began = monotonic()
            round_, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await aside(self._function, [question for question, _ in round_])
            except BaseException as error:
                for _, future in round_:
                    if not future.done():
                        future.set_exception(error if isinstance(error, Exception) else ConnectionError())
                if not isinstance(error, Exception):
                    self._running = False
                    raise
                continue
            for (_, future), answer in zip(round_, answers, strict=True):
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        self._running = False
