"""Mail when an organisation is succeeded: told once, in the morning, and what waited finds its reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.events import relay
from groundwork.succession import services
from groundwork.succession.models import Succession
from notifications.models import OutgoingMessage
from notifications.rules import no_longer_wanted
from tests.notifications.ground import Ground, lay
from tests.notifications.succession_occasions import SYSTEM, merger, succession_applied

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: Any) -> Ground:
    return lay()


def test_what_waited_under_the_old_mandate_is_still_wanted(ground: Ground, clock: Any) -> None:
    nurse = ground.people["nurse"]
    asked = {"person_acts": {"person_id": nurse.person.pk, "mandate_id": nurse.mandate.pk}}
    assert no_longer_wanted(asked) == ""
    succession_applied(ground)
    nurse.mandate.refresh_from_db()
    assert nurse.mandate.valid_to is not None
    assert no_longer_wanted(asked) == ""
    Mandate.objects.filter(person=nurse.person, valid_to=None).update(valid_to=now().date() + timedelta(days=1))
    clock.shift(timedelta(days=2))
    assert no_longer_wanted(asked) == "The person no longer acts for that organisation."


def test_what_takes_effect_at_midnight_is_told_in_the_morning(ground: Ground, clock: Any) -> None:
    row = merger(ground)
    midnight = datetime.combine(row.effective_on, datetime.min.time(), UTC)
    relay.drain()
    assert OutgoingMessage.objects.filter(kind="succession.coming").count() == 4
    clock.move_to(midnight)
    services.take_effect(actor=SYSTEM, succession_id=row.pk, at=now())
    relay.drain()
    assert set(OutgoingMessage.objects.filter(kind="succession.applied").values_list("due_at", flat=True)) == {
        midnight + timedelta(hours=8)
    }


def test_a_plan_is_told_once_and_again_only_for_another_day(ground: Ground) -> None:
    row = merger(ground)
    relay.drain()

    def change(**fields: Any) -> int:
        row.refresh_from_db()
        said = {name: getattr(row, name) for name in ("title", "reason", "effective_on")}
        services.change(actor=SYSTEM, succession=row, version=None, is_announced=True, **{**said, **fields})
        relay.drain()
        return OutgoingMessage.objects.filter(kind="succession.coming").count()

    assert change(title="Another title") == 4
    first = OutgoingMessage.objects.filter(kind="succession.coming").first()
    assert first is not None
    assert no_longer_wanted(first.conditions) == ""
    assert change(effective_on=row.effective_on + timedelta(days=1)) == 8
    assert no_longer_wanted(first.conditions) == "It is not planned any more, or for another day."


def test_who_was_never_told_is_not_told_that_it_is_off(ground: Ground) -> None:
    row = merger(ground)
    Succession.objects.update(is_announced=False)
    services.cancel(actor=SYSTEM, succession=row, reason="The order was taken back.")
    relay.drain()
    assert not OutgoingMessage.objects.exists()
