"""One id that ties a request to its audit entries, events, jobs and log lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("correlation_id", default="")


def correlation_id() -> str:
    """The id of what is being done now, or "" outside any request or job."""
    return _current.get()


@contextmanager
def correlated(identifier: str) -> Iterator[None]:
    """Within this block everything recorded carries ``identifier``."""
    token = _current.set(identifier[:40])
    try:
        yield
    finally:
        _current.reset(token)
