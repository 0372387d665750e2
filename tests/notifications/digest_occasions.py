"""What has to happen so that digests are written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from collaboration.actions.models import Action
from collaboration.initiatives.indexing import reindex
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import drafting, keeping
from collaboration.workshops.models import Workshop
from groundwork.clock import now
from groundwork.directory.models import Mandate
from notifications.following import Followed
from notifications.models import Choice, Digest, Follow, Subscriber
from notifications.services import digesting
from tests.notifications.ground import Ground

WEEK = timedelta(days=7)


def _subscriber(number: int, *lines: tuple[str, str], **fields: Any) -> Subscriber:
    """Who has their digests on Mondays at noon, which is when the clock of tests stands still."""
    row = Subscriber.objects.create(
        id=UUID(int=number),
        confirmed_at=now() - 3 * WEEK,
        created_at=now() - 3 * WEEK,
        weekday=0,
        hour=12,
        next_at=now(),
        **fields,
    )
    for n, (text, frequency) in enumerate(lines):
        followed = Followed.parse(text)
        Follow.objects.create(
            id=UUID(int=number * 10 + n),
            subscriber=row,
            query=followed.query,
            anchor=followed.anchor,
            frequency=frequency,
            reported_until=now() - 2 * WEEK,
        )
    Digest.objects.create(subscriber=row, period="a", until=now() - 2 * WEEK, made_at=now() - WEEK)
    return row


def _a_week(ground: Ground) -> None:
    """One record changed twice, another is new, and a third was written about."""
    it, lead = ground.initiative, ground.people["lead"]
    it.areas.add(ground.area)
    Initiative.objects.filter(pk=it.pk).update(published_at=now() - 4 * WEEK)
    for days, stage, title in (
        (4, "proposed", "Warm homes & safe streets"),
        (3, "active", "Warm homes & safe streets"),
    ):
        it.refresh_from_db()
        drafting.save_about(
            actor=lead,
            initiative=it,
            version=it.version,
            title=title,
            summary="Councils and the NHS find cold homes together, and mend them.",
            stage=stage,
            at=now() - timedelta(days=days),
        )
    keeping.add_update(
        actor=lead,
        initiative=it,
        body="We visited 40 homes <in October>.\nMore want a visit than we have people for.",
        health="some_concerns",
        at=now() - timedelta(days=2),
    )
    other = Initiative.objects.create(
        id=702,
        number=43,
        reference="VAL-0043",
        title="Winter coats for children",
        visibility="public",
        owner=ground.county,
        lead=ground.county,
        published_at=now() - 4 * WEEK,
    )
    other.areas.add(ground.area)
    reindex([it.pk, other.pk])
    keeping.add_ask_or_offer(
        actor=ground.people["officer"],
        initiative=other,
        kind="ask",
        body="A dry room for 200 coats until March.",
        at=now() - timedelta(days=1),
    )
    workshop = Workshop.objects.create(
        id=31,
        code="B6KM2XQ9",
        title="Cold homes: who knows whom?",
        template="pre-mortem",
        host=ground.council,
        visibility="public",
        starts_at=now() + timedelta(days=3, hours=2),
        ends_at=now() + timedelta(days=3, hours=4),
    )
    workshop.initiatives.add(it)


def digest_due(ground: Ground) -> None:
    """A person with something to answer, something overdue, changes, and a workshop about what they follow."""
    _a_week(ground)
    nurse = ground.people["nurse"].person
    for topic in ("asked", "actions"):
        Choice.objects.create(person=nurse, topic=topic, frequency="weekly")
    Action.objects.create(
        id=961,
        number=7,
        reference="A-0007",
        what="Ask the bus operator for a stop at the “new” clinic <soon>",
        status="accepted",
        owner=nurse,
        due_on=(now() - timedelta(days=3)).date(),
    )
    _subscriber(501, ("initiative=VAL-0042", "weekly"), ("area=V1", "weekly"), person=nurse)
    digesting.make_all_due()


def digest_public(ground: Ground) -> None:
    """An address that follows an area."""
    _a_week(ground)
    _subscriber(502, ("area=V1", "weekly"), email="neighbour@example.org")
    digesting.make_all_due()


def digest_of_organisation(ground: Ground) -> None:
    """An organisation without accounts."""
    Mandate.objects.filter(organisation=ground.hospital).update(valid_to=now().date())
    _subscriber(503, ("organisation=vale-nhs", "weekly"), email="office@vale.example", organisation=ground.hospital)
    digesting.make_all_due()


def digest_at_once(ground: Ground) -> None:
    _a_week(ground)
    _subscriber(504, ("initiative=VAL-0042", "at_once"), person=ground.people["member"].person)
    digesting.make_all_due()
