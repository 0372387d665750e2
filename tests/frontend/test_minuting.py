"""Pages of a meeting while it is held and of its minutes: who gets them, what they do; nothing exempt leaks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from collaboration.governance.models import AgendaItem, Decision, Mark, Meeting, Minutes, MinutesComment, Paper
from collaboration.governance.services import minuting, running
from groundwork.clock import now, today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, OF_THE_BOARD, SECRETARY, Ground
from tests.collaboration.governance.meeting_room import circulated, closed, mark, published, running_meeting
from tests.frontend import every_route

pytestmark = pytest.mark.django_db

RUNS = {LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY}
ROLES = ("public", "nobody", LEAD, "owner:officer", SECRETARY, CHAIR, DEPUTY, MEMBER, "other:officer", "lead:lead")
STAGES = ("draft", "circulated", "approved", "published")


@pytest.fixture
def ground() -> Ground:
    return grounds.lay(quorum_organisations=2)


def browser(ground: Ground, name: str) -> Client:
    client = Client()
    if name != "public":
        client.force_login(ground[name].who)
    return client


def page(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def at_stage(ground: Ground, stage: str, **fields: Any) -> Minutes:
    meeting = running_meeting(ground, **fields)
    mark(ground, ground.item(meeting))
    if stage == "draft":
        return closed(ground, meeting)
    if stage == "published":
        return published(ground, meeting)
    minutes = circulated(ground, meeting)
    if stage == "approved":
        return minuting.approve(actor=ground[SECRETARY], minutes=minutes, version=minutes.version)
    return minutes


def expected(route: str, stage: str, role: str, access: str) -> int:
    """What a GET answers: 302 to sign in, 404 where one may not know, 403 with a sentence."""
    of_the_board = role in OF_THE_BOARD
    if access == "board" and not of_the_board:
        return 302 if role == "public" and route != "meeting-minutes" else 404
    if role == "public" and route != "meeting-minutes":
        return 302
    if route.startswith("meeting-") and route != "meeting-minutes":
        return 200 if role in RUNS else 403
    sees = role in RUNS or stage == "published" or (of_the_board and stage != "draft")
    if not sees:
        return 404
    if route == "meeting-minutes":
        return 200
    if route == "minutes-comment":
        return 200 if of_the_board else 403
    return 200 if role in RUNS else 403


@pytest.mark.parametrize("access", ["public", "board"])
@pytest.mark.parametrize("stage", STAGES)
def test_who_gets_which_page(ground: Ground, stage: str, access: str) -> None:
    minutes = at_stage(ground, stage, access=access)
    meeting = minutes.meeting
    item = meeting.items.get()
    said = MinutesComment.objects.create(minutes=minutes, text="A comment", by=ground[MEMBER].person)
    routes = {pattern.name: [meeting.uuid] for pattern in every_route.minuting_urls.urlpatterns}
    routes["minutes-item"] = [meeting.uuid, item.uuid]
    routes["minutes-settle"] = [meeting.uuid, said.pk]
    wrong = []
    for role in ROLES:
        client = browser(ground, role)
        for route, args in routes.items():
            address = reverse(str(route), args=args)
            status = client.get(address).status_code
            if status != expected(str(route), stage, role, access):
                wrong.append(f"{route} {stage} {role}: {status}, not {expected(str(route), stage, role, access)}")
            elif status != 200:
                posted = client.post(address, {"act": "1", "text": "x", "next": "1"}).status_code
                if posted != status and not (route == "meeting-minutes" and posted == 405):
                    wrong.append(f"POST {route} {stage} {role}: {posted}, not {status}")
    assert wrong == []
    assert Minutes.objects.get(pk=minutes.pk).status == stage


@pytest.mark.parametrize(
    ("closed_after", "said"), [(timedelta(minutes=95), True), (timedelta(days=2), False), (-timedelta(hours=1), False)]
)
def test_the_end_is_told_where_it_is_known(ground: Ground, closed_after: timedelta, said: bool) -> None:
    """What is written up two days later was closed whenever somebody pressed the button."""
    meeting = at_stage(ground, "published", access="public").meeting
    begins = localtime(now()).replace(hour=14, minute=0)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=begins, closed_at=begins + closed_after)
    shown = " ".join(page(browser(ground, "public"), "meeting-minutes", meeting.uuid).split())
    assert ("14:00 to 15:35" in shown) is said
    assert ("14:00</dd>" in shown) is not said


def test_a_meeting_is_run_by_plain_forms(ground: Ground) -> None:
    meeting = ground.meeting(access="public", status="called", agenda_published_at=now())
    first, second = ground.item(meeting, title="The first"), ground.item(meeting, title="The second")
    client = browser(ground, SECRETARY)
    run = reverse("meeting-run", args=[meeting.uuid])
    assert "There is no quorum" in client.get(run).content.decode()
    client.post(reverse("meeting-begin", args=[meeting.uuid]), {"act": "1"})
    seats = {f"seat-{seat.pk}": "" for seat in ground.seats.values()}
    for name in ("other", "partner"):
        holder = ground.seats[name].holders.get(kind="holder")
        seats[f"seat-{ground.seats[name].pk}"] = f"present:{holder.pk}"
    client.post(reverse("meeting-attendance", args=[meeting.uuid]), {**seats, "list": "1"})
    assert "There is a quorum" in client.get(run).content.decode()
    client.post(run, {"next": "1"})
    found = client.get(run).content.decode()
    assert "Now: 1. The first" in found
    said = {"item": first.uuid, "uuid": uuid4(), "kind": "note", "text": "We listened.", "mark": "1"}
    client.post(run, said)
    client.post(run, said)
    assert Mark.objects.count() == 1
    decision = {**said, "uuid": uuid4(), "kind": "decision", "text": "We fund it."}
    assert client.post(run, decision).status_code == 302
    client.post(run, {"defer": second.uuid})
    client.post(run, {"next": "1"})
    note = Mark.objects.get(kind="note")
    client.post(run, {"strike": note.uuid, "item": first.uuid})
    assert not Mark.objects.filter(kind="note").exists()
    client.post(reverse("meeting-close", args=[meeting.uuid]), {"act": "1"})
    minutes = page(client, "meeting-minutes", meeting.uuid)
    assert "We fund it." in minutes
    assert "Deferred to the next meeting." in minutes
    assert "There was a quorum" in minutes


def test_a_refused_mark_keeps_what_was_typed(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    client = browser(ground, SECRETARY)
    run = reverse("meeting-run", args=[meeting.uuid])
    sent = {"item": item.uuid, "uuid": uuid4(), "kind": "action", "text": "Write to schools", "mark": "1"}
    refused = client.post(run, {**sent, "who": "jo at example", "due_on-day": "40", "due_on-month": "2"})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Write to schools" in said
    assert str(sent["uuid"]) in said
    assert "The day it is due must include a year" in said
    running.close(actor=ground[SECRETARY], meeting=meeting)
    minutes = Minutes.objects.get(meeting=meeting)
    Minutes.objects.filter(pk=minutes.pk).update(status="approved")
    late = client.post(run, sent)
    assert late.status_code == 409
    assert "are approved" in late.content.decode()
    assert "Write to schools" in late.content.decode()


@pytest.mark.parametrize("junk", ["", "x", "%00", "-1", "9" * 40, "755e54a1-22e1-4ea3-8907-860862f7bef1"])
def test_hostile_posts_are_answered(ground: Ground, junk: str) -> None:
    meeting = running_meeting(ground)
    ground.item(meeting)
    client = browser(ground, SECRETARY)
    for name in ("next", "take", "defer", "strike", "item", "mark", "uuid"):
        for route in ("meeting-run", "meeting-attendance"):
            sent = {name: junk, "left": junk, "item": junk, "uuid": junk, "kind": junk, "text": junk}
            status = client.post(reverse(route, args=[meeting.uuid]), sent).status_code
            assert status in (200, 302, 404, 409, 422)


def test_minutes_go_their_way_by_pages(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting, title="Buses")
    mark(ground, item, "It was said.")
    closed(ground, meeting)
    client, member = browser(ground, SECRETARY), browser(ground, MEMBER)
    edit = reverse("minutes-item", args=[meeting.uuid, item.uuid])
    client.post(edit, {"text": "It was said well.", "version": "1", "upto": "999", "save": "1"})
    stale = client.post(edit, {"text": "I was late.", "version": "1", "upto": "999", "save": "1"})
    assert stale.status_code == 409
    assert "I was late." in stale.content.decode()
    assert "It was said well." in stale.content.decode()
    item.refresh_from_db()
    assert f'name="version" value="{item.version}"' in stale.content.decode()
    circulate = reverse("minutes-circulate", args=[meeting.uuid])
    sent = {"comments_until": "2099-01-31", "version": str(meeting.minutes.version)}
    card = client.post(circulate, sent).content.decode()
    assert "Send the minutes to 3 people?" in card
    assert Minutes.objects.get().status == "draft"
    client.post(circulate, {**sent, "send": "1"})
    member.post(reverse("minutes-comment", args=[meeting.uuid]), {"item": item.uuid, "text": "Not well enough."})
    said = MinutesComment.objects.get()
    assert "Not well enough." in page(client, "meeting-minutes", meeting.uuid)
    approve = reverse("minutes-approve", args=[meeting.uuid])
    version = str(Minutes.objects.get().version)
    refused = client.post(approve, {"version": version, "approved_in": ""})
    assert "1 comment is not settled" in refused.content.decode()
    client.post(reverse("minutes-settle", args=[meeting.uuid, said.pk]), {"answer": "It was enough."})
    client.post(approve, {"version": version, "approved_in": ""})
    assert Minutes.objects.get().status == "approved"
    version = str(Minutes.objects.get().version)
    client.post(reverse("minutes-publish", args=[meeting.uuid]), {"version": version})
    public = page(browser(ground, "public"), "meeting-minutes", meeting.uuid)
    assert "It was said well." in public
    assert "Not well enough." not in public
    assert ground[CHAIR].person.name not in public
    version = str(AgendaItem.objects.get().version)
    client.post(edit, {"text": "It was said.", "why": "The word well.", "version": version})
    assert "Corrected on" in page(browser(ground, "public"), "meeting-minutes", meeting.uuid)


def test_what_was_marked_since_is_offered_and_added(ground: Ground) -> None:
    meeting = running_meeting(ground)
    item = ground.item(meeting)
    minuting.write(actor=ground[SECRETARY], item=item, text="Mine.", version=None)
    mark(ground, item, "Theirs.")
    client = browser(ground, SECRETARY)
    assert "1 thing was marked since this was written." in page(client, "meeting-minutes", meeting.uuid)
    edit = reverse("minutes-item", args=[meeting.uuid, item.uuid])
    assert "Marked since this was written" in client.get(edit).content.decode()
    with_it = client.get(f"{edit}?add=1").content.decode()
    assert "Mine.\n\nTheirs." in with_it
    assert AgendaItem.objects.get().minute == "Mine."


def test_your_work_says_which_minutes_wait(ground: Ground) -> None:
    draft = at_stage(ground, "draft").meeting
    home = page(browser(ground, SECRETARY), "my-home")
    assert reverse("meeting-minutes", args=[draft.uuid]) in home
    assert "Send them round" in home
    assert "Minutes of" not in page(browser(ground, MEMBER), "my-home")
    minutes = minuting.circulate(
        actor=ground[SECRETARY], minutes=draft.minutes, comments_until=today() + timedelta(days=3), version=None
    )
    assert "Comments until" in page(browser(ground, MEMBER), "my-home")
    minuting.comment(actor=ground[MEMBER], minutes=minutes, text="Fine.")
    assert "Comments until" not in page(browser(ground, MEMBER), "my-home")
    assert "Minutes of" not in page(browser(ground, "lead:lead"), "my-home")


def test_the_page_of_a_meeting_leads_to_its_minutes(ground: Ground) -> None:
    meeting = at_stage(ground, "circulated").meeting
    address = reverse("meeting-minutes", args=[meeting.uuid])
    assert address in page(browser(ground, MEMBER), "meeting", meeting.uuid)
    assert address not in page(browser(ground, "public"), "meeting", meeting.uuid)


CANARY = "CANARY-7f3a"
LEAK = re.compile(CANARY + " (title|text|narrow|paper|note|action|decision|left|comment|answer)")


def test_exempt_text_reaches_nobody_outside_the_board() -> None:
    """Every route, whoever is not of the board: title, minute, marks, actions, decisions, papers and comments."""
    place = every_route.place()
    world = place.world
    board = grounds.made_board(world)
    seats = {"secretary": grounds.seat(board, world[SECRETARY], role="secretary")}
    ground = Ground(world, board, seats | {"other": grounds.seat(board, world[MEMBER])})
    meeting = running_meeting(ground)
    plain = ground.item(meeting, title="An open item")
    secret = ground.item(
        meeting, title=f"{CANARY} title", text=f"{CANARY} text", exempt=True, exempt_reason="Paragraph 3"
    )
    narrow = ground.item(meeting, title=f"{CANARY} narrow", access="board")
    paper = Paper.objects.create(meeting=meeting, item=secret, title=f"{CANARY} paper", body=CANARY, submitted_at=now())
    for item in (secret, narrow):
        for kind in ("note", "action", "decision"):
            mark(ground, item, f"{CANARY} {kind} {item.pk}", kind)
    mark(ground, plain, "Said openly.")
    left = ground.item(meeting, title=f"{CANARY} left", exempt=True, exempt_reason="Paragraph 3")
    running.defer(actor=ground[SECRETARY], item=left)
    later = meeting.starts_at + timedelta(days=30)
    following = ground.meeting(access="public", agenda_published_at=now(), status="called", starts_at=later)
    minutes = circulated(ground, meeting)
    said = minuting.comment(actor=ground[MEMBER], minutes=minutes, text=f"{CANARY} comment", item=secret)
    minuting.settle(actor=ground[SECRETARY], comment=said, answer=f"{CANARY} answer")
    minutes = minuting.approve(actor=ground[SECRETARY], minutes=minutes, version=None)
    minuting.publish(actor=ground[SECRETARY], minutes=minutes, version=None)
    assert following.items.filter(title__contains=CANARY).exists()
    mine = {
        "uuid": meeting.uuid,
        "id": meeting.uuid,
        "item": secret.uuid,
        "number": said.pk,
        "paper": paper.uuid,
        "slug": board.slug,
    }
    about_boards = ("meeting", "minutes", "partnership", "api-meeting", "api-partnership")
    for route in every_route.routes():
        if route.name.startswith(about_boards):
            known = {name: value for name, value in mine.items() if name in route.parameters}
            others = dict.fromkeys(route.parameters, "1")
            place.values[route.name] = others | place.values.get(route.name, {}) | known
    for decision in Decision.objects.filter(item__in=[secret, narrow]):
        place.values |= {
            route.name: {"reference": decision.reference, "ref": decision.reference}
            for route in every_route.routes()
            if route.name.startswith(("decision", "api-decision"))
        }
    leaks = []
    for role in ("", "nobody", "other:officer", "lead:lead", "partner:lead", "operator"):
        client = place.client(role)
        for address in [*place.addresses(), f"/search/?q={CANARY}", f"/actions/?q={CANARY}&whose=all"]:
            if "/ops" in address or "/events" in address:
                continue
            answer = client.get(address)
            # What was asked for is shown again; nothing of what was said may be.
            if not answer.streaming and LEAK.search(answer.content.decode("utf-8", "replace")):
                leaks.append(f"{role or 'public'} {address}")
    assert leaks == []
    public = page(place.client(), "meeting-minutes", meeting.uuid)
    assert "Said openly." in public
    assert "An exempt item" in public
    assert "Paragraph 3" in public
    assert f"{CANARY} note" in page(place.client(MEMBER), "meeting-minutes", meeting.uuid)


def test_queries_are_as_many_for_one_item_as_for_three(ground: Ground) -> None:
    client = browser(ground, SECRETARY)
    counts: dict[str, list[int]] = {"meeting-minutes": [], "meeting-run": []}
    for many in (1, 3):
        meeting = running_meeting(ground)
        for _n in range(many):
            item = ground.item(meeting)
            mark(ground, item)
            mark(ground, item, f"Write {item.pk}", "action")
        for name, found in counts.items():
            address = reverse(name, args=[meeting.uuid])
            client.get(address)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(address).status_code == 200
            found.append(len(caught))
    assert all(one == three for one, three in counts.values()), counts
