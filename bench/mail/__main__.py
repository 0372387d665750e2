"""``python -m bench.mail PORT NAIVE FOLLOWERS SIZE…``: digests on the database ``DATABASE_URL`` names.

Every reader is a person who acts for an organisation, follows an ambition in which ten initiatives changed, and has
three actions due: ten items a digest, seven of the changes and the actions. The bench runs this by itself.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

SOON = timedelta(minutes=5)
"""Digests leave what happened in the last minutes to the next ones, so they are made as of a moment later."""
CHANGES = 10
ACTIONS = 3
ORGANISATIONS = 40


def main(port: int, naive: int, followers: int, *sizes: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")
    django.setup()
    # As the product's own processes do once they are loaded.
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    from django.db import connection

    from groundwork.clock import now
    from notifications.models import OutgoingMessage, Subscriber
    from notifications.services import digesting, send_due
    from notifications.transports.smtp import Server, Smtp

    count = 0

    def counted(execute: Any, *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    since = now()
    change()
    _count_copies(counted)
    found: dict[str, Any] = {"naive": [], "ours": {}, "without disk": {}}
    first = make_due(0, naive)
    from bench.mail.naive import send_each

    subscribers = list(Subscriber.objects.filter(pk__in=first))
    found["naive"].append(send_each(subscribers, since - timedelta(minutes=1), port))
    Subscriber.objects.filter(pk__in=first).delete()
    # The first run also reads what is kept for the whole process. Its mail stays, as that of the last weeks would.
    make_due(naive, digesting.BATCH)
    digesting.make_all_due(at=now() + SOON)
    OutgoingMessage.objects.update(status="sent")
    old = OutgoingMessage.objects.count()
    at = naive + digesting.BATCH
    _look_at_tables()
    transport = Smtp(Server(host="127.0.0.1", port=port, username="", password="", tls="never"))
    for size, waits in itertools.product(sizes, (True, False)):
        _wait_for_the_disk(waits)
        make_due(at, size)
        _look_at_tables()
        at += size
        began, used, count = time.monotonic(), time.process_time(), 0
        with connection.execute_wrapper(counted):
            digesting.make_all_due(at=now() + SOON)
        built, build_used = time.monotonic() - began, time.process_time() - used
        batches = max(1, -(-size // digesting.BATCH))
        found["queries"] = count / batches
        if batches == 1:
            found["queries alone"] = count
        OutgoingMessage.objects.filter(status="due").update(due_at=now())
        waiting = OutgoingMessage.objects.filter(status="due")
        if waiting.count() != size:
            raise SystemExit(f"{waiting.count()} digests were made for {size} readers.")
        one = waiting.order_by("pk").first()
        found["bytes"] = len(one.html.encode()) + len(one.text.encode())
        began, used, count = time.monotonic(), time.process_time(), 0
        with connection.execute_wrapper(counted):
            send_due(transport=transport, limit=size, seconds=3_600)
        found["ours" if waits else "without disk"][str(size)] = {
            "build": built,
            "send": time.monotonic() - began,
            "sending": count,
            "used": [build_used, time.process_time() - used],
        }
        old += size
        if OutgoingMessage.objects.filter(status="sent").count() != old:
            raise SystemExit("Not all digests were sent.")
    _wait_for_the_disk(True)
    found["commit"] = _commit()
    found["naive"].append(send_each(subscribers_again(at, naive), since - timedelta(minutes=1), port))
    at += naive
    found["among few"], at = batch(at), at + digesting.BATCH
    follow_by_address(followers)
    with connection.execute_wrapper(counted):
        count = 0
        digesting.wake_maker()
        digesting.make_all_due()
        found["tick"] = count
    found["among many"] = batch(at)
    print(json.dumps(found))


def _count_copies(counted: Any) -> None:
    """A COPY is no statement to Django, and one to us."""
    import psycopg

    copy = psycopg.Cursor.copy
    psycopg.Cursor.copy = lambda *given: counted(copy, *given)  # type: ignore[method-assign, assignment]


def _wait_for_the_disk(waits: bool) -> None:
    """Whether a commit waits until it is on the disk, as the product's do, or is over at once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {'on' if waits else 'off'}")


def _look_at_tables() -> None:
    """What PostgreSQL does by itself within a minute: else it plans for tables as empty as they were a moment ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _commit() -> float:
    """Seconds that one committed statement takes here when nothing else is done: no message takes less."""
    from notifications.models import Subscriber

    row = Subscriber.objects.order_by("pk").first()
    assert row is not None
    began = time.monotonic()
    for hour in range(200):
        Subscriber.objects.filter(pk=row.pk).update(hour=hour % 2)
    return (time.monotonic() - began) / 200


def subscribers_again(start: int, number: int) -> list[Any]:
    from notifications.models import Subscriber

    rows = list(Subscriber.objects.filter(pk__in=make_due(start, number)))
    Subscriber.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=None)
    return rows


def batch(start: int) -> float:
    """Seconds to build one batch."""
    from groundwork.clock import now
    from notifications.services import digesting

    make_due(start, digesting.BATCH)
    _look_at_tables()
    began = time.monotonic()
    digesting.make_due(now() + SOON)
    return time.monotonic() - began


def change() -> None:
    """Ten public initiatives of one ambition change."""
    from collaboration.initiatives.models import Initiative
    from collaboration.initiatives.services import keeping
    from groundwork.access.actors import PersonActor
    from groundwork.accounts.models import Person
    from groundwork.clock import today
    from groundwork.directory.models import Mandate

    rows = Initiative.objects.filter(visibility="public", withdrawn_at=None, merged_into=None, owner__isnull=False)
    writer = Person.objects.create(email="writer@example.org", name="A writer")
    for number, row in enumerate(rows.filter(facets__kind="ambition", facets__value=ambition())[:CHANGES]):
        body = f"Forty more homes visited in week {number}, and the second team begins in Spring."
        mandate, _made = Mandate.objects.get_or_create(
            person=writer, organisation=row.owner, role="lead", valid_from=today() - timedelta(days=9)
        )
        keeping.add_update(actor=PersonActor(who=writer, under=mandate), initiative=row, body=body)


def ambition() -> str:
    """The ambition that most initiatives answer to."""
    from django.db.models import Count

    from collaboration.initiatives.models import Facet

    most = Facet.objects.filter(kind="ambition", is_public=True).values("value").annotate(n=Count("pk"))
    return str(most.order_by("-n")[0]["value"])


def make_due(start: int, number: int) -> list[Any]:
    """So many readers whose digest is due now. Their ids."""
    from collaboration.actions.models import Action
    from groundwork.accounts.models import Person
    from groundwork.clock import now, today
    from groundwork.directory.models import Mandate, Organisation
    from notifications.following import Followed
    from notifications.models import Follow, Subscriber

    at, day = now(), today()
    names = range(start, start + number)
    bodies = list(Organisation.objects.filter(is_group=False)[:ORGANISATIONS])
    people = Person.objects.bulk_create(Person(email=f"reader{n}@example.org", name=f"Reader {n}") for n in names)
    Mandate.objects.bulk_create(
        Mandate(person=person, organisation=bodies[n % len(bodies)], role="member", valid_from=day - timedelta(days=9))
        for n, person in zip(names, people, strict=True)
    )
    readers = Subscriber.objects.bulk_create(
        Subscriber(
            person=person,
            confirmed_at=at - timedelta(days=2),
            quiet_from=0,
            quiet_until=0,
            quiet_weekends=False,
            quiet_holidays=False,
            hour=0,
            next_at=at - timedelta(minutes=1),
        )
        for person in people
    )
    followed = Followed.parse(f"ambition={ambition()}")
    Follow.objects.bulk_create(
        Follow(
            subscriber=reader,
            query=followed.query,
            anchor=followed.anchor,
            frequency="daily",
            reported_until=at - timedelta(days=1),
        )
        for reader in readers
    )
    Action.objects.bulk_create(
        Action(
            number=1_000_000 + n * ACTIONS + k,
            reference=f"B-{n}-{k}",
            what=f"Ask the parishes of group {k} what they need",
            status="accepted",
            owner=person,
            due_on=day + timedelta(days=k),
        )
        for n, person in zip(names, people, strict=True)
        for k in range(ACTIONS)
    )
    return [reader.pk for reader in readers]


def follow_by_address(number: int) -> None:
    """So many who follow without an account, and to whom nothing is due."""
    from groundwork.clock import now
    from notifications.following import Followed
    from notifications.models import Follow, Subscriber

    at, followed = now(), Followed.parse(f"ambition={ambition()}")
    for first in range(0, number, 5_000):
        rows = Subscriber.objects.bulk_create(
            Subscriber(email=f"far{n}@example.org", confirmed_at=at, next_at=at + timedelta(days=3))
            for n in range(first, min(first + 5_000, number))
        )
        Follow.objects.bulk_create(
            Follow(subscriber=row, query=followed.query, anchor=followed.anchor, reported_until=at) for row in rows
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
