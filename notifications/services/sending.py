"""From rows to mail. Numbered, because the order is what makes it safe.

1. Rows that somebody was sending when their process died are settled: whoever may not be told twice becomes
   *uncertain*, the others are due again under the same Message-ID.
2. Some due rows are leased to this caller (``SKIP LOCKED`` on PostgreSQL, one writer at a time on SQLite). A leased
   row has gone nowhere: when its lease runs out, anybody may take it up.
3. Are they still wanted? Conditions and permissions are asked now, not when it was written: of the leased together
   where a condition can be (at most :data:`LARGEST` messages, and what was said counts for :data:`FRESH`), else of each
   right before it goes. A mail server that takes one command at a time is then told of each, and may refuse or
   postpone it; nothing has been handed over.
4. One short transaction records the answer to the message before and marks this one as *sending*. Only then is it
   handed over: to a mail server that takes several commands at once, with its announcement in the same write.
5. The answer is kept until the next such transaction, and at the end, whatever happens.

Strictly once over plain SMTP is impossible: an answer can be lost after the server took the message (RFC 1047). Such a
message is *uncertain*. Sign-in links and invitations, without which somebody stands outside, are then repeated once,
under the same Message-ID; nothing else is. A transport that can be asked (GOV.UK Notify) is asked instead when the
lease has run out, so that nothing it carries is ever uncertain, lost or sent twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from groundwork.clock import now
from notifications.models import OutgoingMessage, RestingAddress
from notifications.queries.composing import content_of, place_key, wire_address
from notifications.rules import ask_together, held_back
from notifications.services.queueing import wake_sender
from notifications.services.resting import rest
from notifications.services.rewriting import bring_up_to_date
from notifications.transports import Answer, Outcome, Queryable, Session, Transport, carrier, carriers, chosen

log = structlog.get_logger(__name__)

Status = OutgoingMessage.Status

LEASE = timedelta(seconds=120)
"""Longer than a worker's task may live, so that a lease that ran out means a process that is gone."""
BATCH = 25
"""How many messages are leased and asked about together at first, and by a run whose mail server is slow."""
LARGEST = 500
"""How many at most. Whoever must not wait, waits for so many: no longer than a moment."""
MOMENT = timedelta(seconds=2)
"""A run that took no longer than this for one lot takes twice as many the next time, and half as many if it took more
than twice as long."""
FRESH = timedelta(seconds=5)
"""What was asked of several messages at once is asked again when it is older than this, because the server is slow."""
START_SECONDS = 15
"""No message is begun later than this after the start: a worker's task ends within a minute."""
UNREACHABLE_WAIT = timedelta(seconds=55)
ASKED_AT_ONCE = 50
"""After so many doubts a run stops asking a transport about them and goes on sending; the next run asks on."""
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120, 240, 480, 960))
MAX_ATTEMPTS = len(BACK_OFF) + 1
"""A day and a half of "not now" in all, then the message is dead and officers see it."""


@dataclass
class Tally:
    """What one run did. ``more`` says that it stopped with messages still due."""

    outcomes: dict[str, int] = field(default_factory=dict)
    more: bool = False

    def count(self, what: str) -> None:
        self.outcomes[str(what)] = self.outcomes.get(str(what), 0) + 1

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())


def send_due(*, transport: Transport | None = None, limit: int = 1_000, seconds: float = START_SECONDS) -> Tally:
    """Send what is due, over one connection, until nothing is, ``limit`` were tried or ``seconds`` have passed."""
    transport = transport or chosen()
    tally = Tally()
    settle_lost(transport)
    run = _Run(transport, tally)
    started = now()
    size = BATCH
    try:
        while not run.unreachable:
            if tally.total >= limit or (now() - started).total_seconds() > seconds:
                tally.more = due().exists()
                break
            begun = now()
            batch = claim(min(size, limit - tally.total))
            if not batch:
                break
            for position, message in enumerate(batch):
                if run.unreachable or (now() - started).total_seconds() > seconds:
                    run.put_back_all(batch[position:])
                    break
                run.take(message, batch[position:])
            took = now() - begun
            if took <= MOMENT:
                size = min(2 * size, LARGEST)
            elif took > 2 * MOMENT:
                size = max(size // 2, BATCH)
    finally:
        run.finish()
    if tally.more:
        wake_sender()
    if tally.total:
        log.info("mail_run", **tally.outcomes)
    return tally


def due(at: datetime | None = None) -> QuerySet[OutgoingMessage]:
    """Messages that anybody may take up now."""
    at = at or now()
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    return OutgoingMessage.objects.filter(free, status=Status.DUE, due_at__lte=at)


def claim(size: int) -> list[OutgoingMessage]:
    """Lease up to ``size`` due messages to this caller: service messages first, then those that are due longest.

    Somebody waits for a sign-in code; nobody waits for the ten-thousandth digest.
    """
    at = now()
    can_skip_locked = connection.features.has_select_for_update_skip_locked
    if not can_skip_locked and not due(at).exists():
        # There nobody else could write meanwhile.
        return []
    service_first = Case(When(mail_class=OutgoingMessage.Class.SERVICE, then=Value(0)), default=Value(1))
    # Only the keys are sorted: ten thousand messages that wait are large.
    rows = due(at).order_by(service_first, "due_at", "id").values_list("pk", flat=True)
    with transaction.atomic():
        if can_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = list(rows[:size])
        if not ids:
            return []
        # The rows are locked; SQLite lets nobody else write until this transaction ends.
        OutgoingMessage.objects.filter(pk__among=ids).update(lease_until=at + LEASE)
        claimed = {row.pk: row for row in OutgoingMessage.objects.filter(pk__among=ids)}
    return [claimed[pk] for pk in ids]


def settle_lost(transport: Transport) -> int:
    """Decide about messages whose sender died between handing over and recording. Returns how many there were.

    So it does about those whose answer was lost, where the transport can be asked.
    """
    lost = OutgoingMessage.objects.filter(status=Status.SENDING, lease_until__lt=now()).order_by("lease_until", "pk")
    count = asked = 0
    away: set[int] = set()
    for message in lost[:1_000]:
        by = carrier(transport, message)
        answer = Answer(Outcome.UNKNOWN, "The process ended while the message was being handed over.")
        if isinstance(by, Queryable):
            if id(by) in away or asked >= ASKED_AT_ONCE:
                continue
            asked += 1
            answer = by.look_up(str(message.pk))
            if answer.outcome == Outcome.UNREACHABLE:
                away.add(id(by))
                continue
        with transaction.atomic():
            count += _record(message, answer, repeatable=by.repeatable)
    return count


@dataclass
class _Line:
    """A way mail goes in one run: what carries it, the conversation, and why nobody answers, if so."""

    transport: Transport
    session: Session
    away: str = ""


class _Run:
    """One run, over one connection for each way mail goes. Holds the answer that is not recorded yet."""

    def __init__(self, transport: Transport, tally: Tally) -> None:
        self.transport = transport
        self.tally = tally
        self.lines = [_Line(each, each.open()) for each in carriers(transport)]
        self.answered: tuple[OutgoingMessage, Answer] | None = None
        self.known: dict[UUID, dict[str, str]] = {}
        self.asked_at = now()

    @cached_property
    def place(self) -> str:
        return place_key()

    @property
    def unreachable(self) -> bool:
        """Whether there is nobody left to hand anything to."""
        return all(line.away for line in self.lines)

    def line_of(self, message: OutgoingMessage) -> _Line:
        by = carrier(self.transport, message)
        return next(line for line in self.lines if line.transport is by)

    def ask(self, message: OutgoingMessage, others: Sequence[OutgoingMessage]) -> str:
        """Why a message must not be sent any more, or "". Asks of those after it too, what can be asked of several."""
        if message.pk not in self.known or now() - self.asked_at > FRESH:
            self.asked_at, self.known = now(), ask_together(others)
        return held_back(message, self.known[message.pk])

    def take(self, message: OutgoingMessage, leased: Sequence[OutgoingMessage]) -> None:
        """Send one leased message, unless it is not wanted any more or the server is away.

        ``leased`` are this one and those that will be taken after it.
        """
        line = self.line_of(message)
        if line.away:
            self.put_back(message)
            return
        try:
            reason = self.ask(message, leased)
            if reason:
                self._end_without_sending(message, Status.SUPPRESSED, reason)
                return
            bring_up_to_date(message)
            content, recipient = content_of(message, self.place), wire_address(message.recipient)
        except (DatabaseError, SoftTimeLimitExceeded):
            # Says nothing about the message: its lease runs out, and it is taken up again.
            raise
        except Exception as error:
            # A message that cannot be made must not stop the others, and would not be made the next time either.
            log.exception("mail_not_made", kind=message.kind, id=str(message.pk))
            self._end_without_sending(message, Status.DEAD, f"It could not be made: {type(error).__name__}: {error}")
            return
        answer = line.session.offer(settings.DEFAULT_FROM_EMAIL, recipient)
        if answer is not None and answer.outcome == Outcome.UNREACHABLE:
            line.away = answer.text
            log.warning("mail_server_unreachable", answer=answer.text)
            self.put_back(message)
            return
        if answer is None and self.answered is not None and _is_plain(*self.answered):
            started = self._record_last_and_start(*self.answered, message)
        else:
            with transaction.atomic():
                self._record_last()
                started = _start(message)
                if started and answer is not None:
                    # Refused or put off when announced: nothing was handed over, so there is never a doubt about it.
                    self.answered = (message, answer)
                    self._record_last()
        if answer is not None:
            return
        if started:
            self.answered = (message, line.session.deliver(content))
        else:
            # The lease ran out and somebody else has it.
            line.session.withdraw()

    def _record_last_and_start(self, last: OutgoingMessage, answer: Answer, message: OutgoingMessage) -> bool:
        """The transaction before a message where the last was simply taken, in one statement: most of them are so."""
        recorded, started = _record_and_start(last, answer, message)
        self.answered = None
        if recorded:
            self.tally.count(answer.outcome)
        return started

    def finish(self) -> None:
        """Record the last answer and hang up. Runs however the run ended."""
        try:
            with transaction.atomic():
                self._record_last()
        finally:
            for line in self.lines:
                line.session.close()

    def _record_last(self) -> None:
        if self.answered is None:
            return
        (message, answer), self.answered = self.answered, None
        line = self.line_of(message)
        if answer.outcome == Outcome.UNREACHABLE:
            # Nobody was there, or the folder for mail cannot be written: nothing went anywhere.
            line.away = answer.text
            _not_tried(message, answer)
            return
        if answer.outcome == Outcome.UNKNOWN and isinstance(line.transport, Queryable):
            # Not asked at once: what is on its way may still arrive. Once the lease has run out, it has or never will.
            _sending(message).update(last_answer=answer.text[:500])
            self.tally.count(answer.outcome)
            return
        if _record(message, answer):
            self.tally.count(answer.outcome)
        if answer.about_address:
            # Its address rests now: what was asked of others before does not say so.
            self.known = {}

    def _end_without_sending(self, message: OutgoingMessage, status: OutgoingMessage.Status, reason: str) -> None:
        if _held(message).update(status=status, lease_until=None, last_answer=reason[:500], **forgotten(message)):
            self.tally.count(status)

    def put_back(self, message: OutgoingMessage) -> None:
        """Not tried: the wait is short and does not count as an attempt, however long the server stays away."""
        if away := self.line_of(message).away:
            later = now() + UNREACHABLE_WAIT
            _held(message).update(lease_until=None, due_at=later, last_answer=away[:500])
        else:
            _held(message).update(lease_until=None)

    def put_back_all(self, messages: Sequence[OutgoingMessage]) -> None:
        """The same for what is left of a lot: in one statement, unless somebody is away."""
        if any(line.away for line in self.lines):
            for message in messages:
                self.put_back(message)
            return
        leases = {message.lease_until for message in messages}
        ids = [message.pk for message in messages]
        OutgoingMessage.objects.filter(pk__among=ids, status=Status.DUE, lease_until__in=leases).update(
            lease_until=None
        )


def _held(message: OutgoingMessage) -> QuerySet[OutgoingMessage]:
    """The row of a leased message, if the lease is still ours."""
    return OutgoingMessage.objects.filter(pk=message.pk, status=Status.DUE, lease_until=message.lease_until)


def _start(message: OutgoingMessage) -> bool:
    """Commit to sending: from here on a crash leaves a doubt. Returns False when the lease is not ours any more."""
    lease = now() + LEASE
    if not _held(message).update(status=Status.SENDING, lease_until=lease, attempts=F("attempts") + 1):
        return False
    message.status, message.lease_until, message.attempts = Status.SENDING, lease, message.attempts + 1
    return True


_RECORD_AND_START: Final = """
    UPDATE notifications_outgoingmessage SET
        status = CASE status WHEN 'sending' THEN 'sent' ELSE 'sending' END,
        lease_until = CASE status WHEN 'sending' THEN NULL ELSE %(lease)s END,
        sent_at = CASE status WHEN 'sending' THEN %(at)s ELSE sent_at END,
        last_answer = CASE status WHEN 'sending' THEN %(answer)s ELSE last_answer END,
        attempts = CASE status WHEN 'sending' THEN attempts ELSE attempts + 1 END
    WHERE id IN (%(last)s, %(next)s)
        AND CASE WHEN id = %(last)s THEN status = 'sending' AND lease_until = %(last_lease)s
            ELSE status = 'due' AND lease_until = %(next_lease)s END
    RETURNING id
"""
"""Of the two rows only the last is in *sending*, and only the next is due."""


def _is_plain(last: OutgoingMessage, answer: Answer) -> bool:
    """Whether there is nothing to record of a message but that it was taken."""
    return answer.outcome == Outcome.ACCEPTED and not forgotten(last)


def _record_and_start(last: OutgoingMessage, answer: Answer, message: OutgoingMessage) -> tuple[bool, bool]:
    """What :func:`_record` says of a message that was taken and :func:`_start` of the next, and what each returns."""
    at = now()
    lease = at + LEASE
    key: Any = OutgoingMessage._meta.get_field("id")
    moment: Any = OutgoingMessage._meta.get_field("lease_until")
    ids = {"last": last.pk, "next": message.pk}
    moments = {"at": at, "lease": lease, "last_lease": last.lease_until, "next_lease": message.lease_until}
    given: dict[str, Any] = {
        "answer": answer.text[:500],
        **{name: key.get_db_prep_value(value, connection) for name, value in ids.items()},
        **{name: moment.get_db_prep_value(value, connection) for name, value in moments.items()},
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_AND_START, given)
        changed = {key.to_python(found) for (found,) in cursor.fetchall()}
    if message.pk in changed:
        message.status, message.lease_until, message.attempts = Status.SENDING, lease, message.attempts + 1
    return last.pk in changed, message.pk in changed


def _not_tried(message: OutgoingMessage, answer: Answer) -> None:
    """Back to waiting, without an attempt counted: nothing was handed over."""
    _sending(message).update(
        status=Status.DUE,
        lease_until=None,
        due_at=now() + UNREACHABLE_WAIT,
        attempts=F("attempts") - 1,
        last_answer=answer.text[:500],
    )


def _sending(message: OutgoingMessage) -> QuerySet[OutgoingMessage]:
    """The row of a message in sending, if it is still ours."""
    return OutgoingMessage.objects.filter(pk=message.pk, status=Status.SENDING, lease_until=message.lease_until)


def _record(message: OutgoingMessage, answer: Answer, *, repeatable: bool = False) -> bool:
    """Write down what became of a message in sending. Returns False when somebody else did meanwhile."""
    at = now()
    fields: dict[str, object] = {"lease_until": None, "last_answer": answer.text[:500]}
    if answer.outcome == Outcome.ACCEPTED:
        fields |= {"status": Status.SENT, "sent_at": at, **forgotten(message)}
    elif answer.outcome == Outcome.REFUSED or (answer.outcome == Outcome.LATER and message.attempts >= MAX_ATTEMPTS):
        fields |= {"status": Status.DEAD, **forgotten(message)}
    elif answer.outcome == Outcome.LATER:
        fields |= {"status": Status.DUE, "due_at": at + BACK_OFF[max(message.attempts, 1) - 1]}
    else:
        fields["unknown_answers"] = F("unknown_answers") + 1
        may_repeat = message.mail_class == OutgoingMessage.Class.SERVICE and message.unknown_answers == 0
        if repeatable or may_repeat:
            fields |= {"status": Status.DUE, "due_at": at + BACK_OFF[0]}
        else:
            fields |= {"status": Status.UNCERTAIN, **forgotten(message)}
    if answer.outcome in (Outcome.REFUSED, Outcome.UNKNOWN):
        log.warning("mail_not_delivered", kind=message.kind, id=str(message.pk), outcome=str(answer.outcome))
    if not _sending(message).update(**fields):
        return False
    if answer.about_address:
        rest(message.recipient, reason=RestingAddress.Reason.BOUNCE, detail=answer.text, at=at)
    return True


def forgotten(message: OutgoingMessage) -> dict[str, str]:
    """A one-time link is a key: it does not stay in the database once the message needs it no more (S16).

    The demo keeps it, because there the row is the mailbox.
    """
    if not message.holds_secret or settings.ENVIRONMENT.is_demo:
        return {}
    return {"text": "", "html": "", "calendar": ""}
