"""Listeners of this process, called by whoever hints: all there is where there is no Redis."""

from __future__ import annotations

import threading
from collections.abc import Callable

from groundwork.live.topics import Small

Heard = Callable[[dict[str, Small]], None]

_lock = threading.Lock()
_heard: dict[str, list[Heard]] = {}


def add(name: str, heard: Heard) -> None:
    """Call ``heard`` in the hinting thread for each hint of the topic; it must not wait."""
    with _lock:
        _heard.setdefault(name, []).append(heard)


def remove(name: str, heard: Heard) -> None:
    with _lock:
        listeners = _heard.get(name, [])
        if heard in listeners:
            listeners.remove(heard)
        if not listeners:
            _heard.pop(name, None)


def deliver(name: str, small: dict[str, Small]) -> None:
    with _lock:
        listeners = [*_heard.get(name, ())]
    for heard in listeners:
        heard(small)
