"""How long sent mail is kept, and how each kind fared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from groundwork.access.errors import Conflict, NotAllowed
from groundwork.clock import now
from groundwork.schedule import services as schedule
from notifications import queries
from notifications.models import OutgoingMessage, RestingAddress
from notifications.services import resend
from notifications.services.keeping import let_go
from notifications.services.resting import rest
from tests.notifications.ground import lay, message

pytestmark = pytest.mark.django_db

ENDED = ("sent", "suppressed", "uncertain", "dead")


@pytest.mark.parametrize("status", ENDED)
def test_the_words_go_first_and_the_row_later(status: str, clock: time_machine.Coordinates) -> None:
    row = message(status=status, created_at=now(), calendar="BEGIN:VCALENDAR")
    clock.shift(timedelta(days=90))
    assert let_go() == (0, 0)

    clock.shift(timedelta(seconds=1))
    assert let_go() == (1, 0)
    assert let_go() == (0, 0)
    row.refresh_from_db()
    assert (row.text, row.html, row.calendar) == ("", "", "")
    assert (row.subject, row.recipient, row.status) == ("Message 1", "reader@example.org", status)

    clock.shift(timedelta(days=310))
    assert let_go() == (0, 1)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize("status", ["due", "sending"])
def test_what_still_has_to_go_is_kept(status: str, clock: time_machine.Coordinates) -> None:
    message(status=status, created_at=now() - timedelta(days=1_000))
    assert let_go() == (0, 0)
    assert OutgoingMessage.objects.get().text


def test_how_long_is_a_setting_and_a_night_has_an_end(settings: Any, clock: time_machine.Coordinates) -> None:
    settings.MAIL_TEXT_KEPT_DAYS, settings.MAIL_KEPT_DAYS = 5, 10
    for days in (4, 6, 6, 6, 11, 11, 11):
        message(status="sent", created_at=now() - timedelta(days=days))
    assert let_go(most=2, batch=1) == (2, 2)
    # Two words are left, or one where the database began with a message that went this time.
    emptied, deleted = let_go(most=2, batch=1)
    assert (emptied in (1, 2), deleted) == (True, 1)
    assert let_go() == (0, 0)
    assert OutgoingMessage.objects.exclude(text="").count() == 1


def test_an_address_is_forgotten_long_after_its_rest_is_over(clock: time_machine.Coordinates) -> None:
    rest("gone@example.org", reason="bounce")
    RestingAddress.objects.create(email="back@example.org", reason="bounce", ended_at=now())
    clock.shift(timedelta(days=401))
    let_go()
    assert [each.email for each in RestingAddress.objects.all()] == ["gone@example.org"]


def test_it_happens_each_night(clock: time_machine.Coordinates) -> None:
    row = message(status="sent", created_at=now() - timedelta(days=91))
    schedule.tick(at=now())
    row.refresh_from_db()
    assert row.text == ""


def test_a_message_without_words_is_not_sent_again() -> None:
    officer = lay().people["officer"]
    row = message(status="dead", text="", html="")
    with pytest.raises(Conflict, match="no longer kept"):
        resend(actor=officer, message_id=row.pk)


def test_how_each_kind_fared(clock: time_machine.Coordinates, django_assert_num_queries: Any) -> None:
    ground = lay()
    for status in ("sent", "sent", "due", "sending", "suppressed"):
        message(status=status, kind="partner.asked", created_at=now())
    message(status="dead", kind="action.asked", created_at=now() - timedelta(hours=2), last_answer="550 first")
    message(status="uncertain", kind="action.asked", created_at=now(), last_answer="no answer")
    message(status="dead", kind="old.kind", created_at=now() - timedelta(days=8))

    with django_assert_num_queries(2):
        worst, other = queries.by_kind(actor=ground.people["operator"])

    assert (worst.kind, worst.failed, worst.last_answer) == ("action.asked", 2, "no answer")
    assert (other.kind, other.sent, other.waiting, other.held_back, other.failed) == ("partner.asked", 2, 2, 1, 0)
    with pytest.raises(NotAllowed):
        queries.by_kind(actor=ground.people["lead"])
