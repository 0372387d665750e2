"""Mixtures that would lose or leak something, refused before they can.

`manage.py check` runs those that look at settings alone. `serve`, `worker` and `beat` run all of them at their start,
with the ones that need the database or Redis, and do not start when one fails. Each says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import redis
from django.conf import settings
from django.core import checks
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from goldenthread.models import Installation
from goldenthread.settings.environment import Environment
from groundwork.clock import now

Role = Literal["serve", "worker", "beat", "demo"]
Problems = list[checks.CheckMessage]
Check = Callable[[], Problems]

EVICTING = "an evicting Redis drops messages without a word"


def _error(number: int, sentence: str) -> checks.Error:
    return checks.Error(sentence, id=f"goldenthread.E{number:03}")


def _is_sqlite(database: Mapping[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3")


@checks.register("goldenthread")
def mixtures(app_configs: object = None, **_: Any) -> Problems:
    """What settings and environment alone can tell."""
    environment: Environment = settings.ENVIRONMENT
    database = settings.DATABASES["default"]
    layer = str(settings.CHANNEL_LAYERS["default"]["BACKEND"])
    in_memory = layer.endswith("InMemoryChannelLayer")
    problems: Problems = []
    if environment.is_production and environment.is_embedded and not _is_sqlite(database):
        problems.append(
            _error(
                1,
                "DATABASE_URL names PostgreSQL but REDIS_URL is not set. In production PostgreSQL is for several "
                "processes, and these need Redis to hear of each other: set REDIS_URL.",
            )
        )
    if not environment.is_embedded and _is_sqlite(database):
        problems.append(
            _error(
                2,
                "REDIS_URL is set but the database is SQLite. Several processes on one SQLite file wait for each other "
                "and fail: set DATABASE_URL to PostgreSQL, or leave REDIS_URL out to run everything in one process.",
            )
        )
    for alias, each in settings.DATABASES.items():
        if each.get("CONN_MAX_AGE", 0) != 0:
            problems.append(
                _error(
                    4,
                    f"CONN_MAX_AGE of database {alias!r} is {each['CONN_MAX_AGE']!r}. Under ASGI kept connections pile "
                    "up until PostgreSQL refuses everybody: it must be 0 (the pool keeps connections open).",
                )
            )
    if in_memory and environment.web_processes > 1:
        problems.append(
            _error(
                5,
                f"WEB_PROCESSES is {environment.web_processes}, but the channel layer lives in memory, where processes "
                "cannot hear each other: set REDIS_URL, or WEB_PROCESSES to 1.",
            )
        )
    if in_memory and not environment.is_embedded:
        problems.append(
            _error(6, "REDIS_URL is set but the channel layer is the in-memory one: web and workers would not hear.")
        )
    if environment.is_demo and (settings.SESSION_COOKIE_SECURE or environment.base_url.startswith("https://")):
        problems.append(
            _error(
                7,
                "GOLDENTHREAD_MODE is demo, where anybody can sign in as a demo person, but other settings are those "
                "of production. Set GOLDENTHREAD_MODE=production, or run the demo on plain http.",
            )
        )
    if _is_sqlite(database) and "synchronous=FULL" not in database.get("OPTIONS", {}).get("init_command", ""):
        problems.append(
            _error(
                8, "SQLite must run with PRAGMA synchronous=FULL: otherwise a power cut loses what was acknowledged."
            )
        )
    return problems


@checks.register("goldenthread", deploy=True)
def advice(app_configs: object = None, **_: Any) -> Problems:
    """What a production installation should have, without which it still starts."""
    environment: Environment = settings.ENVIRONMENT
    problems: Problems = []
    if environment.is_production and not environment.smtp_url:
        problems.append(checks.Warning("SMTP_URL is not set: no mail leaves this service.", id="goldenthread.W001"))
    return problems


def of_role(role: Role) -> Problems:
    """What depends on which process is about to start."""
    environment: Environment = settings.ENVIRONMENT
    if role in ("worker", "beat") and environment.is_embedded:
        return [
            _error(
                3,
                f"There is no REDIS_URL, so {role} runs inside `goldenthread serve`, and a second one could not be "
                "reached. Set REDIS_URL and DATABASE_URL to run it as its own process.",
            )
        ]
    return []


def of_broker() -> Problems:
    """Whether the broker keeps what it is given. Redis must answer."""
    environment: Environment = settings.ENVIRONMENT
    if environment.redis_url is None:
        return []
    try:
        with redis.Redis.from_url(environment.redis_url, socket_connect_timeout=3, socket_timeout=3) as client:
            policy = str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError as error:
        return [
            _error(9, f"Redis at REDIS_URL does not answer ({type(error).__name__}). Start it, or correct the URL.")
        ]
    if policy != "noeviction":
        return [
            _error(
                10,
                f"Redis at REDIS_URL has maxmemory-policy {policy}: {EVICTING}. Set it to noeviction; a cache "
                "that may evict can have its own Redis, named by CACHE_URL.",
            )
        ]
    return []


def of_database() -> Problems:
    """Whether the database is up to date."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return [_error(11, f"The database lacks {len(waiting)} migrations: run `goldenthread migrate` first.")]
    return []


def of_installation() -> Problems:
    """Whether the database belongs to an installation of this mode. One that is new becomes one."""
    if Installation._meta.db_table not in connection.introspection.table_names():
        return []
    mode = settings.ENVIRONMENT.mode
    installed, _ = Installation.objects.get_or_create(pk=1, defaults={"mode": mode, "since": now()})
    if installed.mode != mode:
        return [
            _error(
                12,
                f"This database belongs to a {installed.mode} installation, and GOLDENTHREAD_MODE is {mode}. Demo "
                "people must never meet real data: use another DATABASE_URL or DATA_DIR.",
            )
        ]
    return []


def problems_of(role: Role) -> Problems:
    """All of them, those first that the later ones would trip over."""
    # A demo brings its database up to date itself, once it is known to be one.
    tables: list[Check] = [of_installation] if role == "demo" else [of_database, of_installation]
    in_order: list[Check] = [mixtures, lambda: of_role(role), of_broker, *tables]
    for check in in_order:
        found = [problem for problem in check() if problem.is_serious()]
        if found:
            return found
    return []


def refuse_unsafe(role: Role) -> None:
    """Raise :class:`CommandError` with the sentences of everything that keeps ``role`` from starting."""
    problems = problems_of(role)
    if problems:
        raise CommandError("\n".join(f"{problem.msg} ({problem.id})" for problem in problems))
