"""Hints go to Redis while another process may listen, and only then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from groundwork.live import hint, listening, others, sending
from groundwork.live.others import PROCESSES, Others
from groundwork.live.sending import group_of, own_layer
from tests.groundwork.live.test_hints import Ear, room, run


def test_silence_is_believed_while_one_hears_oneself() -> None:
    it = Others()
    assert not it.are_none(100.0)
    assert not it.heard(it.process, 100.0)
    assert not it.are_none(100.5)
    assert it.are_none(101.0)
    it.heard(it.process, 105.0)
    assert it.are_none(112.9)
    # What was sent was not heard: the way may be broken.
    assert not it.are_none(113.1)
    it.heard(it.process, 114.0)
    assert not it.are_none(114.5)
    assert it.are_none(115.0)
    it.forget()
    assert not it.are_none(115.0)


def test_another_process_is_believed_to_be_there_for_a_while() -> None:
    it = Others()
    it.heard(it.process, 100.0)
    assert it.heard("another", 101.0)
    assert not it.heard("another", 106.0)
    for at in range(105, 140, 5):
        it.heard(it.process, float(at))
        assert it.are_none(float(at)) == (at > 126)
    assert it.heard("another", 140.0)
    assert not it.are_none(140.0)


def test_a_forked_child_believes_nothing() -> None:
    it = Others()
    it.heard(it.process, 100.0)
    assert it.are_none(102.0)
    it._pid -= 1
    assert not it.are_none(102.0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.redis
def test_alone_nothing_is_sent_until_another_says_that_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "RENEW_SECONDS", 0.3)
    # Not with those who test on the same Redis at this moment.
    here = f"{PROCESSES}.{uuid4().hex}"
    monkeypatch.setattr(listening, "PROCESSES", here)
    monkeypatch.setattr(others, "WAIT_SECONDS", 0.1)
    known = Others()
    monkeypatch.setattr(listening, "others", known)
    monkeypatch.setattr(sending, "others", known)
    sent: list[str] = []
    monkeypatch.setattr(sending._sender, "put", lambda name, small: sent.append(name))

    async def work() -> None:
        topic = room()
        hint(topic, head=1)
        assert sent == [topic.name]
        ear = Ear()
        ear.listener.subscribe(topic)
        await until(lambda: known.are_none(time.monotonic()))
        hint(topic, head=2)
        assert len(sent) == 1
        await until(lambda: bool(ear.heard))
        layer: Any = own_layer()
        channel = await layer.new_channel()
        await layer.group_add(group_of(here), channel)
        message = {"type": "hint", "topic": here, "hint": {"process": "another"}}
        await layer.group_send(group_of(here), message)
        await until(lambda: not known.are_none(time.monotonic()))
        hint(topic, head=3)
        assert len(sent) == 2
        # And it is answered, so that it knows of this one.
        async with asyncio.timeout(5):
            while (await layer.receive(channel))["hint"]["process"] != known.process:
                pass
        await layer.close_pools()
        await ear.listener.close()
        assert not known.are_none(time.monotonic())

    run(work)
