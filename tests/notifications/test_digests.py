"""Digests: what is due to whom, what they say, what they leave out, and that each period is told once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import drafting, keeping
from collaboration.workshops import services as workshops
from collaboration.workshops.models import Workshop, WorkshopInvitation
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Mandate, PlaceDate
from groundwork.events import relay
from notifications import queries
from notifications.following import Followed
from notifications.models import Choice, Digest, Follow, OutgoingMessage, Seen, Subscriber
from notifications.queries.clocks import clock as place_clock
from notifications.rhythm import next_at
from notifications.services import digesting, send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    from collaboration.initiatives.indexing import reindex

    ground = lay()
    ground.initiative.areas.add(ground.area)
    reindex([ground.initiative.pk])
    return ground


def subscribe(person: Any = None, *lines: str, frequency: str = "weekly", **fields: Any) -> Subscriber:
    who = {"person": person} if person is not None else {"email": fields.pop("email", "neighbour@example.org")}
    row = Subscriber.objects.create(confirmed_at=now(), **who, **fields)
    for text in lines:
        followed = Followed.parse(text)
        Follow.objects.create(
            subscriber=row,
            query=followed.query,
            anchor=followed.anchor,
            frequency=frequency,
            # The clock of tests stands still: what happens next is later.
            reported_until=now() - timedelta(seconds=1),
        )
    wanted = {frequency} | set(Choice.objects.filter(person=person).values_list("frequency", flat=True))
    row.next_at = next_at(place_clock().rhythm_of(row), wanted, now())
    row.save()
    return row


def write_update(ground: Ground, body: str = "40 homes visited.", who: str = "lead", **fields: Any) -> None:
    keeping.add_update(actor=ground.people[who], initiative=ground.initiative, body=body, **fields)


def make(clock: time_machine.Coordinates, at: datetime = TUESDAY) -> list[OutgoingMessage]:
    before = set(OutgoingMessage.objects.values_list("pk", flat=True))
    clock.move_to(at)
    digesting.make_all_due()
    return [row for row in OutgoingMessage.objects.order_by("pk") if row.pk not in before]


def deliver() -> set[tuple[str, str]]:
    send_due(transport=Mailbox())
    return set(OutgoingMessage.objects.values_list("status", "last_answer"))


def test_the_weekly_digest_says_what_was_and_what_is_in_one_line(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(ground.people["member"].person, "area=V1")
    it = ground.initiative
    for title in ("Warm homes", "Warm homes for all"):
        it.refresh_from_db()
        drafting.save_about(
            actor=ground.people["lead"],
            initiative=it,
            version=it.version,
            title=title,
            summary=it.summary,
            difference="",
            stage="active",
        )
    write_update(ground, health="on_track")

    [row] = make(clock)

    assert row.subject == "Warm homes for all: Update"
    assert row.recipient == "member@example.org"
    assert "Changed in what you follow".upper() in row.text
    assert "Title: Warm homes & “safe” streets <for everyone> → Warm homes for all" in row.text.replace("\n  ", " ")
    assert "Stage: not stated → Active" in row.text
    assert "Update: On track. “40 homes visited.”" in row.text
    assert row.text.count("(VAL-0042)") == 1
    assert "you follow Northwick (each week)" in row.text
    mail = queries.compose(row)
    assert mail["List-Id"] == "<digest-due.vale.localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["References"] == f"<digest-{Subscriber.objects.get().pk}@localhost>"
    deliver()
    assert OutgoingMessage.objects.get().status == "sent"


def test_a_period_is_told_once_and_an_empty_one_is_said_by_the_next(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "area=V1")
    write_update(ground)

    assert len(make(clock)) == 1
    assert make(clock, TUESDAY + timedelta(hours=2)) == []
    assert make(clock, TUESDAY + WEEK) == []
    write_update(ground, "All done.")
    [row] = make(clock, TUESDAY + 2 * WEEK)

    assert "“All done.”" in row.text
    assert "40 homes" not in row.text
    assert "Nothing changed in the week before." in row.text
    assert [each.items for each in Digest.objects.order_by("period")] == [1, 0, 1]


def test_nobody_is_told_of_what_they_did_or_saw(ground: Ground, clock: time_machine.Coordinates) -> None:
    subscribe(ground.people["lead"].person, "initiative=VAL-0042")
    subscribe(ground.people["nurse"].person, "initiative=VAL-0042")
    subscribe(ground.people["member"].person, "initiative=VAL-0042")
    write_update(ground)
    clock.shift(60)
    Seen.objects.create(person=ground.people["nurse"].person, subject="initiative:701")

    assert [row.recipient for row in make(clock)] == ["member@example.org"]


def test_the_public_is_told_of_what_is_public_only(ground: Ground, clock: time_machine.Coordinates) -> None:
    Initiative.objects.filter(pk=701).update(visibility="partners")
    ground.initiative.refresh_from_db()
    subscribe(None, "area=V1", "all=")
    subscribe(ground.people["nurse"].person, "area=V1")
    subscribe(ground.people["operator"].person, "area=V1", "initiative=VAL-0042")
    write_update(ground)

    assert [row.recipient for row in make(clock)] == ["nurse@example.org"]


def test_what_is_no_longer_shown_when_it_is_sent_is_held_back_and_told_by_the_next(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "area=V1")
    write_update(ground)
    make(clock)
    Initiative.objects.filter(pk=701).update(visibility="partners")

    deliver()
    row = OutgoingMessage.objects.get()
    assert (row.status, row.last_answer) == ("suppressed", "Something it names is no longer shown to its reader.")

    Initiative.objects.filter(pk=701).update(visibility="public")
    [again] = make(clock, TUESDAY + WEEK)
    assert "“40 homes visited.”" in again.text
    assert Digest.objects.get(message=row).rolled_back_at is not None
    assert make(clock, TUESDAY + 2 * WEEK) == []


@pytest.mark.parametrize("status", ["uncertain", "dead"])
def test_what_did_not_arrive_is_told_by_the_next_and_once(
    status: str, ground: Ground, clock: time_machine.Coordinates
) -> None:
    person = ground.people["nurse"].person
    row = subscribe(person, "area=V1", frequency="daily")
    weekly = Followed.parse("initiative=VAL-0042")
    Follow.objects.create(subscriber=row, query=weekly.query, anchor=weekly.anchor, reported_until=row.created_at - DAY)
    write_update(ground, "First.")
    [first] = make(clock)
    OutgoingMessage.objects.filter(pk=first.pk).update(status=status)
    write_update(ground, "Second.")

    [second] = make(clock, TUESDAY + DAY)
    assert "“Second.” (and 1 more)" in second.text
    # The weekly follow has not had its turn yet.
    assert Digest.objects.get(message=first).rolled_back_at is None
    OutgoingMessage.objects.filter(pk=second.pk).update(status="sent")
    assert make(clock, TUESDAY + 2 * DAY) == []
    [third] = make(clock, TUESDAY + WEEK)
    assert "“Second.” (and 1 more)" in third.text
    assert Digest.objects.get(message=first).rolled_back_at is not None


def test_what_is_followed_at_once_is_told_in_two_minutes_five_times_a_day(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    row = subscribe(ground.people["nurse"].person, "area=V1", frequency="at_once")
    assert row.next_at is None
    at = now()
    for number in range(1, 8):
        write_update(ground, f"Number {number}.")
        relay.drain()
        told = make(clock, at + timedelta(minutes=30 * number))
        assert len(told) == (1 if number <= 5 else 0), number
    row.refresh_from_db()
    assert row.next_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    [folded] = make(clock, TUESDAY)
    assert "“Number 7.” (and 1 more)" in folded.text


def test_what_happens_while_a_mail_at_once_is_on_its_way_is_told_by_another(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(ground.people["nurse"].person, "area=V1", frequency="at_once")
    at = now()
    write_update(ground, "First.")
    relay.drain()
    clock.move_to(at + timedelta(minutes=1))
    write_update(ground, "Second.")
    relay.drain()
    told = [row.text for minute in range(2, 6) for row in make(clock, at + timedelta(minutes=minute))]
    assert ["“First.”" in text for text in told] == [True, False]
    assert ["“Second.”" in text for text in told] == [False, True]


def test_what_happens_in_the_night_waits_for_the_morning(ground: Ground, clock: time_machine.Coordinates) -> None:
    row = subscribe(ground.people["nurse"].person, "area=V1", frequency="at_once")
    clock.move_to(datetime(2026, 11, 27, 21, 0, tzinfo=UTC))
    write_update(ground)
    relay.drain()
    row.refresh_from_db()
    assert row.next_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_what_needs_its_reader_comes_first_with_links_that_answer(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"].person
    Choice.objects.create(person=nurse, topic="asked", frequency="weekly")
    Choice.objects.create(person=nurse, topic="actions", frequency="weekly")
    subscribe(nurse, "area=V1")
    Action.objects.create(
        number=7, reference="A-0007", what="Book the hall", status="accepted", owner=nurse, due_on=now().date()
    )
    write_update(ground)

    [row] = make(clock)

    assert row.text.index("NEEDS YOU") < row.text.index("CHANGED IN WHAT YOU FOLLOW")
    assert row.subject == "Overdue: “Book the hall”, and 2 more"
    assert "Is Vale NHS Trust a partner in this?" in row.text
    assert row.text.count("http://localhost:8000/act/") == 4
    assert "you chose to have this in your digest" in row.text.replace("\n", " ")


def mandate_ends(ground: Ground) -> None:
    Mandate.objects.filter(organisation=ground.hospital).update(valid_to=now().date())


def record_is_withdrawn(ground: Ground) -> None:
    Initiative.objects.filter(pk=701).update(withdrawn_at=now())


def record_is_a_draft_again(ground: Ground) -> None:
    Initiative.objects.filter(pk=701).update(visibility="draft")


def partner_is_withdrawn(ground: Ground) -> None:
    ground.partner.delete()


def action_goes_to_another(ground: Ground) -> None:
    Action.objects.update(owner=ground.people["lead"].person)


def invitation_is_withdrawn(_ground: Ground) -> None:
    WorkshopInvitation.objects.update(revoked_at=now())


def nothing_is_withdrawn(_ground: Ground) -> None:
    Action.objects.update(status="accepted")
    WorkshopInvitation.objects.update(answer="yes")


@pytest.mark.parametrize(
    "happens",
    [
        mandate_ends,
        record_is_withdrawn,
        record_is_a_draft_again,
        partner_is_withdrawn,
        action_goes_to_another,
        invitation_is_withdrawn,
        nothing_is_withdrawn,
    ],
)
def test_what_no_longer_waits_when_it_is_sent_is_held_back(
    happens: Callable[[Ground], None], ground: Ground, clock: time_machine.Coordinates
) -> None:
    nurse = ground.people["nurse"].person
    for topic in ("asked", "actions", "workshops"):
        Choice.objects.create(person=nurse, topic=topic, frequency="weekly")
    subscribe(nurse, "area=V1")
    Action.objects.create(
        number=7,
        reference="A-0007",
        what="Book the hall",
        status="asked",
        owner=nurse,
        due_on=now().date() + timedelta(days=9),
    )
    workshop = Workshop.objects.create(
        title="Cold facts",
        host=ground.council,
        template="pre-mortem",
        starts_at=TUESDAY + timedelta(days=3),
        ends_at=TUESDAY + timedelta(days=3, hours=2),
    )
    WorkshopInvitation.objects.create(workshop=workshop, email=nurse.email, expires_at=workshop.ends_at)
    [row] = make(clock)
    for title in ("Warm homes", "Book the hall", "Cold facts"):
        assert title in row.text

    happens(ground)
    deliver()
    row.refresh_from_db()
    if happens is nothing_is_withdrawn:
        assert row.status == "sent"
        return
    assert (row.status, row.last_answer) == ("suppressed", "Something it names no longer waits for its reader.")
    [again] = make(clock, TUESDAY + WEEK)
    assert again.pk != row.pk


def test_what_is_wanted_at_once_is_no_reason_for_a_digest(ground: Ground, clock: time_machine.Coordinates) -> None:
    subscribe(ground.people["nurse"].person, "area=V1")
    assert make(clock) == []


def test_an_organisation_without_accounts_is_told_what_it_is_asked(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    Mandate.objects.filter(organisation=ground.hospital).update(valid_to=now().date())
    subscribe(None, "organisation=vale-nhs", email="office@vale.example", organisation=ground.hospital)
    [mail] = make(clock)
    assert mail.recipient == "office@vale.example"
    assert "Is Vale NHS Trust a partner in this?" in mail.text
    assert "/act/" not in mail.text


def test_an_organisation_that_has_accounts_by_now_is_told_nothing_at_its_address(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    mandates = Mandate.objects.filter(organisation=ground.hospital)
    mandates.update(valid_to=now().date())
    subscribe(None, "organisation=vale-nhs", email="office@vale.example", organisation=ground.hospital)
    [mail] = make(clock)
    mandates.update(valid_to=None)

    deliver()
    mail.refresh_from_db()
    assert (mail.status, mail.last_answer) == ("suppressed", "The reader has stopped their digests.")
    assert make(clock, TUESDAY + WEEK) == []


def test_a_workshop_that_is_about_what_is_followed_is_told_before_it_is_too_late(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "initiative=VAL-0042")
    workshop = Workshop.objects.create(
        title="Warm homes, cold facts",
        host=ground.council,
        template="pre-mortem",
        visibility="public",
        starts_at=TUESDAY + timedelta(days=9),
        ends_at=TUESDAY + timedelta(days=9, hours=2),
    )
    workshop.initiatives.add(ground.initiative)
    assert make(clock) == []
    [row] = make(clock, TUESDAY + WEEK)
    assert "COMING UP" in row.text
    assert "Thursday 3 December at 8am, Northwick Council" in row.text


def change_nineteen(ground: Ground, clock: time_machine.Coordinates) -> None:
    from collaboration.initiatives.indexing import reindex

    made = [
        Initiative.objects.create(
            number=100 + n,
            reference=f"VAL-{100 + n:04d}",
            title=f"Work {n}.",
            visibility="public",
            owner=ground.council,
        )
        for n in range(19)
    ]
    for each in made:
        each.areas.add(ground.area)
        reindex([each.pk])
        keeping.add_update(actor=ground.people["lead"], initiative=each, body="Begun.")
        clock.shift(1)


def named_in(row: OutgoingMessage) -> list[int]:
    return [int(number) for number in re.findall(r"^- Work (\d+)\.", row.text, re.MULTILINE)]


@pytest.mark.parametrize("lost", [None, 0, 1])
def test_what_was_only_counted_is_told_by_the_next(
    lost: int | None, ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "area=V1", "words=begun")
    change_nineteen(ground, clock)
    told: list[int] = []
    for week in range(6):
        rows = make(clock, TUESDAY + week * WEEK)
        arrived = week != lost
        OutgoingMessage.objects.filter(status="due").update(status="sent" if arrived else "uncertain")
        assert len(rows) <= 1
        for row in rows:
            assert len(named_in(row)) <= 7
            told += named_in(row) if arrived else []

    assert sorted(told) == list(range(19)), "each once"
    assert told[0] == 18, "the newest first"


def test_what_was_only_counted_is_told_with_what_happened_to_it_since(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    subscribe(None, "area=V1")
    change_nineteen(ground, clock)
    make(clock)
    first = Initiative.objects.get(number=100)
    keeping.add_update(actor=ground.people["lead"], initiative=first, body="Well on its way.")
    [row] = make(clock, TUESDAY + WEEK)
    assert named_in(row) == [0, 11, 10, 9, 8, 7, 6]
    assert "Well on its way.” (and 1 more)" in " ".join(row.text.split())


def test_a_section_has_seven_things_and_says_how_many_more(ground: Ground, clock: time_machine.Coordinates) -> None:
    subscribe(None, "area=V1")
    change_nineteen(ground, clock)
    [row] = make(clock)
    assert row.html.count("<li ") == 7
    assert "+ 12 more" in row.text
    assert "Work 18" in row.text
    assert row.text.index("Work 18") < row.text.index("Work 12")
    assert len(queries.compose(row).as_bytes()) < 90 * 1024


def test_who_stopped_or_left_gets_nothing(ground: Ground, clock: time_machine.Coordinates) -> None:
    subscribe(ground.people["nurse"].person, "area=V1")
    other = subscribe(None, "area=V1")
    write_update(ground)
    make(clock)
    Follow.objects.filter(subscriber=other).update(frequency="never")
    Mandate.objects.filter(person=ground.people["nurse"].person).update(valid_to=now().date())
    assert {answer for _status, answer in deliver()} >= {"The reader no longer follows what it tells of."}


def test_a_digest_that_nobody_made_in_time_is_made_later_and_outside_quiet_hours(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    row = subscribe(None, "area=V1")
    write_update(ground)
    assert make(clock, TUESDAY + timedelta(hours=12)) == []
    row.refresh_from_db()
    assert row.next_at == TUESDAY + DAY
    assert len(make(clock, TUESDAY + DAY)) == 1
    row.refresh_from_db()
    assert row.next_at == TUESDAY + WEEK


def test_a_holiday_that_is_added_later_moves_a_digest_that_was_set(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    row = subscribe(None, "area=V1")
    write_update(ground)
    assert row.next_at == TUESDAY
    day = TUESDAY.date()
    PlaceDate.objects.create(kind="holiday", name="A day off", starts_on=day, ends_on=day)

    assert make(clock, TUESDAY) == []
    assert len(make(clock, TUESDAY + DAY)) == 1


def test_many_beats_make_the_same_as_one(ground: Ground, clock: time_machine.Coordinates) -> None:
    for n in range(5):
        subscribe(None, "area=V1", email=f"n{n}@example.org")
    write_update(ground)
    clock.move_to(TUESDAY)
    assert digesting.make_due(limit=2) == 2
    assert [digesting.make_all_due(batch=2) for _beat in range(3)] == [3, 0, 0]
    assert OutgoingMessage.objects.count() == Digest.objects.count() == 5


@pytest.mark.parametrize("people", [1, 3, 15])
def test_a_batch_costs_the_same_number_of_queries_for_two_and_for_thirty(
    people: int, ground: Ground, clock: time_machine.Coordinates
) -> None:
    for n in range(people):
        person = Person.objects.create_user(email=f"p{n}@example.org", name=f"P{n}")
        Mandate.objects.create(person=person, organisation=ground.hospital, role="lead", valid_from=now().date())
        subscribe(person, "area=V1", "words=homes")
        subscribe(None, "area=V1", "initiative=VAL-0042", email=f"n{n}@example.org")
    write_update(ground)
    clock.move_to(TUESDAY)
    Followed.parse("area=V1")
    with CaptureQueriesContext(connection) as captured:
        assert digesting.make_due() == 2 * people
    asked = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert OutgoingMessage.objects.count() == 2 * people
    # Ten for what all batches share, four to read one, four to write it.
    assert len(asked) == 18, asked


def test_batches_are_made_in_ten_queries_each(ground: Ground, clock: time_machine.Coordinates) -> None:
    batches, size = 10, 100
    # Ids are given, so that a database's own count of them stays where it is.
    people = Person.objects.bulk_create(
        Person(id=9_000 + n, email=f"p{n}@example.org", name=f"P{n}") for n in range(batches * size)
    )
    Mandate.objects.bulk_create(
        Mandate(id=person.pk, person=person, organisation=ground.hospital, role="lead", valid_from=now().date())
        for person in people
    )
    readers = Subscriber.objects.bulk_create(
        Subscriber(person=person, confirmed_at=now(), next_at=TUESDAY) for person in people
    )
    followed = Followed.parse("area=V1")
    Follow.objects.bulk_create(
        Follow(subscriber=row, query=followed.query, anchor=followed.anchor, reported_until=now() - DAY)
        for row in readers
    )
    write_update(ground)
    clock.move_to(TUESDAY)
    with CaptureQueriesContext(connection) as captured:
        assert digesting.make_all_due(batch=size) == batches * size
    asked = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert OutgoingMessage.objects.count() == batches * size
    assert len(asked) <= 10 * batches


def test_a_second_batch_reads_again_only_what_is_particular_to_it(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    for n in range(6):
        subscribe(None, "area=V1", email=f"n{n}@example.org")
    write_update(ground)
    clock.move_to(TUESDAY)
    Followed.parse("area=V1")
    with CaptureQueriesContext(connection) as captured:
        assert digesting.make_all_due(batch=3) == 6
    claims = [
        n for n, q in enumerate(captured) if 'FROM "notifications_subscriber"' in q["sql"] and "told_today" in q["sql"]
    ]
    assert len(claims) == 3
    assert claims[2] - claims[1] <= 9


def test_a_worker_that_is_out_of_time_leaves_its_batch_to_the_next(
    ground: Ground, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    from celery.exceptions import SoftTimeLimitExceeded

    def out_of_time(*_given: object, **_more: object) -> None:
        raise SoftTimeLimitExceeded

    row = subscribe(None, "area=V1")
    write_update(ground)
    clock.move_to(TUESDAY)
    with monkeypatch.context() as now_over:
        now_over.setattr("notifications.services.wording.Writer.write", out_of_time)
        with pytest.raises(SoftTimeLimitExceeded):
            digesting.make_all_due()
    row.refresh_from_db()
    assert row.next_at == TUESDAY
    assert digesting.make_all_due() == 1
    assert OutgoingMessage.objects.count() == 1


def test_a_digest_that_cannot_be_written_is_written_an_hour_later(
    ground: Ground, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_more: object) -> None:
        raise OSError("the disk is full")

    row = subscribe(None, "area=V1")
    write_update(ground)
    clock.move_to(TUESDAY)
    with monkeypatch.context() as for_a_while:
        for_a_while.setattr("notifications.services.wording.Writer.write", broken)
        assert digesting.make_all_due() == 1
    row.refresh_from_db()
    assert row.next_at == TUESDAY + timedelta(hours=1)
    assert not Digest.objects.exists()
    [mail] = make(clock, TUESDAY + timedelta(hours=1))
    assert "40 homes" in mail.text
    row.refresh_from_db()
    assert row.next_at == TUESDAY + WEEK


def test_a_tick_with_nothing_due_asks_once(ground: Ground, clock: time_machine.Coordinates) -> None:
    subscribe(None, "area=V1")
    with CaptureQueriesContext(connection) as captured:
        assert digesting.make_all_due() == 0
    assert len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]) == 1


def test_a_preview_and_a_plan_change_nothing(ground: Ground, clock: time_machine.Coordinates) -> None:
    row = subscribe(ground.people["nurse"].person, "area=V1")
    write_update(ground)
    clock.shift(180)
    written = digesting.preview(row)
    assert written is not None
    assert "40 homes" in written.text
    [planned] = digesting.plan(TUESDAY)
    assert (planned.address, planned.period, planned.counts["changed"]) == ("nurse@example.org", "2026-11-24", 1)
    assert not OutgoingMessage.objects.exists()
    assert not Digest.objects.exists()
    assert len(make(clock)) == 1


def test_the_command_shows_who_would_get_what_and_why(
    ground: Ground, clock: time_machine.Coordinates, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(ground.people["member"].person, "area=V1")
    subscribe(None, "initiative=VAL-0042", frequency="monthly")
    write_update(ground)

    call_command("send_digests", "--at", "2026-12-01T08:00", "--dry-run", "--full")
    shown = capsys.readouterr().out
    assert "member@example.org  digest 2026-12-01: Warm homes" in shown
    assert "changed 1; because you follow Northwick (each week)" in shown
    assert "neighbour@example.org  digest 2026-12-01" in shown
    assert "| 1 changed" in shown
    assert shown.endswith("2 would be sent, 0 have nothing to say. Nothing was changed.\n")
    assert not Digest.objects.exists()
    with pytest.raises(CommandError, match="before their time"):
        call_command("send_digests", "--at", "2026-12-01T08:00")
    with pytest.raises(CommandError, match="is not a date and time"):
        call_command("send_digests", "--at", "tomorrow", "--dry-run")
    clock.move_to(TUESDAY)
    call_command("send_digests")
    assert capsys.readouterr().out == "1 looked at.\n"


@pytest.mark.parametrize("hour", [1, 8])
@pytest.mark.parametrize("start", ["2026-03-27", "2026-10-23", "2027-03-26", "2027-10-29"])
def test_over_a_clock_change_each_day_is_looked_at_once_at_its_hour(
    start: str, hour: int, ground: Ground, clock: time_machine.Coordinates
) -> None:
    london = ZoneInfo("Europe/London")
    begin = datetime.fromisoformat(start).replace(tzinfo=london)
    clock.move_to(begin)
    subscribe(None, "area=V1", frequency="daily", hour=hour, quiet_from=0, quiet_until=0, quiet_weekends=False)
    at = begin.astimezone(UTC)
    while at < begin.astimezone(UTC) + 4 * DAY:
        # Often near a digest; elsewhere a longer step misses nothing.
        step = timedelta(minutes=5 if abs(at.astimezone(london).hour - hour) <= 1 else 20)
        clock.move_to(at)
        digesting.make_due()
        at += step
    made = [(each.period, each.made_at.astimezone(london)) for each in Digest.objects.order_by("made_at")]
    assert [period for period, _at in made] == [(begin.date() + n * DAY).isoformat() for n in range(4)]
    for period, local in made:
        skipped = hour == 1 and period in ("2026-03-29", "2027-03-28")
        assert (local.date().isoformat(), local.hour, local.minute) == (period, 2 if skipped else hour, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_five_beats_at_once_write_each_digest_once(clock: time_machine.Coordinates) -> None:
    from collaboration.initiatives.indexing import reindex

    ground = lay()
    ground.initiative.areas.add(ground.area)
    reindex([ground.initiative.pk])
    for n in range(40):
        subscribe(None, "area=V1", email=f"n{n}@example.org")
    write_update(ground)
    clock.move_to(TUESDAY)

    def beat(_n: int) -> int:
        try:
            return digesting.make_all_due(batch=5)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as beats:
        looked_at = list(beats.map(beat, range(5)))
    assert sum(looked_at) == 40
    assert Digest.objects.count() == OutgoingMessage.objects.count() == 40
    assert not Subscriber.objects.filter(next_at__lte=now()).exists()


@pytest.mark.parametrize("visibility", ["public", "partners", "invited"])
def test_what_happens_to_a_workshop_is_told_to_those_who_see_it(
    visibility: str, ground: Ground, clock: time_machine.Coordinates
) -> None:
    workshop = workshops.plan_workshop(
        actor=ground.people["lead"],
        title="Getting to the clinic",
        template="pre-mortem",
        visibility=visibility,
        starts_at=TUESDAY + 9 * DAY,
        ends_at=TUESDAY + 9 * DAY + timedelta(hours=2),
    )
    for person in (None, ground.people["nurse"].person, ground.people["approver"].person, ground.people["lead"].person):
        subscribe(person, f"workshop={workshop.pk}")
    changed = workshops.change_workshop(
        actor=ground.people["lead"], workshop=workshop, version=workshop.version, venue="Village hall"
    )
    workshops.cancel_workshop(actor=ground.people["lead"], workshop=changed)

    told = {row.recipient: row.text for row in make(clock)}

    everybody = {"neighbour@example.org", "nurse@example.org", "approver@example.org"}
    expected = {
        "public": everybody,
        "partners": everybody - {"neighbour@example.org"},
        "invited": {"approver@example.org"},
    }
    assert set(told) == expected[visibility]
    assert all("Venue: not stated → Village hall" in text and "Cancelled" in text for text in told.values())
