"""The cache on Redis, for :mod:`goldenthread.settings.storage`: one that is away forgets, and breaks nothing.

Redis is disposable (promise P5): what is in the cache can be read again from the database, so that a page that cannot
have it costs some queries and not an error. Who must know whether Redis answers uses the cache named ``strict``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any, Final

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

AWAY_SECONDS: Final = 2.0
"""After a failure Redis is not asked for so long: one that takes connections and does not answer holds each who asks
for as long as ``socket_timeout`` says."""


class ForgivingRedisCache(RedisCache):
    """Django's, of which each call answers as an empty cache does while Redis is away."""

    _away_until = 0.0
    """Of the class: Django makes an instance for each thread."""

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(super().get, default, key, default, version)

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._ask(super().get_many, {}, keys, version)
        return found

    def has_key(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask(super().has_key, False, key, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask(super().add, False, key, value, timeout, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._ask(super().set, None, key, value, timeout, version)

    def set_many(self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Returns the keys that could not be set."""
        failed: list[Any] = self._ask(super().set_many, list(data), data, timeout, version)
        return failed

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask(super().touch, False, key, timeout, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Raises ``ValueError`` for a key that is not there, as every cache does: while Redis is away none is."""
        count = self._ask(super().incr, None, key, delta, version)
        if count is None:
            raise ValueError(f"Key '{key}' not found")
        return int(count)

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask(super().delete, False, key, version))

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        self._ask(super().delete_many, None, keys, version)

    def clear(self) -> None:
        self._ask(super().clear, None)

    @classmethod
    def _ask(cls, call: Callable[..., Any], otherwise: Any, *arguments: Any) -> Any:
        if monotonic() < cls._away_until:
            return otherwise
        try:
            return call(*arguments)
        except (RedisError, OSError) as error:
            cls._away_until = monotonic() + AWAY_SECONDS
            log.warning("cache_away", error=type(error).__name__)
            return otherwise
