"""Agendas, papers and suggestions: their order, who sees what of them, and what is taken once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.governance.models import Access, AgendaItem, Mark, Meeting, Paper, RecommendationList
from collaboration.governance.queries import meetings as queries
from collaboration.governance.rooms import room_of
from collaboration.governance.services import agenda, papers, planning
from collaboration.workshops.models import Workshop
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.clock import now, today
from groundwork.events.models import OutboxEvent
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, LEAD, MEMBER, SECRETARY, Ground
from tests.collaboration.initiatives.world import made

STARTS = datetime(2027, 6, 10, 13, 0, tzinfo=UTC)


@pytest.fixture
def ground(clock: time_machine.Coordinates, db: None) -> Ground:
    return grounds.lay()


@pytest.fixture
def meeting(ground: Ground) -> Meeting:
    return planning.plan(
        actor=ground[SECRETARY],
        board=ground.board,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=2),
        access=Access.PUBLIC,
    )


def add(ground: Ground, meeting: Meeting, title: str, **fields: Any) -> AgendaItem:
    return agenda.add(actor=ground[SECRETARY], meeting=meeting, title=title, **fields)


def titles(meeting: Meeting) -> list[str]:
    items = list(meeting.items.all())
    assert [each.order for each in items] == list(range(1, len(items) + 1))
    return [each.title for each in items]


def test_items_go_where_they_belong(ground: Ground, meeting: Meeting) -> None:
    add(ground, meeting, "Housing")
    agenda.start_with_usual(actor=ground[SECRETARY], meeting=meeting)
    assert agenda.start_with_usual(actor=ground[SECRETARY], meeting=meeting) == []
    add(ground, meeting, "Transport", minutes=20, owner_name="Ann")
    assert titles(meeting) == [
        "Welcome and apologies",
        "Declarations of interest",
        "Minutes of the last meeting",
        "Matters arising",
        "Housing",
        "Transport",
        "Any other business",
    ]


def test_order_by_buttons_and_by_numbers(ground: Ground, meeting: Meeting) -> None:
    a, b, c = (add(ground, meeting, title) for title in "ABC")
    who = ground[CHAIR]
    agenda.move(actor=who, item=a, to="up")
    agenda.move(actor=who, item=c, to="down")
    assert titles(meeting) == ["A", "B", "C"]
    agenda.move(actor=who, item=c, to="up")
    assert titles(meeting) == ["A", "C", "B"]
    agenda.put_in_order(actor=who, meeting=meeting, places={b.pk: 1})
    assert titles(meeting) == ["B", "A", "C"]
    agenda.put_in_order(actor=who, meeting=meeting, places={b.pk: 3, a.pk: 1, c.pk: 2})
    assert titles(meeting) == ["A", "C", "B"]
    agenda.put_in_order(actor=who, meeting=meeting, places={a.pk: 10_000})
    assert titles(meeting) == ["C", "B", "A"]
    agenda.remove(actor=who, item=b)
    assert titles(meeting) == ["C", "A"]


def test_agenda_edits_leave_an_open_edit_of_the_meeting_fresh(ground: Ground, meeting: Meeting) -> None:
    add(ground, meeting, "A")
    assert planning.change(actor=ground[CHAIR], meeting=meeting, version=1, venue="Library").venue == "Library"


def test_a_stale_item_is_refused(ground: Ground, meeting: Meeting) -> None:
    item = add(ground, meeting, "A")
    agenda.change(actor=ground[CHAIR], item=item, version=1, minutes=5)
    with pytest.raises(Conflict):
        agenda.change(actor=ground[SECRETARY], item=item, version=1, title="B")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": "5"}, "minutes"),
        ({"purpose": "fun"}, "purpose"),
        ({"exempt": True}, "exempt_reason"),
        ({"owner_organisation": 3}, "owner_organisation"),
    ],
)
def test_what_cannot_be_is_refused(ground: Ground, meeting: Meeting, fields: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        add(ground, meeting, **{"title": "A", **fields})
    assert list(error.value.errors) == [field]


def test_an_item_is_never_shown_to_more_people_than_its_meeting(ground: Ground) -> None:
    closed = ground.meeting(access=Access.BOARD)
    with pytest.raises(Invalid, match="this board"):
        add(ground, closed, "A", access="public")
    assert add(ground, closed, "A", access="named").access == "named"


def test_who_may_write_it(ground: Ground, meeting: Meeting) -> None:
    for who in (MEMBER, "other:officer", "public"):
        with pytest.raises(NotAllowed):
            agenda.add(actor=ground[who], meeting=meeting, title="A")
    assert agenda.add(actor=ground[LEAD], meeting=meeting, title="A")


def test_the_agenda_as_each_reader_sees_it(ground: Ground, meeting: Meeting) -> None:
    first = add(ground, meeting, "Housing")
    secret = add(ground, meeting, "Pay of the director", exempt=True, exempt_reason="About one person’s pay")
    narrow = add(ground, meeting, "For partners", access="partners")
    last = add(ground, meeting, "Transport")
    for item, title in ((first, "Open"), (secret, "Pay table"), (narrow, "Draft")):
        papers.add(actor=ground[SECRETARY], meeting=meeting, title=title, body="x", item=item)
    papers.add(
        actor=ground[SECRETARY], meeting=meeting, title="Costs", body="x", item=last, exempt=True,
        exempt_reason="Commercial",
    )  # fmt: skip
    assert queries.agenda(ground["public"], meeting) == queries.Agenda([], [], [], is_published=False)
    assert len(queries.agenda(ground[MEMBER], meeting).lines) == 4
    planning.publish_agenda(actor=ground[SECRETARY], meeting=meeting)
    shown = queries.agenda(ground["public"], Meeting.objects.get())
    assert [(line.number, line.item and line.item.title, line.exempt_reason) for line in shown.lines] == [
        (1, "Housing", ""),
        (2, None, "About one person’s pay"),
        (4, "Transport", ""),
    ]
    assert [[paper.title for paper in line.papers] for line in shown.lines] == [["Open"], [], []]
    assert [line.withheld for line in shown.lines] == [[], [], ["Commercial"]]
    partner = queries.agenda(ground["lead:member"], Meeting.objects.get())
    assert [line.item and line.item.title for line in partner.lines] == ["Housing", None, "For partners", "Transport"]
    inside = queries.agenda(ground[MEMBER], Meeting.objects.get())
    assert all(line.item for line in inside.lines)
    assert [len(line.papers) for line in inside.lines] == [1, 1, 1, 1]


def test_queries_of_an_agenda_do_not_grow(ground: Ground, meeting: Meeting) -> None:
    def counted(who: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            queries.agenda(ground[who], Meeting.objects.select_related("board").get())
        return len(found)

    agenda.start_with_usual(actor=ground[SECRETARY], meeting=meeting)
    planning.publish_agenda(actor=ground[SECRETARY], meeting=meeting)
    papers.add(actor=ground[SECRETARY], meeting=meeting, title="One", body="x", item=meeting.items.get(order=1))
    three = ("public", MEMBER, SECRETARY)
    for who in three:
        counted(who)  # What is asked once for each actor is asked here.
    one = {who: counted(who) for who in three}
    for number in (2, 3, 4):
        item = meeting.items.get(order=number)
        papers.add(actor=ground[SECRETARY], meeting=meeting, title=str(number), body="x", item=item)
    add(ground, meeting, "Exempt", exempt=True, exempt_reason="Pay")
    assert {who: counted(who) for who in one} == one


def test_a_paper_is_asked_for_and_handed_in(ground: Ground, meeting: Meeting, clock: Any) -> None:
    asked = ground["other:scrutiny"]
    item = add(ground, meeting, "Housing")
    paper = papers.ask(actor=ground[SECRETARY], meeting=meeting, title="Figures", of=asked.person, item=item)
    assert papers.ask(actor=ground[SECRETARY], meeting=meeting, title="Figures", of=asked.person) == paper
    assert OutboxEvent.objects.filter(name="paper.asked").count() == 1
    assert list(queries.papers_awaited(asked)) == [paper]
    assert queries.find_paper(asked, meeting.uuid, paper.uuid) == paper
    with pytest.raises(NotFound):
        queries.find_paper(ground[MEMBER], meeting.uuid, paper.uuid)
    with pytest.raises(NotFound):
        papers.submit(actor=ground[MEMBER], paper=paper, version=1, body="Mine")
    with pytest.raises(Invalid):
        papers.submit(actor=asked, paper=paper, version=1, body="")
    clock.move_to(datetime(2027, 6, 2, 22, 30, tzinfo=UTC))  # 23:30 on the day itself.
    assert meeting.papers_due_on == today()
    done = papers.submit(actor=asked, paper=paper, version=1, body="# Figures", exempt=False)
    assert (done.submitted_by, done.is_late) == (asked.person, False)
    assert not queries.papers_awaited(asked).exists()
    clock.move_to(datetime(2027, 6, 2, 23, 30, tzinfo=UTC))
    changed = papers.submit(actor=asked, paper=paper, version=2, body="# More figures")
    assert not changed.is_late, "The first time counts."


def test_a_late_paper_is_marked_late(ground: Ground, meeting: Meeting, clock: Any) -> None:
    clock.move_to(datetime(2027, 6, 3, 9, 0, tzinfo=UTC))
    assert papers.add(actor=ground[SECRETARY], meeting=meeting, title="Late", body="x").is_late


def test_who_was_asked_cannot_open_an_exempt_paper_or_move_it(ground: Ground, meeting: Meeting) -> None:
    asked = ground["other:scrutiny"]
    one, two = add(ground, meeting, "A"), add(ground, meeting, "B")
    paper = papers.ask(
        actor=ground[SECRETARY], meeting=meeting, title="P", of=asked.person, item=one, exempt=True,
        exempt_reason="Pay",
    )  # fmt: skip
    with pytest.raises(Invalid, match="open an exempt paper"):
        papers.submit(actor=asked, paper=paper, version=1, body="x", exempt=False)
    assert papers.submit(actor=asked, paper=paper, version=1, body="x", item=two).item == one


def test_removing_a_narrow_item_does_not_widen_its_papers(ground: Ground, meeting: Meeting) -> None:
    item = add(ground, meeting, "Pay", exempt=True, exempt_reason="Pay")
    paper = papers.add(actor=ground[SECRETARY], meeting=meeting, title="P", body="x", item=item)
    with pytest.raises(Conflict):
        agenda.remove(actor=ground[SECRETARY], item=item)
    papers.remove(actor=ground[SECRETARY], paper=paper)
    agenda.remove(actor=ground[SECRETARY], item=item)
    assert not Paper.objects.exists()


def action(meeting: Meeting, **fields: Any) -> Action:
    number = Action.objects.count() + 1
    values: dict[str, Any] = {"number": number, "reference": f"VAL-{number:04d}", "what": f"Do {number}"}
    values["due_on"] = date(2026, 1, 1)
    values |= {"origin_kind": "meeting", "origin_id": str(meeting.uuid), "room": room_of(meeting.board)}
    return Action.objects.create(**{**values, **fields})


def test_suggestions_are_taken_once_or_set_aside(ground: Ground, meeting: Meeting) -> None:
    past = ground.meeting(starts_at=now() - timedelta(days=30), status="held")
    late, other = action(past), action(past)
    action(past, status="done")
    action(past, visibility="involved")
    action(past, due_on=today())
    put_off = ground.item(past, title="Parking", outcome="deferred")
    agreed = action(past, due_on=None, status="unowned", what="Write to the minister")
    Mark.objects.create(item=put_off, kind="action", text="Write", action=agreed)
    decision = ground.decision(status="made", decided_on=date(2026, 1, 1), review_on=today())
    made = RecommendationList.objects.create(slug="ten", title="Ten", board=ground.board)
    wanted = made.recommendations.create(code="1", title="Meet more")
    made.recommendations.create(code="2", title="Meet less", status="done")
    found = agenda.suggestions(ground[SECRETARY], meeting)
    assert {kind: [each.id for each in some] for kind, some in found.items()} == {
        "action": [str(late.pk), str(other.pk)],
        "arising": [f"item:{put_off.pk}", f"action:{agreed.pk}"],
        "decision": [str(decision.pk)],
        "recommendation": [str(wanted.pk)],
    }
    who = ground[SECRETARY]
    item = agenda.take(actor=who, meeting=meeting, kind="action", source_id=str(late.pk))
    assert agenda.take(actor=who, meeting=meeting, kind="action", source_id=str(late.pk)) == item
    assert (item.title, item.source_path, item.access) == ("Overdue: Do 1", late.get_absolute_url(), "partners")
    agenda.set_aside(actor=who, meeting=meeting, kind="action", source_id=str(other.pk))
    agenda.set_aside(actor=who, meeting=meeting, kind="action", source_id=str(other.pk))
    assert "action" not in agenda.suggestions(ground[SECRETARY], meeting)
    next_one = ground.meeting(access=Access.BOARD, starts_at=now() + timedelta(days=60))
    assert [each.id for each in agenda.suggestions(ground[SECRETARY], next_one)["action"]] == [str(other.pk)]
    with pytest.raises(NotFound):
        agenda.take(actor=who, meeting=meeting, kind="action", source_id="none")
    agenda.remove(actor=who, item=item)
    assert [each.id for each in agenda.suggestions(ground[SECRETARY], meeting)["action"]] == [str(late.pk)]


def test_stale_initiatives_of_the_boards_ambitions_are_suggested(ground: Ground, meeting: Meeting, clock: Any) -> None:
    stale = made(ground.world, visibility="public", published_at=now())
    strand = ground.world.ground.elements["V-A1.1"]
    stale.alignments.create(element=strand)
    ground.board.elements.add(ground.world.ground.elements["V-A1"])
    assert "initiative" not in agenda.suggestions(ground[SECRETARY], meeting)
    clock.shift(timedelta(days=91))
    meeting = Meeting.objects.get(pk=meeting.pk)
    [found] = agenda.suggestions(ground[SECRETARY], meeting)["initiative"]
    assert (found.id, found.access) == (str(stale.pk), "public")


def test_reported_workshops_about_what_the_board_is_for_are_suggested(ground: Ground, meeting: Meeting) -> None:
    element = ground.world.ground.elements["V-A1"]
    ground.board.elements.add(element)
    for number, fields in enumerate(
        ({"visibility": "public"}, {"visibility": "invited"}, {"visibility": "public", "sensitive": True})
    ):
        workshop = Workshop.objects.create(
            code=f"ABCD234{number + 2}",
            title=f"Getting there {number}",
            template="inquiry",
            host=ground.world.bodies["owner"],
            status="reported",
            starts_at=now() - timedelta(days=9),
            **fields,
        )
        workshop.elements.add(element)
    [found] = agenda.suggestions(ground[SECRETARY], meeting)["workshop"]
    assert (found.title, found.access) == ("What came of the workshop: Getting there 0", "public")
