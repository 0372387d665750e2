"""What the run screen and the page of a meeting say: interests, who came and went, what came of each item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from collaboration.governance import interests
from collaboration.governance.models import AgendaItem, Attendance, Declaration, Meeting, Paper
from collaboration.governance.services import attending
from collaboration.governance.services.attending import Said
from groundwork.clock import now
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, MEMBER, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import closed, mark, running_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: Any) -> Ground:
    return grounds.lay(quorum_organisations=2)


@pytest.fixture
def meeting(ground: Ground) -> Meeting:
    return running_meeting(ground, starts_at=now())


def browser(ground: Ground, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(ground[name].who)
    return client


def text(client: Client, name: str, *args: Any) -> str:
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


def test_an_interest_is_written_down_from_the_run_screen_and_locks_the_item(ground: Ground, meeting: Meeting) -> None:
    item = ground.item(meeting, exempt=True, exempt_reason="Paragraph 3", title="CANARY")
    client = browser(ground, SECRETARY)
    form = reverse("item-declare-another", args=[item.uuid])
    assert form in text(client, "meeting-run", meeting.uuid)
    refused = client.post(form, {"person": "", "kind": "personal", "text": "My sister works there"})
    assert refused.status_code == 422
    assert "My sister works there" in refused.content.decode()
    said = {"person": ground[MEMBER].who.pk, "kind": "personal", "text": "My sister works there", "leaves": "on"}
    for _twice in range(2):
        answer = client.post(form, said)
        assert answer["Location"] == reverse("meeting-run", args=[meeting.uuid])
    declared = Declaration.objects.get(item=item)
    assert (declared.person, declared.organisation, declared.leaves) == (
        ground[MEMBER].who,
        ground.world.bodies["other"],
        True,
    )
    assert interests.is_locked(ground[MEMBER], item)
    page = text(client, "meeting-run", meeting.uuid)
    assert f"Interest: {ground[MEMBER].person.display_name}" in page
    assert reverse("interest-take-back", args=[declared.pk]) in page
    assert "CANARY" not in text(browser(ground, MEMBER), "meeting", meeting.uuid)
    assert "CANARY" in text(browser(ground, CHAIR), "meeting", meeting.uuid)


@pytest.mark.parametrize(("name", "status"), [("public", 302), (MEMBER, 403), ("lead:lead", 403), (CHAIR, 200)])
def test_who_writes_down_an_interest_in_an_item(ground: Ground, meeting: Meeting, name: str, status: int) -> None:
    item = ground.item(meeting)
    assert browser(ground, name).get(reverse("item-declare-another", args=[item.uuid])).status_code == status


def test_who_left_and_came_back_at_a_time_that_is_typed(ground: Ground, meeting: Meeting, clock: Any) -> None:
    seats = [Said(seat=ground.seats[name].pk, state="present") for name in ("partner", "other")]
    attending.note(actor=ground[SECRETARY], meeting=meeting, seats=seats)
    row = Attendance.objects.get(meeting=meeting, seat=ground.seats["other"])
    client = browser(ground, SECRETARY)
    page = reverse("meeting-attendance", args=[meeting.uuid])
    clock.shift(timedelta(minutes=50))
    for wrong in ("11:59", "13:30", "at tea"):
        refused = client.post(page, {"left": row.pk, "when": wrong})
        assert refused.status_code == 422
        assert f'value="{wrong}"' in refused.content.decode()
    client.post(page, {"left": row.pk, "when": "12:20"})
    client.post(page, {"back": row.pk, "when": "12:30"})
    shown = text(client, "meeting-attendance", meeting.uuid)
    assert "Out from 12:20 to 12:30." in shown
    assert "There was none from 12:20 to 12:30." in shown
    assert "There was none from 12:20 to 12:30." in text(client, "meeting-run", meeting.uuid)
    closed(ground, meeting)
    minutes = text(client, "meeting-minutes", meeting.uuid)
    assert "Out from 12:20 to 12:30." in minutes
    assert "There was a quorum for a part of the meeting. There was none from 12:20 to 12:30." in minutes


def test_the_agenda_has_numbers_and_says_what_came_of_each_item(ground: Ground, meeting: Meeting) -> None:
    first = ground.item(meeting, title="Parking")
    secret = ground.item(meeting, title="CANARY", exempt=True, exempt_reason="Paragraph 3")
    decision = mark(ground, first, "We fund it.", "decision").decision
    action = mark(ground, first, "Write to schools", "action").action
    hidden = mark(ground, secret, "CANARY call", "action").action
    assert decision is not None
    assert action is not None
    assert hidden is not None
    board, public = (text(browser(ground, name), "meeting", meeting.uuid) for name in (CHAIR, "public"))
    for page in (board, public):
        assert "1. Parking" in page
        assert "2. " in page
    assert all(each in board for each in (decision.reference, action.reference, hidden.reference, "Write to schools"))
    # Not made yet, and for partners: neither is the public's.
    assert not any(each in public for each in (decision.reference, action.reference, hidden.reference, "CANARY"))


def test_two_clicks_on_a_page_add_one_item_and_one_paper(ground: Ground) -> None:
    meeting = ground.meeting(access="public")
    client = browser(ground, SECRETARY)
    for _twice in range(2):
        client.post(
            reverse("meeting-item-new", args=[meeting.uuid]),
            {"title": "Parking", "purpose": "discussion", "minutes": "5", "kind": "item"},
        )
        client.post(
            reverse("meeting-paper-new", args=[meeting.uuid]), {"title": "Too few", "body": "Too few.", "how": "here"}
        )
    assert AgendaItem.objects.filter(meeting=meeting).count() == 1
    assert Paper.objects.filter(meeting=meeting).count() <= 1
