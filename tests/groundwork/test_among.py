"""Long lists as one value: the same rows as with ``in``, and one parameter."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from groundwork.accounts.models import Person
from groundwork.clock import now
from notifications.models import Follow, Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> list[Subscriber]:
    people = [Person.objects.create_user(email=f"o'{n}\\{n}@example.org", name=f"N{n}") for n in range(4)]
    return [Subscriber.objects.create(person=person, confirmed_at=now()) for person in people]


def same(found: QuerySet[Subscriber], expected: list[Subscriber]) -> None:
    assert set(found) == set(expected)


def test_it_finds_what_in_finds(rows: list[Subscriber]) -> None:
    two = rows[:2]
    same(Subscriber.objects.filter(pk__among=[row.pk for row in two]), two)
    same(Subscriber.objects.filter(pk__among={str(row.pk) for row in two} | {uuid4()}), two)
    same(Subscriber.objects.filter(person__among=[row.person_id for row in two]), two)
    same(Subscriber.objects.filter(person_id__among={row.person_id for row in two}), two)
    same(Subscriber.objects.filter(person__email__among=[row.person.email for row in two if row.person]), two)
    same(Subscriber.objects.filter(created_at__among=[two[0].created_at, now() + timedelta(days=1)]), two[:1])
    same(Subscriber.objects.exclude(pk__among=[row.pk for row in two]), rows[2:])


def test_an_empty_list_finds_nothing_and_asks_nobody(rows: list[Subscriber]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert not Subscriber.objects.filter(pk__among=[])
        assert Follow.objects.filter(subscriber__among=iter(())).count() == 0
    assert not captured.captured_queries
    same(Subscriber.objects.exclude(pk__among=[]), rows)


def test_however_long_it_is_it_is_one_parameter(rows: list[Subscriber]) -> None:
    sql = Subscriber.objects.filter(person_id__among=range(200_000)).values("pk").query.sql_with_params()[0]
    assert sql.count("%s") == 1
    assert Subscriber.objects.filter(person_id__among=range(200_000)).update(hour=7) <= len(rows)
