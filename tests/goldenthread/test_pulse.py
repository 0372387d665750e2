"""One timer asks all connections of a loop whether they are there, and cuts those that do not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

from goldenthread.pulse import TOGETHER_SECONDS, Pulse, pulse_of


class Watched:
    """A connection that remembers when it was asked, and is there for so many times."""

    def __init__(self, times: int = 1_000, doing: Callable[[], None] = lambda: None) -> None:
        self.times, self.doing = times, doing
        self.asked: list[float] = []

    def pulse(self) -> bool:
        self.asked.append(asyncio.get_running_loop().time())
        self.doing()
        return len(self.asked) < self.times


def run(doing: Callable[[asyncio.AbstractEventLoop], Coroutine[Any, Any, None]]) -> None:
    async def running() -> None:
        await doing(asyncio.get_running_loop())

    asyncio.run(running())


def test_each_is_asked_after_its_time_and_again_until_it_is_given_up() -> None:
    async def doing(loop: asyncio.AbstractEventLoop) -> None:
        pulse, began = Pulse(loop, 0.3), loop.time()
        staying, going = Watched(), Watched(times=1)
        pulse.begin(staying)
        pulse.begin(going)
        await asyncio.sleep(1.3)
        assert len(going.asked) == 1
        assert len(staying.asked) >= 3
        assert staying.asked[0] - began >= 0.3
        assert all(later - before >= 0.29 for before, later in pairwise(staying.asked))

    run(doing)


def test_who_has_gone_is_not_asked_and_going_twice_is_nothing() -> None:
    async def doing(loop: asyncio.AbstractEventLoop) -> None:
        pulse, gone = Pulse(loop, 0.1), Watched()
        pulse.begin(gone)
        pulse.end(gone)
        pulse.end(gone)
        pulse.end(Watched())
        await asyncio.sleep(0.3)
        assert gone.asked == []
        # The one timer went off over nobody; whoever comes later has one again.
        late = Watched()
        pulse.begin(late)
        await asyncio.sleep(0.3)
        assert late.asked

    run(doing)


def test_while_some_are_asked_others_may_go() -> None:
    async def doing(loop: asyncio.AbstractEventLoop) -> None:
        pulse = Pulse(loop, 0.1)
        last = Watched()
        pulse.begin(Watched(times=1, doing=lambda: pulse.end(behind)))
        behind = Watched()
        pulse.begin(last)
        await asyncio.sleep(0.25)
        assert last.asked
        assert behind.asked == []

    run(doing)


def test_a_thousand_have_one_timer_and_are_asked_together() -> None:
    async def doing(loop: asyncio.AbstractEventLoop) -> None:
        pulse, crowd = Pulse(loop, 0.2), [Watched() for _ in range(1_000)]
        timers: list[float] = []
        later = loop.call_later

        def counted(delay: float, *args: Any, **named: Any) -> asyncio.TimerHandle:
            timers.append(delay)
            return later(delay, *args, **named)

        loop.call_later = counted  # type: ignore[method-assign, assignment]
        for each in crowd:
            pulse.begin(each)
        assert len(timers) == 1
        await asyncio.sleep(0.2 + 2 * TOGETHER_SECONDS)
        assert all(each.asked for each in crowd)
        assert len(timers) <= 6, "a few for all, and none for each"

    run(doing)


def test_there_is_one_for_a_loop_and_an_interval() -> None:
    async def doing(loop: asyncio.AbstractEventLoop) -> None:
        assert pulse_of(loop, 20) is pulse_of(loop, 20)
        assert pulse_of(loop, 20) is not pulse_of(loop, 30)
        other = asyncio.new_event_loop()
        assert pulse_of(loop, 20) is not pulse_of(other, 20)
        other.close()

    run(doing)
