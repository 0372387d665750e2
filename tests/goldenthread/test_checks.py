"""Unsafe mixtures refuse to start, each with a sentence; and the safe ones start."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from goldenthread import checks
from goldenthread.models import Installation
from groundwork.clock import now
from tests.goldenthread.processes import environment, manage

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
BY_REDIS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
}
POSTGRES = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0}
# Nobody listens there: a check that needs Redis fails on this one, quickly.
NOWHERE = "redis://127.0.0.1:1/0"


class Mixture:
    """Sets what the checks look at, and nothing that a running test would use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, database: dict[str, Any], layers: dict[str, Any], **environment: Any) -> None:
        self.settings.ENVIRONMENT = replace(self.settings.ENVIRONMENT, **environment)
        self.settings.CHANNEL_LAYERS = layers
        # A copy, so that the connection that the tests use keeps its own.
        self.settings.DATABASES = {"default": copy.deepcopy(database)}


@pytest.fixture
def mixture(settings: Settings) -> Iterator[Mixture]:
    with pytest.warns(UserWarning, match="DATABASES"):
        yield Mixture(settings)


def ids(problems: list[Any]) -> set[str]:
    return {problem.id.removeprefix("goldenthread.") for problem in problems}


@pytest.mark.parametrize("mode", ["demo", "test", "production"])
def test_the_embedded_default_is_well(mixture: Mixture, mode: str) -> None:
    mixture(SQLITE, IN_MEMORY, redis_url=None, mode=mode, web_processes=1)
    assert ids(checks.mixtures()) == set()


def test_postgres_with_redis_in_several_processes_is_well(mixture: Mixture) -> None:
    mixture(POSTGRES, BY_REDIS, redis_url=NOWHERE, mode="production", web_processes=4)
    assert ids(checks.mixtures()) == set()


def test_postgres_without_redis_in_production(mixture: Mixture) -> None:
    mixture(POSTGRES, IN_MEMORY, redis_url=None, mode="production", web_processes=1)
    assert ids(checks.mixtures()) == {"E001"}


def test_sqlite_with_redis(mixture: Mixture) -> None:
    mixture(SQLITE, BY_REDIS, redis_url=NOWHERE, web_processes=1)
    assert ids(checks.mixtures()) == {"E002"}


@pytest.mark.parametrize("role", ["worker", "beat"])
def test_worker_and_beat_without_redis(mixture: Mixture, role: checks.Role) -> None:
    mixture(SQLITE, IN_MEMORY, redis_url=None)
    assert ids(checks.of_role(role)) == {"E003"}
    assert ids(checks.of_role("serve")) == set()
    mixture(POSTGRES, BY_REDIS, redis_url=NOWHERE)
    assert ids(checks.of_role(role)) == set()


@pytest.mark.parametrize("age", [1, 600, None])
def test_connections_that_are_kept(mixture: Mixture, age: int | None) -> None:
    mixture({**POSTGRES, "CONN_MAX_AGE": age}, BY_REDIS, redis_url=NOWHERE)
    assert ids(checks.mixtures()) == {"E004"}


def test_several_web_processes_on_the_layer_in_memory(mixture: Mixture) -> None:
    mixture(SQLITE, IN_MEMORY, redis_url=None, web_processes=2)
    assert ids(checks.mixtures()) == {"E005"}


def test_a_layer_in_memory_between_several_processes(mixture: Mixture) -> None:
    mixture(POSTGRES, IN_MEMORY, redis_url=NOWHERE, web_processes=1)
    assert ids(checks.mixtures()) == {"E006"}


@pytest.mark.parametrize("by", ["cookies", "address"])
def test_demo_mode_with_production_settings(mixture: Mixture, settings: Settings, by: str) -> None:
    mixture(SQLITE, IN_MEMORY, redis_url=None, mode="demo", web_processes=1)
    assert ids(checks.mixtures()) == set()
    if by == "cookies":
        settings.SESSION_COOKIE_SECURE = True
    else:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, base_url="https://thread.example.org")
    assert ids(checks.mixtures()) == {"E007"}


def test_a_sqlite_that_would_forget_in_a_power_cut(mixture: Mixture) -> None:
    mixture({**SQLITE, "OPTIONS": {"init_command": "PRAGMA synchronous=NORMAL;"}}, IN_MEMORY, redis_url=None)
    assert ids(checks.mixtures()) == {"E008"}


def test_a_broker_that_does_not_answer(mixture: Mixture) -> None:
    mixture(POSTGRES, BY_REDIS, redis_url=NOWHERE)
    assert ids(checks.of_broker()) == {"E009"}


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The Redis of this run, with its policy put back."""
    client = redis.Redis.from_url(settings.ENVIRONMENT.redis_url)
    before = client.config_get("maxmemory-policy")["maxmemory-policy"]
    yield client
    client.config_set("maxmemory-policy", before)
    client.close()


@pytest.mark.redis
@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
def test_a_broker_that_evicts(broker: redis.Redis, policy: str) -> None:
    broker.config_set("maxmemory-policy", "noeviction")
    assert ids(checks.of_broker()) == set()
    broker.config_set("maxmemory-policy", policy)
    assert ids(checks.of_broker()) == {"E010"}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_up_to_date() -> None:
    call_command("migrate", "schedule", "zero", verbosity=0)
    try:
        assert ids(checks.of_database()) == {"E011"}
    finally:
        call_command("migrate", verbosity=0)
    assert ids(checks.of_database()) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "then"), [("production", "demo"), ("demo", "production"), ("demo", "test")])
def test_a_database_keeps_the_mode_it_began_with(settings: Settings, first: str, then: str) -> None:
    Installation.objects.all().delete()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode=first)
    assert ids(checks.of_installation()) == set()
    assert Installation.objects.get().mode == first
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode=then)
    assert ids(checks.of_installation()) == {"E012"}
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode=first)
    assert ids(checks.of_installation()) == set()


@pytest.mark.django_db
def test_the_refusal_carries_the_sentences(settings: Settings) -> None:
    Installation.objects.update_or_create(pk=1, defaults={"mode": "production", "since": now()})
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, redis_url=None)
    settings.CHANNEL_LAYERS = IN_MEMORY
    if connection.vendor == "sqlite":
        with pytest.raises(CommandError, match="belongs to a production installation"):
            checks.refuse_unsafe("serve")
    with pytest.raises(CommandError, match="There is no REDIS_URL, so worker runs inside"):
        checks.refuse_unsafe("worker")


# The same as an operator meets them: the commands end with 1 and one sentence, before anything listens.


@pytest.mark.parametrize(
    ("command", "more", "sentence"),
    [
        ("worker", {}, "There is no REDIS_URL, so worker runs inside"),
        ("beat", {}, "There is no REDIS_URL, so beat runs inside"),
        ("serve", {"REDIS_URL": NOWHERE}, "REDIS_URL is set but the database is SQLite"),
        ("serve", {"WEB_PROCESSES": "2"}, "WEB_PROCESSES is 2, but the channel layer lives in memory"),
        ("serve", {}, "migrations: run `goldenthread migrate` first"),
        (
            "serve",
            {
                "GOLDENTHREAD_MODE": "production",
                "SECRET_KEY": "s" * 50,
                "ALLOWED_HOSTS": "thread.example.org",
                "BASE_URL": "https://thread.example.org",
                "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            },
            "DATABASE_URL names PostgreSQL but REDIS_URL is not set",
        ),
        ("demo", {}, "GOLDENTHREAD_MODE is test. A demo lets anybody sign in"),
    ],
)
def test_commands_refuse(command: str, more: dict[str, str], sentence: str, tmp_path: Path) -> None:
    refused = manage(command, env=environment(tmp_path, **more))
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_demo_is_refused_on_the_data_of_a_production_installation(data_dir: Path) -> None:
    with sqlite3.connect(data_dir / "goldenthread.sqlite3") as database:
        database.execute("insert into goldenthread_installation values (1, 'production', '2026-11-01 00:00:00')")
    database.close()
    refused = manage("demo", env=environment(data_dir, GOLDENTHREAD_MODE="demo"))
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "This database belongs to a production installation" in refused.stderr
    assert "Bringing the database" not in refused.stdout
