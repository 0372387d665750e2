"""Pages of meetings: planned, called, answered, prepared and read, by whoever may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collaboration.governance.models import AgendaItem, Meeting, MeetingInvitation, Paper
from collaboration.governance.queries import meetings as queries
from collaboration.governance.services import agenda, inviting, papers, planning
from collaboration.workshops import services as workshops
from collaboration.workshops.tokens import calendar_token
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, MEMBER, SECRETARY, Ground
from tests.frontend.test_registering import text
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

STARTS = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)
FORM = {
    "title": "",
    "starts_on-day": "10",
    "starts_on-month": "6",
    "starts_on-year": "2027",
    "starts_time": "2pm",
    "ends_time": "16:00",
    "venue": "Town hall",
    "link": "https://meet.example.org/1",
    "access": "public",
    "notes": "Lunch at one.",
    "every": "",
    "count": "",
}


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    forget_cache()
    return grounds.lay()


def signed_in(ground: Ground, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(ground[name].person)
        session = client.session
        session["mandate"] = ground[name].mandate.pk
        session.save()
    return client


def planned(ground: Ground, **fields: Any) -> Meeting:
    values: dict[str, Any] = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=2), "access": "public"}
    return planning.plan(actor=ground[SECRETARY], board=ground.board, **{**values, **fields})


def called(ground: Ground, **fields: Any) -> Meeting:
    return planning.call(actor=ground[SECRETARY], meeting=planned(ground, **fields))


def test_planning_one(ground: Ground) -> None:
    client = signed_in(ground, SECRETARY)
    address = reverse("meeting-new", args=[ground.board.slug])
    assert client.get(address).status_code == 200
    page = client.post(address, FORM, follow=True)
    assert page.status_code == 200, text(page)
    meeting = Meeting.objects.get()
    assert (meeting.starts_at, meeting.venue, meeting.access) == (STARTS, "Town hall", "public")
    assert page.redirect_chain[-1][0] == reverse("meeting-plan", args=[meeting.uuid])


def test_planning_a_series_says_what_is_no_working_day(ground: Ground) -> None:
    client = signed_in(ground, SECRETARY)
    typed = {**FORM, "starts_on-day": "12", "every": "month", "count": "3"}
    page = client.post(reverse("meeting-new", args=[ground.board.slug]), typed, follow=True)
    assert Meeting.objects.count() == 3
    assert "3 meetings are planned. Not a working day: 12 June 2027" in text(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends_time": "13:00"}, "It must end after it starts."),
        ({"starts_time": "soon"}, "Enter a time such as 14:30 or 2.30pm."),
        ({"every": "month"}, "Enter how many meetings."),
        ({"starts_on-month": "13"}, "The day must be a real date"),
        ({"link": "ftp://x"}, "https://"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(ground: Ground, typed: dict, sentence: str) -> None:
    page = signed_in(ground, SECRETARY).post(reverse("meeting-new", args=[ground.board.slug]), {**FORM, **typed})
    assert page.status_code == 422
    assert sentence in text(page)
    assert "Lunch at one." in text(page)
    assert not Meeting.objects.exists()


def test_calling_shows_a_card_first(ground: Ground) -> None:
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-call", args=[meeting.uuid])
    card = client.get(address)
    assert "This will email 3 people." in text(card)
    assert not MeetingInvitation.objects.exists()
    client.post(address, {"change": "1"})
    assert not MeetingInvitation.objects.exists()
    client.post(address, {"send": "1"})
    assert MeetingInvitation.objects.count() == 3


def edited(meeting: Meeting, **typed: str) -> dict[str, str]:
    form = {name: value for name, value in FORM.items() if name not in ("every", "count")}
    due = {"papers_due_on-day": "2", "papers_due_on-month": "6", "papers_due_on-year": "2027"}
    return {**form, **due, "venue": meeting.venue, "link": "", "version": str(meeting.version), **typed}


def test_moving_shows_a_card_with_what_was_typed(ground: Ground) -> None:
    meeting, client = called(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-edit", args=[meeting.uuid])
    assert client.get(address).status_code == 200
    quiet = client.post(address, edited(meeting, notes="Only notes"))
    assert quiet.status_code == 302
    meeting.refresh_from_db()
    card = client.post(address, edited(meeting, venue="Library"))
    assert "This will email 3 people." in text(card)
    assert 'name="venue" value="Library"' in text(card)
    back = client.post(address, {**edited(meeting, venue="Library"), "change": "1"})
    assert 'value="Library"' in text(back)
    meeting.refresh_from_db()
    assert meeting.venue == ""
    assert client.post(address, {**edited(meeting, venue="Library"), "send": "1"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.venue, meeting.sequence) == ("Library", 1)


def test_a_stale_edit_keeps_what_was_typed(ground: Ground) -> None:
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    planning.change(actor=ground[CHAIR], meeting=meeting, version=1, notes="First")
    address = reverse("meeting-edit", args=[meeting.uuid])
    page = client.post(address, edited(meeting, venue="Library"))
    assert page.status_code == 409
    assert ground[CHAIR].person.display_name in text(page)
    assert 'value="Library"' in text(page)
    assert 'name="version" value="2"' in text(page)


def test_a_moved_meeting_asks_everybody_again(ground: Ground) -> None:
    meeting = called(ground)
    invitation = meeting.invitations.get(person=ground[CHAIR].person)
    inviting.answer(invitation=invitation, answer="yes", actor=ground[CHAIR])
    planning.change(actor=ground[SECRETARY], meeting=meeting, version=None, venue="Library")
    invitation.refresh_from_db()
    assert invitation.answer == "yes"
    planning.change(actor=ground[SECRETARY], meeting=meeting, version=None, starts_at=STARTS + timedelta(minutes=30))
    invitation.refresh_from_db()
    assert invitation.answer == ""


def test_cancelling_shows_a_card(ground: Ground) -> None:
    meeting, client = called(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-cancel", args=[meeting.uuid])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    card = client.post(address, {"reason": "The hall is flooded."})
    assert "This will email 3 people." in text(card)
    back = client.post(address, {"reason": "The hall is flooded.", "change": "1"})
    assert "The hall is flooded." in text(back)
    meeting.refresh_from_db()
    assert meeting.status == "called"
    client.post(address, {"reason": "The hall is flooded.", "send": "1"})
    meeting.refresh_from_db()
    assert meeting.status == "cancelled"
    assert "The hall is flooded." in text(Client().get(meeting.get_absolute_url()))


def test_the_link_of_a_mail_changes_nothing_until_its_button_is_pressed(ground: Ground) -> None:
    meeting = called(ground, link="https://meet.example.org/1")
    invitation = meeting.invitations.get(person=ground[CHAIR].person)
    address = reverse("meeting-rsvp", args=[queries.invitation_token(invitation)])
    client = Client()
    for _look in range(2):
        page = client.get(address)
        assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert "https://meet.example.org/1" in text(page)
    assert ground[DEPUTY].person.display_name in text(page)
    invitation.refresh_from_db()
    assert invitation.answer == ""
    assert client.post(address, {}).status_code == 422
    client.post(address, {"answer": "deputy"})
    invitation.refresh_from_db()
    assert invitation.answer == "deputy"
    assert meeting.invitations.filter(person=ground[DEPUTY].person).exists()
    assert client.get(reverse("meeting-rsvp", args=["0" * 64])).status_code == 404
    planning.cancel(actor=ground[SECRETARY], meeting=meeting, reason="Snow")
    assert client.post(address, {"answer": "yes"}).status_code == 409


def test_answering_signed_in(ground: Ground) -> None:
    meeting = called(ground)
    address = reverse("meeting-answer", args=[meeting.uuid])
    assert signed_in(ground, "other:officer").get(address).status_code == 403
    client = signed_in(ground, MEMBER)
    assert "my deputy" not in text(client.get(address)), "Nobody is named as deputy of this seat."
    assert client.post(address, {"answer": "maybe"}).status_code == 302
    assert meeting.invitations.get(person=ground[MEMBER].person).answer == "maybe"


def test_the_public_never_reads_the_call_the_notes_or_what_is_exempt(ground: Ground) -> None:
    meeting = called(ground, link="https://meet.example.org/1", notes="Door code 1234", venue="Town hall")
    secret = agenda.add(
        actor=ground[SECRETARY], meeting=meeting, title="Pay of the director", exempt=True, exempt_reason="One person"
    )
    papers.add(actor=ground[SECRETARY], meeting=meeting, title="Pay table", body="£1", item=secret)
    agenda.add(actor=ground[SECRETARY], meeting=meeting, title="Housing")
    planning.publish_agenda(actor=ground[SECRETARY], meeting=meeting)
    for who in ("public", "other:officer"):
        client = signed_in(ground, who)
        pages = [meeting.get_absolute_url(), reverse("meetings"), reverse("meeting-ics", args=[meeting.uuid])]
        pages += [
            reverse("meetings-ics"),
            reverse("meetings-atom"),
            reverse("partnership-ics", args=[ground.board.slug]),
        ]
        for address in pages:
            shown = client.get(address).content.decode().replace("\r\n ", "")
            for hidden in ("meet.example.org", "1234", "director", "Pay table"):
                assert hidden not in shown, (who, address)
        assert "The public does not see this item: One person" in text(client.get(pages[0]))
        assert client.get(Paper.objects.get().get_absolute_url()).status_code == 404
    inside = text(signed_in(ground, MEMBER).get(meeting.get_absolute_url()))
    assert "meet.example.org" in inside
    assert "Pay of the director" in inside
    assert "Pay table" in inside


def test_a_paper_is_a_page(ground: Ground) -> None:
    meeting = planned(ground)
    paper = papers.add(
        actor=ground[SECRETARY], meeting=meeting, title="Figures", body="# Costs\n\n- *one*\n\n<script>x</script>"
    )
    planning_item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title="A")
    assert Client().get(paper.get_absolute_url()).status_code == 404
    planning.publish_agenda(actor=ground[SECRETARY], meeting=meeting)
    page = text(Client().get(paper.get_absolute_url()))
    assert "<em>one</em>" in page
    assert "<script>x" not in page
    assert planning_item.title


def test_the_agenda_is_ordered_without_javascript(ground: Ground) -> None:
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-order", args=[meeting.uuid])
    client.post(address, {"usual": "1"})
    assert meeting.items.count() == 5
    first = meeting.items.get(order=1)
    client.post(address, {"down": str(first.uuid)})
    first.refresh_from_db()
    assert first.order == 2
    places = {f"place-{each.uuid}": str(each.order) for each in meeting.items.all()}
    client.post(address, {**places, f"place-{first.uuid}": "5", "order": "1"})
    first.refresh_from_db()
    assert first.order == 5
    page = client.post(address, {f"place-{first.uuid}": "first", "order": "1"}, follow=True)
    assert "must be a whole number" in text(page)
    assert client.post(address, {"up": "0"}, follow=True).status_code == 200
    client.get(address)
    assert meeting.items.count() == 5


def test_items_are_added_changed_and_removed(ground: Ground) -> None:
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    typed = {"title": "Housing", "purpose": "decision", "minutes": "20", "kind": "item", "access": "partners"}
    typed |= {"owner_organisation": ground.world.bodies["partner"].slug, "owner_name": "Ann"}
    client.post(reverse("meeting-item-new", args=[meeting.uuid]), typed)
    item = AgendaItem.objects.get()
    assert (item.minutes, item.access, str(item.owner_organisation)) == (20, "partners", "Vale NHS")
    address = reverse("meeting-item", args=[meeting.uuid, item.uuid])
    assert 'value="Housing"' in text(client.get(address))
    refused = client.post(address, {**typed, "version": "1", "exempt": "on"})
    assert refused.status_code == 422
    assert "Say why the public does not see this item." in text(refused)
    client.post(address, {**typed, "version": "1", "title": "Homes"})
    item.refresh_from_db()
    assert item.title == "Homes"
    stale = client.post(address, {**typed, "version": "1", "title": "Houses"})
    assert stale.status_code == 409
    assert f'name="version" value="{item.version}"' in text(stale)
    client.post(reverse("meeting-item-remove", args=[meeting.uuid, item.uuid]), {"act": "1"})
    assert not AgendaItem.objects.exists()


def test_a_paper_is_asked_for_and_handed_in(ground: Ground) -> None:
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    asked = ground[MEMBER].person
    page = client.post(
        reverse("meeting-paper-new", args=[meeting.uuid]), {"title": "Figures", "asked_of": str(asked.pk)}, follow=True
    )
    assert "1 paper" in text(page) or "One paper is awaited." in text(page)
    paper = Paper.objects.get()
    assert paper.asked_of == asked
    address = reverse("meeting-paper-edit", args=[meeting.uuid, paper.uuid])
    assert signed_in(ground, "other:officer").get(address).status_code == 404
    writer = signed_in(ground, MEMBER)
    assert writer.post(address, {"version": "1", "title": "Figures", "body": ""}).status_code == 422
    assert writer.post(address, {"version": "1", "title": "Figures", "body": "All of them."}).status_code == 302
    paper.refresh_from_db()
    assert (paper.body, paper.submitted_by) == ("All of them.", asked)
    client.post(reverse("meeting-paper-remove", args=[meeting.uuid, paper.uuid]), {"act": "1"})
    assert not Paper.objects.exists()


def test_suggestions_are_taken_and_set_aside(ground: Ground) -> None:
    made = {"status": "made", "decided_on": today(), "review_on": today()}
    one, two = ground.decision(**made), ground.decision(**made)
    meeting, client = planned(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-suggestions", args=[meeting.uuid])
    assert f"Review: {one.title}" in text(client.get(address))
    client.post(address, {"act": f"take:decision:{one.pk}"})
    client.post(address, {"act": f"aside:decision:{two.pk}"})
    assert [each.title for each in meeting.items.all()] == [f"Review: {one.title}"]
    page = client.post(address, {"act": "take:none:0"}, follow=True)
    assert "does not stand any more" in text(page)
    assert "nothing to suggest" in text(page)


def test_guests_and_those_who_took_a_seat_since(ground: Ground) -> None:
    meeting, client = called(ground), signed_in(ground, SECRETARY)
    address = reverse("meeting-invitations", args=[meeting.uuid])
    assert client.post(address, {"act": "guest", "email": "nobody"}).status_code == 422
    client.post(address, {"act": "guest", "email": "ann@parish.example", "name": "Ann"})
    assert "Ann" in text(client.get(address))
    grounds.seat(ground.board, ground["owner:scrutiny"])
    assert ground["owner:scrutiny"].person.display_name in text(client.get(address))
    client.post(address, {"act": "missing"})
    assert meeting.invitations.count() == 5


def test_queries_do_not_grow_with_meetings_or_items(ground: Ground) -> None:
    def counts() -> list[int]:
        found = []
        for who, address in (("public", reverse("meetings")), (SECRETARY, reverse("meetings")), *pages):
            forget_cache()
            client = signed_in(ground, who)
            with CaptureQueriesContext(connection) as queries_made:
                assert client.get(address).status_code == 200
            found.append(len(queries_made))
        return found

    meeting = called(ground)
    agenda.add(actor=ground[SECRETARY], meeting=meeting, title="A")
    planning.publish_agenda(actor=ground[SECRETARY], meeting=meeting)
    pages = [
        ("public", meeting.get_absolute_url()),
        (MEMBER, meeting.get_absolute_url()),
        (SECRETARY, reverse("meeting-plan", args=[meeting.uuid])),
        (SECRETARY, reverse("meeting-invitations", args=[meeting.uuid])),
        ("public", reverse("meetings-atom")),
        ("public", reverse("meetings-ics")),
    ]
    counts()
    one = counts()
    for number in range(2):
        called(ground, title=f"Another {number}", starts_at=STARTS + timedelta(days=number + 1),
               ends_at=STARTS + timedelta(days=number + 1, hours=1))  # fmt: skip
        item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title=f"Item {number}")
        papers.add(actor=ground[SECRETARY], meeting=meeting, title=f"Paper {number}", body="x", item=item)
        inviting.invite_guest(actor=ground[SECRETARY], meeting=meeting, email=f"{number}@parish.example")
    assert counts() == one


RUN = {"owner:lead", "owner:officer", SECRETARY, CHAIR, DEPUTY}
"""Leads and officers of the lead organisation, the secretary, and the seat that chairs, its deputy included."""
SEE = {
    "public": {"public", "nobody", "other:officer", "lead:member", "other:lead", MEMBER} | RUN,
    "partners": {"other:officer", "lead:member", "other:lead", MEMBER} | RUN,
    "board": {MEMBER} | RUN,
    "named": {SECRETARY, CHAIR, DEPUTY},
}
STATES = ("planned", "called", "cancelled")
FOR_READERS = ("meeting", "meeting-ics")
FOR_THOSE_WHO_RUN = (
    "meeting-plan", "meeting-edit", "meeting-call", "meeting-publish", "meeting-cancel", "meeting-invitations",
    "meeting-suggestions", "meeting-item-new", "meeting-item", "meeting-item-remove", "meeting-paper-new",
    "meeting-paper-remove", "meeting-named", "meeting-item-named",
)  # fmt: skip


def answer_of(client: Client, name: str, arguments: list[Any]) -> str:
    """The status, and whether a refusal says why; being asked to sign in is its own answer."""
    response = client.get(reverse(name, args=arguments))
    if response.status_code == 302 and response["Location"].startswith("/sign-in/"):
        return "sign in"
    return str(response.status_code)


@pytest.mark.parametrize("access", list(SEE))
@pytest.mark.parametrize("state", STATES)
def test_who_gets_which_page(ground: Ground, access: str, state: str) -> None:
    meeting = ground.meeting(access=access, status=state, agenda_published_at=STARTS)
    item = ground.item(meeting)
    paper = meeting.papers.create(title="P", body="x", submitted_at=STARTS, item=item)
    if state != "planned":
        meeting.invitations.create(person=ground[MEMBER].person, email="m@example.org", token_digest="t")
    rest = {
        "meeting-item": [item.uuid], "meeting-item-remove": [item.uuid], "meeting-paper": [paper.uuid],
        "meeting-paper-edit": [paper.uuid], "meeting-paper-remove": [paper.uuid],
        "meeting-item-named": [item.uuid],
    }  # fmt: skip
    wrong = []
    for who in sorted(SEE["public"]):
        client = signed_in(ground, who) if who != "nobody" else Client()
        if who == "nobody":
            client.force_login(ground["nobody"].person)
        sees, runs = who in SEE[access], who in RUN
        wanted = dict.fromkeys((*FOR_READERS, "meeting-paper"), "200" if sees else "404")
        for name in (*FOR_THOSE_WHO_RUN, "meeting-paper-edit"):
            refused = "sign in" if who == "public" else "403"
            wanted[name] = "200" if runs and sees else refused if sees or who == "public" else "404"
        invited = state != "planned" and who == MEMBER
        wanted["meeting-answer"] = "sign in" if who == "public" else "404" if not sees else "200" if invited else "403"
        for name, status in wanted.items():
            found = answer_of(client, name, [meeting.uuid, *rest.get(name, [])])
            if found != status:
                wrong.append(f"{who}, {name}: {found}, not {status}")
    assert wrong == []


@pytest.mark.parametrize("who", sorted(SEE["public"] - RUN))
def test_a_post_of_who_does_not_run_it_changes_nothing(ground: Ground, who: str) -> None:
    meeting = called(ground)
    item = agenda.add(actor=ground[SECRETARY], meeting=meeting, title="Housing")
    before = list(Meeting.objects.values()), list(AgendaItem.objects.values())
    client = signed_in(ground, who) if who != "nobody" else Client()
    if who == "nobody":
        client.force_login(ground["nobody"].person)
    form = {**edited(meeting, venue="Elsewhere"), "send": "1", "reason": "x", "act": "1", "usual": "1", "title": "x"}
    for name in (*FOR_THOSE_WHO_RUN, "meeting-order"):
        if name in ("meeting-plan", "meeting-paper-remove"):
            continue
        arguments = (
            [meeting.uuid, item.uuid]
            if name.startswith("meeting-item") and name != "meeting-item-new"
            else [meeting.uuid]
        )
        status = client.post(reverse(name, args=arguments), form).status_code
        assert status == (302 if who == "public" else 403), name
    status = client.post(reverse("meeting-new", args=[ground.board.slug]), FORM).status_code
    assert status == (302 if who == "public" else 403)
    assert (list(Meeting.objects.values()), list(AgendaItem.objects.values())) == before


def test_your_work_says_what_waits(ground: Ground, clock: Any) -> None:
    meeting = called(ground)
    papers.ask(actor=ground[SECRETARY], meeting=meeting, title="Figures", of=ground[MEMBER].person)
    clock.move_to(STARTS - timedelta(days=13))
    forget_cache()
    member, secretary = (text(signed_in(ground, who).get("/home/")) for who in (MEMBER, SECRETARY))
    assert f"Are you coming to the meeting of {ground.board}?" in member
    assert "Hand in the paper “Figures”" in member
    assert "Publish the agenda" not in member
    assert f"Publish the agenda of {ground.board}" in secretary


def test_the_home_page_lists_the_next_public_meetings(ground: Ground) -> None:
    called(ground, title="Open to all")
    called(ground, title="Behind doors", access="board", starts_at=STARTS + timedelta(minutes=5))
    page = text(signed_in(ground, MEMBER).get("/"))
    assert "Open to all" in page
    assert "Behind doors" not in page


def test_ones_own_calendar_holds_the_meetings_one_was_invited_to(ground: Ground) -> None:
    called(ground, title="Mine", link="https://meet.example.org/1", access="board")
    declined = called(ground, title="Declined", starts_at=STARTS + timedelta(minutes=5))
    invitation = declined.invitations.get(person=ground[MEMBER].person)
    inviting.answer(invitation=invitation, answer="no", actor=ground[MEMBER])
    link = workshops.make_calendar_link(actor=ground[MEMBER])
    address = reverse("own-calendar-ics", args=[calendar_token(link)])
    feed = Client().get(address).content.decode().replace("\r\n ", "")
    assert "Mine" in feed
    assert "https://meet.example.org/1" in feed
    assert "Declined" not in feed
