"""From rows to mail. Numbered, because the order is what makes it safe.

1. Rows that somebody was sending when their process died are settled: whoever may not be told twice becomes
   *uncertain*, the others are due again under the same Message-ID.
2. A few due rows are leased to this caller (``SKIP LOCKED`` on PostgreSQL, a conditional UPDATE on SQLite). A leased
   row has gone nowhere: when its lease runs out, anybody may take it up.
3. For each: is it still wanted? Conditions and permissions are asked now, not when it was written. Then it is
   announced to the mail server, which may refuse or postpone it; nothing has been handed over.
4. One short transaction records the answer to the message before and marks this one as *sending*. Only then is it
   handed over.
5. The answer is kept until the next such transaction, and at the end, whatever happens.

Strictly once over plain SMTP is impossible: an answer can be lost after the server took the message (RFC 1047). Such a
message is *uncertain*. Sign-in links and invitations, without which somebody stands outside, are then repeated once,
under the same Message-ID; nothing else is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from groundwork.clock import now
from notifications.models import OutgoingMessage
from notifications.queries.composing import compose, wire_address
from notifications.rules import no_longer_wanted
from notifications.services.queueing import wake_sender
from notifications.transports import Answer, Outcome, Session, Transport, chosen

log = structlog.get_logger(__name__)

Status = OutgoingMessage.Status

LEASE = timedelta(seconds=120)
"""Longer than a worker's task may live, so that a lease that ran out means a process that is gone."""
BATCH = 20
START_SECONDS = 15
"""No message is begun later than this after the start: a worker's task ends within a minute."""
UNREACHABLE_WAIT = timedelta(seconds=55)
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
    run = _Run(transport.open(), tally)
    started = now()
    try:
        while not run.unreachable:
            if tally.total >= limit or (now() - started).total_seconds() > seconds:
                tally.more = due().exists()
                break
            batch = claim(min(BATCH, limit - tally.total))
            if not batch:
                break
            for message in batch:
                if run.unreachable or (now() - started).total_seconds() > seconds:
                    run.put_back(message)
                else:
                    run.take(message)
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
    if not due(at).exists():
        return []
    claimed = []
    with transaction.atomic():
        service_first = Case(When(mail_class=OutgoingMessage.Class.SERVICE, then=Value(0)), default=Value(1))
        rows = due(at).order_by(service_first, "due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        for message in rows[:size]:
            if due(at).filter(pk=message.pk).update(lease_until=at + LEASE):
                message.lease_until = at + LEASE
                claimed.append(message)
    return claimed


def settle_lost(transport: Transport) -> int:
    """Decide about messages whose sender died between handing over and recording. Returns how many there were."""
    lost = OutgoingMessage.objects.filter(status=Status.SENDING, lease_until__lt=now())
    count = 0
    for message in lost[:1_000]:
        text = "The process ended while the message was being handed over."
        with transaction.atomic():
            count += _record(message, Answer(Outcome.UNKNOWN, text), repeatable=transport.repeatable)
    return count


class _Run:
    """One run over one connection. Holds the answer that is not recorded yet."""

    def __init__(self, session: Session, tally: Tally) -> None:
        self.session = session
        self.tally = tally
        self.answered: tuple[OutgoingMessage, Answer] | None = None
        self.unreachable = ""

    def take(self, message: OutgoingMessage) -> None:
        """Send one leased message, unless it is not wanted any more or the server is away."""
        try:
            reason = no_longer_wanted(message.conditions)
            if reason:
                self._end_without_sending(message, Status.SUPPRESSED, reason)
                return
            mail = compose(message)
            content, recipient = mail.as_bytes(), wire_address(message.recipient)
        except DatabaseError:
            # Says nothing about the message: its lease runs out, and it is taken up again.
            raise
        except Exception as error:
            # A message that cannot be made must not stop the others, and would not be made the next time either.
            log.exception("mail_not_made", kind=message.kind, id=str(message.pk))
            self._end_without_sending(message, Status.DEAD, f"It could not be made: {type(error).__name__}: {error}")
            return
        answer = self.session.offer(settings.DEFAULT_FROM_EMAIL, recipient)
        if answer is not None and answer.outcome == Outcome.UNREACHABLE:
            self.unreachable = answer.text
            log.warning("mail_server_unreachable", answer=answer.text)
            self.put_back(message)
            return
        with transaction.atomic():
            self._record_last()
            if not _start(message):
                # The lease ran out and somebody else has it.
                if answer is None:
                    self.session.withdraw()
                return
            if answer is not None:
                # Refused or put off when announced: nothing was handed over, so there is never a doubt about it.
                self.answered = (message, answer)
                self._record_last()
                return
        self.answered = (message, self.session.deliver(content))

    def finish(self) -> None:
        """Record the last answer and hang up. Runs however the run ended."""
        try:
            with transaction.atomic():
                self._record_last()
        finally:
            self.session.close()

    def _record_last(self) -> None:
        if self.answered is None:
            return
        (message, answer), self.answered = self.answered, None
        if answer.outcome == Outcome.UNREACHABLE:
            # The folder for mail turned out not to be writable: nothing went anywhere.
            self.unreachable = answer.text
            answer = Answer(Outcome.LATER, answer.text)
        if _record(message, answer):
            self.tally.count(answer.outcome)

    def _end_without_sending(self, message: OutgoingMessage, status: OutgoingMessage.Status, reason: str) -> None:
        if _held(message).update(status=status, lease_until=None, last_answer=reason[:500], **_forgotten(message)):
            self.tally.count(status)

    def put_back(self, message: OutgoingMessage) -> None:
        """Not tried: the wait is short and does not count as an attempt, however long the server stays away."""
        if self.unreachable:
            later = now() + UNREACHABLE_WAIT
            _held(message).update(lease_until=None, due_at=later, last_answer=self.unreachable[:500])
        else:
            _held(message).update(lease_until=None)


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


def _record(message: OutgoingMessage, answer: Answer, *, repeatable: bool = False) -> bool:
    """Write down what became of a message in sending. Returns False when somebody else did meanwhile."""
    at = now()
    fields: dict[str, object] = {"lease_until": None, "last_answer": answer.text[:500]}
    if answer.outcome == Outcome.ACCEPTED:
        fields |= {"status": Status.SENT, "sent_at": at, **_forgotten(message)}
    elif answer.outcome == Outcome.REFUSED or (answer.outcome == Outcome.LATER and message.attempts >= MAX_ATTEMPTS):
        fields |= {"status": Status.DEAD, **_forgotten(message)}
    elif answer.outcome == Outcome.LATER:
        fields |= {"status": Status.DUE, "due_at": at + BACK_OFF[max(message.attempts, 1) - 1]}
    else:
        fields["unknown_answers"] = F("unknown_answers") + 1
        may_repeat = message.mail_class == OutgoingMessage.Class.SERVICE and message.unknown_answers == 0
        if repeatable or may_repeat:
            fields |= {"status": Status.DUE, "due_at": at + BACK_OFF[0]}
        else:
            fields |= {"status": Status.UNCERTAIN, **_forgotten(message)}
    mine = OutgoingMessage.objects.filter(pk=message.pk, status=Status.SENDING, lease_until=message.lease_until)
    if answer.outcome in (Outcome.REFUSED, Outcome.UNKNOWN):
        log.warning("mail_not_delivered", kind=message.kind, id=str(message.pk), outcome=str(answer.outcome))
    return bool(mine.update(**fields))


def _forgotten(message: OutgoingMessage) -> dict[str, str]:
    """A one-time link is a key: it does not stay in the database once the message needs it no more (S16).

    The demo keeps it, because there the row is the mailbox.
    """
    if not message.holds_secret or settings.ENVIRONMENT.is_demo:
        return {}
    return {"text": "", "html": ""}
