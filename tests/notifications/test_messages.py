"""What was written to somebody, for themselves: the number, the list, one message, and what is never in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork.access.actors import Actor, Public
from groundwork.access.errors import NotAllowed, NotFound
from groundwork.accounts.models import Person
from groundwork.clock import now
from notifications import queries, services
from notifications.models import Follow, Seen, Subscriber
from notifications.queries.messages import FRESH, SHOWN, unread_by_person
from notifications.services.seeing import KEPT, forget_looks, subject_of
from tests.notifications.ground import Ground, lay, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def person_of(actor: Actor) -> Person:
    assert actor.person is not None
    return actor.person


def write(actor: Actor, **fields: Any) -> Any:
    return message(person_of(actor).email, person=person_of(actor), created_at=now(), **fields)


def about(ground: Ground, **more: Any) -> dict[str, Any]:
    return {"headers": {"References": f"<initiative-{ground.initiative.number}@localhost>"}, **more}


def follows(actor: Actor) -> None:
    subscriber = Subscriber.objects.create(person=person_of(actor), confirmed_at=now())
    Follow.objects.create(subscriber=subscriber, query="area=V1", anchor="area:V1")


def test_unread_is_what_was_written_since_all_was_marked_as_read(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"]
    assert queries.unread(person_of(nurse)) == 0
    for status in ("sent", "due", "uncertain", "dead", "sending"):
        write(nurse, status=status)
    write(nurse, status="suppressed")
    write(nurse, kind="account.sign_in", holds_secret=True)
    write(nurse, kind="account.notice", mail_class="service")
    write(ground.people["lead"])
    message("nurse@example.org")
    assert queries.unread(person_of(nurse)) == 6
    services.mark_messages_read(actor=nurse)
    assert queries.unread(person_of(nurse)) == 0
    clock.shift(1)
    write(nurse)
    assert queries.unread(person_of(nurse)) == 1
    assert queries.unread(person_of(ground.people["lead"])) == 1


def test_what_came_after_the_page_stays_unread_and_an_old_page_makes_nothing_unread(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"]
    shown = write(nurse)
    clock.shift(60)
    write(nurse)
    services.mark_messages_read(actor=nurse, until=shown.created_at)
    assert queries.unread(person_of(nurse)) == 1
    services.mark_messages_read(actor=nurse)
    services.mark_messages_read(actor=nurse, until=shown.created_at)
    assert queries.unread(person_of(nurse)) == 0
    services.mark_messages_read(actor=nurse, until=now() + timedelta(days=9))
    clock.shift(1)
    write(nurse)
    assert queries.unread(person_of(nurse)) == 1


def test_more_than_are_shown_are_not_counted(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    for _ in range(SHOWN + 5):
        write(nurse)
    count = queries.unread(person_of(nurse))
    assert count == SHOWN + 1
    assert [queries.unread_in_words(n) for n in (0, 1, 3, count)] == [
        "Messages",
        "1 unread message",
        "3 unread messages",
        "Over 30 unread messages",
    ]
    for n in (0, 1, 3, count):
        # What is seen is the beginning of what is read aloud, so that it can be asked for by voice (WCAG 2.5.3).
        assert queries.unread_in_words(n).startswith(queries.unread_in_words(n, short=True))
    assert len(queries.last_messages(nurse)) == SHOWN


def test_counting_for_many_is_counting_for_each(ground: Ground, clock: time_machine.Coordinates) -> None:
    people = [person_of(actor) for actor in ground.people.values()]
    for number, actor in enumerate(ground.people.values()):
        for _ in range(number):
            write(actor)
        if number % 2:
            services.mark_messages_read(actor=actor)
            clock.shift(1)
            write(actor)
    with CaptureQueriesContext(connection) as asked:
        counts = unread_by_person([person.pk for person in people])
    assert len(asked) == 1
    assert counts == {person.pk: queries.unread(person) for person in people}
    assert len(set(counts.values())) > 3


def test_the_number_costs_one_query_by_its_index(ground: Ground) -> None:
    nurse = person_of(ground.people["nurse"])
    with CaptureQueriesContext(connection) as asked:
        queries.unread(nurse)
    assert len(asked) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "mail_of_person" in plan, plan


def test_only_ones_own_messages_and_no_sign_in_links(ground: Ground, clock: time_machine.Coordinates) -> None:
    nurse, lead = ground.people["nurse"], ground.people["lead"]
    write(nurse, kind="account.sign_in", holds_secret=True)
    first = write(nurse, status="sent", subject="First")
    clock.shift(1)
    write(nurse, status="sent", subject="Second")
    assert [each.subject for each in queries.last_messages(nurse)] == ["Second", "First"]
    assert queries.last_messages(lead) == []
    assert queries.message_to(nurse, first.pk).subject == "First"
    with pytest.raises(NotFound):
        queries.message_to(lead, first.pk)
    for read in (queries.last_messages, lambda actor: queries.message_to(actor, first.pk)):
        with pytest.raises(NotAllowed):
            read(Public())


def test_what_it_is_about_is_named_while_one_may_see_it(ground: Ground) -> None:
    lead, nurse = ground.people["lead"], ground.people["nurse"]
    write(nurse, status="sent", **about(ground))
    (told,) = queries.last_messages(nurse)
    assert told.about is not None
    assert told.about.href == "/initiatives/VAL-0042/"
    ground.initiative.visibility = "draft"
    ground.initiative.save()
    (told,) = queries.last_messages(nurse)
    assert told.about is None
    # It is in their inbox: nothing is gained by hiding it here.
    assert told.subject
    write(lead, status="sent", **about(ground))
    assert queries.last_messages(lead)[0].about is not None


@pytest.mark.parametrize("status", ["due", "suppressed", "dead", "sending"])
def test_what_was_not_sent_is_shown_as_far_as_they_may_see_it_now(ground: Ground, status: str) -> None:
    nurse = ground.people["nurse"]
    seen = {
        "reference": ground.initiative.reference,
        "person_id": person_of(nurse).pk,
        "mandate_id": nurse.mandate.pk if nurse.mandate else None,
    }
    row = write(nurse, status=status, text="Secret plans", **about(ground, conditions={"initiative_seen": seen}))
    assert queries.last_messages(nurse)[0].subject == row.subject
    assert queries.message_to(nurse, row.pk).text == "Secret plans"
    ground.initiative.visibility = "draft"
    ground.initiative.save()
    assert queries.last_messages(nurse)[0].subject == ""
    one = queries.message_to(nurse, row.pk)
    assert (one.subject, one.text, one.about) == ("", "", None)


def test_a_mandate_that_ended_shows_nothing_unsent(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    assert nurse.mandate is not None
    acts = {"person_acts": {"person_id": person_of(nurse).pk, "mandate_id": nurse.mandate.pk}}
    row = write(nurse, status="due", due_at=now() + timedelta(hours=1), **about(ground, conditions=acts))
    assert queries.last_messages(nurse)[0].subject
    nurse.mandate.valid_to = now().date()
    nurse.mandate.save()
    assert queries.last_messages(nurse)[0].subject == ""
    assert queries.message_to(nurse, row.pk).text == ""
    unknown = write(nurse, status="due", conditions={"written_by_another_version": {}})
    assert queries.message_to(nurse, unknown.pk).subject == ""


def test_a_one_time_link_is_not_shown(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    row = write(nurse, kind="workshop.report", holds_secret=True, status="sent", text="https://x.example/w/KEY/")
    assert queries.message_to(nurse, row.pk).text == ""
    assert queries.unread(person_of(nurse)) == 1


@pytest.mark.parametrize("many", [1, 3, 30])
def test_a_longer_list_costs_no_more_queries(ground: Ground, many: int, django_assert_num_queries: Any) -> None:
    nurse = ground.people["nurse"]
    assert nurse.mandate is not None
    acts = {"person_acts": {"person_id": person_of(nurse).pk, "mandate_id": nurse.mandate.pk}}
    for _ in range(many):
        write(nurse, status="due", **about(ground, conditions=acts))
    with django_assert_num_queries(4):
        assert len(queries.last_messages(nurse)) == many


def test_a_look_is_kept_for_who_follows_something_and_may_see_it(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse, it = ground.people["nurse"], ground.initiative
    look = {"actor": nurse, "kind": "initiative", "key": it.reference.lower()}
    assert not services.look_at(**look)
    assert not Seen.objects.exists()
    follows(nurse)
    assert services.look_at(**look)
    clock.shift(60)
    assert services.look_at(**look)
    kept = Seen.objects.get()
    assert (kept.person_id, kept.subject, kept.at) == (person_of(nurse).pk, subject_of("initiative", it.pk), now())
    it.visibility = "draft"
    it.save()
    for wrong in ({}, {"key": "VAL-9999"}, {"kind": "organisation"}, {"kind": "workshop", "key": "\x00"}):
        with pytest.raises(NotFound):
            services.look_at(**{**look, **wrong})
    with pytest.raises(NotAllowed):
        services.look_at(actor=Public(), kind="initiative", key=it.reference)


def test_looks_are_forgotten_and_what_was_read_is_not(ground: Ground, clock: time_machine.Coordinates) -> None:
    nurse = ground.people["nurse"]
    follows(nurse)
    services.look_at(actor=nurse, kind="initiative", key=ground.initiative.reference)
    services.mark_messages_read(actor=nurse)
    clock.shift(KEPT)
    assert forget_looks() == 0
    clock.shift(1)
    assert forget_looks() == 1
    assert [each.subject for each in Seen.objects.all()] == ["messages"]


def test_what_was_just_written_is_shown_and_what_waits_longer_is_not(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"]
    write(nurse, due_at=now() + timedelta(hours=10))
    assert queries.last_messages(nurse)[0].subject
    clock.shift(FRESH)
    assert queries.last_messages(nurse)[0].subject == ""
