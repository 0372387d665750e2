"""What goes on while Redis is away, and that a worker goes on when it is back."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.test import Client, override_settings
from kombu import Connection, Message
from redis.exceptions import RedisError

from goldenthread.cache import ForgivingRedisCache
from tests.goldenthread.board_faults import Redis
from tests.goldenthread.processes import free_port
from tests.notifications.ground import lay


@pytest.fixture
def without_redis() -> Iterator[None]:
    """The cache is a Redis that refuses connections."""
    address = {"LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    kinds = {
        "default": {"BACKEND": "goldenthread.cache.ForgivingRedisCache", **address},
        "strict": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **address},
    }
    ForgivingRedisCache._away_until = 0.0
    with override_settings(CACHES=kinds):
        yield
    ForgivingRedisCache._away_until = 0.0


def test_a_cache_that_is_away_answers_like_an_empty_one(without_redis: None) -> None:
    for _round in ("when it is asked", "when it is known to be away"):
        assert cache.get("key", "nothing") == "nothing"
        assert cache.get_many(["key"]) == {}
        assert cache.get_or_set("key", lambda: 7) == 7
        assert cache.add("key", 1) is False
        assert cache.set_many({"key": 1}) == ["key"]
        assert "key" not in cache
        assert not cache.touch("key")
        assert not cache.delete("key")
        with pytest.raises(ValueError, match="not found"):
            cache.incr("key")
        cache.set("key", 1)
        cache.delete_many(["key"])
        cache.clear()
    with pytest.raises((RedisError, OSError)):
        caches["strict"].get("key")


def test_a_cache_that_is_away_is_not_asked_each_time_and_is_asked_again(without_redis: None) -> None:
    """One that takes connections and hangs up: each of them is seen."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.2)
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        it = ForgivingRedisCache(address, {"OPTIONS": {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}})

        def connections() -> int:
            count = 0
            try:
                while True:
                    silent.accept()[0].close()
                    count += 1
            except TimeoutError:
                return count

        it.get("key")
        assert connections() >= 1
        it.get("key")
        assert connections() == 0
        ForgivingRedisCache._away_until = 0.0
        it.get("key")
        assert connections() >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/initiatives/", "/organisations/", "/coverage/"])
def test_pages_are_shown_while_the_cache_is_away(without_redis: None, client: Client, path: str) -> None:
    lay()
    assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_a_throttled_form_may_be_posted_and_a_probe_says_what_is_away(without_redis: None, client: Client) -> None:
    assert client.post("/nominate/", {}).status_code in (200, 422)
    checks = client.get("/readyz").json()["checks"]
    assert checks["cache"]["ok"] is False


@pytest.mark.redis
def test_a_message_that_could_not_be_acknowledged_makes_a_worker_connect_anew(tmp_path: Path) -> None:
    """A worker that holds all it may hold asks Redis for nothing, and would never learn that its connection is gone."""
    own = Redis("", tmp_path) if Redis.has_program() else pytest.skip("needs the program redis-server")
    own.start()
    try:
        with Connection(own.url, transport="goldenthread.broker:Transport") as connection:
            taken: list[Message] = []
            queue = connection.SimpleQueue("work")
            queue.put("one")
            queue.put("two")
            queue.consumer.callbacks = [lambda _body, message: taken.append(message)]
            queue.consumer.qos(prefetch_count=1)
            queue.consumer.consume()
            connection.drain_events(timeout=5)
            own.end()
            taken[0].ack_log_error(logging.getLogger("test"), connection.connection_errors)
            own.start()
            with pytest.raises(connection.connection_errors):
                connection.drain_events(timeout=1)
    finally:
        own.end()
