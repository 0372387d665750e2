"""Every kind of mail: who gets it, how it looks, and that it goes only while it is wanted."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import html5lib
import pytest
import time_machine
from django.conf import settings
from django.urls import resolve

from collaboration.actions.models import Action
from collaboration.governance.models import SeatHolder
from collaboration.imports.models import ImportedLine
from collaboration.initiatives import events as register
from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Nomination, Partner, ProblemReport
from groundwork.accounts.models import Person
from groundwork.clock import now
from groundwork.directory import events as directory
from groundwork.directory.models import Invitation, JoinRequest, Mandate
from groundwork.events import relay
from groundwork.events.models import Handled, OutboxEvent
from groundwork.events.registry import handled_events, known_events
from notifications import queries
from notifications.kinds.registry import kinds
from notifications.models import OutgoingMessage
from notifications.queries.composing import content_of
from notifications.rules import known_conditions
from notifications.services import send_due
from notifications.transports.mailbox import Mailbox
from tests.notifications.ground import Ground, lay
from tests.notifications.occasions import AN_INITIATIVE, OCCASIONS, happen, partner_asked

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden"
Status = OutgoingMessage.Status


@pytest.fixture
def ground(clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch) -> Ground:
    # The links of invitations are made with the secret of the installation; golden files must not depend on it.
    monkeypatch.setattr(
        "groundwork.directory.services.invitation_link", lambda _i: "http://localhost:8000/invited/TOK/"
    )
    monkeypatch.setattr(
        "collaboration.actions.services.by_link.link_of", lambda _a: "http://localhost:8000/actions/answer/TOK/"
    )
    monkeypatch.setattr("collaboration.workshops.queries.invitation_token", lambda _i: "TOK")
    monkeypatch.setattr("collaboration.governance.queries.meetings.invitation_token", lambda _i: "TOK")
    monkeypatch.setattr("collaboration.workshops.queries.return_token", lambda _p: "TOK")
    monkeypatch.setattr("notifications.services.mail_acts.token_of", lambda *_all: "TOK")
    monkeypatch.setattr("notifications.services.stopping.token_of", lambda *_all: "TOK")
    monkeypatch.setattr("notifications.services.asking.confirm_link", lambda _a: "http://localhost:8000/follow/TOK/")
    monkeypatch.setattr("notifications.services.asking.manage_link", lambda _s: "http://localhost:8000/follow/TOK/")
    return lay()


def sent_to() -> set[str]:
    return set(OutgoingMessage.objects.values_list("recipient", flat=True))


def test_every_kind_has_an_occasion_and_every_handler_an_event() -> None:
    assert {name.split("-")[0] for name in OCCASIONS} == {kind.name for kind in kinds()}
    assert set(handled_events()) <= set(known_events())


@pytest.mark.parametrize("name", OCCASIONS)
def test_each_kind_looks_as_it_was_agreed(name: str, ground: Ground) -> None:
    """Run with ``GOLDEN=write`` to agree anew; the difference is then read in the commit."""
    OCCASIONS[name](ground)

    row = OutgoingMessage.objects.order_by("pk")[0]
    headers = "\n".join(f"{key}: {value}" for key, value in queries.header_lines(row) if not key.startswith("Content-"))
    text = f"{headers}\n\n{row.text}".replace(str(row.pk), "<id>").replace(row.pk.hex, "<id>")
    for path, found in ((GOLDEN / f"{name}.txt", text), (GOLDEN / f"{name}.html", row.html)):
        if os.environ.get("GOLDEN") == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(found)
        assert found == path.read_text(), path.name


@pytest.mark.parametrize("name", OCCASIONS)
def test_each_kind_is_sound(name: str, ground: Ground) -> None:
    OCCASIONS[name](ground)

    for row in OutgoingMessage.objects.all():
        page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(row.html)
        assert page.get("lang") == "en-GB"
        assert len(page.findall(".//h1")) == 1
        assert row.subject
        assert "\n" not in row.subject
        whole = queries.compose(row).as_bytes()
        assert content_of(row) == whole
        assert len(whole) <= 90 * 1024
        assert all(len(line) <= 72 or "http" in line for line in row.text.splitlines()), row.text
        assert "{{" not in row.html + row.text
        assert "{%" not in row.html + row.text
        assert "&lt;" not in row.text
        assert "&amp;" not in row.text
        # Everything it points to is ours, and written out in the text twin too.
        links = set(re.findall(r'href="([^"]*)"', row.html))
        assert links
        for link in links:
            assert link.startswith((settings.BASE_URL + "/", "mailto:")), link
            assert link.removeprefix("mailto:") in row.text, link
        assert not page.findall(".//img"), "no pictures: nothing that reports back"
        assert not page.findall(".//script")
        # Why, to which address, for which account.
        assert row.recipient in row.text
        assert "Why am I getting this?" in row.html
        assert row.reason in row.text.replace("\n", " ")
        assert row.mail_class in OutgoingMessage.Class.values
        assert set(row.conditions) <= set(known_conditions())


@pytest.mark.parametrize("name", OCCASIONS)
def test_each_kind_carries_the_headers_of_its_class(name: str, ground: Ground) -> None:
    OCCASIONS[name](ground)

    row = OutgoingMessage.objects.order_by("pk")[0]
    mail = queries.compose(row)
    assert mail["To"] == row.recipient
    assert mail["Message-ID"] == row.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["From"].addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert mail["From"].addresses[0].display_name.endswith("Golden Thread")
    assert (mail["List-Id"] is None) == (row.mail_class == "service")
    assert (mail["List-Unsubscribe"] is None) == (row.mail_class == "service")
    assert mail["List-Unsubscribe-Post"] == (None if row.mail_class == "service" else "List-Unsubscribe=One-Click")
    assert mail["Cc"] is mail["Bcc"] is None
    if row.kind == "partner.asked_together":
        # About several records: no one of them is the conversation, and none of their contacts is asked.
        assert mail["References"] == mail["In-Reply-To"]
        assert mail["References"].startswith("<asked-together-")
    elif row.kind.startswith("digest."):
        # All digests of one reader are one conversation.
        assert mail["References"] == mail["In-Reply-To"]
        assert mail["References"].startswith("<digest-")
        assert mail["List-Unsubscribe"].startswith("<http://localhost:8000/u/")
    elif row.kind == "board.pack":
        # All packs of one board are one conversation.
        assert mail["References"] == mail["In-Reply-To"] == "<pack-vale-board@localhost>"
    elif row.kind == "reminder.morning" and ", and " in row.subject:
        # All of one reader that are about several things.
        assert mail["References"] == mail["In-Reply-To"]
        assert mail["References"].startswith("<reminders-")
    elif "initiative" in row.html and row.kind.split(".")[0] not in (
        "account",
        "person",
        "join_request",
        "nomination",
        "succession",
    ):
        assert mail["References"] == mail["In-Reply-To"] == "<initiative-42@localhost>"
        assert mail["Reply-To"] == "warm@northwick.example"


@pytest.mark.parametrize("name", OCCASIONS)
def test_each_kind_may_be_handled_again_without_a_second_message(name: str, ground: Ground) -> None:
    OCCASIONS[name](ground)
    before = set(OutgoingMessage.objects.values_list("pk", flat=True))
    Handled.objects.all().delete()
    OutboxEvent.objects.update(status="waiting", attempts=0, due_at=now())

    relay.drain()

    assert not OutboxEvent.objects.exclude(status="done").exists()
    assert set(OutgoingMessage.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    ("name", "readers"),
    [
        ("partner.asked", {"nurse"}),
        ("partner.asked_together", {"nurse"}),
        ("partner.confirmed", {"lead", "approver"}),
        ("partner.declined", {"lead", "approver"}),
        ("initiative.review_asked", {"approver"}),
        ("initiative.published", {"member"}),
        ("join.asked", {"lead", "approver"}),
        ("join.answered", {"nurse"}),
        ("challenge.raised", {"lead", "approver"}),
        ("challenge.answered", {"scrutiny"}),
        ("problem.reported", {"lead", "approver"}),
        ("nomination.made", {"officer"}),
        ("seat.asked_for", {"nurse"}),
        ("succession.coming", {"lead", "approver", "member", "nurse"}),
        ("succession.applied", {"lead", "approver", "member", "nurse"}),
        ("succession.applied-renamed", {"nurse"}),
        ("succession.cancelled", {"lead", "approver", "member", "nurse"}),
        ("person.invited", {"new"}),
        ("decision.voice_asked", {"nurse"}),
        ("decision.contrary", {"officer"}),
        ("action.asked", {"nurse"}),
        ("action.asked_by_link", {"gwen"}),
        ("action.answered", {"lead", "member"}),
        ("action.answered-declined", {"lead", "member"}),
        ("action.settled", {"lead", "member"}),
        ("action.settled-dropped", {"member", "nurse"}),
        ("minutes.circulated", {"nurse"}),
        ("join_request.made", {"lead"}),
        ("join_request.decided", {"operator"}),
        ("meeting.invited", {"nurse"}),
        ("meeting.cancelled", {"nurse"}),
        ("paper.asked", {"nurse"}),
    ],
)
def test_who_gets_it(name: str, readers: set[str], ground: Ground) -> None:
    OCCASIONS[name](ground)

    assert sent_to() == {f"{reader}@example.org" for reader in readers}
    send_due(transport=Mailbox())
    assert set(OutgoingMessage.objects.values_list("status", flat=True)) == {"sent"}


def test_a_person_with_two_mandates_gets_one_message(ground: Ground) -> None:
    nurse = ground.people["nurse"].person
    Mandate.objects.create(person=nurse, organisation=ground.hospital, role="approver", valid_from="2020-01-01")

    partner_asked(ground)

    assert OutgoingMessage.objects.count() == 1


def test_who_closed_their_account_or_lost_their_mandate_gets_none(ground: Ground) -> None:
    Person.objects.filter(email="approver@example.org").update(is_active=False)
    Mandate.objects.filter(person__email="lead@example.org").update(valid_to="2021-01-01")

    OCCASIONS["partner.confirmed"](ground)

    assert sent_to() == {"officer@example.org"}, "nobody speaks for the council any more: officers look after it"


def test_what_came_with_the_place_is_looked_after_by_officers(ground: Ground) -> None:
    ground.initiative.owner = ground.initiative.lead = None
    ground.initiative.save()

    OCCASIONS["problem.reported"](ground)

    assert sent_to() == {"officer@example.org"}


def test_an_organisation_without_people_is_not_written_to_and_officers_see_it(ground: Ground) -> None:
    partner = Partner.objects.create(initiative=ground.initiative, organisation=ground.empty, confirmation="asked")

    happen(
        register.PartnerAsked(**AN_INITIATIVE, partner_id=partner.pk, organisation_id=504, again=False),
        ground.people["lead"],
    )

    assert sent_to() == set()
    (unreached,) = queries.with_nobody_to_ask(actor=ground.people["officer"])
    assert (unreached.name, unreached.asks) == ("Young Vale", 1)


def test_its_first_person_is_asked_what_was_asked_before(ground: Ground) -> None:
    partner = Partner.objects.create(initiative=ground.initiative, organisation=ground.empty, confirmation="asked")
    event = register.PartnerAsked(**AN_INITIATIVE, partner_id=partner.pk, organisation_id=504, again=False)
    happen(event, ground.people["lead"])
    young = Person.objects.create_user(email="young@example.org", name="Yusuf Young")
    mandate = Mandate.objects.create(person=young, organisation=ground.empty, role="lead", valid_from="2020-01-01")
    granted = directory.MandateGranted(mandate_id=mandate.pk, organisation_id=504, person_id=young.pk, role="lead")

    happen(granted, ground.people["officer"])
    happen(granted, ground.people["officer"])

    assert [row.recipient for row in OutgoingMessage.objects.filter(kind="partner.asked")] == ["young@example.org"]
    assert queries.with_nobody_to_ask(actor=ground.people["officer"]) == []


def test_an_import_asks_an_organisation_once_and_not_again_when_more_people_come(ground: Ground) -> None:
    OCCASIONS["partner.asked_together"](ground)
    newcomer = Person.objects.create_user(email="newcomer@example.org", name="Nils Newcomer")
    mandate = Mandate.objects.create(
        person=newcomer, organisation=ground.hospital, role="lead", valid_from="2020-01-01"
    )
    Mandate.objects.create(
        person=ground.people["lead"].person, organisation=ground.hospital, role="lead", valid_from="2020-01-01"
    )

    happen(
        directory.MandateGranted(mandate_id=mandate.pk, organisation_id=503, person_id=newcomer.pk, role="lead"),
        ground.people["officer"],
    )

    assert [row.kind for row in OutgoingMessage.objects.all()] == ["partner.asked_together"]
    assert "named in 2 initiatives" in OutgoingMessage.objects.get().subject


def test_whoever_speaks_for_both_is_asked_and_not_in_the_role_they_imported_in(ground: Ground) -> None:
    importer = ground.people["lead"].person
    Mandate.objects.create(person=importer, organisation=ground.hospital, role="lead", valid_from="2020-01-01")

    OCCASIONS["partner.asked_together"](ground)

    assert sent_to() == {"nurse@example.org", "lead@example.org"}


def test_the_first_person_of_an_organisation_named_often_gets_one_mail(ground: Ground) -> None:
    for number in range(5):
        it = Initiative.objects.create(
            number=800 + number, reference=f"VAL-0{800 + number}", title=f"Work {number}", visibility="public"
        )
        Partner.objects.create(initiative=it, organisation=ground.empty, confirmation="asked", asked_at=now())
    young = Person.objects.create_user(email="young@example.org", name="Yusuf Young")
    mandate = Mandate.objects.create(person=young, organisation=ground.empty, role="lead", valid_from="2020-01-01")
    granted = directory.MandateGranted(mandate_id=mandate.pk, organisation_id=504, person_id=young.pk, role="lead")

    happen(granted, ground.people["officer"])
    happen(granted, ground.people["officer"])

    (mail,) = OutgoingMessage.objects.all()
    assert mail.kind == "partner.asked_together"
    assert "named in 5 initiatives" in mail.subject


def _confirm(ground: Ground) -> None:
    Partner.objects.update(confirmation="confirmed")


def _withdraw(ground: Ground) -> None:
    ground.initiative.withdrawn_at = now()
    ground.initiative.save()


def _hide(ground: Ground) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.save()


def _dismiss(ground: Ground) -> None:
    Mandate.objects.update(valid_to="2021-01-01")


@pytest.mark.parametrize(
    ("name", "meanwhile", "reason"),
    [
        ("partner.asked", _confirm, "The question was answered or taken back."),
        ("partner.asked", _withdraw, "The initiative was withdrawn or merged into another."),
        ("partner.asked", _hide, "The person may not see the initiative."),
        ("partner.asked", _dismiss, "The person no longer acts for that organisation."),
        ("partner.asked_together", _confirm, "The questions were answered or taken back."),
        (
            "partner.asked_together",
            lambda g: ImportedLine.objects.update(outcome="undone"),
            "The questions were answered or taken back.",
        ),
        (
            "partner.confirmed",
            lambda g: Partner.objects.update(confirmation="declined"),
            "The answer was changed since.",
        ),
        (
            "initiative.review_asked",
            lambda g: type(g.initiative).objects.update(review_asked_at=None),
            "The draft was published or taken back.",
        ),
        ("join.asked", lambda g: JoinAsk.objects.update(status="accepted"), "The question was answered."),
        ("challenge.raised", lambda g: Challenge.objects.update(response="Yes"), "The challenge was answered."),
        ("problem.reported", lambda g: ProblemReport.objects.update(closed_at=now()), "The report was closed."),
        (
            "nomination.made",
            lambda g: Nomination.objects.update(status="declined"),
            "The nomination was dealt with, or is not this person's any more.",
        ),
        (
            "seat.asked_for",
            lambda g: SeatHolder.objects.update(valid_to=None),
            "The seat is filled, has ended, or is not this person's to fill any more.",
        ),
        (
            "person.invited",
            lambda g: Invitation.objects.update(revoked_at=now()),
            "The invitation was accepted, revoked or ran out.",
        ),
        (
            "action.asked",
            lambda g: Action.objects.update(status="accepted"),
            "The question was answered or taken back.",
        ),
        (
            "action.asked_by_link",
            lambda g: Action.objects.update(asked_at=now() + timedelta(hours=1)),
            "The question was answered or taken back.",
        ),
        ("action.answered", lambda g: Action.objects.update(version=3), "The action was changed since."),
        (
            "action.settled-dropped",
            lambda g: Action.objects.update(visibility="involved", owner=None, created_by=None, organisation=None),
            "The person may not see the action.",
        ),
        ("join_request.made", lambda g: JoinRequest.objects.update(status="declined"), "The request was decided."),
        (
            "join.answered",
            lambda g: Person.objects.update(is_active=False),
            "The person no longer has an account.",
        ),
    ],
)
def test_what_is_no_longer_wanted_when_it_is_sent_is_held_back(
    name: str, meanwhile: object, reason: str, ground: Ground
) -> None:
    OCCASIONS[name](ground)
    assert OutgoingMessage.objects.exists()

    meanwhile(ground)  # type: ignore[operator]
    send_due(transport=Mailbox())

    rows = OutgoingMessage.objects.all()
    assert {(row.status, row.last_answer) for row in rows} == {("suppressed", reason)}


def test_a_link_that_ran_out_is_not_sent(ground: Ground, clock: time_machine.Coordinates) -> None:
    OCCASIONS["account.sign_in"](ground)
    clock.shift(16 * 60)

    send_due(transport=Mailbox())

    row = OutgoingMessage.objects.get()
    assert (row.status, row.text, row.html) == (Status.SUPPRESSED, "", "")


def test_the_token_of_an_invitation_is_in_the_mail_and_nowhere_else(ground: Ground) -> None:
    OCCASIONS["person.invited"](ground)

    row = OutgoingMessage.objects.get()
    assert "http://localhost:8000/invited/TOK/" in row.text
    assert row.holds_secret
    assert "TOK" not in str(list(OutboxEvent.objects.values()))
    send_due(transport=Mailbox())
    row.refresh_from_db()
    assert "TOK" not in row.text + row.html + row.subject + str(row.headers)


@pytest.mark.parametrize("word", ["exciting", "amazing", "don't miss", "hurry", "!", "click here", "offer", "free "])
def test_service_messages_are_neutral(word: str, ground: Ground) -> None:
    """PECR regulation 22: what cannot be switched off must not advertise."""
    for name in OCCASIONS:
        kind = next(kind for kind in kinds() if kind.name == name.split("-")[0])
        if kind.mail_class == "service":
            assert word not in (GOLDEN / f"{name}.txt").read_text().lower(), name


@pytest.mark.parametrize("name", OCCASIONS)
def test_every_link_leads_to_a_page_that_exists(name: str, ground: Ground) -> None:
    OCCASIONS[name](ground)

    row = OutgoingMessage.objects.order_by("pk")[0]
    for link in set(re.findall(rf'href="{re.escape(settings.BASE_URL)}([^"?#]*)', row.html)):
        if not link.endswith(("/TOK/", "/AbCdEf0123456789/")):  # made up by these tests
            resolve(link)
