"""Writing a message: once per occasion, to a real address, with nothing in it that could become a header."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.events import wake as wake_module
from groundwork.ids import uuid7
from notifications import queries, services
from notifications.models import OutgoingMessage
from notifications.services.queueing import COLUMNS, one_line, wrap
from notifications.tasks import sweep
from tests.notifications.ground import lay, message

pytestmark = pytest.mark.django_db

Status = OutgoingMessage.Status


def write(**changes: Any) -> OutgoingMessage:
    given: dict[str, Any] = {
        "kind": "account.notice",
        "mail_class": "service",
        "dedupe_key": "test:1",
        "recipient": "reader@example.org",
        "person": None,
        "reason": "this is a test",
        "template": "account_notice",
        "context": {"heading": "Hello", "sentences": ["One sentence."], "link": settings.BASE_URL + "/account/"},
        **changes,
    }
    return services.queue(**given)


def test_the_same_occasion_is_written_once() -> None:
    first = write()
    second = write(context={"heading": "Other", "sentences": [], "link": ""})

    assert first.pk == second.pk
    assert second.subject == "Hello"
    assert OutgoingMessage.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", "a b@c.org"]
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        write(recipient=address)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    "evil", ["A\r\nBcc: all@example.org", "A\nX: y", "A\x00B", "A\u2028B", "A\u202egnp", "  A\t B "]
)
def test_nothing_written_by_people_becomes_a_header(evil: str) -> None:
    row = write(sender=evil, context={"heading": evil, "sentences": [evil], "link": settings.BASE_URL + "/"})

    mail = queries.compose(row)
    assert mail["Bcc"] is mail["X"] is None
    assert row.subject.startswith("A")
    assert row.subject.isprintable()
    assert row.sender.isprintable()
    assert mail.as_bytes().count(b"\nTo:") == 1


def test_a_kind_cannot_set_who_wrote_to_whom() -> None:
    row = write(headers={"To": "other@example.org", "bcc": "other@example.org", "Message-ID": "<x@y>", "X-Fine": "yes"})

    mail = queries.compose(row)
    assert mail["To"] == "reader@example.org"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == row.message_id
    assert mail["X-Fine"] == "yes"


def test_markup_is_escaped_in_the_page_and_left_alone_in_the_text() -> None:
    row = write(context={"heading": "A & B", "sentences": ["<script>alert(1)</script>"], "link": settings.BASE_URL})

    assert "<script>" not in row.html
    assert "&lt;script&gt;" in row.html
    assert "<script>alert(1)</script>" in row.text
    assert row.subject == "A & B"


def test_lines_are_short_and_addresses_whole() -> None:
    long_address = "https://example.org/" + "x" * 100
    text = wrap(f"{'word ' * 40}\n\n\n\n- {'item ' * 30}\n> {'quote ' * 30}\n{long_address}\n")

    lines = text.splitlines()
    assert long_address in lines
    assert all(len(line) <= COLUMNS for line in lines if line != long_address)
    assert "\n\n\n" not in text
    assert sum(line.startswith("> ") for line in lines) > 1
    assert one_line("x" * 300, 150) == "x" * 149 + "…"


def test_a_worker_is_woken_once_the_row_is_committed(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    sent: list[tuple[str, str]] = []
    settings.EVENTS_WAKE = True
    monkeypatch.setattr(wake_module.current_app, "send_task", lambda name, *, queue, retry: sent.append((name, queue)))

    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert sent == []
    assert sent == [("mail.send", "mail")]

    with django_capture_on_commit_callbacks(execute=True):
        sweep(None)  # type: ignore[arg-type]
    assert sent == [("mail.send", "mail")] * 2


def test_a_change_that_fails_writes_no_mail() -> None:
    def fail() -> None:
        with transaction.atomic():
            write()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize("status", ["dead", "uncertain", "due"])
def test_officers_send_again_what_did_not_arrive(status: str) -> None:
    ground = lay()
    row = message(status=status, attempts=5, due_at=now() + timedelta(hours=5))

    services.resend(actor=ground.people["officer"], message_id=row.pk)

    before = row.message_id
    row.refresh_from_db()
    assert (row.status, row.attempts, row.message_id) == ("due", 0, before)
    assert row.due_at <= now()
    entry = AuditEntry.objects.get(action="mail.resend")
    assert entry.person == ground.people["officer"].person


@pytest.mark.parametrize("status", ["sent", "sending", "suppressed"])
def test_what_arrived_or_was_held_back_is_not_sent_again(status: str) -> None:
    row = message(status=status)
    with pytest.raises(Conflict):
        services.resend(actor=lay().people["officer"], message_id=row.pk)


def test_a_one_time_link_that_is_gone_cannot_be_sent_again() -> None:
    row = message(status="dead", holds_secret=True, text="", html="")
    with pytest.raises(Conflict, match="one-time link"):
        services.resend(actor=lay().people["officer"], message_id=row.pk)


@pytest.mark.parametrize("who", ["lead", "approver", "member", "nurse", "scrutiny"])
def test_partners_do_not_look_after_the_mail(who: str) -> None:
    actor = lay().people[who]
    row = message(status="dead")
    for act in (
        lambda: services.resend(actor=actor, message_id=row.pk),
        lambda: queries.health(actor=actor),
        lambda: queries.needing_attention(actor=actor),
        lambda: queries.waiting(actor=actor),
        lambda: queries.with_nobody_to_ask(actor=actor),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_message_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.resend(actor=lay().people["operator"], message_id=uuid7())


def test_the_figures_say_how_the_mail_is_doing() -> None:
    operator = lay().people["operator"]
    message(due_at=now() - timedelta(minutes=7))
    message(due_at=now() + timedelta(hours=1), attempts=2)
    message(status="sent", sent_at=now())
    message(status="sent", sent_at=now() - timedelta(days=2))
    for status in ("uncertain", "dead", "dead", "suppressed", "sending"):
        message(status=status)

    health = queries.health(actor=operator)

    assert (health.due, health.later, health.put_off, health.sending) == (1, 1, 1, 1)
    assert (health.uncertain, health.dead, health.sent_today, health.held_back_today) == (1, 2, 1, 1)
    assert timedelta(minutes=7) <= health.age < timedelta(minutes=8)
    assert {row.status for row in queries.needing_attention(actor=operator)} == {"uncertain", "dead"}
    assert {row.status for row in queries.waiting(actor=operator)} == {"due", "sending"}
