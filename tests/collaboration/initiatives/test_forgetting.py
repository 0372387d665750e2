"""Addresses that the public left are let go after a year, and what they said stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from collaboration.initiatives.models import Nomination
from groundwork.clock import now
from groundwork.schedule import services
from groundwork.schedule.registry import jobs


@pytest.mark.django_db
def test_addresses_are_forgotten_a_year_later_by_the_clock(clock: time_machine.Coordinates) -> None:
    old = Nomination.objects.create(title="Repair café", what="Mending", email="old@example.org")
    clock.shift(timedelta(days=100))
    young = Nomination.objects.create(title="Night shelter", what="Sleeping", email="young@example.org")
    job = [each for each in jobs() if each.name == "initiatives.forget_addresses"]

    clock.shift(timedelta(days=264))
    services.tick(at=now(), of=job)
    old.refresh_from_db()
    assert old.email == "old@example.org"

    clock.shift(timedelta(days=2))
    assert services.tick(at=now(), of=job) == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.email, old.what) == ("", "Mending")
    assert young.email == "young@example.org"
