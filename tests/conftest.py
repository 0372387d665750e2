"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from tests.flushing import hurry
from tests.settings import forget_cache

hurry()

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday in winter, so that London's clock shows the same."""


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Time stands still at :data:`NOON`; ``clock.move_to(…)`` and ``clock.shift(…)`` travel."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def own_cache() -> None:
    """Each test begins with an empty cache of its own, in whatever it is kept."""
    from groundwork.web.api import licence

    forget_cache()
    licence.forget()


@pytest.fixture
def drain() -> Callable[[], int]:
    """Relay the outbox now, as the worker would. Returns how many events were tried."""
    from groundwork.events import relay

    return relay.drain


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests cannot run here, and why; `make test` prints the reasons."""
    on_postgres = connection.vendor == "postgresql"
    with_redis = settings.ENVIRONMENT.redis_url is not None
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))
        if item.get_closest_marker("redis") and not with_redis:
            item.add_marker(pytest.mark.skip(reason="needs Redis: set REDIS_URL"))
