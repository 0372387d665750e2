"""Reminders: who is told what on which morning, what holds them, and that each step is taken once."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from collaboration.actions.models import Action
from collaboration.governance.models import (
    ChairTerm,
    Decision,
    Meeting,
    MeetingInvitation,
    Minutes,
    Paper,
    PartnershipBoard,
    Recommendation,
    SeatHolder,
)
from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Partner, Update
from collaboration.workshops.models import Workshop
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory.models import Mandate, PlaceDate
from groundwork.schedule.services import tick
from notifications.models import Care, Choice, OutgoingMessage, Reminded, Subscriber
from notifications.reminders.registry import reminders
from notifications.services import reminding, send_due
from notifications.transports.mailbox import Mailbox
from tests.conftest import NOON
from tests.notifications.ground import Ground, lay
from tests.notifications.reminders import matters
from tests.notifications.reminders.matters import MATTERS
from vision.frameworks.models import Endorsement

if TYPE_CHECKING:
    from time_machine import Coordinates as Clock

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def ground(clock: Clock) -> Ground:
    made = lay()
    matters.settle(made)
    return made


def mails() -> dict[str, OutgoingMessage]:
    return {row.recipient.partition("@")[0]: row for row in OutgoingMessage.objects.all()}


def mornings(clock: Clock, number: int) -> list[tuple[int, set[str]]]:
    """Who is told on each of the next mornings on which somebody is: days after noon of the first, and names."""
    told = []
    for day in range(number):
        clock.move_to(NOON + timedelta(days=day))
        before = set(OutgoingMessage.objects.values_list("pk", flat=True))
        reminding.remind()
        names = {row.recipient.partition("@")[0] for row in OutgoingMessage.objects.exclude(pk__in=before)}
        if names:
            told.append((day, names))
    return told


def test_every_reminder_is_tried_here() -> None:
    assert list(MATTERS) == [reminder.name for reminder in reminders()]


def test_nobody_is_reminded_of_nothing(ground: Ground) -> None:
    assert reminding.remind() == 0
    assert not Reminded.objects.exists()


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("workshop.coming", {"lead", "nurse", "gwen"}),
        ("action.due", {"nurse"}),
        ("action.overdue", {"nurse"}),
        ("action.unanswered", {"nurse"}),
        ("partner.asked", {"nurse"}),
        ("join.waiting", {"lead", "approver"}),
        ("challenge.open", {"lead", "approver"}),
        ("workshop.report", {"lead"}),
        ("workshop.next", {"lead"}),
        ("mandate.ending", {"member", "lead"}),
        ("minutes.waiting", {"lead", "member"}),
        ("recommendation.overdue", {"lead", "approver"}),
        ("decision.review", {"lead"}),
        ("partnership.ending", {"lead"}),
        ("chair.turn", {"nurse"}),
        ("seat.vacant", {"nurse"}),
        ("initiative.draft_left", {"member"}),
        ("initiative.not_verified", {"lead", "approver"}),
        ("ask.open", {"lead", "approver"}),
        ("endorsement.asked", {"lead", "approver"}),
        ("endorsement.review", {"lead", "approver"}),
        ("organisation.quiet", {"lead", "approver"}),
    ],
)
def test_who_is_told_first(name: str, first: set[str], ground: Ground) -> None:
    MATTERS[name](ground)

    assert reminding.remind() == len(first)

    assert set(mails()) == first
    send_due(transport=Mailbox())
    assert {row.status for row in OutgoingMessage.objects.all()} == {"sent"}
    assert reminding.remind() == 0, "the same morning once"


@pytest.mark.parametrize("name", MATTERS)
def test_a_day_sooner_nobody_is_told(name: str, ground: Ground, clock: Clock) -> None:
    MATTERS[name](ground)
    clock.move_to(NOON - timedelta(days=3))  # the Friday: what leads up to a day after the weekend comes then
    reminding.remind()
    assert not Reminded.objects.filter(kind=name).exists()


@pytest.mark.parametrize("name", MATTERS)
def test_who_is_told_can_read_it_and_is_told_why(name: str, ground: Ground) -> None:
    MATTERS[name](ground)
    reminding.remind()
    for row in OutgoingMessage.objects.all():
        said = " ".join(row.text.split())
        assert "To you, because " in said
        assert "{{" not in row.text + row.html
        assert row.topic == "reminders"


def test_all_that_is_due_to_a_person_is_one_mail(ground: Ground) -> None:
    for name in ("join.waiting", "challenge.open", "initiative.not_verified", "ask.open"):
        MATTERS[name](ground)

    assert reminding.remind() == 2

    mail = mails()["lead"]
    assert mail.subject.startswith("Vale NHS Trust asks to join")
    assert mail.subject.endswith(", and 3 more")
    assert "4 things wait" in mail.text
    assert [title in mail.text for title in ("Organisations that want to join", "Challenges without a response")]
    assert mail.text.index("asks to join") < mail.text.index("Is this still needed?")


def test_a_single_thing_names_itself_in_the_subject(ground: Ground) -> None:
    matters.partner_asked(ground)
    reminding.remind()
    (mail,) = OutgoingMessage.objects.all()
    assert mail.subject == (
        "Please confirm or decline: Vale NHS Trust in “Warm homes & “safe” streets <for everyone>” (VAL-0042)"
    )


def test_the_facts_are_stated(ground: Ground) -> None:
    matters.not_verified(ground, days=43)
    Update.objects.create(initiative=ground.initiative, body="We began.", at=now() - timedelta(days=43))
    matters.challenge_open(ground, days=1)
    matters.join_waiting(ground, days=1)

    reminding.remind()

    text = mails()["lead"].text
    assert "Last said to be accurate 43 days ago." in text
    assert "Last update 43 days ago." in text
    assert "2 questions unanswered." in text


def test_it_goes_from_those_who_answer_to_who_knows_them_to_the_officers_and_stops(
    ground: Ground, clock: Clock
) -> None:
    carer = Person.objects.create_user(email="carer@example.org", name="Cara Carer")
    Mandate.objects.create(person=carer, organisation=ground.county, role="member", valid_from=date(2020, 1, 1))
    Care.objects.create(organisation=ground.council, relationship_owner=carer)
    Mandate.objects.update(created_at=now() + timedelta(days=365))  # nobody is quiet here
    matters.not_verified(ground)

    told = mornings(clock, 120)

    assert told == [(0, {"lead", "approver"}), (30, {"carer"}), (60, {"officer"})]


def test_where_nobody_knows_them_those_who_can_answer_are_told_again(ground: Ground, clock: Clock) -> None:
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    matters.not_verified(ground)
    assert mornings(clock, 70) == [(0, {"lead", "approver"}), (30, {"lead", "approver"}), (60, {"officer"})]


def test_who_asked_is_told_before_the_officers(ground: Ground, clock: Clock) -> None:
    matters.partner_asked(ground)
    Initiative.objects.update(verified_at=now() + timedelta(days=365))
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    assert mornings(clock, 90) == [(0, {"nurse"}), (14, {"lead", "approver"}), (35, {"officer"})]


def test_an_action_of_those_involved_is_not_told_to_officers(ground: Ground, clock: Clock) -> None:
    matters.action_overdue(ground)
    Action.objects.update(visibility="involved")
    Initiative.objects.update(verified_at=now() + timedelta(days=365))
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    assert [names for _day, names in mornings(clock, 60)] == [{"nurse"}, {"nurse"}, {"lead"}]


def test_the_days_of_an_organisation_are_its_own(ground: Ground, clock: Clock) -> None:
    Care.objects.create(organisation=ground.council, first_days=10, second_days=20, third_days=40)
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    matters.not_verified(ground, days=10)
    assert [day for day, _names in mornings(clock, 60)] == [0, 10, 30]


def test_what_lay_unseen_for_months_is_told_gently(ground: Ground, clock: Clock) -> None:
    """After an upgrade everything is old: the steps keep their distance all the same."""
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    matters.not_verified(ground, days=400)
    assert [day for day, _names in mornings(clock, 80)] == [0, 30, 60]


def _confirm(ground: Ground) -> None:
    Partner.objects.update(confirmation="confirmed")


ANSWERS: dict[str, Any] = {
    "partner.asked": _confirm,
    "minutes.waiting": lambda g: Minutes.objects.update(status="approved"),
    "recommendation.overdue": lambda g: Recommendation.objects.update(status="under_way", due_on=None),
    "decision.review": lambda g: Decision.objects.update(review_on=None, reviewed_at=now()),
    "join.waiting": lambda g: JoinAsk.objects.update(status="accepted"),
    "challenge.open": lambda g: Challenge.objects.update(responded_at=now(), response="Thus."),
    "initiative.not_verified": lambda g: Initiative.objects.update(verified_at=now()),
    "initiative.draft_left": lambda g: Initiative.objects.filter(pk=703).update(review_asked_at=now()),
    "action.due": lambda g: Action.objects.update(status="done"),
    "action.overdue": lambda g: Action.objects.update(due_on=now().date() + timedelta(days=60)),
    "action.unanswered": lambda g: Action.objects.update(status="accepted"),
    "ask.open": lambda g: g.initiative.asks_and_offers.update(closed_at=now()),
    "endorsement.asked": lambda g: Endorsement.objects.update(status="declined"),
    "endorsement.review": lambda g: Endorsement.objects.update(reviewed_on=now().date()),
    "workshop.coming": lambda g: Workshop.objects.update(status="cancelled"),
    "meeting.unanswered": lambda g: MeetingInvitation.objects.update(answer="yes"),
    "meeting.agenda": lambda g: Meeting.objects.update(agenda_published_at=now()),
    "paper.due": lambda g: Paper.objects.update(submitted_at=now()),
    "workshop.report": lambda g: Workshop.objects.update(status="reported"),
    "workshop.next": lambda g: Workshop.objects.update(next_text="A café."),
    "organisation.quiet": lambda g: Mandate.objects.update(created_at=now()),
    "mandate.ending": lambda g: Mandate.objects.update(valid_to=None),
    "partnership.ending": lambda g: PartnershipBoard.objects.update(ends_on=None),
    "chair.turn": lambda g: ChairTerm.objects.update(valid_to=F("valid_from")),
    "seat.vacant": lambda g: SeatHolder.objects.update(valid_to=None),
}


@pytest.mark.parametrize("name", MATTERS)
def test_it_stops_when_it_is_answered(name: str, ground: Ground, clock: Clock) -> None:
    MATTERS[name](ground)
    Initiative.objects.exclude(verified_at__lt=now()).update(verified_at=now() + timedelta(days=365))
    reminding.remind()
    count = OutgoingMessage.objects.count()

    ANSWERS[name](ground)
    for day in range(1, 29):
        clock.move_to(NOON + timedelta(days=day))
        reminding.remind()

    assert OutgoingMessage.objects.count() == count


@pytest.mark.parametrize("name", MATTERS)
def test_what_was_settled_before_the_mail_goes_is_not_sent(name: str, ground: Ground) -> None:
    MATTERS[name](ground)
    reminding.remind()

    ANSWERS[name](ground)
    send_due(transport=Mailbox())

    said = {(row.status, row.last_answer) for row in OutgoingMessage.objects.all()}
    assert said == {("suppressed", "What it reminds of has been settled.")}


def test_what_was_settled_is_left_out_of_a_mail_that_waited(ground: Ground) -> None:
    matters.join_waiting(ground)
    matters.challenge_open(ground)
    matters.not_verified(ground)
    reminding.remind()
    assert "3 things wait" in mails()["lead"].text

    ANSWERS["join.waiting"](ground)
    ANSWERS["initiative.not_verified"](ground)
    send_due(transport=Mailbox())

    mail = mails()["lead"]
    assert mail.status == "sent"
    assert mail.subject.startswith("A challenge waits for your response")
    assert "asks to join" not in mail.subject + mail.text + mail.html
    assert "still accurate" not in mail.text + mail.html
    assert mail.headers["List-Unsubscribe"].split(">")[0].removeprefix("<") in mail.text


def test_who_may_not_see_it_any_more_is_not_told(ground: Ground) -> None:
    matters.not_verified(ground)
    reminding.remind()
    Mandate.objects.filter(person=ground.people["lead"].person).update(valid_to="2026-01-01")
    send_due(transport=Mailbox())
    assert (mails()["lead"].status, mails()["approver"].status) == ("suppressed", "sent")


def test_who_wants_reminders_in_their_digest_gets_no_mail_of_them(ground: Ground) -> None:
    Choice.objects.create(person=ground.people["nurse"].person, topic="reminders", frequency="weekly")
    matters.partner_asked(ground)
    reminding.remind()
    send_due(transport=Mailbox())
    assert mails()["nurse"].status == "suppressed"


def test_quiet_hours_hold_it(ground: Ground, clock: Clock) -> None:
    Subscriber.objects.create(person=ground.people["nurse"].person, confirmed_at=now(), quiet_until=14)
    matters.partner_asked(ground)
    reminding.remind()
    assert mails()["nurse"].due_at == datetime(2026, 11, 23, 14, tzinfo=LONDON)


def test_weekends_and_holidays_hold_it_until_the_next_working_day(ground: Ground, clock: Clock) -> None:
    PlaceDate.objects.create(kind="holiday", name="Lake Day", starts_on="2026-11-30", ends_on="2026-11-30")
    matters.partner_asked(ground, days=2)  # due on Saturday
    told = mornings(clock, 14)
    assert told == [(8, {"nurse"})], "Tuesday 1 December"


def test_what_is_on_a_day_after_the_weekend_is_told_before_it(ground: Ground, clock: Clock) -> None:
    matters.workshop_coming(ground, days=7)  # Monday 30 November
    assert mornings(clock, 10) == [(4, {"lead", "nurse", "gwen"})], "Friday 27 November"


def test_a_period_before_an_election_holds_none_of_it(ground: Ground) -> None:
    PlaceDate.objects.create(kind="election", name="Election", starts_on="2026-11-01", ends_on="2026-12-31")
    matters.partner_asked(ground)
    assert reminding.remind() == 1


def test_an_owner_without_an_account_is_told_with_their_own_link(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters.action_overdue(ground)
    Action.objects.update(owner=None, owner_email="gwen@example.org", answer_digest="x")
    reminding.remind()
    (mail,) = OutgoingMessage.objects.all()
    assert (mail.kind, mail.recipient, mail.person, mail.holds_secret) == (
        "reminder.by_link",
        "gwen@example.org",
        None,
        True,
    )
    assert "/actions/answer/" in mail.text
    assert "/act/" not in mail.text
    send_due(transport=Mailbox())
    mail.refresh_from_db()
    assert (mail.status, mail.text) == ("sent", "")


def test_of_a_sensitive_workshop_mail_says_only_who_hosts_it(ground: Ground) -> None:
    matters.workshop_coming(ground)
    workshop = Workshop.objects.get()
    workshop.sensitive = True
    workshop.save()
    Action.objects.create(
        number=9,
        reference="A-0009",
        what="CANARY",
        status="accepted",
        owner=ground.people["nurse"].person,
        due_on=date(2026, 11, 20),
        origin_kind="workshop",
        origin_id=str(workshop.uuid),
        origin_label="CANARY",
    )
    reminding.remind()
    said = "".join(row.subject + row.text + row.html for row in OutgoingMessage.objects.all())
    assert "A-0009" in said
    assert "a workshop hosted by Northwick Council" in said
    for secret in ("CANARY", "Getting there", "Northwick Hall"):
        assert secret not in said


def test_drafts_are_told_to_nobody_but_their_own_organisation(ground: Ground, clock: Clock) -> None:
    matters.draft_left(ground)
    Initiative.objects.exclude(pk=703).update(verified_at=now() + timedelta(days=365))
    Mandate.objects.update(created_at=now() + timedelta(days=365))
    assert mornings(clock, 120) == [(0, {"member"}), (31, {"member"})]
    Person.objects.filter(email="member@example.org").update(is_active=False)
    Reminded.objects.all().delete()
    assert [names for _day, names in mornings(clock, 2)] == [{"lead", "approver"}]


def test_what_came_with_the_place_is_for_the_officers(ground: Ground) -> None:
    Initiative.objects.update(owner=None, lead=None)
    matters.not_verified(ground)
    reminding.remind()
    assert set(mails()) == {"officer"}
    assert "Is this still accurate?" in mails()["officer"].subject
    assert "/act/" in mails()["officer"].text


def test_many_things_make_no_long_mail(ground: Ground) -> None:
    for number in range(40):
        it = Initiative.objects.create(
            number=100 + number,
            reference=f"VAL-0{100 + number}",
            title=f"Work {number} " + "x" * 150,
            visibility="public",
            owner=ground.council,
            published_at=now() - timedelta(days=50),
        )
        Challenge.objects.create(initiative=it, body="?", at=now() - timedelta(days=20))
        JoinAsk.objects.create(initiative=it, organisation=ground.hospital, at=now() - timedelta(days=20))
    reminding.remind()
    mail = mails()["lead"]
    assert "120 things wait" in mail.text
    assert mail.text.count("+ 33 more of this kind") == 2
    assert mail.text.count("+ 34 more of this kind") == 1
    assert len(mail.text.encode()) + len(mail.html.encode()) < 90 * 1024


def test_the_number_of_queries_does_not_grow_with_what_waits(ground: Ground) -> None:
    def cost(number: int) -> int:
        Reminded.objects.all().delete()
        OutgoingMessage.objects.all().delete()
        for each in range(number):
            it = Initiative.objects.create(
                number=2000 + number * 10 + each,
                reference=f"VAL-{2000 + number * 10 + each}",
                title="Work",
                visibility="public",
                owner=ground.council,
                published_at=now() - timedelta(days=40),
            )
            Challenge.objects.create(initiative=it, body="?", at=now() - timedelta(days=20))
            Partner.objects.create(
                initiative=it, organisation=ground.hospital, confirmation="asked", asked_at=now() - timedelta(days=20)
            )
            Action.objects.create(
                number=2000 + number * 10 + each,
                reference=f"A-{2000 + number * 10 + each}",
                what="Do it",
                status="accepted",
                owner=ground.people["nurse"].person,
                due_on=date(2026, 11, 20),
                origin_kind="workshop",
                origin_id=str(uuid4()),
            )
        with CaptureQueriesContext(connection) as asked:
            reminding.remind()
        return len(asked)

    assert cost(1) == cost(3)


def test_two_beats_do_it_once(ground: Ground, clock: Clock) -> None:
    matters.partner_asked(ground)
    morning = datetime(2026, 11, 24, 8, 0, 30, tzinfo=LONDON)
    clock.move_to(morning)
    for _beat in range(5):
        tick(at=morning)
    clock.move_to(morning + timedelta(minutes=3))
    tick(at=now())
    assert OutgoingMessage.objects.filter(kind="reminder.morning").count() == 1
    assert Reminded.objects.filter(kind="partner.asked").count() == 1


def test_it_comes_at_eight_on_the_place_s_clock_and_not_in_the_evening(ground: Ground, clock: Clock) -> None:
    matters.partner_asked(ground)
    for hour, minute, expected in ((7, 59, 0), (17, 30, 0)):
        clock.move_to(datetime(2026, 11, 24, hour, minute, tzinfo=LONDON))
        tick(at=now())
        assert OutgoingMessage.objects.count() == expected
    clock.move_to(datetime(2026, 11, 25, 8, 0, tzinfo=LONDON))
    tick(at=now())
    assert OutgoingMessage.objects.count() == 1


def test_steps_of_long_ago_are_forgotten(ground: Ground, clock: Clock) -> None:
    Reminded.objects.create(kind="partner.asked", subject="partner:1", occasion="x", step=1)
    assert reminding.forget_reminded() == 0
    assert reminding.forget_reminded(at=now() + timedelta(days=801)) == 1


@pytest.mark.parametrize("name", MATTERS)
def test_every_link_leads_to_a_page_that_exists(name: str, ground: Ground) -> None:
    MATTERS[name](ground)
    reminding.remind()
    for row in OutgoingMessage.objects.all():
        links = set(re.findall(rf'href="{re.escape(settings.BASE_URL)}([^"?]*)', row.html))
        assert links
        for link in links:
            resolve(link)
