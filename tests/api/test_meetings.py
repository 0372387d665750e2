"""Meetings in the API: who reads which, an agenda with exempt items, minutes, and that no names are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.governance.models import Access, Attendance, Meeting, Paper
from collaboration.governance.queries import visible
from groundwork.access.actors import Public
from groundwork.clock import now
from tests.api.place import EVERYBODY, Place
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance import meeting_room
from tests.collaboration.governance.ground import DEPUTY, MEMBER, SECRETARY, Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(place: Place) -> Ground:
    return grounds.lay_in(place.world)


def test_who_reads_which(place: Place, ground: Ground) -> None:
    """Every level of access, for every role: the list and the record agree with what pages show."""
    meetings = [ground.meeting(access=level) for level in Access.values]
    meetings[-1].named.add(place.world["partner:member"].who)
    for role in EVERYBODY:
        program = place.program(role, "read")
        actor = Public() if role == "public" else place.world[role]
        seen = {str(each) for each in visible.meetings(actor).values_list("uuid", flat=True)}
        assert {each["id"] for each in program.whole("meetings/?limit=1")} == seen, role
        for meeting in meetings:
            status = program.get(f"meetings/{meeting.uuid}/").status_code
            assert status == (200 if str(meeting.uuid) in seen else 404), (role, meeting.access)
    assert len(place.program("public").whole("meetings/")) == 1
    assert len(place.program(DEPUTY).whole("meetings/")) == 4


def test_filters_are_those_of_the_page(place: Place, ground: Ground) -> None:
    coming = ground.meeting(access="public", title="Buses")
    past = ground.meeting(access="public", title="Trams", starts_at=now() - timedelta(days=9), status="held")
    other = ground.meeting(access="public", board=grounds.made_board(place.world))
    hidden = grounds.made_board(place.world, access="named")
    program = place.program("public")

    def found(query: str) -> list[str]:
        return [each["id"] for each in program.whole(f"meetings/?limit=1&{query}")]

    assert set(found("")) == {str(coming.uuid), str(other.uuid)}
    assert found("when=past") == [str(past.uuid)]
    assert found(f"when=all&board={ground.board.slug}") == [str(coming.uuid), str(past.uuid)]
    assert found("when=all&q=trams") == [str(past.uuid)]
    assert found("when=mine") == []
    assert len(place.program(MEMBER).whole("meetings/?when=mine")) == 1
    for wrong in ("when=soon", "board=nobody", f"board={hidden.slug}", "words=x", "q="):
        assert program.get(f"meetings/?{wrong}").status_code == 400, wrong


def test_one_meeting_as_each_reader_sees_it(place: Place, ground: Ground) -> None:
    world = place.world
    meeting = meeting_room.running_meeting(ground, link="https://meet.example.org/1", notes="Lunch.")
    body = world.bodies["partner"]
    item = ground.item(meeting, title="Buses", owner_organisation=body, owner_name="Ann Osei")
    ground.item(meeting, title="CANARY", exempt=True, exempt_reason="Paragraph 3")
    ground.item(meeting, title="CANARY", access="named")
    said = {"meeting": meeting, "submitted_at": now()}
    Paper.objects.create(title="Where buses go", item=item, author_organisation=body, **said)
    Paper.objects.create(title="CANARY", item=item, exempt=True, exempt_reason="Paragraph 1", **said)
    for organisation, state, name in (
        (world.bodies["owner"], "absent", "Bo"),
        (world.bodies["owner"], "remote", "Cy"),
        (body, "apologies", "Di"),
        (None, "present", "A guest"),
    ):
        Attendance.objects.create(meeting=meeting, organisation=organisation, state=state, name=name)
    meeting_room.mark(ground, item, "Buses were talked about.")
    public, secretary = place.program("public"), place.program(SECRETARY)

    answer = public.get(f"meetings/{meeting.uuid}/")
    told = answer.json()
    buses, exempt = told["agenda"]
    assert (buses["title"], buses["organisation"], buses["minuted"]) == ("Buses", body.slug, "")
    assert [each["title"] for each in buses["papers"]] == ["Where buses go"]
    assert buses["withheld"] == ["Paragraph 1"]
    assert (exempt["number"], exempt["title"], exempt["exempt_reason"]) == (2, "", "Paragraph 3")
    assert (told["call"], told["notes"], told["minutes"], told["attendance"]) == ("", "", None, [])
    assert answer["ETag"]

    mine = secretary.get(f"meetings/{meeting.uuid}/").json()
    assert (mine["call"], mine["notes"]) == ("https://meet.example.org/1", "Lunch.")
    assert [each["title"] for each in mine["agenda"]] == ["Buses", "CANARY", "CANARY"]
    assert [each["title"] for each in place.program(MEMBER).get(f"meetings/{meeting.uuid}/").json()["agenda"]] == [
        "Buses",
        "CANARY",
    ]
    assert mine["minutes"]["status"] == "draft"

    minutes = meeting_room.published(ground, meeting)
    answer = public.get(f"meetings/{meeting.uuid}/")
    told = answer.json()
    assert told["minutes"]["status"] == "published"
    assert told["minutes"]["quorum"] == minutes.quorum_said
    assert "Buses were talked about." in told["agenda"][0]["minuted"]
    assert told["attendance"] == [
        {"organisation": world.bodies["owner"].slug, "state": "remote"},
        {"organisation": body.slug, "state": "apologies"},
    ]
    (listed,) = public.whole("meetings/?when=past")
    assert listed["minutes_published"] == told["minutes"]["published"] is not None
    for secret in ("CANARY", "Ann Osei", '"Cy"', "A guest"):
        assert secret not in answer.content.decode()


def test_an_agenda_that_is_not_published_is_told_to_the_board_alone(place: Place, ground: Ground) -> None:
    meeting = ground.meeting(access="public")
    ground.item(meeting)
    assert place.program("public").get(f"meetings/{meeting.uuid}/").json()["agenda"] == []
    assert len(place.program(MEMBER).get(f"meetings/{meeting.uuid}/").json()["agenda"]) == 1


def test_three_cost_what_one_costs(place: Place, ground: Ground) -> None:
    program = place.program(MEMBER)
    program.get("meetings/")

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert program.get(path).status_code == 200
        return len(caught)

    def add(meeting: Meeting) -> None:
        ground.meeting(access="public")
        item = ground.item(meeting, owner_organisation=place.world.bodies["partner"])
        Paper.objects.create(title="A paper", meeting=meeting, item=item, submitted_at=now())
        ground.item(meeting, exempt=True, exempt_reason="Paragraph 3")
        Attendance.objects.create(meeting=meeting, organisation=place.world.bodies["partner"], state="present")

    meeting = meeting_room.running_meeting(ground)
    add(meeting)
    meeting_room.circulated(ground, meeting)
    paths = ("meetings/?when=all", f"meetings/{meeting.uuid}/")
    before = [cost(path) for path in paths]
    for _number in range(2):
        add(meeting)
    assert [cost(path) for path in paths] == before


def test_nothing_can_be_sent_to_meetings(place: Place, ground: Ground) -> None:
    meeting = ground.meeting(access="public")
    for path in ("meetings/", f"meetings/{meeting.uuid}/"):
        assert place.program(SECRETARY).post(path, {}).status_code == 405
    assert place.program("public").get("meetings/nothing/").status_code == 404
