"""Making digests: what is due to whom is claimed, written, and noted as told, in one transaction for each batch.

A period of a subscriber is looked at once, whoever looks: its row in ``Digest`` is unique and committed with the
message and with how far each follow is told. What a message told that did not arrive (uncertain, dead or held back when
it was to be sent) is told again by the next digest, which finds it by those rows (F19): nothing is rolled back by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models import QuerySet

from groundwork.clock import now
from groundwork.events.wake import wake
from groundwork.ids import uuid7
from notifications.models import Digest, Follow, OutgoingMessage, Subscriber
from notifications.queries.clocks import clock
from notifications.queries.drafting import MOST, Draft, build, due, subscribers
from notifications.queries.needs import Found
from notifications.queries.reading import SETTLING, Reading
from notifications.rhythm import first_allowed
from notifications.services.inserting import insert
from notifications.services.queueing import Written, root_of, wake_sender
from notifications.services.ringing import ring
from notifications.services.stopping import link_for, unsubscribe_headers
from notifications.services.wording import Writer

log = structlog.get_logger(__name__)

BATCH: Final = 1_000
KINDS: Final = {Digest.Kind.DIGEST: "digest.due", Digest.Kind.AT_ONCE: "digest.at_once"}
KEPT_FOR: Final = timedelta(days=400)
TRIED_AGAIN_AFTER: Final = timedelta(hours=1)
"""When a digest that could not be written is looked at again."""
USEFUL_FOR: Final = timedelta(days=7)
"""A digest that could not go for a week would tell what is no longer so: the next one tells it."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would be sent to one subscriber. ``written`` is None when there is nothing to say."""

    subscriber_id: UUID
    address: str
    kind: str
    period: str
    reason: str
    written: Written | None
    counts: dict[str, int]


def wake_maker() -> None:
    """Ask a worker to look whose digest is due; nobody is asked when nobody's is (one query).

    Losing this costs a minute: the tick asks again.
    """
    if due(now()).exists():
        wake("digests.make", queue="mail")


def make_all_due(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Make everything that is due, one batch after the other, each in its own transaction. Returns how many were due.

    Any number of callers may do this at once: none waits for another, and none does what another did.
    """
    at = at or now()
    making = _Making(at)
    total = 0
    while done := making.make(batch):
        total += done
        if done < batch:
            break
    return total


def make_due(at: datetime | None = None, limit: int = BATCH) -> int:
    """Look at up to ``limit`` subscribers whose next digest is due at ``at``, in one transaction.

    Returns how many were looked at; 0 when nothing is due.
    """
    return _Making(at or now()).make(limit)


@dataclass
class _Making:
    """Makes batches of one moment. What they share is read when the first finds somebody to whom something is due."""

    at: datetime
    shared: tuple[Reading, Writer] | None = None

    @transaction.atomic
    def make(self, limit: int) -> int:
        rows = due(self.at)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        claimed = list(rows[:limit])
        if not claimed:
            return 0
        if self.shared is None:
            self.shared = Reading.begin(self.at), Writer.begin()
        reading, writer = self.shared
        drafts = build(reading, claimed)
        _note(reading, drafts, _messages(reading, writer, drafts))
        _move_on(drafts)
        return len(claimed)


def preview(subscriber: Subscriber, at: datetime | None = None) -> Written | None:
    """What a subscriber's next digest would say if nothing more happened; None when there is nothing to say yet.

    ``at`` is when it would be made: by default when the next one is due.
    """
    at = at or subscriber.next_at or now()
    row = subscribers(at).filter(pk=subscriber.pk).first()
    if row is None:
        return None
    drafts = [draft for draft in build(Reading.begin(at), [row]) if draft.kind and not draft.is_empty]
    return Writer.begin().write(drafts[0])[0] if drafts else None


def plan(at: datetime) -> Iterator[Planned]:
    """What :func:`make_due` would do at ``at``, to whom and why, as things are now. Changes nothing."""
    reading, writer = Reading.begin(at), Writer.begin()
    last: tuple[Any, ...] | None = None
    while True:
        rows = due(at)
        if last is not None:
            rows = rows.filter(next_at__gte=last[0]).exclude(next_at=last[0], pk__lte=last[1])
        batch = list(rows[:BATCH])
        for draft in build(reading, batch):
            if draft.kind:
                written, reason = writer.write(draft) if not draft.is_empty else (None, "")
                yield Planned(
                    subscriber_id=draft.subscriber.pk,
                    address=_address(draft),
                    kind=draft.kind,
                    period=draft.period,
                    reason=reason,
                    written=written,
                    counts={
                        "needs": len(draft.needs),
                        "changed": len(draft.decided) + len(draft.changed),
                        "coming": len(draft.coming),
                    },
                )
        if len(batch) < BATCH:
            return
        last = (batch[-1].next_at, batch[-1].pk)


def look_sooner(follows: QuerySet[Follow], *, at: datetime | None = None) -> int:
    """Something happened to what these follow at once: their next digest is looked at in two minutes.

    ``follows`` is a query of :class:`Follow`. Quiet hours and pauses hold it. Returns how many subscribers are looked
    at sooner than they were to be.
    """
    soon = (at or now()) + SETTLING
    ids = set(follows.values_list("subscriber_id", flat=True))
    if not ids:
        return 0
    sooner = []
    with transaction.atomic():
        # Waits for a batch that holds some of them: it may have looked before this happened, and moves them on.
        rows = Subscriber.objects.select_for_update().filter(pk__in=ids, confirmed_at__isnull=False).order_by("pk")
        around = clock(soon)
        for row in rows:
            allowed = first_allowed(around.rhythm_of(row), soon)
            if row.next_at is None or allowed < row.next_at:
                row.next_at = allowed
                sooner.append(row)
        if sooner:
            Subscriber.objects.bulk_update(sooner, ["next_at"], batch_size=500)
    return len(sooner)


def forget_old(*, at: datetime | None = None) -> int:
    """Delete what is known of digests of more than a year ago. Returns how many rows."""
    deleted, _by_model = Digest.objects.filter(made_at__lt=(at or now()) - KEPT_FOR).delete()
    return deleted


def _messages(reading: Reading, writer: Writer, drafts: list[Draft]) -> dict[UUID, OutgoingMessage]:
    """Write a message for each draft that has something to say, in one statement."""
    made: dict[UUID, OutgoingMessage] = {}
    for draft in drafts:
        if not draft.kind or draft.is_empty:
            continue
        subscriber = draft.subscriber
        try:
            stop_link = link_for(subscriber=subscriber)
            written, reason = writer.write(draft, stop_link=stop_link)
        except SoftTimeLimitExceeded:
            # Says nothing about this digest: all of the batch is made by the next who looks.
            raise
        except Exception:
            # One digest that cannot be written must not stop the others, nor wait for a week.
            log.exception("digest_not_written", subscriber=str(subscriber.pk))
            draft.kind = ""
            again = first_allowed(draft.rhythm, reading.at + TRIED_AGAIN_AFTER)
            draft.next_at = min(draft.next_at or again, again)
            continue
        made[subscriber.pk] = OutgoingMessage(
            id=uuid7(),
            kind=KINDS[Digest.Kind(draft.kind)],
            mail_class=OutgoingMessage.Class.DIGEST,
            dedupe_key=f"digest:{draft.kind}:{draft.period}:{subscriber.pk}",
            recipient=_address(draft),
            person=subscriber.person,
            reason=reason,
            subject=written.subject,
            text=written.text,
            html=written.html,
            headers={
                **root_of("digest", subscriber.pk),
                **unsubscribe_headers(stop_link),
            },
            conditions=conditions_of(draft),
            created_at=reading.at,
            due_at=reading.at,
        )
    if made:
        insert(list(made.values()))
        ring([message.person_id for message in made.values() if message.person_id is not None])
        transaction.on_commit(wake_sender, robust=True)
    return made


def conditions_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """What must still hold when it is sent: its reader wants it, may see all that it names, and is still asked it."""
    subscriber = draft.subscriber
    held: dict[str, dict[str, Any]] = {
        "useful_until": {"until": (draft.at + USEFUL_FOR).isoformat()},
        "digest_wanted": {
            "subscriber_id": str(subscriber.pk),
            "follows": [str(row.pk) for row in (draft.concerned if draft.changed or draft.decided else draft.follows)],
            "topics": list(draft.topics),
        },
    }
    if subscriber.person is not None:
        held["person_reads"] = {"person_id": subscriber.person.pk, "email": subscriber.person.email}
    if draft.named:
        held["digest_seen"] = {
            "person_id": subscriber.person_id,
            "named": {sort: sorted(ids) for sort, ids in sorted(draft.named.items())},
        }
    waits = [each for each in [*draft.needs[:MOST], *draft.coming[:MOST]] if isinstance(each, Found)]
    if waits:
        held["digest_needs"] = {
            "person_id": subscriber.person_id,
            "organisation_id": subscriber.organisation_id,
            "at": draft.at.isoformat(),
            "named": sorted({each.key for each in waits}),
        }
    return held


def _note(reading: Reading, drafts: list[Draft], messages: dict[UUID, OutgoingMessage]) -> None:
    """Keep that these periods were looked at, and how far each follow is told."""
    rows = []
    for draft in drafts:
        message = messages.get(draft.subscriber.pk)
        if draft.kind and (message is not None or draft.kind == Digest.Kind.DIGEST):
            rows.append(
                Digest(
                    subscriber=draft.subscriber,
                    kind=draft.kind,
                    period=draft.period,
                    message=message,
                    until=draft.until,
                    since=draft.since if message is not None else {},
                    left=draft.left,
                    items=_counted(draft) if message is not None else 0,
                    made_at=reading.at,
                )
            )
    if rows:
        insert(rows)
    told = [row.pk for draft in drafts if draft.kind for row in draft.follows]
    if told:
        Follow.objects.filter(pk__among=told, reported_until__lt=reading.until).update(reported_until=reading.until)
    _give(drafts, reading.at)


def _give(drafts: list[Draft], at: datetime) -> None:
    """Note what was told again because it had not arrived. Rare, so one by one."""
    given = {digest: follows for draft in drafts if draft.kind for digest, follows in draft.given.items()}
    if not given:
        return
    for digest in Digest.objects.filter(pk__in=given):
        told = {str(pk) for pk in given[digest.pk]}
        digest.since = {pk: began for pk, began in digest.since.items() if pk not in told}
        # Beside follows there are subjects (``initiative:42``), which go with them.
        follows = [key for key in digest.since if ":" not in key]
        still = Follow.objects.filter(pk__in=follows).exists() if follows else False
        if not still:
            digest.rolled_back_at = at
        digest.save(update_fields=["since", "rolled_back_at"])


def _move_on(drafts: list[Draft]) -> None:
    """Set when each is looked at next. Those who are due at the same moment are moved on together."""
    moved: dict[datetime | None, list[UUID]] = {}
    for draft in drafts:
        moved.setdefault(draft.next_at, []).append(draft.subscriber.pk)
    if len(moved) <= 2:
        for moment, ids in moved.items():
            Subscriber.objects.filter(pk__among=ids).update(next_at=moment)
        return
    for draft in drafts:
        draft.subscriber.next_at = draft.next_at
    Subscriber.objects.bulk_update([draft.subscriber for draft in drafts], ["next_at"])


def _address(draft: Draft) -> str:
    person = draft.subscriber.person
    return person.email if person is not None else draft.subscriber.email


def _counted(draft: Draft) -> int:
    """How many things it tells of."""
    return len(draft.needs) + len(draft.decided) + len(draft.changed) + len(draft.coming)
